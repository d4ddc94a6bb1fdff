import { afterEach, describe, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { dnsServer, type DnsScript } from '../support/dns.js';
import { waitFor } from '../support/proxy.js';
import { Stage } from '../support/stage.js';
import { a, srv } from '../backends/resolver/packet.js';

const stage = new Stage();
afterEach(() => stage.strike());

async function names(script: DnsScript): Promise<{ port: number; asked: { name: string; type: string; over: string }[] }> {
  const server = await dnsServer(script);
  stage.after(() => server.close());
  return server;
}

/** An origin on all addresses of the loopback that says to which of them the connection came. */
async function origin(): Promise<{ port: number }> {
  const server = createServer(({ socket }, response) => response.end(socket.localAddress));
  await new Promise<void>((done) => server.listen(0, '0.0.0.0', done));
  stage.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return server.address() as AddressInfo;
}

const resolvers = (port: number, transport = ''): string => section('resolvers r', `nameserver ns1 ${transport}127.0.0.1:${port}`, 'hold nx 0', 'hold other 0', 'hold obsolete 0', 'timeout resolve 50ms', 'timeout retry 500ms');

describe('servers with names', () => {
  test.each(['', 'tcp@'])('start without an address, come, move and go (%s)', async (transport) => {
    const { port: target } = await origin();
    const now: { address: string | null } = { address: null };
    const dns = await names(({ type }) => (now.address === null ? { rcode: 3 } : { answers: type === 'A' ? [a('x.test', now.address)] : [] }));
    const port = stage.port();
    const proxy = await stage.proxy(config(defaults('http', 'retries 0'), resolvers(dns.port, transport),
      section('listen l', `bind 127.0.0.1:${port}`, `server one x.test:${target} resolvers r resolve-prefer ipv4 init-addr none`)));
    expect((await request(port)).status).toBe(503);
    now.address = '127.0.0.1';
    await waitFor(() => proxy.stderr().includes('Server l/one administratively READY thanks to valid DNS answer.'), proxy);
    expect((await request(port)).body.toString()).toBe('127.0.0.1');
    now.address = '127.0.0.2';
    await waitFor(() => proxy.stderr().includes('l/one changed its IP from 127.0.0.1 to 127.0.0.2 by r/ns1.'), proxy);
    expect((await request(port)).body.toString()).toBe('127.0.0.2');
    now.address = null;
    await waitFor(() => proxy.stderr().includes('Server l/one is going DOWN for maintenance (DNS NX status). 0 active'), proxy);
    expect((await request(port)).status).toBe(503);
    expect(new Set(dns.asked.map(({ over }) => over))).toEqual(new Set([transport === '' ? 'udp' : 'tcp']));
  });

  test('a template follows SRV records', async () => {
    const { port: target } = await origin();
    const dns = await names(({ name, type }) => (type === 'SRV'
      ? { answers: [srv(name, 'a.test', target, 256), srv(name, 'b.test', target, 256)], additional: [a('a.test', '127.0.0.3')] }
      : { answers: name === 'b.test' && type === 'A' ? [a(name, '127.0.0.4')] : [] }));
    const port = stage.port();
    const proxy = await stage.proxy(config(defaults('http'), resolvers(dns.port),
      section('listen l', `bind 127.0.0.1:${port}`, 'server-template s 3 _http._tcp.x.test resolvers r resolve-prefer ipv4 init-addr none')));
    await waitFor(() => /Server l\/s1 \('a\.test'\) is UP/.test(proxy.stderr()) && /Server l\/s2 \('b\.test'\) is UP/.test(proxy.stderr()), proxy);
    const seen = new Set<string>();
    for (let i = 0; i < 6; i++) seen.add((await request(port)).body.toString());
    expect(seen).toEqual(new Set(['127.0.0.3', '127.0.0.4']));
  });
});

test('do-resolve parks the request until the name has an address, and remembers it', async () => {
  const { port: target } = await origin();
  const dns = await names(({ name, type }) => (name === 'nowhere.test' ? { rcode: 3 } : { answers: type === 'A' ? [a(name, '127.0.0.5')] : [] }));
  const port = stage.port();
  await stage.proxy(config(defaults('http'), section('resolvers r', `nameserver ns1 127.0.0.1:${dns.port}`),
    section('listen l', `bind 127.0.0.1:${port}`, 'http-request do-resolve(txn.ip,r,ipv4) req.hdr(x-name),lower', 'http-request return status 200 content-type text/plain lf-string %[var(txn.ip)] if { req.hdr(x-name) -m found }',
      `server one 127.0.0.1:${target}`)));
  const ask = async (name: string): Promise<string> => (await request(port, { headers: { 'x-name': name } })).body.toString();
  expect(await Promise.all(['A.test', 'a.test', 'b.test'].map(ask))).toEqual(['127.0.0.5', '127.0.0.5', '127.0.0.5']);
  const before = dns.asked.length;
  expect([await ask('a.test'), dns.asked.length]).toEqual(['127.0.0.5', before]);
  expect(await ask('nowhere.test')).toBe('');
  expect((await request(port)).body.toString()).toBe('127.0.0.1');
});

test('do-resolve of a connection, before anything is read', async () => {
  const { port: target } = await origin();
  const dns = await names(({ name, type }) => ({ answers: type === 'A' ? [a(name, '127.0.0.5')] : [] }));
  const [good, bad] = [stage.port(), stage.port()];
  const side = (port: number, wanted: string): string => section(`listen l${port}`, `bind 127.0.0.1:${port}`, 'tcp-request content do-resolve(txn.ip,r,ipv4) str(a.test)',
    `tcp-request content reject unless { var(txn.ip) -m ip ${wanted} }`, `server one 127.0.0.1:${target}`);
  await stage.proxy(config(defaults('tcp'), section('resolvers r', `nameserver ns1 127.0.0.1:${dns.port}`), side(good, '127.0.0.5'), side(bad, '127.0.0.6')));
  expect((await request(good)).body.toString()).toBe('127.0.0.1');
  await expect(request(bad)).rejects.toThrow();
});
