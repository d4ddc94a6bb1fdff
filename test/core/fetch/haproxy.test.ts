/** The same expressions on the same requests, here and in Debian's haproxy: the header that a `return` rule makes of each must be the same. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FF_KNOWN, SS_WEIGHT } from '../../../src/core/abi.js';
import { serverCell } from '../../../src/core/cells.js';
import { rules, type RuleBench } from '../../support/rules.js';
import { EXPRESSIONS, REQUESTS } from './haproxy_cases.js';

const present = spawnSync('haproxy', ['-v']).status === 0;

/** Haproxy is asked over a unix socket, which has no addresses. */
const LOCAL = { src: 'unix', dst: 'unix', flags: FF_KNOWN };

/** A line holds at most 64 words. */
const PER_RULE = 16;
const chunks = Array.from({ length: Math.ceil(EXPRESSIONS.length / PER_RULE) }, (_, i) => EXPRESSIONS.slice(i * PER_RULE, (i + 1) * PER_RULE));
const RULES = chunks.map((chunk, i) => {
  const headers = chunk.map((expression, k) => `hdr x-${i * PER_RULE + k} '<%[${expression}]>'`);
  return `http-request return status 200 ${headers.join(' ')} if { req.hdr(x-chunk) ${i} }`;
});

const withChunk = (request: string, chunk: number): string => request.replace('\n\n', `\nx-chunk: ${chunk}\n\n`).replace(/\r?\n/g, '\r\n');

/** Values by the number of their expression. */
function valuesOf(response: string): Map<number, string> {
  const head = response.slice(0, response.indexOf('\r\n\r\n'));
  return new Map([...head.matchAll(/^x-([0-9]+): <(.*)>\r?$/gm)].map((found) => [Number(found[1]), found[2]!]));
}

async function ask(path: string, request: string): Promise<string> {
  const socket = connect(path);
  socket.setEncoding('latin1');
  let response = '';
  socket.on('data', (bytes: string) => {
    response += bytes;
    if (response.includes('\r\n\r\n')) socket.destroy();
  });
  socket.write(request, 'latin1');
  await once(socket, 'close');
  return response;
}

describe('expressions in haproxy and here', () => {
  if (!present) {
    test('there is no haproxy on this machine', () => expect(present).toBe(false));
    return;
  }
  let haproxy: ChildProcess | undefined;
  let directory: string | undefined;
  let path = '';
  // Another date is another session.
  let accepted = 1_000_000_000;
  let bench: RuleBench;

  beforeAll(async () => {
    bench = await rules(RULES);
    // The effective weight is kept in sixteenths.
    bench.state[serverCell(bench.model.proxies.length, 0, SS_WEIGHT)] = 16;
    directory = mkdtempSync(join(tmpdir(), 'fetches-'));
    path = join(directory, 'socket');
    const file = join(directory, 'haproxy.cfg');
    const defaults = ['defaults', '  mode http', '  timeout client 5s', '  timeout server 5s', '  timeout connect 5s'];
    writeFileSync(file, [...defaults, 'frontend fe', `  bind unix@${path}`, ...RULES.map((rule) => `  ${rule}`), '  default_backend be',
      'backend be', '  server s1 127.0.0.1:8081', ''].join('\n'));
    haproxy = spawn('haproxy', ['-db', '-f', file], { stdio: 'inherit' });
    for (let tries = 0; tries < 100; tries++) {
      const open = await ask(path, 'GET / HTTP/1.0\r\n\r\n').then(() => true, () => false);
      if (open) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });

  afterAll(async () => {
    if (haproxy !== undefined && haproxy.exitCode === null) {
      haproxy.kill();
      await once(haproxy, 'exit');
    }
    if (directory !== undefined) rmSync(directory, { recursive: true });
  });

  test.each(REQUESTS)('%j', async (request) => {
    const theirs: (string | undefined)[] = [];
    const ours: (string | undefined)[] = [];
    for (let chunk = 0; chunk < chunks.length; chunk++) {
      const text = withChunk(request, chunk);
      const answer = await ask(path, text);
      expect(answer).toMatch(/^HTTP\/1\.1 200 /);
      const there = valuesOf(answer);
      const here = valuesOf(bench.request(text, { ...LOCAL, accepted: accepted++ }).response ?? '');
      chunks[chunk]!.forEach((expression, k) => {
        const number = chunk * PER_RULE + k;
        theirs.push(`${expression} = ${there.get(number)}`);
        ours.push(`${expression} = ${here.get(number)}`);
      });
    }
    expect(ours).toEqual(theirs);
  });
});
