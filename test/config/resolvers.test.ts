import { describe, expect, test } from '@jest/globals';
import { loadText } from '../../src/config/load.js';
import { nameserversOf } from '../../src/config/resolvers.js';
import type { Model } from '../../src/config/model.js';

const HEAD = 'defaults\n timeout connect 1s\n timeout server 1s\n timeout client 1s\n';

function files(contents: Record<string, string>) {
  return { read: (path: string) => contents[path] ?? { problem: 'no such file or directory' } };
}

async function modelOf(text: string, contents: Record<string, string> = {}): Promise<Model> {
  const { model, diagnostics } = await loadText(HEAD + text, { env: {}, files: files(contents), lookup: () => Promise.resolve(null) });
  if (model === null) throw new Error(diagnostics.map(({ summary }) => summary).join('\n'));
  return model;
}

describe('resolvers sections', () => {
  test('have the documented defaults', async () => {
    const { resolvers } = await modelOf('resolvers r\n nameserver a 192.0.2.1\n');
    expect(resolvers).toEqual([{
      name: 'r', retries: 3, payloadSize: 512, timeout: { resolve: 1000, retry: 1000 },
      hold: { nx: 30000, other: 30000, refused: 30000, timeout: 30000, valid: 10000, obsolete: 0 },
      nameservers: [{ name: 'a', address: { kind: 'ip', family: 4, address: '192.0.2.1', port: 53 }, transport: 'udp', maxconn: 0 }],
    }]);
  });

  test.each([
    ['192.0.2.1:5353', 'udp', 4, 5353], ['udp@192.0.2.1:5353', 'udp', 4, 5353], ['tcp@192.0.2.1:5353', 'tcp', 4, 5353],
    ['stream+ipv4@192.0.2.1:99', 'tcp', 4, 99], ['tcp6@[2001:db8::1]:99', 'tcp', 6, 99], ['udp6@2001:db8::1', 'udp', 6, 53],
  ])('nameserver %s', async (address, transport, family, port) => {
    const { resolvers } = await modelOf(`resolvers r\n nameserver a ${address}\n`);
    expect(resolvers[0]?.nameservers[0]).toMatchObject({ transport, address: { family, port } });
  });

  test('parse-resolv-conf takes the name servers of the system', async () => {
    const text = '# comment\nsearch example.com\nnameserver 192.0.2.1\nnameserver\t2001:db8::1\nnameserver fe80::1%eth0\nnameserver nonsense\nnameserver 192.0.2.1\n';
    expect(nameserversOf(text).map(({ name }) => name)).toEqual(['192.0.2.1', '2001:db8::1']);
    const { resolvers } = await modelOf('resolvers r\n nameserver a 192.0.2.9\n parse-resolv-conf\n', { '/etc/resolv.conf': text });
    expect(resolvers[0]?.nameservers.map(({ name }) => name)).toEqual(['a', '192.0.2.1', '2001:db8::1']);
  });

  test('the default section is there unless it is written, or the system names no server', async () => {
    const conf = { '/etc/resolv.conf': 'nameserver 192.0.2.1\n' };
    expect((await modelOf('', conf)).resolvers.map(({ name }) => name)).toEqual(['default']);
    expect((await modelOf('resolvers default\n', conf)).resolvers).toMatchObject([{ name: 'default', nameservers: [] }]);
    expect((await modelOf('')).resolvers).toEqual([]);
  });
});

describe('servers', () => {
  test('follow a name by a section, with their preferences', async () => {
    const { servers } = await modelOf('resolvers q\nresolvers r\nbackend b\n default-server init-addr none resolvers r resolve-prefer ipv4\n'
      + ' server a x.test:80 resolve-net 10.0.0.0/8 resolve-opts allow-dup-ip\n server b y.test:80 resolvers q resolve-opts ignore-weight\n server c 127.0.0.1:1\n');
    const network = { family: 4, bytes: [10, 0, 0, 0], prefix: 8 };
    expect(servers.map(({ resolution }) => resolution)).toEqual([
      { resolvers: 1, prefer: 4, networks: [network], allowDuplicates: true, ignoreWeight: false },
      { resolvers: 0, prefer: 4, networks: [], allowDuplicates: false, ignoreWeight: true },
      { resolvers: 1, prefer: 4, networks: [], allowDuplicates: false, ignoreWeight: false },
    ]);
    expect(servers.map(({ hostname, unresolved }) => [hostname, unresolved])).toEqual([['x.test', true], ['y.test', true], [null, false]]);
  });

  test('a template with an SRV name starts without addresses and ports', async () => {
    const { servers } = await modelOf('resolvers r\nbackend b\n server-template s 2 _http._tcp.x.test resolvers r init-addr none\n');
    expect(servers).toMatchObject([{ name: 's1', unresolved: true, address: { port: 0 } }, { name: 's2', hostname: '_http._tcp.x.test' }]);
    await expect(modelOf('backend b\n server a _http._tcp.x.test\n')).rejects.toThrow('SRV records are only looked up by a resolvers section');
  });

  test('init-addr last takes the address of the state file', async () => {
    const state = '1\n# comment\n2 b 1 a 192.0.2.7 2 0 5 10 100 6 3 4 6 0 0 0 x.test 80 - 0 0 - - 0\n';
    const { servers } = await modelOf('global\n server-state-file /state\nbackend b\n load-server-state-from-file global\n server a x.test:80 weight 10 init-addr last,none\n', { '/state': state });
    expect(servers[0]).toMatchObject({ unresolved: false, address: { address: '192.0.2.7', port: 80 }, saved: { userWeight: 5, initialWeight: 10, sinceChange: 100, checkHealth: 4 } });
  });
});
