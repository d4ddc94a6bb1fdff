import { afterEach, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { exchange, request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { httpOrigin, tcpOrigin } from '../support/origin.js';
import { hash, payload } from '../support/payload.js';
import { waitFor, type RunningProxy } from '../support/proxy.js';
import { metricsFrontend, scrape } from '../support/scrape.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
afterEach(() => stage.strike());

const BYTES = payload(400_000, 21);

/** Connects, sends, and resets after `after` bytes have come, or at once. */
function abort(port: number, send: string, after: number): Promise<void> {
  return new Promise((done) => {
    let seen = 0;
    const socket: Socket = connect(port, '127.0.0.1', () => {
      socket.write(send);
      if (after === 0) socket.resetAndDestroy();
    });
    socket.on('data', (chunk: Buffer) => {
      seen += chunk.length;
      if (seen >= after) socket.resetAndDestroy();
    });
    socket.on('error', () => undefined).on('close', () => done());
  });
}

const descriptors = (proxy: RunningProxy): number => readdirSync(`/proc/${proxy.pid}/fd`).length;

/** Waits until nothing is left of the sessions, seen by the metrics and by the system. */
async function settled(proxy: RunningProxy, metrics: number, before: number): Promise<void> {
  await waitFor(async () => {
    const seen = await scrape(metrics);
    // The scrape itself is one connection.
    return seen.get('haproxy_process_current_connections') === 1 && seen.get('haproxy_backend_current_sessions{proxy="l"}') === 0 &&
      seen.get('haproxy_frontend_current_sessions{proxy="l"}') === 0 && seen.get('haproxy_process_pipes_used_total') === 0;
  }, proxy);
  // Pooled pipes may stay: at most one for each of the connections that were open at once.
  await waitFor(() => descriptors(proxy) <= before + 2 * 20 + 10, proxy);
}

test.each([['spliced', 'option splice-request\n  option splice-response'], ['copied', 'no option splice-auto']])(
  'clients that reset a TCP relay in any state leave nothing behind (%s)', async (_, option) => {
    const origin = await stage.origin(tcpOrigin((socket) => socket.on('error', () => undefined).end(BYTES)));
    const [port, metrics] = [stage.port(), stage.port()];
    const proxy = await stage.proxy(config(section('global', 'maxconn 500'), defaults('tcp'), metricsFrontend(metrics),
      section('listen l', `bind 127.0.0.1:${port}`, option, `server s 127.0.0.1:${origin.port}`)));
    await scrape(metrics);
    const before = descriptors(proxy);
    for (let round = 0; round < 30; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, i) => abort(port, 'x'.repeat(i * 50), [0, 1, 70_000, 200_000][i % 4] ?? 0)));
    }
    await settled(proxy, metrics, before);
    expect(hash(Buffer.from(await exchange(port, '', true), 'latin1'))).toBe(hash(BYTES));
  });

test('clients that reset HTTP in any state leave nothing behind', async () => {
  const origin = await stage.origin(httpOrigin((request, response) => {
    request.resume();
    response.end(BYTES);
  }));
  const [port, metrics] = [stage.port(), stage.port()];
  const proxy = await stage.proxy(config(section('global', 'maxconn 500'), defaults('http', 'option splice-response'), metricsFrontend(metrics),
    section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port}`)));
  await scrape(metrics);
  const before = descriptors(proxy);
  const requests = [
    '', 'GET ', 'GET / HTTP/1.1\r\nhost: a\r\n\r\n', 'GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n',
    `POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n${'x'.repeat(2000)}`,
  ];
  for (let round = 0; round < 30; round++) {
    await Promise.all(Array.from({ length: 20 }, (_, i) => {
      const sent = requests[i % requests.length] ?? '';
      return abort(port, sent, sent.startsWith('GET /') ? [0, 1, 150_000][i % 3] ?? 0 : 0);
    }));
  }
  await settled(proxy, metrics, before);
  expect(hash((await request(port)).body)).toBe(hash(BYTES));
});

test('servers that reset in any state leave nothing behind', async () => {
  const count = { n: 0 };
  const origin = await stage.origin(tcpOrigin((socket) => {
    socket.on('error', () => undefined);
    const kind = count.n++ % 4;
    if (kind === 0) socket.resetAndDestroy();
    else socket.write(BYTES.subarray(0, kind * 60_000), () => socket.resetAndDestroy());
  }));
  const [port, metrics] = [stage.port(), stage.port()];
  const proxy = await stage.proxy(config(section('global', 'maxconn 500'), defaults('tcp', 'option splice-auto', 'retries 0'), metricsFrontend(metrics),
    section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port}`)));
  await scrape(metrics);
  const before = descriptors(proxy);
  for (let round = 0; round < 30; round++) await Promise.all(Array.from({ length: 20 }, () => abort(port, 'x', 1_000_000)));
  await settled(proxy, metrics, before);
  expect((await scrape(metrics)).get('haproxy_backend_sessions_total{proxy="l"}')).toBe(600);
});
