import { describe, expect, test } from '@jest/globals';
import { loadText } from '../../src/config/load.js';
import { parseStateFile, parseStateLine } from '../../src/config/server_state.js';

// As Debian's haproxy 2.6 writes it.
const LINE = '2 l 77 s4 127.0.0.1 2 8 20 20 101 1 0 4 0 0 0 1 - 93 - 0 0 - - 0';

describe('parseStateLine', () => {
  test('a line of haproxy', () => {
    expect(parseStateLine(LINE)).toEqual({
      backend: { name: 'l', id: 2, forced: false },
      server: { name: 's4', id: 77, forced: true },
      state: {
        address: '127.0.0.1', port: 93, opState: 2, adminState: 8, userWeight: 20, initialWeight: 20, sinceChange: 101, checkStatus: 1, checkResult: 0,
        checkHealth: 4, checkState: 0, agentState: 0, fqdn: null, srvRecord: null, checkAddress: null, checkPort: 0, agentAddress: null, agentPort: 0,
      },
    });
  });

  test.each([
    ['1 b 1 s 127.0.0.1 2', 'it has 6 columns'],
    [LINE.replace(' 20 20 ', ' 257 20 '), "'257' is no srv_uweight"],
    [LINE.replace(' 2 8 ', ' 4 8 '), "'4' is no srv_op_state"],
    [LINE.replace(' 93 ', ' 65536 '), "'65536' is no srv_port"],
    [LINE.replace(' 101 ', ' -5 '), "'-5' is no srv_time_since_last_change"],
    [LINE.replace(' 2 8 ', ' 2 x '), "'x' is no srv_admin_state"],
  ])('%s', (line, problem) => {
    expect(parseStateLine(line)).toEqual({ problem });
  });

  test('survives any line', () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % below;
    for (let i = 0; i < 2000; i++) {
      const words = LINE.split(' ');
      for (let n = random(4); n >= 0; n--) words[random(words.length)] = ['-', '', '\u00ff', '99999999999', '::1', '-1', '1e3'][random(7)]!;
      const parsed = parseStateLine(words.slice(0, random(words.length + 1)).join(' '));
      if (!('problem' in parsed)) expect(parsed.state.userWeight).toBeLessThanOrEqual(256);
    }
  });
});

test('a file says its version first, and comments are left out', () => {
  const bad: unknown[] = [];
  const note = (line: number, problem: string): void => void bad.push([line, problem]);
  expect(parseStateFile(`1\n# be_id be_name\n${LINE}\n\n1 b\n`, note)).toHaveLength(1);
  expect(bad).toEqual([[5, 'it has 2 columns']]);
  expect(parseStateFile(LINE, note)).toBeNull();
  expect(parseStateFile(`2\n${LINE}\n`, note)).toBeNull();
});

describe('load-server-state-from-file', () => {
  const backend = (name: string, lines: string): string => `backend ${name}\n timeout connect 1s\n timeout server 1s\n${lines} server s4 127.0.0.1:1\n`;
  async function load(text: string, contents: Record<string, string>) {
    const { model, diagnostics } = await loadText(text, { env: {}, files: { read: (path) => contents[path] ?? { problem: 'no such file' } } });
    return { saved: model?.servers.map(({ saved }) => saved?.userWeight ?? null), said: diagnostics.map(({ severity, summary }) => `${severity}: ${summary}`) };
  }

  test('local files are named by the backend, by a line, or absolutely; server-state-base comes first', async () => {
    const line = (name: string, weight: number): string => `1\n${LINE.replace('2 l', `2 ${name}`).replace(' 20 20 ', ` ${weight} 20 `)}\n`;
    const text = 'global\n server-state-base /base\n'
      + backend('a', ' load-server-state-from-file local\n') + backend('b', ' load-server-state-from-file local\n server-state-file-name other\n')
      + backend('c', ' load-server-state-from-file local\n server-state-file-name /absolute\n') + backend('d', ' load-server-state-from-file none\n');
    expect(await load(text, { '/base/a': line('a', 1), '/base/other': line('b', 2), '/absolute': line('c', 3), '/base/d': line('d', 4) })).toEqual({ saved: [1, 2, 3, null], said: [] });
  });

  test('what is not there is a notice, what makes no sense a warning; neither stops a start', async () => {
    const text = 'global\n server-state-file /state\n' + backend('l', ' load-server-state-from-file global\n');
    expect(await load(text, {})).toEqual({ saved: [null], said: ["notice: can't open server state file '/state' (no such file)"] });
    expect(await load(text, { '/state': 'x' })).toEqual({ saved: [null], said: ["warning: can't get version of the server state file '/state'"] });
    expect(await load(text, { '/state': `1\n${LINE}\n1 2 3\n` })).toEqual({ saved: [20], said: ["warning: server state file '/state', line 3 is left out: it has 3 columns"] });
  });
});
