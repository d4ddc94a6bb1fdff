import { afterEach, describe, expect, test } from '@jest/globals';
import { mailDate } from '../../../src/backends/check/email.js';
import { configOf, housekeeping, stage, strike, until, type Play } from './dialogue.js';

afterEach(strike);

/** A mailer that takes everything; `answers` by the first word of a command. */
function mailer(answers: Readonly<Record<string, string>> = {}): Play {
  return async (peer) => {
    peer.write('220 hello\r\n');
    for (let data = false; ; ) {
      const text = (await peer.read()).toString();
      if (text === '') return;
      const word: string = data ? 'text' : (text.split(/[ \r]/)[0] ?? '');
      data = word === 'DATA';
      peer.write(answers[word] ?? (word === 'DATA' ? '354 go on\r\n' : word === 'QUIT' ? '221 bye\r\n' : word === 'EHLO' ? '250-me\r\n250 HELP\r\n' : '250 ok\r\n'));
    }
  };
}

const config = (port: number, ...lines: string[]): string =>
  `mailers m\n mailer x 127.0.0.1:${port}\n${configOf([{ name: 'b', lines: ['email-alert mailers m', 'email-alert from a@b', 'email-alert to c@d', 'email-alert myhostname me', ...lines], play: null }], [1], '127.0.0.1:1')
    .replace('option log-health-checks\n', '\n')}`;

describe('email-alert', () => {
  test('a server that goes down is mailed', async () => {
    const smtp = await stage(mailer());
    const { checks } = await housekeeping(config(smtp.port));
    await until(() => smtp.seen.some((bytes) => bytes.toString().startsWith('QUIT')));
    checks.stop();
    await smtp.close();
    const [ehlo, from, to, data, text] = smtp.seen.map(String);
    expect([ehlo, from, to, data]).toEqual(['EHLO me\r\n', 'MAIL FROM:<a@b>\r\n', 'RCPT TO:<c@d>\r\n', 'DATA\r\n']);
    const news = 'Server b/s1 is DOWN, reason: Layer4 connection problem, info: "ECONNREFUSED returned by OS \\(Connection refused\\)", check duration: \\d+ms\\. 0 active [^\\r]*';
    expect(text).toMatch(new RegExp(`^From: a@b\\r\\nTo: c@d\\r\\nDate: [^\\r]+\\r\\nSubject: \\[tsproxy Alert\\] ${news}\\r\\n\\r\\n${news}\\r\\n\\.\\r\\n$`));
  });

  test('messages above the level are not; a mailer that refuses does not stop the next mail', async () => {
    const smtp = await stage(mailer({ RCPT: '550 unknown\r\n' }));
    const { states, checks } = await housekeeping(config(smtp.port, 'email-alert level notice').replace(' check ', ' '));
    states.note(0, 'notice', 'info', 'too low');
    states.note(0, 'notice', 'notice', 'one');
    states.note(0, 'notice', 'notice', 'two');
    await until(() => smtp.seen.filter((bytes) => bytes.toString().startsWith('RCPT')).length === 2);
    checks.stop();
    await smtp.close();
    expect(smtp.seen.some((bytes) => bytes.toString().startsWith('DATA'))).toBe(false);
  });
});

test('mailDate: RFC 5322', () => {
  expect(mailDate(new Date(2026, 10, 5, 3, 4, 5))).toMatch(/^Thu, 05 Nov 2026 03:04:05 [+-]\d{4}$/);
});
