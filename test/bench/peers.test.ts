import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

interface Description {
  mode: string;
  port: number;
  origin: number;
  maxconn: number;
  maxpipes?: number;
  nosplice?: boolean;
}
interface Peer {
  missing(mode: string): string | null;
  configuration(what: Description): string;
}
interface Case {
  kind: string;
  mode: string;
  peers: string[];
}

const { peers } = (await import(new URL('../../bench/peers.mjs', import.meta.url).href)) as { peers: Record<string, Peer> };
const { cases, groups } = (await import(new URL('../../bench/cases.mjs', import.meta.url).href)) as {
  cases: Record<string, Case>;
  groups: Record<string, string[]>;
};
const what: Description = { mode: 'http', port: 8001, origin: 8002, maxconn: 100 };

function check(program: string, args: (file: string, directory: string) => string[], text: string): { status: number | null; said: string } {
  const directory = mkdtempSync(join(tmpdir(), 'bench-test-'));
  try {
    const file = join(directory, 'proxy.cfg');
    writeFileSync(file, text);
    const done = spawnSync(program, args(file, directory), { encoding: 'utf8' });
    return { status: done.status, said: done.stderr };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

describe('configurations of the peers', () => {
  test('one description reaches every peer', () => {
    for (const [name, peer] of Object.entries(peers)) {
      for (const mode of ['http', 'tcp']) {
        const text = peer.configuration({ ...what, mode });
        expect(text).toContain('127.0.0.1:8001');
        expect(text).toContain('127.0.0.1:8002');
        expect(/^ *nosplice$/m.test(text)).toBe(name.endsWith('nosplice'));
      }
    }
  });

  test('tsproxy and haproxy get the same text', () => {
    for (const mode of ['http', 'tcp']) {
      expect(peers['tsproxy']?.configuration({ ...what, mode })).toBe(peers['haproxy']?.configuration({ ...what, mode }));
    }
  });

  const peersOf = (name: string, mode: string): Peer | undefined => (peers[name]?.missing(mode) === null ? peers[name] : undefined);
  test.each(['http', 'tcp'])('haproxy and nginx accept theirs in mode %s, where they are installed', (mode) => {
    const description = { ...what, mode, maxpipes: 50 };
    const haproxy = peersOf('haproxy', mode);
    if (haproxy) expect(check('haproxy', (file) => ['-c', '-f', file], haproxy.configuration(description))).toMatchObject({ status: 0 });
    const nginx = peersOf('nginx', mode);
    if (nginx) expect(check('nginx', (file, directory) => ['-t', '-p', directory, '-c', file], nginx.configuration(description))).toMatchObject({ status: 0 });
  });
});

describe('cases', () => {
  test('every case compares known peers, tsproxy first', () => {
    for (const row of Object.values(cases)) {
      expect(row.peers[0]).toBe('tsproxy');
      expect(row.peers.filter((name) => !peers[name])).toEqual([]);
    }
  });

  test('every group lists cases', () => {
    for (const names of Object.values(groups)) expect(names.filter((name) => !cases[name])).toEqual([]);
  });
});
