import { afterEach, describe, expect, test } from '@jest/globals';
import { dial, exchange, readAll, request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { httpOrigin, tcpOrigin } from '../support/origin.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
afterEach(() => stage.strike());

const SIGNATURE = Buffer.from('0d0a0d0a000d0a515549540a', 'hex');

describe('sent to the server', () => {
  async function first(option: string): Promise<{ seen: Buffer; from: number; to: number }> {
    const origin = await stage.origin(tcpOrigin((socket) => void readAll(socket).then((bytes) => socket.end(bytes.toString('hex')))));
    const port = stage.port();
    await stage.proxy(config(defaults('tcp'), section('listen l', `bind 127.0.0.1:${port}`, `server s 127.0.0.1:${origin.port} ${option}`)));
    const socket = await dial(port);
    const from = socket.localPort ?? 0;
    const answer = readAll(socket);
    socket.end('payload');
    return { seen: Buffer.from((await answer).toString(), 'hex'), from, to: port };
  }

  test('version 1', async () => {
    const { seen, from, to } = await first('send-proxy');
    expect(seen.toString()).toBe(`PROXY TCP4 127.0.0.1 127.0.0.1 ${from} ${to}\r\npayload`);
  });

  test('version 2', async () => {
    const { seen, from, to } = await first('send-proxy-v2');
    expect(seen.subarray(0, 12).equals(SIGNATURE)).toBe(true);
    expect(seen.subarray(12, 16).toString('hex')).toBe('2111000c');
    expect([seen.readUInt16BE(24), seen.readUInt16BE(26)]).toEqual([from, to]);
    expect(seen.subarray(16, 24).toString('hex')).toBe('7f0000017f000001');
    expect(seen.subarray(28).toString()).toBe('payload');
  });
});

describe('expected from the client', () => {
  async function proxied(): Promise<number> {
    const origin = await stage.origin(httpOrigin((request, response) => response.end(String(request.headers['x-forwarded-for']))));
    const port = stage.port();
    await stage.proxy(config(defaults('http', 'timeout client 2s', 'option forwardfor'),
      section('listen l', `bind 127.0.0.1:${port} accept-proxy`, `server s 127.0.0.1:${origin.port}`)));
    return port;
  }
  const get = 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n';

  test('its address is the client address', async () => {
    const port = await proxied();
    expect(await exchange(port, `PROXY TCP4 192.0.2.7 198.51.100.1 4000 80\r\n${get}`)).toMatch(/192\.0\.2\.7$/);
    expect(await exchange(port, `PROXY TCP6 2001:db8::7 ::1 4000 80\r\n${get}`)).toMatch(/2001:db8::7$/);
    const header = Buffer.concat([SIGNATURE, Buffer.from('2111000cc0000209c63364010fa00050', 'hex')]);
    expect(await exchange(port, Buffer.concat([header, Buffer.from(get)]))).toMatch(/192\.0\.2\.9$/);
  });

  test('LOCAL and UNKNOWN keep the real address', async () => {
    const port = await proxied();
    expect(await exchange(port, `PROXY UNKNOWN\r\n${get}`)).toMatch(/127\.0\.0\.1$/);
    expect(await exchange(port, Buffer.concat([SIGNATURE, Buffer.from('20000000', 'hex'), Buffer.from(get)]))).toMatch(/127\.0\.0\.1$/);
  });

  test.each([['no header', get], ['a broken one', `PROXY TCP4 192.0.2.7\r\n${get}`], ['the wrong family', `PROXY TCP4 ::1 ::1 1 2\r\n${get}`]])('%s is refused without a word', async (_, text) => {
    const port = await proxied();
    expect(await exchange(port, text).catch((error: NodeJS.ErrnoException) => error.code)).toMatch(/^$|^ECONNRESET$/);
  });
});

test('through two proxies the first address arrives', async () => {
  const origin = await stage.origin(httpOrigin((request, response) => response.end(String(request.headers['x-forwarded-for']))));
  const [outer, inner] = [stage.port(), stage.port()];
  await stage.proxy(config(defaults('http'),
    section('listen outer', 'mode tcp', `bind 127.0.0.1:${outer} accept-proxy`, `server s 127.0.0.1:${inner} send-proxy-v2`),
    section('listen inner', 'option forwardfor', `bind 127.0.0.1:${inner} accept-proxy`, `server s 127.0.0.1:${origin.port}`)));
  const text = await exchange(outer, 'PROXY TCP4 203.0.113.5 198.51.100.1 4000 80\r\nGET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n');
  expect(text).toMatch(/203\.0\.113\.5$/);
  await expect(request(inner)).rejects.toBeDefined();
});
