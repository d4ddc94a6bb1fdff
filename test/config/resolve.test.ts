import { describe, expect, test } from '@jest/globals';
import { messages, modelOf, proxyNamed } from './loaded.js';

describe('defaults of the Model', () => {
  test('an empty backend has what HAProxy documents', async () => {
    const { proxies: [backend], global } = await modelOf('backend b\n');
    expect(backend).toMatchObject({
      index: 0, name: 'b', kind: 'backend', isFrontend: false, isBackend: true, mode: 'tcp', id: 1, disabled: false, maxconn: 0, backlog: 0,
      retries: 3, balance: { algorithm: 'roundrobin', args: [] }, defaultBackend: null, forwardFor: null, source: null,
      options: { flags: [], connectionMode: 'http-keep-alive', reuse: 'safe', redispatch: 0 },
    });
    expect(Object.values(backend?.timeouts ?? {})).toEqual(Array(12).fill(null));
    expect(global).toMatchObject({ daemon: false, maxconn: 0, maxpipes: -1, splice: true, uid: null, hardStopAfter: null });
    expect(global.nbthread).toBeGreaterThan(0);
    expect(global.tune).toMatchObject({ bufsize: 16384, maxrewrite: 1024, pipesize: 0, maxHeaders: 101, maxAccept: 4, shareIdle: true, stickCounters: 3 });
  });

  test('a server has what HAProxy documents; a check without settings too', async () => {
    const { servers: [server] } = await modelOf('backend b\n server s 127.0.0.1:80 check\n');
    expect(server).toMatchObject({
      index: 0, proxy: 0, name: 's', id: 1, weight: 1, backup: false, disabled: false, maxconn: 0, minconn: 0, maxqueue: 0, sendProxy: 0,
      source: null, poolMaxConn: -1, maxReuse: -1, poolPurgeDelay: 5000, address: { kind: 'ip', family: 4, address: '127.0.0.1', port: 80 },
      check: { inter: 2000, fastinter: null, downinter: null, rise: 2, fall: 3, address: null, port: null, plan: null, sendProxy: 0, viaSocks4: false },
    });
  });

  test('tune.bufsize is rounded up, tune.maxrewrite is at most half of it', async () => {
    const { global } = await modelOf('global\n tune.bufsize 2001\n tune.maxrewrite 8k\n');
    expect(global.tune).toMatchObject({ bufsize: 2016, maxrewrite: 1008 });
  });
});

describe('inheritance', () => {
  test('a proxy starts from the last defaults section, or from the one it names', async () => {
    const model = await modelOf(`
defaults one
 mode http
 retries 1
 timeout connect 1s
 option nolinger
defaults two from one
 retries 2
 no option nolinger
backend a
backend b from one
 timeout connect 9s
defaults
backend c
`);
    const seen = model.proxies.map(({ name, mode, retries, timeouts, options }) => [name, mode, retries, timeouts.connect, options.flags]);
    expect(seen).toEqual([
      ['a', 'http', 2, 1000, ['abortonclose']], ['b', 'http', 1, 9000, ['nolinger', 'abortonclose']], ['c', 'tcp', 3, null, []],
    ]);
  });

  test('default-server presets the servers below it, also from a defaults section', async () => {
    const { servers } = await modelOf(`
defaults
 default-server inter 5s maxconn 10 check
backend b
 server a 127.0.0.1:1
 default-server weight 7 backup
 server b 127.0.0.1:2 no-check
 server c 127.0.0.1:3 no-backup maxconn 0
`);
    expect(servers.map(({ name, weight, maxconn, backup, check }) => [name, weight, maxconn, backup, check?.inter ?? null])).toEqual([
      ['a', 1, 10, false, 5000], ['b', 7, 10, true, null], ['c', 7, 0, false, 5000],
    ]);
  });

  test("rules of a named defaults section come first, its ACLs are not seen by the section's own rules", async () => {
    const text = 'defaults d\n mode http\n acl x path /d\n http-request deny if x\nfrontend f from d\n bind :80\n http-request set-header a b\n';
    const rules = proxyNamed(await modelOf(text), 'f').rules['http-request'];
    expect(rules.map(({ action }) => action)).toEqual(['deny', 'set-header']);
    expect(await messages(`${text} http-request deny if x\n`)).toContain("alert: no such ACL : 'x' <x>");
  });

  test('repeated global sections merge', async () => {
    expect((await modelOf('global\n maxconn 5\nglobal\n nbthread 3\n')).global).toMatchObject({ maxconn: 5, nbthread: 3 });
  });
});

describe('numbers', () => {
  test('names become indices, also forward', async () => {
    const model = await modelOf('frontend f\n bind :80\n use_backend c if TRUE\n default_backend b\nbackend b\nlisten c\n bind :81\n');
    expect(proxyNamed(model, 'f')).toMatchObject({ defaultBackend: 1, useBackend: [{ backend: 2 }] });
  });

  test('ids are the next free ones', async () => {
    const model = await modelOf('backend a\nbackend b\n id 1\n server x 127.0.0.1:1\n server y 127.0.0.1:2 id 1\n server z 127.0.0.1:3\nbackend c\n');
    expect(model.proxies.map(({ id }) => id)).toEqual([2, 1, 3]);
    expect(model.servers.map(({ id }) => id)).toEqual([2, 1, 4]);
  });

  test('each address and each port of a bind line is a listener', async () => {
    const { listeners, proxies } = await modelOf('frontend f\n bind 127.0.0.1:80-82,[::1]:90 name x maxconn 7\n bind unix@/tmp/a mode 660\n');
    expect(listeners.map(({ address, name, maxconn, id }) => [address, name, maxconn, id])).toEqual([
      [{ kind: 'ip', family: 4, address: '127.0.0.1', port: 80 }, 'x', 7, 1], [{ kind: 'ip', family: 4, address: '127.0.0.1', port: 81 }, 'x', 7, 2],
      [{ kind: 'ip', family: 4, address: '127.0.0.1', port: 82 }, 'x', 7, 3], [{ kind: 'ip', family: 6, address: '::1', port: 90 }, 'x', 7, 4],
      [{ kind: 'unix', path: '/tmp/a' }, null, 0, 5],
    ]);
    expect(proxies[0]?.listeners).toEqual([0, 1, 2, 3, 4]);
  });

  test('unix-bind presets unix sockets, bind lines override it', async () => {
    const { listeners } = await modelOf('global\n unix-bind prefix /tmp mode 600 uid 5\nfrontend f\n bind /a\n bind /b mode 660 uid 6\n bind :80\n');
    expect(listeners.map(({ address, mode, uid }) => [address.kind === 'unix' ? address.path : null, mode, uid])).toEqual([
      ['/tmp/a', 0o600, 5], ['/tmp/b', 0o660, 6], [null, null, null],
    ]);
  });

  test('a template makes servers that differ in name and id', async () => {
    const { servers } = await modelOf('backend b\n server-template web 3-5 127.0.0.1:80 id 10 weight 4\n');
    expect(servers.map(({ name, id, weight }) => [name, id, weight])).toEqual([['web3', 10, 4], ['web4', 11, 4], ['web5', 12, 4]]);
  });

  test('samples get the numbers of the proxies and servers they name', async () => {
    const model = await modelOf('frontend f\n bind :80\n mode http\n http-request deny if { nbsrv(b) lt 1 }\nbackend a\nbackend b\n');
    const condition = proxyNamed(model, 'f').rules['http-request'][0]?.condition;
    expect(condition).toMatchObject({ kind: 'test', test: { sample: { fetch: 'nbsrv', args: [2], text: 'nbsrv(b)' } } });
    expect(await messages('frontend f\n bind :80\n mode http\n timeout client 1s\n http-request deny if { nbsrv(f) lt 1 }\n')).toEqual([
      "alert: unable to find backend 'f' referenced in arg 1 of 'nbsrv' <f>",
    ]);
  });

  test('fullconn is a tenth of the maxconn of the frontends that lead to the backend', async () => {
    const text = 'defaults\n mode http\nfrontend f\n bind :80\n maxconn 200\n use_backend a if TRUE\n default_backend b\nfrontend g\n bind :81\n default_backend b\nbackend a\nbackend b\nbackend c\n fullconn 7\n';
    const model = await modelOf(`global\n maxconn 1000\n${text}`);
    expect(['a', 'b', 'c'].map((name) => proxyNamed(model, name).fullconn)).toEqual([20, 120, 7]);
  });
});

describe('addresses', () => {
  test('host names are looked up once at load', async () => {
    const { servers } = await modelOf('backend b\n server a localhost:80 source localhost\n server b ipv6@localhost:81 check addr localhost port 90\n');
    expect(servers.map(({ address }) => address)).toEqual([
      { kind: 'ip', family: 4, address: '127.0.0.1', port: 80 }, { kind: 'ip', family: 6, address: '::1', port: 81 },
    ]);
    expect(servers[0]?.source).toEqual({ address: { kind: 'ip', family: 4, address: '127.0.0.1', port: 0 }, portHigh: 0, interface: null, transparent: null });
    expect(servers[1]?.check).toMatchObject({ address: { kind: 'ip', family: 4, address: '127.0.0.1' }, port: 90 });
  });

  test('init-addr says what to do without an answer', async () => {
    const { servers } = await modelOf('backend b\n server a nowhere:80 init-addr last,libc,192.0.2.1\n server b localhost:80 init-addr 192.0.2.2,libc\n');
    expect(servers.map(({ address }) => address)).toMatchObject([{ address: '192.0.2.1', port: 80 }, { address: '192.0.2.2', port: 80 }]);
    const bare = 'backend b\n timeout connect 1s\n timeout server 1s\n';
    expect(await messages(`${bare} server a nowhere:80\n`)).toEqual(["alert: 'server b/a' : could not resolve address 'nowhere' <nowhere:80>"]);
    const [none] = (await modelOf(`${bare} server a nowhere:80 init-addr libc,none\n`)).servers;
    expect(none).toMatchObject({ unresolved: true, hostname: 'nowhere', address: { address: '0.0.0.0', port: 80 } });
  });

  test('host names among patterns become addresses', async () => {
    const model = await modelOf('listen l\n bind :80\n acl local src localhost 10.0.0.0/8\n tcp-request connection reject if local\n');
    const condition = model.proxies[0]?.rules['tcp-request connection'][0]?.condition;
    expect(JSON.stringify(condition)).toContain('"patterns":["127.0.0.1/32","10.0.0.0/8"]');
  });
});
