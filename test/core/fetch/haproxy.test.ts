/** The same expressions on the same requests, here and in Debian's haproxy: the header that a `return` rule makes of each must be the same. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { FF_KNOWN, SS_WEIGHT } from '../../../src/core/abi.js';
import { serverCell } from '../../../src/core/cells.js';
import { HaproxyPeer, haproxyPresent } from '../../support/haproxy.js';
import { rules, type RuleBench } from '../../support/rules.js';
import { EXPRESSIONS, REQUESTS } from './haproxy_cases.js';

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

describe('expressions in haproxy and here', () => {
  if (!haproxyPresent) {
    test('there is no haproxy on this machine', () => expect(haproxyPresent).toBe(false));
    return;
  }
  const peer = new HaproxyPeer();
  // Another date is another session.
  let accepted = 1_000_000_000;
  let bench: RuleBench;

  beforeAll(async () => {
    bench = await rules(RULES);
    // The effective weight is kept in sixteenths.
    bench.state[serverCell(bench.model.proxies.length, 0, SS_WEIGHT)] = 16;
    await peer.start(RULES);
  });
  afterAll(() => peer.stop());

  test.each(REQUESTS)('%j', async (request) => {
    const theirs: (string | undefined)[] = [];
    const ours: (string | undefined)[] = [];
    for (let chunk = 0; chunk < chunks.length; chunk++) {
      const text = withChunk(request, chunk);
      const answer = await peer.head(text);
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
