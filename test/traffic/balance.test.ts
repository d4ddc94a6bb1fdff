import { afterEach, describe, expect, test } from '@jest/globals';
import type { ServerResponse } from 'node:http';
import { dynamicCookie } from '../../src/backends/cookie/values.js';
import { exchange, request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { httpOrigin } from '../support/origin.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
afterEach(() => stage.strike());

const named = (name: string) => stage.origin(httpOrigin((seen, response) => {
  response.setHeader('x-cookie', seen.headers.cookie ?? '');
  response.end(name);
}));

async function asked(port: number, count: number, options: Parameters<typeof request>[1] = {}): Promise<string[]> {
  const bodies: string[] = [];
  for (let i = 0; i < count; i++) bodies.push((await request(port, options)).body.toString());
  return bodies;
}

describe('persistence by cookies over two workers', () => {
  test('a client stays with its server, which does not see the cookie', async () => {
    const [one, two] = [await named('one'), await named('two')];
    const port = stage.port();
    await stage.proxy(config(section('global', 'nbthread 2'), defaults('http'), section('listen l', `bind 127.0.0.1:${port}`, 'cookie SRV insert indirect nocache',
      `server one 127.0.0.1:${one.port} cookie 1`, `server two 127.0.0.1:${two.port} cookie 2`)));
    const first = await request(port);
    const [cookie] = first.headers['set-cookie'] ?? [];
    expect(cookie).toMatch(/^SRV=[12]; path=\/$/);
    const name = first.body.toString();
    const replies = await Promise.all(Array.from({ length: 20 }, () => request(port, { headers: { cookie: `a=1; ${cookie!.split(';')[0]!}` } })));
    expect(new Set(replies.map(({ body }) => body.toString()))).toEqual(new Set([name]));
    expect(new Set(replies.map(({ headers }) => headers['x-cookie']))).toEqual(new Set(['a=1']));
    expect(replies.every(({ headers }) => headers['set-cookie'] === undefined)).toBe(true);
  });

  test('dynamic cookies come from the key and the address; a server that is gone gives way to another', async () => {
    const one = await named('one');
    const port = stage.port();
    const dead = stage.port();
    await stage.proxy(config(defaults('http', 'retries 1', 'option redispatch'), section('listen l', `bind 127.0.0.1:${port}`, 'cookie SRV insert dynamic', 'dynamic-cookie-key MYKEY',
      `server one 127.0.0.1:${one.port}`, `server dead 127.0.0.1:${dead} weight 0`)));
    const address = (number: number) => ({ kind: 'ip', family: 4, address: '127.0.0.1', port: number }) as const;
    const mine = `SRV=${dynamicCookie('MYKEY', address(one.port))!}; path=/`;
    expect((await request(port)).headers['set-cookie']).toEqual([mine]);
    const moved = await request(port, { headers: { cookie: `SRV=${dynamicCookie('MYKEY', address(dead))!}` } });
    expect([moved.body.toString(), moved.headers['set-cookie']]).toEqual(['one', [mine]]);
  });
});

describe('redir', () => {
  test('GET and HEAD go to the prefix, other methods to the server', async () => {
    const one = await named('one');
    const port = stage.port();
    await stage.proxy(config(defaults('http'), section('listen l', `bind 127.0.0.1:${port}`, `server one 127.0.0.1:${one.port} maxconn 1 redir http://far.example`)));
    for (let i = 0; i < 3; i++) {
      const reply = await request(port, { path: '/a/b?c' });
      expect([reply.status, reply.headers.location]).toEqual([302, 'http://far.example/a/b?c']);
    }
    expect((await request(port, { method: 'HEAD', path: '/x' })).headers.location).toBe('http://far.example/x');
    expect((await request(port, { method: 'POST', body: Buffer.from('x') })).body.toString()).toBe('one');
    expect(one.accepted()).toBe(1);
  });
});

describe('url_param check_post', () => {
  test('the parameter is looked for in the query, then in the body, which may come later', async () => {
    const origins = await Promise.all(Array.from({ length: 4 }, (_, i) => named(`s${i}`)));
    const port = stage.port();
    await stage.proxy(config(defaults('http', 'timeout http-request 5s'), section('listen l', `bind 127.0.0.1:${port}`, 'balance url_param user check_post',
      ...origins.map((origin, i) => `server s${i} 127.0.0.1:${origin.port}`))));
    const homes = await Promise.all(['anna', 'bert', 'carl', 'dora', 'emil'].map(async (user) => {
      const [byQuery] = await asked(port, 1, { path: `/?x=1&user=${user}` });
      const body = Buffer.from(`a=b&user=${user}`);
      expect(new Set(await asked(port, 4, { method: 'POST', body }))).toEqual(new Set([byQuery]));
      expect(await asked(port, 1, { method: 'POST', path: `/?user=${user}`, body: Buffer.from('user=zoe') })).toEqual([byQuery]);
      return byQuery;
    }));
    expect(new Set(homes).size).toBeGreaterThan(1);
    const slow = await exchange(port, `POST / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 9\r\n\r\nuser=anna`);
    expect(slow.endsWith(homes[0]!)).toBe(true);
  });
});

describe('many servers', () => {
  test.each(['leastconn', 'roundrobin', 'first'])('%s: slots that the engine gives back are known to both workers', async (algorithm) => {
    const held: ServerResponse[] = [];
    const origin = await stage.origin(httpOrigin((_, response) => void held.push(response)));
    const port = stage.port();
    await stage.proxy(config(section('global', 'nbthread 2'), defaults('http'), section('listen l', `bind 127.0.0.1:${port}`, `balance ${algorithm}`,
      'http-response set-header x-server %[srv_name]', `server-template s 80 127.0.0.1:${origin.port} maxconn 1`)));
    const rounds = 3;
    for (let round = 0; round < rounds; round++) {
      const replies = Array.from({ length: 100 }, () => request(port));
      const serve = setInterval(() => {
        // All servers are busy before the first is done; then the others have their turn.
        if (held.length === 80 || replies.length < 100) for (const response of held.splice(0)) response.end();
        else if (held.length > 0 && held.length <= 20) for (const response of held.splice(0)) response.end();
      }, 20);
      const names = (await Promise.all(replies)).map(({ headers }) => headers['x-server']);
      clearInterval(serve);
      expect(new Set(names).size).toBe(80);
    }
  });
});
