/** What a check says of a server, word for word as haproxy says it. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { haproxyPresent } from '../../support/haproxy.js';
import { answer, banner, olderWords, ours, silent, stage, strike, theirs, type Play, type Scene } from './dialogue.js';

afterEach(strike);

const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
const OK = crlf('HTTP/1.1 200 OK\nContent-Length: 2\n\nok');
const resetAfterRead: Play = async (peer) => {
  await peer.read();
  peer.reset();
};
const hang = (text: string): Play => async (peer) => {
  await peer.read();
  peer.write(text);
};

const httpchk = (name: string, play: Play | null, ...rules: string[]): Scene => ({ name, play, lines: ['option httpchk', ...rules.map((rule) => `http-check ${rule}`)] });
const tcp = (name: string, play: Play | null, ...rules: string[]): Scene => ({ name, play, lines: ['option tcp-check', ...rules.map((rule) => `tcp-check ${rule}`)] });
const protocol = (name: string, option: string, play: Play | null): Scene => ({ name, play, lines: [`option ${option}`] });

const http: readonly Scene[] = [
  httpchk('h-200', answer(OK)),
  httpchk('h-302', answer(crlf('HTTP/1.0 302 Found\n\n'))),
  httpchk('h-404', answer(crlf('HTTP/1.0 404 Not Found\n\n'))),
  httpchk('h-404-off', answer(crlf('HTTP/1.0 404 Not Found\n\n')), 'disable-on-404'),
  httpchk('h-500', answer(crlf('HTTP/1.0 500 Oops my dear\n\nbody'))),
  httpchk('h-no-reason', answer(crlf('HTTP/1.0 500\n\n'))),
  httpchk('h-100', answer(crlf('HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\nContent-Length: 0\n\n'))),
  httpchk('h-garbage', answer('hello world\r\n\r\n')),
  httpchk('h-garbage-open', hang('hello world\r\n\r\n')),
  httpchk('h-empty', answer('')),
  httpchk('h-reset', resetAfterRead),
  httpchk('h-silent', silent),
  httpchk('h-part', hang('HTTP/1.0 20')),
  httpchk('h-cut', answer(crlf('HTTP/1.0 200 OK\nfoo: bar\n'))),
  httpchk('h-bad-header', answer(crlf('HTTP/1.0 200 OK\nx y: 1\n\n'))),
  httpchk('h-refused', null),
  httpchk('h-string', answer(OK), 'expect string ok'),
  httpchk('h-string-no', answer(OK), 'expect string nope'),
  httpchk('h-not-string', answer(OK), 'expect ! string ok'),
  httpchk('h-regex-no', answer(OK), 'expect rstring no.e'),
  httpchk('h-format-no', answer(OK), 'expect string-lf nope'),
  httpchk('h-status-no', answer(OK), 'expect status 201,300-310'),
  httpchk('h-not-status', answer(OK), 'expect ! status 200 comment hi'),
  httpchk('h-rstatus-no', answer(OK), 'expect rstatus ^5'),
  httpchk('h-hdr', answer(OK), 'expect hdr name -m beg Content value 2'),
  httpchk('h-hdr-no', answer(OK), 'expect hdr name "foo" value -m beg "bar"'),
  httpchk('h-fhdr-no', answer(OK), 'expect comment "my comment" fhdr name -m beg "foo"'),
  httpchk('h-no-body', answer(crlf('HTTP/1.1 200 OK\nContent-Length: 0\n\n')), 'expect string ok'),
  httpchk('h-short-body', hang(crlf('HTTP/1.1 200 OK\nContent-Length: 10\n\nabc')), 'expect string ok'),
  httpchk('h-cut-body', answer(crlf('HTTP/1.1 200 OK\nContent-Length: 10\n\nabc')), 'expect string ok'),
  httpchk('h-chunks', answer(crlf('HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\n3\nabc\n2\nde\n0\n\n')), 'expect string cd'),
  httpchk('h-bad-chunks', answer(crlf('HTTP/1.1 200 OK\nTransfer-Encoding: chunked\n\nzz\nabc\n')), 'expect string cd'),
  httpchk('h-long', answer(`HTTP/1.0 200 OK\r\n\r\n${'a'.repeat(30_000)}zz`), 'expect string zz'),
  httpchk('h-long-head', answer(`HTTP/1.0 200 OK\r\nx: ${'a'.repeat(30_000)}\r\n\r\n`)),
  httpchk('h-on-error', answer(OK), 'expect status 201 on-error "st=%[status] srv=%[srv_name]" status-code int(42) error-status L7OKC'),
  httpchk('h-on-success', answer(OK), 'expect status 200 on-success "st=%[status] be=%[be_name]" status-code int(43)'),
  httpchk('h-two', answer(OK), 'connect', 'send meth GET uri /a', 'expect status 200', 'connect', 'send meth GET uri /b', 'expect string foo comment "hi you"'),
  httpchk('h-port', silent, 'connect port 1 comment hey', 'send', 'expect status 200'),
];

const rules: readonly Scene[] = [
  { name: 't-plain', lines: [], play: silent },
  { name: 't-refused', lines: [], play: null },
  tcp('t-string', banner('+OK hi\r\n', false), 'expect string +OK'),
  tcp('t-string-no', banner('-ERR hi\r\n'), 'expect string +OK'),
  tcp('t-string-late', banner('-ERR hi\r\n', false), 'expect string +OK'),
  tcp('t-conclusive', banner('-ERR hi\r\n', false), 'expect min-recv 0 string +OK'),
  tcp('t-unwanted', banner('-ERR hi\r\n', false), 'expect ! string ERR'),
  tcp('t-unwanted-regex', banner('-ERR hi\r\n', false), 'expect ! rstring E.R comment "not so"'),
  tcp('t-regex-no', banner('-ERR hi\r\n'), 'expect rstring ^\\+'),
  tcp('t-rbinary-no', banner('-ERR hi\r\n'), 'expect rbinary ^00'),
  tcp('t-binary', banner('-ERR hi\r\n', false), 'expect binary 455252'),
  tcp('t-binary-no', banner('-ERR hi\r\n'), 'expect binary 0102'),
  tcp('t-format-no', banner('-ERR hi\r\n'), 'expect string-lf x%[srv_name]'),
  tcp('t-hex-no', banner('-ERR hi\r\n'), 'expect binary-lf 01%[str(02)]'),
  tcp('t-empty', banner(''), 'expect string +OK'),
  tcp('t-reset', (peer) => peer.reset(), 'expect string +OK'),
  tcp('t-silent', silent, 'comment "the banner"', 'expect string +OK'),
  tcp('t-silent-binary', silent, 'expect binary 0102'),
  tcp('t-silent-regex', silent, 'connect', 'expect rstring foo comment hey'),
  tcp('t-timeout-status', silent, 'expect string +OK tout-status L4TOUT'),
  tcp('t-second-port', silent, 'connect', 'connect port 1 comment "second"'),
  tcp('t-initial', null, 'expect string foo'),
  tcp('t-steps', answer('+PONG\r\n'), 'send PING\\r\\n', 'expect string +PONG', 'send QUIT\\r\\n', 'expect string +OK'),
  tcp('t-send-only', silent, 'send QUIT\\r\\n'),
  tcp('t-on-success', banner('+OK hi\r\n', false), 'expect string +OK on-success "got %[res.payload(0,3)]" ok-status L7OKC'),
  tcp('t-on-error', banner('-ERR hi\r\n'), 'expect string +OK on-error "got %[res.payload(0,3)]" error-status L6RSP status-code int(5)'),
  tcp('t-variable', banner('-ERR hi\r\n'), 'set-var(check.x) str(+OK)', 'expect string-lf %[var(check.x)] error-status L4CON'),
];

function mysqlPacket(sequence: number, payload: string): string {
  const header = Buffer.alloc(4);
  header.writeUIntLE(payload.length, 0, 3);
  header[3] = sequence;
  return header.toString('latin1') + payload;
}
const GREETING = mysqlPacket(0, `\x0a5.7.30\0\x01\0\0\0abcdefgh\0\xff\xf7\x08\x02\0\xff\x81\x15${'\0'.repeat(10)}123456789012\0mysql_native_password\0`);
const speak = (...lines: string[]): Play => async (peer) => {
  for (const line of lines) {
    peer.write(line);
    await peer.read();
  }
  peer.close();
};
const listen = (...lines: string[]): Play => async (peer) => {
  for (const line of lines) {
    await peer.read();
    peer.write(Buffer.from(line, 'latin1'));
  }
  peer.close();
};
const hex = (digits: string): string => Buffer.from(digits, 'hex').toString('latin1');
const field = (name: string, value: string): string => String.fromCharCode(name.length) + name + value;
const agentHello = (version: string, size = 'max-frame-size'): string => {
  const body = `\x65\0\0\0\x01\0\0${field('version', `\x08\x03${version}`)}${field(size, '\x03\xfc\xf0\x06')}${field('capabilities', '\x08\0')}`;
  return `\0\0\0${String.fromCharCode(body.length)}${body}`;
};

const protocols: readonly Scene[] = [
  protocol('p-redis', 'redis-check', listen('+PONG\r\n')),
  protocol('p-redis-no', 'redis-check', listen('-ERR foo\r\n')),
  protocol('p-redis-empty', 'redis-check', listen('')),
  protocol('p-redis-silent', 'redis-check', silent),
  protocol('p-smtp', 'smtpchk', speak('220 hi\r\n', '250 ok\r\n', '221 bye\r\n')),
  protocol('p-smtp-ehlo', 'smtpchk EHLO me.org', speak('220 hi\r\n', '250-foo\r\n250 ok\r\n', '221 bye\r\n')),
  protocol('p-smtp-greets-badly', 'smtpchk', banner('500 no\r\n', false)),
  protocol('p-smtp-garbage', 'smtpchk', banner('xx no\r\n', false)),
  protocol('p-smtp-hello', 'smtpchk', speak('220 hi\r\n', '550 go away\r\n')),
  protocol('p-smtp-quit', 'smtpchk', speak('220 hi\r\n', '250 ok\r\n', '500 what\r\n')),
  protocol('p-smtp-empty', 'smtpchk', banner('')),
  protocol('p-mysql', 'mysql-check user foo', speak(GREETING, mysqlPacket(2, '\0\0\0\x02\0\0\0'))),
  protocol('p-mysql-old', 'mysql-check user foo pre-41', speak(GREETING, mysqlPacket(2, '\0\0\0\x02\0\0\0'))),
  protocol('p-mysql-greeting', 'mysql-check', banner(GREETING, false)),
  protocol('p-mysql-denied', 'mysql-check user foo', speak(GREETING, mysqlPacket(2, '\xff\x15\x04#28000Access denied for user'))),
  protocol('p-mysql-blocked', 'mysql-check user foo', banner(mysqlPacket(0, '\xff\x69\x04Host is blocked'), false)),
  protocol('p-pgsql', 'pgsql-check user foo', listen('R\0\0\0\x08\0\0\0\0')),
  protocol('p-pgsql-sasl', 'pgsql-check user foo', listen('R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0')),
  protocol('p-pgsql-fatal', 'pgsql-check user foo', listen('E\0\0\0\x10SFATAL\0Moops\0\0')),
  protocol('p-pgsql-garbage', 'pgsql-check user foo', listen('xyzuvwxyz')),
  protocol('p-pgsql-empty', 'pgsql-check user foo', listen('')),
  protocol('p-ldap', 'ldap-check', listen(hex('300C02010161070A010004000400'))),
  protocol('p-ldap-long-form', 'ldap-check', listen(hex('3084000000100201016184000000070A010004000400'))),
  protocol('p-ldap-refused', 'ldap-check', listen(hex('300C02010161070A010104000400'))),
  protocol('p-ldap-other', 'ldap-check', listen(hex('300C02010160070A010004000400'))),
  protocol('p-ldap-short', 'ldap-check', listen(hex('300C0201'))),
  protocol('p-ssl', 'ssl-hello-chk', listen('\x16\x03\0\0\x02\x02\x28')),
  protocol('p-ssl-alert', 'ssl-hello-chk', listen('\x15\x03\0\0\x02\x02\x28')),
  protocol('p-ssl-no', 'ssl-hello-chk', listen('foobar')),
  protocol('p-spop', 'spop-check', listen(agentHello('2.0'))),
  protocol('p-spop-version', 'spop-check', listen(agentHello('1.0'))),
  protocol('p-spop-size', 'spop-check', listen(agentHello('2.0', 'max-frame-sizf'))),
  protocol('p-spop-garbage', 'spop-check', listen('xyzuvwxyz')),
];

const run = haproxyPresent ? describe : describe.skip;

run('checks against haproxy', () => {
  test.each([['http-check', http], ['tcp-check', rules], ['protocols', protocols]])('%s: each result in the same words', async (_, scenes) => {
    // Two houses of servers: neither sees the other's connections.
    const [left, right] = await Promise.all([scenes, scenes].map((all) => Promise.all(all.map(({ play }) => stage(play)))));
    const ports = (stages: typeof left) => stages!.map(({ port }) => port);
    const [mine, peer] = await Promise.all([ours(scenes, ports(left)), theirs(scenes, ports(right))]);
    await Promise.all([...left!, ...right!].map((one) => one.close()));
    const pairs = (lines: readonly (string | undefined)[]) => scenes.map(({ name }, i) => [name, lines[i]]);
    expect(pairs(mine.map(olderWords))).toEqual(pairs(peer));
  });
});
