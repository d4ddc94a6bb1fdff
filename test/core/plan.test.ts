import { describe, expect, test } from '@jest/globals';
import {
  CF_INTERCEPTED, CF_REQ_DENIED, PHASE_AFTER, PHASE_CONTENT, PHASE_END, PHASE_REQUEST, PHASE_RESPONSE, PHASE_SERVER, PHASE_SLOT, VERDICT_CONTINUE,
  VERDICT_ERROR, VERDICT_RESPOND, VERDICT_SERVER,
} from '../../src/core/abi.js';
import { frontendCounter } from '../../src/core/cells.js';
import { bench, rules } from '../support/rules.js';

const GET = 'GET /a?b=c HTTP/1.1\nHost: h\n\n';
const bit = (phase: number): number => 1 << phase;

describe('phases that a proxy asks for', () => {
  test('nothing to decide: none', async () => {
    const made = await rules([]);
    expect(made.plan.phases).toEqual([0, 0]);
  });

  test('rules of a backend make its frontend ask', async () => {
    const made = await rules([], ['http-request set-header x y', 'http-response del-header z', 'http-after-response del-header z']);
    expect(made.plan.phases[0]).toBe(bit(PHASE_REQUEST));
    expect(made.plan.phases[1]).toBe(bit(PHASE_RESPONSE) | bit(PHASE_AFTER));
  });

  test('a rule that can never apply is no rule', async () => {
    const made = await rules(['http-request deny if FALSE']);
    expect(made.plan.phases[0]).toBe(0);
  });

  test('use_backend in mode tcp is decided with the first bytes', async () => {
    const made = await rules(['use_backend be if { src 10.0.0.0/8 }'], [], 'tcp');
    expect(made.plan.phases[0]).toBe(bit(PHASE_CONTENT));
  });
});

describe('the way of a request', () => {
  test('frontend rules, choice, backend rules, server: in one decision', async () => {
    const made = await bench([
      'defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s',
      'frontend fe', ' bind 127.0.0.1:8080', ' http-request set-header x-fe 1', ' use_backend b2 if { path_beg /two }', ' default_backend b1',
      'backend b1', ' http-request set-header x-b1 1', ' server s1 127.0.0.1:1',
      'backend b2', ' http-request set-header x-b2 %[req.hdr(x-fe)]%[be_name]', ' server s2 127.0.0.1:2', '',
    ].join('\n'));
    const one = made.request('GET /one HTTP/1.1\nHost: h\n\n');
    expect([one.code, one.argument, one.backend]).toEqual([VERDICT_SERVER, 0, 'b1']);
    expect(one.head).toEqual(['GET /one HTTP/1.1', 'Host: h', 'x-fe: 1', 'x-b1: 1']);
    const two = made.request('GET /two HTTP/1.1\nHost: h\n\n');
    expect([two.code, two.argument, two.backend]).toEqual([VERDICT_SERVER, 1, 'b2']);
    expect(two.head).toEqual(['GET /two HTTP/1.1', 'Host: h', 'x-fe: 1', 'x-b2: 1b2']);
  });

  test('allow ends the rules of its own set only', async () => {
    const made = await rules(['http-request allow', 'http-request deny'], ['http-request set-header x y']);
    expect(made.request(GET).head).toContain('x: y');
  });

  test('rules of a listen section run once', async () => {
    const made = await bench('listen l\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n bind 127.0.0.1:80\n http-request add-header x y\n server s 127.0.0.1:81\n');
    expect(made.request(GET).head.filter((line) => line === 'x: y')).toHaveLength(1);
  });

  test('without a backend the answer is 503', async () => {
    const made = await bench('frontend fe\n mode http\n timeout client 1s\n bind 127.0.0.1:80\n http-request set-header x y\n');
    const outcome = made.request(GET);
    expect(outcome.code).toBe(VERDICT_RESPOND);
    expect(outcome.response).toMatch(/^HTTP\/1\.1 503 /);
  });

  test('a name made at run time chooses the backend; an unknown one the default', async () => {
    const made = await bench([
      'defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s', 'frontend fe', ' bind 127.0.0.1:8080',
      ' use_backend b-%[req.hdr(host)]', ' use_backend b-other', ' default_backend b-a', 'backend b-a', ' server s1 127.0.0.1:1', 'backend b-b', ' server s2 127.0.0.1:2',
      'backend b-other', ' server s3 127.0.0.1:3', '',
    ].join('\n'));
    expect(made.request('GET / HTTP/1.1\nHost: b\n\n').backend).toBe('b-b');
    expect(made.request('GET / HTTP/1.1\nHost: nope\n\n').backend).toBe('b-a');
  });
});

describe('other phases', () => {
  test('a server is asked for, slots and ends are passed on', async () => {
    const made = await rules([]);
    expect(made.raw(PHASE_SERVER, '', { backend: 'be' }).code).toBe(VERDICT_SERVER);
    made.raw(PHASE_SLOT, '', { server: 's1' });
    made.raw(PHASE_END, '', { session: 0x707 });
    expect([made.assigned, made.slots, made.forgotten]).toEqual([[1], [0], [0x707]]);
  });

  test('a response meets the rules of the backend first', async () => {
    const made = await rules(['http-response add-header by fe'], ['http-response add-header by be']);
    expect(made.response('HTTP/1.1 200 OK\nA: b\n\n').head).toEqual(['HTTP/1.1 200 OK', 'A: b', 'by: be', 'by: fe']);
  });

  test('edits of one decision are not seen by the next', async () => {
    const made = await rules(['http-request set-header x %[req.hdr_cnt(x)] if { path /a }']);
    expect(made.request(GET).head).toEqual(['GET /a?b=c HTTP/1.1', 'Host: h', 'x: 0']);
    expect(made.request(GET.replace('/a', '/b')).head).toEqual(['GET /b?b=c HTTP/1.1', 'Host: h']);
    expect(made.request(GET).head).toEqual(['GET /a?b=c HTTP/1.1', 'Host: h', 'x: 0']);
  });
});

describe('failures', () => {
  test('an exception answers 500, is told once and the next request is served', async () => {
    const made = await rules(['http-request set-header x %[req.hdr(host)]']);
    made.assign = () => {
      throw new Error('broken');
    };
    for (let i = 0; i < 2; i++) expect(made.request(GET).response).toMatch(/^HTTP\/1\.1 500 /);
    expect(made.logged).toHaveLength(1);
    expect(made.logged[0]).toContain('broken');
    made.assign = null;
    expect(made.request(GET).code).toBe(VERDICT_SERVER);
  });

  test('a header that does not fit is an internal error, unless rewrites are not strict', async () => {
    const strict = await rules(['http-request set-header x %[path]', 'http-request set-header y %[path]']);
    const long = `GET /${'p'.repeat(3000)} HTTP/1.1\nHost: h\n\n`;
    expect(strict.request(long).response).toMatch(/^HTTP\/1\.1 500 /);
    const lax = await rules(['http-request strict-mode off', 'http-request set-header x %[path]', 'http-request set-header y %[path]']);
    const outcome = lax.request(long);
    expect(outcome.code).toBe(VERDICT_SERVER);
    expect(outcome.head.map((line) => line.slice(0, 2))).toEqual(['GE', 'Ho', 'x:']);
  });
});

test('verdicts of the choice of a server are passed on', async () => {
  const made = await rules(['http-request set-header x y']);
  made.assign = () => VERDICT_ERROR | (503 << 8);
  expect(made.request(GET)).toMatchObject({ code: VERDICT_ERROR, argument: 503, backend: 'be' });
});

test('what rules decide is counted', async () => {
  const made = await rules(['http-request deny if { path /no }', 'http-request return if { path /yes }']);
  made.request('GET /no HTTP/1.1\n\n');
  made.request('GET /yes HTTP/1.1\n\n');
  made.request('GET /yes HTTP/1.1\n\n');
  expect(made.counter(frontendCounter(0, CF_REQ_DENIED))).toBe(1);
  expect(made.counter(frontendCounter(0, CF_INTERCEPTED))).toBe(2);
});

test('a request that no rule looks at makes no edit', async () => {
  const made = await rules(['http-request set-header x y if { path /never }']);
  expect(made.request(GET).head).toEqual(['GET /a?b=c HTTP/1.1', 'Host: h']);
  expect(made.response('HTTP/1.1 200 OK\n\n').code).toBe(VERDICT_CONTINUE);
});
