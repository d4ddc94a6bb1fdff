import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, connect, type Socket } from 'node:net';
import { Client, type ClientLimits } from '../../../src/core/command/client.js';
import { failure, type CommandRow, type Level } from '../../../src/core/command/row.js';
import type { Runtime } from '../../../src/core/command/runtime.js';
import { sessionRows } from '../../../src/core/command/session.js';
import { CommandTable } from '../../../src/core/command/table.js';

const row = (words: string, run: CommandRow['run'], level: Level = 'user', more: Partial<CommandRow> = {}): CommandRow => ({ words, doc: `does ${words}`, level, run, ...more });

const table = new CommandTable([
  ...sessionRows,
  row('echo', ({ args, payload }) => `${args.join('|')}\n${payload ?? ''}`),
  row('lines', async function* ({ args: [n] }: { args: readonly string[] }) {
    for (let i = 0; i < Number(n); i++) yield `line ${i}\n`;
  } as unknown as CommandRow['run']),
  row('set thing', () => '', 'admin'),
  row('break', () => {
    throw new Error('a mistake');
  }),
  row('deny', () => failure('No such thing.')),
  row('risky', () => 'done\n', 'user', { mode: 'expert' }),
]);

interface Options {
  level?: Level;
  limits?: ClientLimits;
  timeout?: number;
  reports?: string[];
  /** The server's end is closed. */
  closed?: () => void;
}

/** Serves one connection and gives its other end. */
async function open({ level = 'admin', limits = { line: 16384, payload: 1000 }, timeout = 5000, reports = [], closed = () => undefined }: Options = {}): Promise<Socket> {
  const runtime = { startTime: 0, now: () => 90_061_000, report: (line: string) => reports.push(line) } as unknown as Runtime;
  const server = createServer({ allowHalfOpen: true }, (stream) => {
    new Client(stream, table, runtime, limits, level, timeout);
    stream.on('close', closed);
    server.close();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = connect({ port: (server.address() as { port: number }).port, host: '127.0.0.1', allowHalfOpen: true });
  await once(socket, 'connect');
  return socket.setEncoding('utf8');
}

/** What comes back for bytes until the other side ends. */
async function ask(text: string, options?: Options): Promise<string> {
  const socket = await open(options);
  socket.on('error', () => undefined);
  socket.write(text);
  let answer = '';
  for await (const piece of socket) answer += piece as string;
  socket.destroy();
  return answer;
}

describe('one line', () => {
  test('ends with an empty line and the connection', async () => {
    expect(await ask('echo a b\necho c\n')).toBe('a|b\n\n');
  });

  test('several commands, each with its empty line', async () => {
    expect(await ask('echo a;deny;set thing;echo b\n')).toBe('a\n\nNo such thing.\n\n\nb\n\n');
  });

  test('CR LF', async () => {
    expect(await ask('echo a\r\n')).toBe('a\n\n');
  });

  test('without its newline, at the end of input', async () => {
    const socket = await open();
    socket.end('echo a');
    let answer = '';
    for await (const piece of socket) answer += piece as string;
    expect(answer).toBe('a\n\n');
  });

  test('unknown words are answered with what is near', async () => {
    const answer = await ask('ecko a\n');
    expect(answer).toMatch(/^Unknown command, but maybe one of the following ones is a better match:\n {2}echo {36}: does echo\n/);
    expect(answer).toMatch(/\n {2}quit .*: disconnect\n\n$/);
    expect(await ask('zzzzzzzz\n')).toMatch(/^Unknown command\. Please enter one of the following commands only:\n/);
    expect(await ask('\n')).toMatch(/^Unknown command\. /);
  });
});

describe('levels and modes', () => {
  test('a command above the level', async () => {
    expect(await ask('set thing\n', { level: 'operator' })).toBe('Permission denied\n\n');
    expect(await ask('user;set thing\n')).toBe('\nPermission denied\n\n');
    expect(await ask('operator;show cli level\n', { level: 'user' })).toBe('Permission denied\n\nuser\n\n');
  });

  test('expert mode', async () => {
    expect(await ask('risky\n')).toBe('This command is restricted to expert mode only.\n\n');
    expect(await ask('expert-mode on;risky;expert-mode\n')).toBe('\ndone\n\nexpert-mode is ON\n\n');
  });

  test('severity of messages', async () => {
    expect(await ask('set severity-output number;deny;echo x\n')).toBe('\n[3]: No such thing.\n\nx\n\n');
    expect(await ask('set severity-output string;deny\n')).toBe('\n[err]: No such thing.\n\n');
    expect(await ask('set severity-output odd\n')).toBe("one of 'none', 'number', 'string' is a required argument\n\n");
  });
});

describe('interactive', () => {
  test('with a prompt', async () => {
    expect(await ask('prompt\necho a\nquit\n')).toBe('\n> a\n\n> ');
  });

  test('without one', async () => {
    expect(await ask('prompt i\necho a\necho b\nquit\n')).toBe('\na\n\nb\n\n');
  });

  test('with the uptime', async () => {
    expect(await ask('prompt timed\nquit\n')).toBe('\n[1:01:01:01]> ');
  });

  test('back to one line', async () => {
    expect(await ask('prompt\nprompt n\necho a\n')).toBe('\n> \n');
  });
});

describe('payloads', () => {
  test('up to an empty line', async () => {
    expect(await ask('echo a <<\none\ntwo\n\n')).toBe('a\none\ntwo\n\n');
  });

  test('up to a pattern', async () => {
    expect(await ask('echo a <<%E%\none\n\ntwo\n%E%\n')).toBe('a\none\n\ntwo\n\n');
  });

  test('another prompt while they are entered', async () => {
    expect(await ask('prompt\necho <<\nx\n\nquit\n')).toBe('\n> + + \nx\n\n> ');
  });

  test('too long: the connection ends', async () => {
    expect(await ask(`echo <<\n${'x'.repeat(990)}\n\n`)).toBe(`\n${'x'.repeat(990)}\n\n`);
    expect(await ask(`echo <<\n${'x'.repeat(1001)}\n\n`)).toBe('');
  });
});

describe('bad clients', () => {
  test('a line without end', async () => {
    expect(await ask('x'.repeat(20_000))).toBe('');
    expect(await ask(`${'x'.repeat(20_000)}\n`)).toBe('');
  });

  test('silence', async () => {
    expect(await ask('prompt\n', { timeout: 50 })).toBe('\n> ');
  });

  test('one that never reads is cut off, with little made in vain', async () => {
    let closed = (): void => undefined;
    const cut = new Promise<void>((done) => (closed = done));
    const socket = await open({ timeout: 100, closed });
    socket.on('error', () => undefined);
    socket.write('lines 100000000\n');
    await cut;
    let size = 0;
    for await (const piece of socket) size += (piece as string).length;
    expect(size).toBeLessThan(100_000_000);
  });

  test('a long answer comes whole', async () => {
    const answer = await ask('lines 100000\n');
    expect(answer.split('\n')).toHaveLength(100_002);
    expect(answer.endsWith('line 99999\n\n')).toBe(true);
  });

  test('a command that fails is answered and reported', async () => {
    const reports: string[] = [];
    expect(await ask('break;echo on\n', { reports })).toBe('Internal error, see the log.\n\non\n\n');
    expect(reports[0]).toMatch(/^command 'break' failed: Error: a mistake/);
  });
});
