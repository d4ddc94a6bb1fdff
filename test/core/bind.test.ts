import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadText } from '../../src/config/load.js';
import type { Model } from '../../src/config/model.js';
import type { ListenerSpec } from '../../src/core/addon.js';
import { activeListeners, bindAll, closeAll, listenAll, settlePaths } from '../../src/core/bind.js';
import { temporaryDirectory } from '../support/proxy.js';


async function model(...lines: string[]): Promise<Model> {
  const { model } = await loadText(`defaults\n timeout client 1s\n timeout server 1s\n timeout connect 1s\nlisten l\n${lines.map((line) => ` ${line}\n`).join('')} server s 127.0.0.1:1\n`);
  if (model === null) throw new Error('the configuration of the test is wrong');
  return model;
}

/** Sockets that only are numbers; `refuse` names ports whose bind fails with EADDRINUSE. */
class Sockets {
  readonly open = new Set<number>();
  readonly bound: ListenerSpec[] = [];
  readonly listening: [number, number][] = [];
  private next = 100;

  constructor(private readonly refuse: readonly number[] = []) {}

  bindListener(spec: ListenerSpec): number {
    this.bound.push(spec);
    const family = spec.address[0];
    if (family !== 1 && this.refuse.includes((spec.address[2] ?? 0) * 256 + (spec.address[3] ?? 0))) return -98;
    if (family === 1 && spec.address[2] !== 0) writeFileSync(Buffer.from(spec.address.subarray(2, -1)).toString(), '');
    this.open.add(this.next);
    return this.next++;
  }

  listen(fd: number, backlog: number): number {
    this.listening.push([fd, backlog]);
    return 0;
  }

  closeFd(fd: number): void {
    this.open.delete(fd);
  }

  isListening(fd: number): boolean {
    return fd === 3;
  }
}

describe('bindAll', () => {
  test('an address gets one socket per worker, with SO_REUSEPORT', async () => {
    const sockets = new Sockets();
    const m = await model('bind 127.0.0.1:8001', 'bind :::8002 v6only');
    const { bound, failures } = bindAll(sockets, activeListeners(m), 3, true);
    expect(failures).toEqual([]);
    expect(bound.map(({ fds, shared }) => [fds.length, shared])).toEqual([[3, false], [3, false]]);
    expect(sockets.bound.map(({ reusePort, v6only }) => [reusePort, v6only ?? null]).slice(2, 4)).toEqual([[true, null], [true, true]]);
  });

  test('without SO_REUSEPORT all workers share one socket', async () => {
    const { bound } = bindAll(new Sockets(), activeListeners(await model('bind 127.0.0.1:8001')), 3, false);
    expect(bound.map(({ fds, shared }) => [fds.length, shared])).toEqual([[1, true]]);
  });

  test('all failures are reported, and nothing stays open', async () => {
    const sockets = new Sockets([8002, 8003]);
    const m = await model('bind 127.0.0.1:8001', 'bind 127.0.0.1:8002', 'bind 127.0.0.1:8003', 'bind fd@99');
    const { bound, failures } = bindAll(sockets, activeListeners(m), 2, true);
    expect(bound).toEqual([]);
    expect(failures.map(({ reason, inUse }) => [reason, inUse])).toEqual([
      ['cannot bind socket (Address already in use) for [127.0.0.1:8002]', true],
      ['cannot bind socket (Address already in use) for [127.0.0.1:8003]', true],
      ["cannot use file descriptor '99' : it is not a bound stream socket that was inherited", false],
    ]);
    expect(sockets.open.size).toBe(0);
  });

  test('an inherited socket is shared and never closed by us', async () => {
    const sockets = new Sockets();
    const { bound } = bindAll(sockets, activeListeners(await model('bind fd@3')), 2, true);
    expect(bound).toMatchObject([{ fds: [3], shared: true, temporary: null }]);
    sockets.open.add(3);
    closeAll(sockets, bound);
    expect(sockets.open.has(3)).toBe(true);
  });

  test('disabled sections bind nothing', async () => {
    expect(activeListeners(await model('bind 127.0.0.1:8001', 'disabled'))).toEqual([]);
  });
});

describe('unix sockets', () => {
  test('stand beside their path until the old one is replaced', async () => {
    const sockets = new Sockets();
    const own = temporaryDirectory();
    const path = join(own.path, 'a.sock');
    writeFileSync(path, 'the old one');
    const { bound, failures } = bindAll(sockets, activeListeners(await model(`bind unix@${path} mode 600`)), 2, true);
    expect(failures).toEqual([]);
    expect(statSync(path).size).toBe(11);
    expect(statSync(bound[0]?.temporary ?? '').mode & 0o777).toBe(0o600);
    expect(settlePaths(bound)).toEqual([]);
    expect(statSync(path).size).toBe(0);
    expect(readdirSync(own.path)).toEqual(['a.sock']);
    own.remove();
  });

  test('a failed start leaves the old one where it was', async () => {
    const sockets = new Sockets([8001]);
    const own = temporaryDirectory();
    const path = join(own.path, 'a.sock');
    writeFileSync(path, 'the old one');
    const m = await model(`bind unix@${path}`, 'bind 127.0.0.1:8001');
    expect(bindAll(sockets, activeListeners(m), 1, true).failures).toHaveLength(1);
    expect(readdirSync(own.path)).toEqual(['a.sock']);
    expect(statSync(path).size).toBe(11);
    own.remove();
  });

  test('a path that is too long is a failure like others', async () => {
    const m = await model(`bind unix@/tmp/${'x'.repeat(98)}`);
    const { failures } = bindAll(new Sockets(), activeListeners(m), 1, true);
    expect(failures[0]?.reason).toMatch(/^cannot bind UNIX socket \(the name of a unix socket has at most 107 bytes\) \[\/tmp\/x+\]$/);
    expect(existsSync(`/tmp/${'x'.repeat(98)}`)).toBe(false);
  });
});

test('listenAll takes the backlog from the bind line, the section, its maxconn, else that of the process', async () => {
  const backlogs = async (...lines: string[]): Promise<number[]> => {
    const sockets = new Sockets();
    const m = await model(...lines);
    const { bound } = bindAll(sockets, activeListeners(m), 1, true);
    expect(listenAll(sockets, m, bound, 3000)).toEqual([]);
    return sockets.listening.map(([, backlog]) => backlog);
  };
  expect(await backlogs('bind :8001 backlog 5', 'bind :8002', 'backlog 7', 'maxconn 9')).toEqual([5, 7]);
  expect(await backlogs('bind :8001', 'maxconn 9')).toEqual([9]);
  expect(await backlogs('bind :8001')).toEqual([3000]);
});
