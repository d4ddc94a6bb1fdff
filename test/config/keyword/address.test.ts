import { describe, expect, test } from '@jest/globals';
import { messages, modelOf } from '../loaded.js';

const listening = async (words: string): Promise<unknown[]> => (await modelOf(`frontend f\n bind ${words}\n`)).listeners.map(({ address }) => address);
const refusedBind = (words: string): Promise<string[]> => messages(`frontend f\n timeout client 1s\n bind ${words}\n bind :1\n`);
const refusedServer = (words: string): Promise<string[]> => messages(`backend b\n timeout server 1s\n timeout connect 1s\n server s ${words}\n`);
const ip = (family: 4 | 6, address: string, port: number): unknown => ({ kind: 'ip', family, address, port });

const USESRC = "'usesrc' expects <addr>[:<port>], 'client', 'clientip', or 'hdr_ip(<name>[,<occurrence>])' as argument";

describe('bind', () => {
  test.each([
    [':80', [ip(4, '0.0.0.0', 80)]],
    ['*:80', [ip(4, '0.0.0.0', 80)]],
    ['ipv4@:80', [ip(4, '0.0.0.0', 80)]],
    [':::80', [ip(6, '::', 80)]],
    ['ipv6@:80', [ip(6, '::', 80)]],
    ['ipv6@*:80', [ip(6, '::', 80)]],
    ['[::1]:80', [ip(6, '::1', 80)]],
    ['2001:db8::1:80', [ip(6, '2001:db8::1', 80)]],
    ['tcp4@127.0.0.1:80', [ip(4, '127.0.0.1', 80)]],
    ['localhost:80', [ip(4, '127.0.0.1', 80)]],
    ['ipv6@localhost:80', [ip(6, '::1', 80)]],
    ['127.1:80', [ip(4, '127.0.0.1', 80)]],
    ['127.0.0.1:80,', [ip(4, '127.0.0.1', 80)]],
    ['unix@/tmp/\xc3\xa9', [{ kind: 'unix', path: '/tmp/\u00e9' }]],
    ['127.0.0.1:65534-65535', [ip(4, '127.0.0.1', 65534), ip(4, '127.0.0.1', 65535)]],
    ['/tmp/a,unix@/tmp/b,unix@c', [{ kind: 'unix', path: '/tmp/a' }, { kind: 'unix', path: '/tmp/b' }, { kind: 'unix', path: 'c' }]],
    ['abns@name', [{ kind: 'abstract', name: 'name' }]],
    ['fd@7', [{ kind: 'fd', fd: 7 }]],
  ])('%s', async (words, addresses) => {
    expect(await listening(words)).toEqual(addresses);
  });

  test('variables are expanded even outside quotes, unknown ones to nothing', async () => {
    const { listeners } = await modelOf('frontend f\n bind ${HOST}:80,$HOST:81,$NONE:82\n', { env: { HOST: '127.0.0.9' } });
    expect(listeners.map(({ address }) => address)).toEqual([ip(4, '127.0.0.9', 80), ip(4, '127.0.0.9', 81), ip(4, '0.0.0.0', 82)]);
  });

  test('fd@${NAME} takes the number from the environment', async () => {
    const { listeners } = await modelOf('frontend f\n bind "fd@${LISTEN}"\n', { env: { LISTEN: '12' } });
    expect(listeners[0]?.address).toEqual({ kind: 'fd', fd: 12 });
  });

  test.each([
    ['127.0.0.1:80,127.0.0.1', "alert: 'bind' : missing port specification in '127.0.0.1' <127.0.0.1>"],
    ['127.0.0.1:80,[::1]:70000', "alert: 'bind' : invalid port '70000' in '[::1]:70000' <[::1]:70000>"],
    ['127.0.0.1:90-80', "alert: 'bind' : invalid port range '90-80' in '127.0.0.1:90-80' <127.0.0.1:90-80>"],
    ['127.0.0.1:+5', "alert: 'bind' : port offset not permitted here in '127.0.0.1:+5' <127.0.0.1:+5>"],
    ['1.2.3.4.5:80', "alert: 'bind' : invalid address: '1.2.3.4.5' in '1.2.3.4.5:80' <1.2.3.4.5:80>"],
    ['ipv4@[::1]:80', "alert: 'bind' : invalid address: '::1' in 'ipv4@[::1]:80' <ipv4@[::1]:80>"],
    ['unix@', "alert: 'bind' : missing name of the socket in 'unix@' <unix@>"],
    ['fd@-1', "alert: 'bind' : file descriptor '-1' is not a valid integer in 'fd@-1' <fd@-1>"],
    ['quic4@:443', "alert: 'bind' : address 'quic4@:443' is not supported yet <quic4@:443>"],
    ['bad@x:1', "alert: 'bind' : invalid address: 'bad@x' in 'bad@x:1' <bad@x:1>"],
  ])('%s is refused', async (words, message) => {
    expect(await refusedBind(words)).toEqual([message]);
  });

  test('options of unix sockets are pointless elsewhere; one id is not for several listeners', async () => {
    expect(await refusedBind('127.0.0.1:80 mode 660')).toEqual(["warning: 'bind 127.0.0.1:80' : 'mode' has no effect on sockets that are no files <127.0.0.1:80>"]);
    expect(await refusedBind('127.0.0.1:80-81 id 5')).toEqual(["alert: 'bind 127.0.0.1:80-81' : 'id' is not usable with several addresses <127.0.0.1:80-81>"]);
  });
});

describe('servers', () => {
  test('unix sockets and abstract names', async () => {
    const { servers } = await modelOf('backend b\n server a /tmp/s check\n server b abns@x\n');
    expect(servers.map(({ address }) => address)).toEqual([{ kind: 'unix', path: '/tmp/s' }, { kind: 'abstract', name: 'x' }]);
  });

  test.each([
    ['127.0.0.1:80-81', "alert: 'server' : port range not permitted here in '127.0.0.1:80-81' <127.0.0.1:80-81>"],
    ['127.0.0.1:66000', "alert: 'server' : invalid port '66000' in '127.0.0.1:66000' <127.0.0.1:66000>"],
    ['fd@3', "alert: 'server' : a file descriptor is not acceptable here in 'fd@3' <fd@3>"],
    ['127.0.0.1:+x', "alert: 'server' : invalid port offset '+x' in '127.0.0.1:+x' <127.0.0.1:+x>"],
    ['127.0.0.1:80 source 127.0.0.1 usesrc', `alert: ${USESRC} <usesrc>`],
    ['127.0.0.1:80 source 127.0.0.1 usesrc hdr_ip()', `alert: ${USESRC} <hdr_ip()>`],
    ['127.0.0.1:80 source 127.0.0.1 usesrc 127.0.0.2:1-2', "alert: 'source' : port range not permitted here in '127.0.0.2:1-2' <127.0.0.2:1-2>"],
    ['127.0.0.1:80 source /tmp/x', "alert: 'source' : a UNIX socket is not acceptable here in '/tmp/x' </tmp/x>"],
  ])('%s is refused', async (words, message) => {
    expect(await refusedServer(words)).toEqual([message]);
  });

  test('a source may have a port, a server a range of them', async () => {
    const { servers, proxies } = await modelOf(
      'backend b\n source 127.0.0.2\n server a 127.0.0.1:80 source 127.0.0.3:99\n server b 127.0.0.1:81\n server c 127.0.0.1:82 source 127.0.0.4:10-20 interface lo\n');
    const plain = { portHigh: 0, transparent: null, interface: null };
    expect(servers.map(({ source }) => source)).toEqual([
      { ...plain, address: ip(4, '127.0.0.3', 99) }, null, { ...plain, address: ip(4, '127.0.0.4', 10), portHigh: 20, interface: 'lo' },
    ]);
    expect(proxies[0]?.source).toEqual({ ...plain, address: ip(4, '127.0.0.2', 0) });
    expect(await messages('backend b\n timeout server 1s\n timeout connect 1s\n source 127.0.0.1:1-2\n server s :1\n')).toEqual([
      "alert: 'source' : port range not permitted here in '127.0.0.1:1-2' <127.0.0.1:1-2>",
    ]);
  });

  test.each([
    ['client', { kind: 'client' }],
    ['clientip', { kind: 'clientip' }],
    ['hdr_ip(X-Client)', { kind: 'header', name: 'x-client', occurrence: -1 }],
    ['hdr_ip(x-forwarded-for,2)', { kind: 'header', name: 'x-forwarded-for', occurrence: 2 }],
    ['127.0.0.9:80', { kind: 'address', address: ip(4, '127.0.0.9', 80) }],
  ])('usesrc %s', async (words, transparent) => {
    const { servers } = await modelOf(`backend b\n mode http\n server a 127.0.0.1:80 source 0.0.0.0 usesrc ${words}\n`);
    expect(servers[0]?.source?.transparent).toEqual(transparent);
  });

  test.each([
    ['127.0.0.1', 0, '127.0.0.1'], ['*', 0, '0.0.0.0'], ['127.0.0.1:0', 0, '127.0.0.1'], ['127.0.0.1:+1000', 1000, '127.0.0.1'], ['localhost:-5', -5, '127.0.0.1'],
  ])('a server without a port of its own: %s', async (words, portOffset, address) => {
    const { servers } = await modelOf(`backend b\n server a ${words}\n`);
    expect(servers[0]?.address).toEqual({ ...(ip(4, address, 0) as object), portOffset });
  });
});

describe('networks of option forwardfor', () => {
  const except = async (text: string): Promise<unknown> => (await modelOf(`backend b\n mode http\n option forwardfor except ${text}\n`)).proxies[0]?.forwardFor?.except;
  test('bits, masks, single addresses, IPv6', async () => {
    expect(await except('10.0.0.0/8')).toEqual({ family: 4, bytes: [10, 0, 0, 0], prefix: 8 });
    expect(await except('10.1.0.0/255.255.0.0')).toEqual({ family: 4, bytes: [10, 1, 0, 0], prefix: 16 });
    expect(await except('10.0.0.1')).toMatchObject({ prefix: 32 });
    expect(await except('0.0.0.0/0')).toMatchObject({ prefix: 0 });
    expect(await except('fe80::/10')).toMatchObject({ family: 6, prefix: 10 });
  });
  test('masks with holes, too many bits and names are refused', async () => {
    for (const text of ['10.0.0.0/255.0.255.0', '10.0.0.0/33', 'localhost', '10.0.0.0/']) {
      expect(await messages(`backend b\n mode http\n option forwardfor except ${text}\n`)).toEqual([expect.stringMatching(/^alert: .*(invalid mask|is not a network)/)]);
    }
  });
});
