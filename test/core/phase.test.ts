import { describe, expect, test } from '@jest/globals';
import {
  CF_REQ_DENIED, FF_CLIENT_SHUT, FF_TIMEOUT, PHASE_CONNECTION, PHASE_CONTENT, PHASE_SESSION, VERDICT_CLOSE, VERDICT_CONTINUE, VERDICT_MORE, VERDICT_SERVER,
} from '../../src/core/abi.js';
import { frontendCounter } from '../../src/core/cells.js';
import { rules } from '../support/rules.js';

describe('connections and sessions', () => {
  test('are accepted or rejected by their rules', async () => {
    const made = await rules(['tcp-request connection accept if { src 10.0.0.1 }', 'tcp-request connection reject if { src 10.0.0.0/8 }', 'tcp-request session reject if { src_port lt 1024 }']);
    expect(made.raw(PHASE_CONNECTION, '', { src: '10.0.0.1' }).code).toBe(VERDICT_CONTINUE);
    expect(made.raw(PHASE_CONNECTION, '', { src: '10.0.0.2' }).code).toBe(VERDICT_CLOSE);
    expect(made.raw(PHASE_SESSION, '', { srcPort: 1000 }).code).toBe(VERDICT_CLOSE);
    expect(made.raw(PHASE_SESSION, '', { srcPort: 1024 }).code).toBe(VERDICT_CONTINUE);
  });
});

describe('content rules in mode tcp', () => {
  const inspect = () => rules(['tcp-request inspect-delay 2s', 'tcp-request content accept if { req.payload(0,3) -m str abc }', 'tcp-request content reject if { req.len ge 5 }'], [], 'tcp');

  test('wait for the bytes that their conditions need, up to the delay', async () => {
    const made = await inspect();
    expect(made.raw(PHASE_CONTENT, '')).toMatchObject({ code: VERDICT_MORE, argument: 2000 });
    expect(made.raw(PHASE_CONTENT, 'ab').code).toBe(VERDICT_MORE);
    expect(made.raw(PHASE_CONTENT, 'abc').code).toBe(VERDICT_SERVER);
    // Three bytes that differ are judged at once; their number may still grow.
    expect(made.raw(PHASE_CONTENT, 'xyz').code).toBe(VERDICT_MORE);
    expect(made.raw(PHASE_CONTENT, 'xyzzy').code).toBe(VERDICT_CLOSE);
  });

  test('decide with what is there once no more can come', async () => {
    const made = await inspect();
    for (const flags of [FF_TIMEOUT, FF_CLIENT_SHUT]) {
      expect(made.raw(PHASE_CONTENT, 'ab', { flags }).code).toBe(VERDICT_SERVER);
      expect(made.raw(PHASE_CONTENT, 'xyzzy', { flags }).code).toBe(VERDICT_CLOSE);
    }
  });

  test('a negated test that lacks bytes is no reason to act', async () => {
    const made = await rules(['tcp-request inspect-delay 1s', 'tcp-request content reject unless { req.payload(0,3) -m str abc }'], [], 'tcp');
    expect(made.raw(PHASE_CONTENT, 'ab').code).toBe(VERDICT_MORE);
    expect(made.raw(PHASE_CONTENT, 'abc').code).toBe(VERDICT_SERVER);
    expect(made.raw(PHASE_CONTENT, 'ab', { flags: FF_TIMEOUT }).code).toBe(VERDICT_CLOSE);
  });

  const ABC = '{ req.payload(0,3) -m str abc }';
  const FROM_HERE = '{ src 192.0.2.0/24 }';
  const FROM_THERE = '{ src 198.51.100.0/24 }';
  test.each([
    // What can be told without the bytes that lack is told at once, whatever stands beside it.
    [`if !${ABC} ${FROM_HERE}`, VERDICT_MORE], [`if !${ABC} ${FROM_THERE}`, VERDICT_SERVER], [`if ${FROM_THERE} !${ABC}`, VERDICT_SERVER],
    [`if ${ABC} or ${FROM_HERE}`, VERDICT_CLOSE], [`if !${ABC} or ${FROM_HERE}`, VERDICT_CLOSE], [`if !${ABC} or ${FROM_THERE}`, VERDICT_MORE],
    [`unless ${ABC} ${FROM_HERE}`, VERDICT_MORE], [`unless ${ABC} ${FROM_THERE}`, VERDICT_CLOSE], [`unless ${ABC} or ${FROM_HERE}`, VERDICT_SERVER],
    [`unless !${ABC} ${FROM_HERE}`, VERDICT_MORE],
  ])('missing bytes in a compound condition: %s', async (condition, code) => {
    const made = await rules(['tcp-request inspect-delay 1s', `tcp-request content reject ${condition}`], [], 'tcp');
    expect(made.raw(PHASE_CONTENT, 'ab').code).toBe(code);
    expect(made.raw(PHASE_CONTENT, 'ab', { flags: FF_TIMEOUT }).code).not.toBe(VERDICT_MORE);
  });

  test('WAIT_END holds at the end of the delay', async () => {
    const made = await rules(['tcp-request inspect-delay 1s', 'tcp-request content reject if WAIT_END { src 192.0.2.0/24 }'], [], 'tcp');
    expect(made.raw(PHASE_CONTENT, 'x').code).toBe(VERDICT_MORE);
    expect(made.raw(PHASE_CONTENT, 'x', { flags: FF_TIMEOUT }).code).toBe(VERDICT_CLOSE);
  });

  test('then the backend is chosen', async () => {
    const made = await rules(['tcp-request content accept', 'use_backend be if { req.payload(0,1) -m bin 16 }'], [], 'tcp');
    expect(made.raw(PHASE_CONTENT, '\x16\x03')).toMatchObject({ code: VERDICT_SERVER, backend: 'be' });
  });
});

test('content rules in mode http see the request', async () => {
  const made = await rules(['tcp-request content reject if { path /no }', 'http-request set-header x y']);
  expect(made.request('GET /no HTTP/1.1\n\n').code).toBe(VERDICT_CLOSE);
  expect(made.counter(frontendCounter(0, CF_REQ_DENIED))).toBe(1);
  expect(made.request('GET / HTTP/1.1\n\n').head).toContain('x: y');
});

describe('the rule that ended its set', () => {
  test('is known to samples of later phases, by file and line', async () => {
    const made = await rules(['http-request allow if { path /a }', 'http-request set-header x y'], ['http-response set-header last %[last_rule_file]/%[last_rule_line]']);
    made.request('GET /a HTTP/1.1\n\n');
    expect(made.response('HTTP/1.1 200 OK\n\n').head.at(-1)).toBe('last: test.cfg/8');
    made.request('GET /b HTTP/1.1\n\n', { requests: 2 });
    expect(made.response('HTTP/1.1 200 OK\n\n', { requests: 2 }).head.at(-1)).toBe('last: /');
  });
});
