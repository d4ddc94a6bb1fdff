import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { join } from 'node:path';
import { exchange } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { tcpOrigin } from '../support/origin.js';
import { spawnProxy, temporaryDirectory, waitFor, type ProxyExit } from '../support/proxy.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
const directory = { current: temporaryDirectory() };
beforeEach(() => {
  directory.current.remove();
  directory.current = temporaryDirectory();
});
afterEach(async () => {
  await stage.strike();
  directory.current.remove();
});

function file(name: string, text: string): string {
  const path = join(directory.current.path, name);
  writeFileSync(path, text);
  return path;
}

const run = (...args: string[]): Promise<ProxyExit> => spawnProxy(args).exit;

const LISTEN = section('listen l', 'bind 127.0.0.1:1', 'server s 127.0.0.1:1');

describe('-c', () => {
  test('a valid file: status 0, and with -V a word', async () => {
    const path = file('good.cfg', config(defaults('tcp'), LISTEN));
    expect(await run('-c', '-f', path)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    expect(await run('-c', '-V', '-f', path)).toMatchObject({ code: 0, stdout: 'Configuration file is valid\n', stderr: '' });
  });

  test('all errors of all files in one run, with place, excerpt and caret; status 1', async () => {
    const first = file('a.cfg', config(defaults('tcp', 'timout client 3s'), LISTEN));
    const second = file('b.cfg', section('frontend f', 'bind 127.0.0.1:99999', 'balance roundrobing\n'));
    const { code, stderr, stdout } = await run('-c', '-f', first, '-f', second);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(new RegExp(`^\\[ALERT\\] +\\(\\d+\\) : config : parsing \\[${first}:\\d+\\] : unknown keyword 'timout'`, 'm'));
    expect(stderr).toMatch(/timout client 3s\n +\| +\^{6}$/m);
    expect(stderr).toContain(`parsing [${second}:2]`);
    expect(stderr).toContain(`parsing [${second}:3]`);
    expect(stderr).toContain('config : Fatal errors found in configuration.');
  });

  test('a directory stands for its *.cfg files in their order', async () => {
    file('2.cfg', `${LISTEN}\n`);
    file('1.cfg', config(defaults('tcp')));
    file('3.txt', 'nonsense');
    expect((await run('-c', '-f', directory.current.path)).code).toBe(0);
  });

  test('a file that is not there', async () => {
    const { code, stderr } = await run('-c', '-f', '/nonexistent/x.cfg');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\[ALERT\] .*\/nonexistent\/x\.cfg/m);
  });

  test('-q says nothing, the status remains', async () => {
    expect(await run('-c', '-q', '-f', file('bad.cfg', 'nonsense\n'))).toMatchObject({ code: 1, stderr: '', stdout: '' });
  });

  test('-dW makes a warning fatal', async () => {
    const path = file('warn.cfg', config('defaults\n  mode tcp', LISTEN));
    expect((await run('-c', '-f', path)).code).toBe(0);
    const { code, stderr } = await run('-c', '-dW', '-f', path);
    expect(code).toBe(1);
    expect(stderr).toContain("Some warnings were found and 'zero-warning' is set. Aborting.");
  });

  test('no listener: status 2', async () => {
    const { code, stderr } = await run('-c', '-f', file('none.cfg', config(defaults('tcp'))));
    expect([code, stderr]).toEqual([2, 'Configuration file has no error but will not start (no listener) => exit(2).\n']);
  });
});

describe('other questions', () => {
  test.each([['streq(a,a)', 0], ['!streq(a,a)', 1], ['defined(TSPROXY_NONE) || 1', 0], ['streq("$HOME","$HOME")', 0], ['nonsense(', 2]])('-cc %s: status %i', async (text, code) => {
    expect((await run('-cc', text)).code).toBe(code);
  });

  test('-v and -vv', async () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect((await run('-v')).stdout).toMatch(new RegExp(`^tsproxy version ${version.replaceAll('.', '\\.')}`));
    expect((await run('-vv')).stdout).toMatch(/Feature list: .*\+LINUX_SPLICE/);
  });

  test('-dKall knows what the parser knows', async () => {
    const { code, stdout } = await run('-dKall');
    expect(code).toBe(0);
    for (const word of ['option splice-auto', 'req.hdr', 'lower', 'nbthread']) expect(stdout).toContain(word);
  });

  test('a wrong command line: one line, status 1', async () => {
    expect(await run('-zz')).toMatchObject({ code: 1, stderr: "tsproxy: unknown option '-zz': --help lists the options\n" });
    expect((await run()).code).toBe(1);
    expect((await run('--help')).code).toBe(0);
  });
});

async function taken(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  stage.after(() => server.close());
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return { server, port: (server.address() as AddressInfo).port };
}

describe('a start that fails', () => {
  test('ports in use: a line for each with its place, nothing accepted, status 1', async () => {
    const [a, b] = [await taken(), await taken()];
    const free = stage.port();
    const path = file('x.cfg', config(defaults('tcp'), section('listen l', `bind 127.0.0.1:${free}`, `bind 127.0.0.1:${a.port}`, 'server s 127.0.0.1:1'),
      section('frontend f', `bind 127.0.0.1:${b.port}`, 'default_backend l')));
    const { code, stderr } = await run('-f', path);
    expect(code).toBe(1);
    const line = (at: number, proxy: string, port: number): RegExp =>
      new RegExp(`^\\[ALERT\\] +\\(\\d+\\) : Binding \\[${path}:${at}\\] for ${proxy}: cannot bind socket \\(Address already in use\\) for \\[127\\.0\\.0\\.1:${port}\\]$`, 'm');
    expect(stderr).toMatch(line(9, 'proxy l', a.port));
    expect(stderr).toMatch(line(13, 'frontend f', b.port));
    expect(stderr.trim().split('\n')).toHaveLength(2);
  });

  test('too few descriptors', async () => {
    const path = file('x.cfg', config('global\n  ulimit-n 100\n  maxconn 2000000000', defaults('tcp'), LISTEN));
    const { code, stderr } = await run('-f', path);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^\[ALERT\] .*file descriptors/m);
  });

  test.each([['chroot /nonexistent/jail', /\[ALERT\] .*cannot chroot to \/nonexistent\/jail/], ['pidfile /nonexistent/pid', /\[ALERT\] .*cannot write the pidfile \/nonexistent\/pid/]])('%s', async (line, message) => {
    const free = stage.port();
    const path = file('x.cfg', config(`global\n  ${line}`, defaults('tcp'), section('listen l', `bind 127.0.0.1:${free}`, 'server s 127.0.0.1:1')));
    const { code, stderr } = await run('-f', path);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
  });
});

describe('-D', () => {
  test('returns when the proxy is ready, which has the pid of the pidfile', async () => {
    const origin = await stage.origin(tcpOrigin((socket) => socket.end('hi')));
    const free = stage.port();
    const pidfile = join(directory.current.path, 'pid');
    const path = file('d.cfg', config(defaults('tcp'), section('listen l', `bind 127.0.0.1:${free}`, `server s 127.0.0.1:${origin.port}`)));
    expect(await run('-D', '-f', path, '-p', pidfile)).toMatchObject({ code: 0, stdout: '', stderr: '' });
    const pid = Number(readFileSync(pidfile, 'utf8'));
    expect(await exchange(free, '', true)).toBe('hi');
    process.kill(pid, 'SIGUSR1');
    await waitFor(() => {
      try {
        process.kill(pid, 0);
        return false;
      } catch {
        return true;
      }
    });
  });

  test('says what went wrong, with status 1', async () => {
    const busy = await taken();
    const path = file('d.cfg', config('global\n  daemon', defaults('tcp'), section('listen l', `bind 127.0.0.1:${busy.port}`, 'server s 127.0.0.1:1')));
    const { code, stderr } = await run('-f', path);
    expect(code).toBe(1);
    expect(stderr).toContain('cannot bind socket (Address already in use)');
  });
});

describe('sockets of other kinds', () => {
  test('a unix socket with its mode replaces a stale one; an inherited one is used as it is', async () => {
    const origin = await stage.origin(tcpOrigin((socket) => socket.end('hi')));
    const path = join(directory.current.path, 's.sock');
    file('s.sock', 'stale');
    const inherited = await taken();
    const fd = (inherited.server as unknown as { _handle: { fd: number } })._handle.fd;
    const free = stage.port();
    const proxy = await stage.proxy(config('global\n  nbthread 2', defaults('tcp'),
      section('listen inner', `bind unix@${path} mode 640`, `server s 127.0.0.1:${origin.port}`),
      section('listen outer', `bind 127.0.0.1:${free}`, `server s unix@${path}`),
      section('listen abstract', `bind abns@tsproxy-test-${process.pid}`, `server s 127.0.0.1:${origin.port}`),
      section('listen given', 'bind fd@3', `server s abns@tsproxy-test-${process.pid}`)), { fds: [fd] });
    inherited.server.close();
    expect(statSync(path).mode & 0o777).toBe(0o640);
    expect(await exchange(free, '', true)).toBe('hi');
    expect(await exchange(inherited.port, '', true)).toBe('hi');
    proxy.signal('SIGUSR1');
    expect((await proxy.exit).code).toBe(0);
  });
});
