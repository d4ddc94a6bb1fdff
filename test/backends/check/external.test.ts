import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { configOf, housekeeping, strike, until } from './dialogue.js';

afterEach(strike);

let directory = '';
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'external-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

function program(name: string, script: string): string {
  const path = join(directory, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return path;
}

/** The first word about a check by a program. */
async function first(command: string, global: readonly string[] = ['external-check', 'insecure-fork-wanted'], ...more: string[]): Promise<string> {
  const text = configOf([{ name: 'be', lines: ['option external-check', `external-check command ${command}`, ...more], play: null }], [4321], '127.0.0.1:1', global);
  const { said, checks } = await housekeeping(text);
  await until(() => said.length > 0);
  checks.stop();
  return said[0]!.replace(/duration: [0-9]+ms/, 'duration: Nms');
}

describe('option external-check', () => {
  test('the exit status is the word', async () => {
    expect(await first(program('good', 'exit 0'))).toBe('Health check for server be/s1 succeeded, reason: External check passed, code: 0, check duration: Nms, status: 1/1 UP.');
    expect(await first(program('bad', 'exit 3'))).toBe('Health check for server be/s1 failed, reason: External check error, code: 3, check duration: Nms, status: 0/1 DOWN.');
  });

  test('a program that takes too long is ended', async () => {
    expect(await first(program('slow', 'exec /bin/sleep 60'))).toContain('failed, reason: External check timeout, code: 0, check duration');
  });

  test('a program that is not there', async () => {
    expect(await first(join(directory, 'nobody'))).toContain('failed, reason: External check error, code: 0, info: "spawn ');
  });

  test('without insecure-fork-wanted nothing is started', async () => {
    const out = join(directory, 'started');
    expect(await first(program('never', `touch ${out}`), ['external-check'])).toContain('failed, reason: External check error');
    expect(() => readFileSync(out)).toThrow();
  });

  test('arguments and environment tell of the server, and of nothing else', async () => {
    const out = join(directory, 'told');
    const path = process.env['PATH'] ?? '';
    await first(program('tell', `{ echo "$@"; env | grep -v '^PWD=\\|^SHLVL=\\|^_=\\|^OLDPWD=' | sort; } > ${out}`), undefined, `external-check path ${path}`);
    expect(readFileSync(out, 'utf8').trim().split('\n')).toEqual([
      'NOT_USED NOT_USED 127.0.0.1 4321',
      'HAPROXY_PROXY_ADDR=', expect.stringMatching(/^HAPROXY_PROXY_ID=\d+$/), 'HAPROXY_PROXY_NAME=be', 'HAPROXY_PROXY_PORT=', 'HAPROXY_SERVER_ADDR=127.0.0.1',
      'HAPROXY_SERVER_CURCONN=0', 'HAPROXY_SERVER_ID=1', 'HAPROXY_SERVER_MAXCONN=0', 'HAPROXY_SERVER_NAME=s1', 'HAPROXY_SERVER_PORT=4321', 'HAPROXY_SERVER_PROTO=h1',
      'HAPROXY_SERVER_SSL=0', `PATH=${path}`,
    ]);
  });
});
