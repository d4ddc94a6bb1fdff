import { afterEach, describe, expect, test } from '@jest/globals';
import type { Socket } from 'node:net';
import { dial, exchange, readAll, request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { httpOrigin, tcpOrigin, type Origin } from '../support/origin.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
afterEach(() => stage.strike());

const named = (name: string): Promise<Origin> => stage.origin(httpOrigin((_, response) => response.end(name)));

describe('servers without a fixed address or port', () => {
  test('0.0.0.0 leads where the rules say, and connections are not mixed up', async () => {
    const [one, two] = [await named('one'), await named('two')];
    const port = stage.port();
    await stage.proxy(config(section('global', 'nbthread 1'), defaults('http', 'http-reuse always'), section('listen l', `bind 127.0.0.1:${port}`,
      'http-request set-dst-port hdr(to)', 'http-after-response set-header reused %[bc_reused]', 'server any 0.0.0.0')));
    const seen: string[] = [];
    for (const to of [one, two, one, two, one]) {
      const { body, headers } = await request(port, { headers: { to: String(to.port) } });
      seen.push(`${body.toString()} ${String(headers['reused'])}`);
    }
    // As many are kept as were in use at once: one.
    expect(seen).toEqual(['one 0', 'two 0', 'one 1', 'two 0', 'one 1']);
  });

  test('a server without port gets the one the client connected to, with an offset added', async () => {
    const origin = await named('it');
    const port = stage.port();
    await stage.proxy(config(defaults('http'),
      section('listen l', `bind 127.0.0.1:${port}`, `http-request set-dst-port int(${origin.port - 3})`, 'server s 127.0.0.1:+3'),
    ));
    expect((await request(port)).body.toString()).toBe('it');
  });

  test('usesrc clientip presents the address that a PROXY header tells', async () => {
    if (process.geteuid?.() !== 0) return;
    const origin = await stage.origin(tcpOrigin((socket) => socket.end(String(socket.remoteAddress))));
    const port = stage.port();
    await stage.proxy(config(defaults('tcp', 'source 0.0.0.0 usesrc clientip'),
      section('listen l', `bind 127.0.0.1:${port} accept-proxy`, `server s 127.0.0.1:${origin.port}`)));
    expect(await exchange(port, 'PROXY TCP4 127.0.0.5 127.0.0.1 1 2\r\n', true)).toBe('127.0.0.5');
  });
});

test('two workers need one connection where one suffices', async () => {
  const origin = await stage.origin(httpOrigin((_, response) => response.end('ok')));
  const port = stage.port();
  await stage.proxy(config(section('global', 'nbthread 2'), defaults('http', 'http-reuse always'),
    section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port}`)));
  for (let i = 0; i < 20; i++) expect((await request(port)).status).toBe(200);
  expect(origin.accepted()).toBeLessThanOrEqual(2);
});

test('a PROXY header carries what proxy-v2-options and set-proxy-v2-tlv-fmt ask for', async () => {
  const origin = await stage.origin(tcpOrigin((socket) => void readAll(socket).then((bytes) => socket.end(bytes.toString('hex')))));
  const port = stage.port();
  await stage.proxy(config(defaults('tcp'),
    section('listen l', `bind 127.0.0.1:${port}`, 'unique-id-format id-%ms',
      `server s 127.0.0.1:${origin.port} send-proxy-v2 proxy-v2-options unique-id,crc32c set-proxy-v2-tlv-fmt(0xE1) from-%[src]`)));
  const seen = Buffer.from(await exchange(port, 'payload', true), 'hex');
  const length = seen.readUInt16BE(14);
  const tlvs = new Map<number, Buffer>();
  for (let at = 28; at < 16 + length;) {
    const size = seen.readUInt16BE(at + 1);
    tlvs.set(seen[at]!, seen.subarray(at + 3, at + 3 + size));
    at += 3 + size;
  }
  expect(tlvs.get(0xe1)?.toString()).toBe('from-127.0.0.1');
  expect(tlvs.get(0x05)?.toString()).toMatch(/^id-\d+$/);
  expect(tlvs.get(0x03)).toHaveLength(4);
  expect(seen.subarray(16 + length).toString()).toBe('payload');
});

test('a SOCKS4 proxy is asked for the way to the server', async () => {
  const asked: Buffer[] = [];
  const socks = await stage.origin(tcpOrigin((socket) => socket.once('data', (bytes) => {
    asked.push(bytes.subarray(0, 16));
    socket.write(Buffer.from('005a000000000000', 'hex'));
    socket.on('data', (more) => socket.end(more));
  })));
  const port = stage.port();
  await stage.proxy(config(defaults('tcp'), section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.9:8123 socks4 127.0.0.1:${socks.port}`)));
  expect(await exchange(port, 'through', true)).toBe('through');
  expect(asked.map((bytes) => bytes.toString('hex'))).toEqual([`04011fbb7f000009${Buffer.from('HAProxy\0').toString('hex')}`]);
});

test('limits a second make clients wait, and all are served', async () => {
  const origin = await stage.origin(tcpOrigin((socket) => socket.end('hi')));
  const port = stage.port();
  await stage.proxy(config(section('global', 'maxconnrate 100', 'maxsessrate 90'), defaults('tcp', 'rate-limit sessions 80'),
    section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port}`)));
  expect(await Promise.all(Array.from({ length: 100 }, () => exchange(port, '', true)))).toEqual(Array.from({ length: 100 }, () => 'hi'));
});

test('-sf under load: every client of either process is served', async () => {
  const origin = await stage.origin(tcpOrigin((socket) => socket.end('hi')));
  const port = stage.port();
  const text = config(section('global', 'nbthread 2'), defaults('tcp'), section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port}`));
  const old = await stage.proxy(text);
  let going = true;
  let served = 0;
  const failures: unknown[] = [];
  const once = async (): Promise<void> => {
    const socket: Socket = await dial(port);
    expect((await readAll(socket)).toString()).toBe('hi');
    socket.destroy();
    served++;
  };
  const clients = Array.from({ length: 16 }, async () => {
    while (going) await once().catch((error: unknown) => failures.push(error));
  });
  await stage.proxy(text, { args: ['-sf', String(old.pid)] });
  expect((await old.exit).code).toBe(0);
  going = false;
  await Promise.all(clients);
  expect(failures).toEqual([]);
  expect(served).toBeGreaterThan(50);
});
