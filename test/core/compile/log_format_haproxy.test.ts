/** Aliases with all flags, in header fields and in lines of logs, here and in Debian's haproxy. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { AddressInfo } from 'node:net';
import { PHASE_REQUEST } from '../../../src/core/abi.js';
import { captureStep } from '../../../src/core/capture.js';
import { Environment } from '../../../src/core/compile/environment.js';
import { Counters } from '../../../src/core/count.js';
import { requestLineStep } from '../../../src/core/request_line.js';
import { Tx } from '../../../src/core/tx.js';
import { loadText } from '../../../src/config/load.js';
import { configuration, HaproxyPeer, haproxyPresent } from '../../support/haproxy.js';
import { rules, type RuleBench } from '../../support/rules.js';

/** Those that mean the same in both processes for a request that a rule answers. */
const ALIASES = 'Tc Td Th Tq TR Tr Tw CC CS H HM HP HPO HQ HU HV b bi bp bq ci cp f fi fp ft hr hrl hs hsl r rc s sc si sp sq sslc sslv ts tsc'.split(' ');
const FLAGS = ['', '{+Q}', '{+X}', '{+E}', '{+Q,+E}'];
/** haproxy 2.6 ends the line where the address of a unix socket is to be hexadecimal, and has its port as it is. */
const formatsOf = (alias: string): string[] => FLAGS.filter((flags) => !(flags === '{+X}' && /^[cf][ip]$/.test(alias))).map((flags) => `%${flags}${alias}`);

/** Samples: those that are missing, quoted, escaped, with bytes that are no text. */
const SAMPLES = ['[capture.req.hdr(0)]', '[capture.req.hdr(1)]', '{+Q}[capture.req.hdr(0)]', '{+Q}[capture.req.hdr(1)]', '{+E}[capture.req.hdr(0)]', '{+E,+Q}[capture.req.hdr(0)]'];
const ALL = [...ALIASES.flatMap(formatsOf), ...SAMPLES.map((sample) => `%${sample}`), 'a  b', '%%', 'x %hs %HQ y'];
const SEPARATOR = '~';

const CAPTURES = ['capture request header x len 40', 'capture request header nope len 9'];
const REQUEST = 'GET http://h/a"b]c/d?q="{1|2} HTTP/1.1\r\nHost: h\r\nx: a"b\\c]d{e|f}#g\x01\xe9\r\nConnection: close\r\n\r\n';
/** haproxy is asked over a unix socket. */
const LOCAL = { src: 'unix', dst: 'unix' };

/** What is known at the end only is the end's business; at a request's rules haproxy knows nothing of it. */
const AT_END = new Set(['Tc', 'Td', 'Tq', 'TR', 'Tr', 'Tw', 'ts', 'tsc', 'b', 'hs', 'hsl']);

describe('formats in haproxy and here', () => {
  if (!haproxyPresent) {
    test('there is no haproxy on this machine', () => expect(haproxyPresent).toBe(false));
    return;
  }
  const peer = new HaproxyPeer();
  const log = createSocket('udp4');
  let line = '';
  let theirs: string;
  let bench: RuleBench;
  const headers = ALL.map((format, i) => `http-request return status 200 hdr z-r '<${format}>' if { req.hdr(x-n) ${i} }`);

  beforeAll(async () => {
    log.bind(0, '127.0.0.1');
    await once(log, 'listening');
    const { port } = log.address() as AddressInfo;
    const logged = [`log 127.0.0.1:${port} len 20000 local0`, `log-format '${ALL.join(SEPARATOR)}'`];
    await peer.start([...logged, ...CAPTURES, ...headers, 'http-request return status 204']);
    const arrived = new Promise<string>((resolve) => log.on('message', (message) => {
      const text = message.toString('latin1');
      if (text.includes('http://h')) resolve(text);
    }));
    await peer.ask(REQUEST);
    line = (await arrived).replace(/^<[0-9]+>[^:]*:[0-9]+:[0-9]+ [^:]*: /, '').trimEnd();
    theirs = '';
    bench = await rules([...CAPTURES, ...headers]);
  });
  afterAll(async () => {
    log.close();
    await peer.stop();
  });

  test('in header fields', async () => {
    const value = (response: string): string | undefined => /\r\nz-r: <(.*)>\r\n/.exec(response)?.[1];
    const with_ = (i: number): string => REQUEST.replace('\r\n\r\n', `\r\nx-n: ${i}\r\n\r\n`);
    const answers = await Promise.all(ALL.map((_format, i) => peer.ask(with_(i))));
    const own = ALL.map((_format, i) => bench.request(with_(i), LOCAL).response!);
    theirs = answers.map(value).join('\n');
    const pairs = (values: readonly (string | undefined)[]): string[] => values.map((text, i) => `${ALL[i]}: ${text}`);
    expect(pairs(own.map(value))).toEqual(pairs(answers.map(value)));
    expect(theirs).toContain('GET');
  }, 20_000);

  test('in lines of logs', async () => {
    const { model } = await loadText(configuration(CAPTURES, 'unix@/tmp/unused'));
    const state = bench.state;
    const env = new Environment({
      model: model!, state, worker: 0, counters: new Counters(bench.counters, 2), ask: () => Promise.reject(new Error('nobody')), engine: () => bench.engine,
    });
    const scope = (await rules([...CAPTURES, ...ALL.map((format) => `http-request set-var-fmt(txn.a) '${format.replace('  ', ' ')}'`)])).model;
    const formats = scope.proxies[0]!.rules['http-request'].map(({ data }) => (data as { value: Parameters<typeof env.logFormat>[0] }).value);
    const make = formats.map((format) => env.logFormat(format, 'log'));
    bench.request(REQUEST, LOCAL);
    const tx = new Tx(bench.window);
    tx.begin(PHASE_REQUEST);
    requestLineStep(env)!(tx);
    captureStep(model!.proxies[0]!.captures, 'request')!(tx);
    const own = make.map((write, i) => `${ALL[i]}: ${write(tx)}`);
    const peers = line.split(SEPARATOR).map((text, i) => `${ALL[i]}: ${text}`);
    const compared = (all: readonly string[]): string[] => all.filter((entry) => !AT_END.has(/^%(?:\{[^}]*\})?([A-Za-z]+)/.exec(entry)?.[1] ?? '') );
    expect(compared(own)).toEqual(compared(peers));
    expect(line).toContain('a b');
  });
});
