import { describe, expect, test } from '@jest/globals';
import {
  FACT_RETRIES, FACT_SRC_ADDR, FACT_SRC_PORT, FACT_TAKE, FACT_TIMEOUTS, FF_AGAIN, FF_BODY_COMPLETE, FF_CLIENT_SHUT, FF_TIMEOUT, TAKE_RETRIES, TAKE_SOURCE, TAKE_TIMEOUT,
  TO_CLIENT, TO_SERVER, VERDICT_ARG_NONE, VERDICT_DROP, VERDICT_MORE, VERDICT_PAUSE, VERDICT_RESPOND, VERDICT_SERVER,
} from '../../../src/core/abi.js';
import { rules } from '../../support/rules.js';

const GET = 'GET /p HTTP/1.1\nHost: h\n\n';
const POST = 'POST /p HTTP/1.1\nHost: h\nContent-Length: 5\n\n';

describe('rules that hold a request back', () => {
  test('go on where they stopped, and nothing is done twice', async () => {
    const made = await rules(['http-request set-header a 1', 'http-request pause 20ms if { path /p }', 'http-request add-header b 2']);
    const first = made.request(GET);
    expect([first.code, first.argument, first.head.slice(2)]).toEqual([VERDICT_PAUSE, 20, ['a: 1']]);
    const second = made.request(GET, { flags: FF_AGAIN | FF_TIMEOUT });
    expect([second.code, second.head.slice(2)]).toEqual([VERDICT_SERVER, ['b: 2']]);
    expect(made.request(GET, { requests: 2 }).code).toBe(VERDICT_PAUSE);
  });

  test('several pauses follow each other', async () => {
    const made = await rules(['http-request pause 1s', 'http-request pause int(7)', 'http-request pause req.hdr(nope),add(1)']);
    expect(made.request(GET).argument).toBe(1000);
    expect(made.request(GET, { flags: FF_AGAIN })).toMatchObject({ code: VERDICT_PAUSE, argument: 7 });
    expect(made.request(GET, { flags: FF_AGAIN }).code).toBe(VERDICT_SERVER);
  });

  test('tarpit answers after its time, whatever became of its condition', async () => {
    const made = await rules(['timeout tarpit 5s', 'http-request tarpit deny_status 429 if { path /p }']);
    expect(made.request(GET)).toMatchObject({ code: VERDICT_PAUSE, argument: 5000 });
    const answer = made.request(GET, { flags: FF_AGAIN | FF_TIMEOUT });
    expect(answer.code).toBe(VERDICT_RESPOND);
    expect(answer.response).toMatch(/^HTTP\/1.1 429 /);
  });

  test('wait-for-body ends with the body, or with an error', async () => {
    const made = await rules(['http-request wait-for-body time 3s', 'http-request set-header got %[req.body]']);
    expect(made.request(GET, { flags: FF_BODY_COMPLETE }).code).toBe(VERDICT_SERVER);
    expect(made.request(POST)).toMatchObject({ code: VERDICT_MORE, argument: 3000 });
    const late = made.request(POST, { flags: FF_AGAIN | FF_TIMEOUT });
    expect(late.response).toMatch(/^HTTP\/1.1 408 /);
    expect(made.request(POST, { requests: 2, flags: FF_CLIENT_SHUT }).response).toMatch(/^HTTP\/1.1 400 /);
    expect(made.request(`${POST}hello`, { requests: 3, flags: FF_BODY_COMPLETE }).head.at(-1)).toBe('got: hello');
  });

  test('at-least is enough', async () => {
    const made = await rules(['http-request wait-for-body time 3s at-least 2']);
    expect(made.request(`${POST}h`).code).toBe(VERDICT_MORE);
    expect(made.request(`${POST}he`, { flags: FF_AGAIN }).code).toBe(VERDICT_SERVER);
  });

  test('option http-buffer-request waits before all rules', async () => {
    const made = await rules(['option http-buffer-request', 'timeout http-request 4s', 'http-request set-header n %[req.body_len]']);
    expect(made.request(POST)).toMatchObject({ code: VERDICT_MORE, argument: 4000 });
    expect(made.request(POST, { flags: FF_AGAIN | FF_TIMEOUT }).response).toMatch(/^HTTP\/1.1 408 /);
  });
});

describe('what rules change for the engine', () => {
  test('addresses and ports', async () => {
    const made = await rules(['http-request set-src req.hdr(x)', 'http-request set-src-port int(99)', 'http-request set-header s %[src]:%[src_port]']);
    expect(made.request('GET / HTTP/1.1\nHost: h\nX: 10.1.2.3\n\n').head.at(-1)).toBe('s: 10.1.2.3:99');
    expect([...new Uint8Array(made.window, FACT_SRC_ADDR * 4, 4)]).toEqual([10, 1, 2, 3]);
    expect(made.facts[FACT_SRC_PORT]).toBe(99);
    expect(made.facts[FACT_TAKE]! & TAKE_SOURCE).toBe(TAKE_SOURCE);
  });

  test('timeouts', async () => {
    const made = await rules(['http-request set-timeout client 3s', 'http-response set-timeout client int(1500)']);
    made.facts[FACT_TAKE] = 0;
    made.request(GET);
    expect(made.facts[FACT_TIMEOUTS + TO_CLIENT]).toBe(3000);
    expect(made.facts[FACT_TAKE]).toBe(TAKE_TIMEOUT << TO_CLIENT);
  });

  test('retries and timeouts of a backend', async () => {
    const made = await rules([], ['http-request set-timeout server req.hdr(t)', 'http-request set-retries int(7)']);
    made.facts[FACT_TAKE] = 0;
    made.request('GET / HTTP/1.1\nHost: h\nT: 250\n\n');
    expect([made.facts[FACT_TIMEOUTS + TO_SERVER], made.facts[FACT_RETRIES]]).toEqual([250, 7]);
    expect(made.facts[FACT_TAKE]).toBe((TAKE_TIMEOUT << TO_SERVER) | TAKE_RETRIES);
  });

  test('silent-drop', async () => {
    const made = await rules(['http-request silent-drop rst-ttl 5 if { path /ttl }', 'http-request silent-drop']);
    expect(made.request('GET /ttl HTTP/1.1\nHost: h\n\n')).toMatchObject({ code: VERDICT_DROP, argument: 5 });
    expect(made.request(GET)).toMatchObject({ code: VERDICT_DROP, argument: VERDICT_ARG_NONE });
  });
});
