import { afterEach, describe, expect, test } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { dial, exchange, readAll, request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { httpOrigin, tcpOrigin } from '../support/origin.js';
import { waitFor } from '../support/proxy.js';
import { metricsFrontend, scrape } from '../support/scrape.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
afterEach(() => stage.strike());

describe.each([[1], [2]])('with %i worker(s)', (workers) => {
  test("a server's maxconn lets so many in at once; the others wait and are served", async () => {
    const held: ServerResponse[] = [];
    const most = { now: 0, ever: 0 };
    const origin = await stage.origin(httpOrigin((_, response) => {
      most.now++;
      most.ever = Math.max(most.ever, most.now);
      response.on('close', () => most.now--);
      held.push(response);
    }));
    const [port, metrics] = [stage.port(), stage.port()];
    await stage.proxy(config(section('global', `nbthread ${workers}`), defaults('http'), metricsFrontend(metrics),
      section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port} maxconn 3`)));
    const replies = Promise.all(Array.from({ length: 20 }, (_, i) => request(port, { path: `/${i}` })));
    await waitFor(async () => {
      const seen = await scrape(metrics);
      return seen.get('haproxy_server_current_queue{proxy="l",server="s"}') === 17 || seen.get('haproxy_backend_current_queue{proxy="l"}') === 17;
    });
    expect(held).toHaveLength(3);
    const serve = setInterval(() => held.splice(0).forEach((response) => response.end('done')), 5);
    expect((await replies).map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 200));
    clearInterval(serve);
    expect(most.ever).toBe(3);
    const after = await scrape(metrics);
    expect(after.get('haproxy_backend_current_queue{proxy="l"}')).toBe(0);
    expect(after.get('haproxy_server_current_sessions{proxy="l",server="s"}')).toBe(0);
  });

  test('those who wait are served in the order in which they came, whatever their workers', async () => {
    const served: string[] = [];
    const held: ServerResponse[] = [];
    const origin = await stage.origin(httpOrigin((seen, response) => {
      served.push(seen.url ?? '');
      held.push(response);
    }));
    const [port, metrics] = [stage.port(), stage.port()];
    await stage.proxy(config(section('global', `nbthread ${workers}`), defaults('http'), metricsFrontend(metrics),
      section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port} maxconn 1`)));
    const replies: Promise<unknown>[] = [];
    for (let i = 0; i < 16; i++) {
      replies.push(request(port, { path: `/${i}` }));
      await waitFor(async () => (i === 0 ? held.length === 1 : (await scrape(metrics)).get('haproxy_backend_current_queue{proxy="l"}') === i));
    }
    const serve = setInterval(() => held.splice(0).forEach((response) => response.end('done')), 5);
    await Promise.all(replies);
    clearInterval(serve);
    const places = served.map((path) => Number(path.slice(1)));
    expect([...places].sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i));
    // A worker that does not wake within 2 ms is passed over: with several of them neighbours may change places on a busy machine.
    for (const [at, place] of places.entries()) expect(Math.abs(place - at)).toBeLessThan(workers);
  });

  test("a frontend's maxconn makes connections wait in the kernel, not fail", async () => {
    const held: Socket[] = [];
    const origin = await stage.origin(tcpOrigin((socket) => void held.push(socket)));
    const port = stage.port();
    await stage.proxy(config(section('global', `nbthread ${workers}`), defaults('tcp'),
      section('listen l', `bind 127.0.0.1:${port}`, 'maxconn 4', `server s 127.0.0.1:${origin.port}`)));
    const replies = Promise.all(Array.from({ length: 12 }, () => exchange(port, 'x', true)));
    await waitFor(() => held.length >= 4);
    let most = 0;
    const serve = setInterval(() => {
      most = Math.max(most, held.length);
      held.splice(0).forEach((socket) => socket.end('ok'));
    }, 20);
    expect(await replies).toEqual(Array.from({ length: 12 }, () => 'ok'));
    clearInterval(serve);
    // Two workers may each have let one in before they see each other.
    expect(most).toBeLessThanOrEqual(4 + workers - 1);
  });
});

test('timeout queue: who waits too long gets a 503', async () => {
  const held: ServerResponse[] = [];
  const origin = await stage.origin(httpOrigin((_, response) => void held.push(response)));
  const port = stage.port();
  await stage.proxy(config(defaults('http', 'timeout queue 100ms'), section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port} maxconn 1`)));
  const first = request(port);
  await waitFor(() => held.length === 1);
  expect((await request(port)).status).toBe(503);
  held[0]?.end('done');
  expect((await first).status).toBe(200);
  const third = request(port);
  await waitFor(() => held.length === 2);
  held[1]?.end('done');
  expect((await third).status).toBe(200);
});

test('a client that leaves the queue takes no slot with it', async () => {
  const held: Socket[] = [];
  const origin = await stage.origin(tcpOrigin((socket) => void held.push(socket)));
  const [port, metrics] = [stage.port(), stage.port()];
  await stage.proxy(config(defaults('tcp'), metricsFrontend(metrics), section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port} maxconn 1`)));
  const first = await dial(port);
  const end = readAll(first);
  await waitFor(() => held.length === 1);
  const waiting = await Promise.all(Array.from({ length: 5 }, () => dial(port)));
  const queued = async (): Promise<number> => (await scrape(metrics)).get('haproxy_backend_current_queue{proxy="l"}') ?? -1;
  await waitFor(async () => (await queued()) === 5);
  for (const socket of waiting) socket.on('error', () => undefined).resetAndDestroy();
  await waitFor(async () => (await queued()) === 0);
  held[0]?.end('bye');
  expect((await end).toString()).toBe('bye');
  first.destroy();
  const next = exchange(port, '', true);
  await waitFor(() => held.length === 2);
  held[1]?.end('next');
  expect(await next).toBe('next');
});
