/** What checks send, and how they come to a server. */
import { afterEach, describe, expect, test } from '@jest/globals';
import { answer, configOf, housekeeping, ours, silent, stage, strike, until, type Play, type Scene } from './dialogue.js';

afterEach(strike);

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok';

/** What a server got, and what the check said of it. */
async function heard(lines: readonly string[], words = '', play: Play = answer(OK)): Promise<{ sent: string; line: string }> {
  const server = await stage(play);
  const [line = ''] = await ours([{ name: 'b', lines, play, words }], [server.port]);
  await server.close();
  return { sent: Buffer.concat(server.seen).toString('latin1').replaceAll(String(server.port), 'PORT'), line };
}

describe('HTTP requests', () => {
  test.each([
    [['option httpchk'], 'OPTIONS / HTTP/1.0\r\n\r\n'],
    [['option httpchk GET /x HTTP/1.1'], 'GET /x HTTP/1.1\r\nconnection: close\r\n\r\n'],
    [['option httpchk GET /x HTTP/1.1 www%[srv_name]'], 'GET /x HTTP/1.1\r\nhost: wwws1\r\nconnection: close\r\n\r\n'],
    [
      ['option httpchk', 'http-check send meth POST uri /foo ver HTTP/1.1 hdr Host www hdr X-A "%[srv_name] %[be_name]" hdr Content-Length 99 body hello'],
      'POST /foo HTTP/1.1\r\nhost: www\r\nx-a: s1 b\r\ncontent-length: 5\r\nconnection: close\r\n\r\nhello',
    ],
    [
      ['option httpchk', 'http-check send meth GET uri-lf /%[srv_name] hdr connection keep-alive body-lf "b=%[be_name]"'],
      'GET /s1 HTTP/1.0\r\ncontent-length: 3\r\nconnection: keep-alive\r\n\r\nb=b',
    ],
    // A Host header and the authority of the target agree.
    [['option httpchk HEAD http://other/x HTTP/1.1', 'http-check send hdr Host www'], 'HEAD http://www/x HTTP/1.1\r\nhost: www\r\nconnection: close\r\n\r\n'],
  ])('%j', async (lines, request) => {
    const { sent, line } = await heard(lines);
    expect(sent).toBe(request);
    expect(line).toContain('succeeded, reason: Layer7 check passed, code: 200');
  });

  test('http-check send-state: how the server is seen', async () => {
    const { sent } = await heard(['option httpchk', 'http-check send-state'], 'rise 1 fall 3');
    expect(sent).toMatch(/^OPTIONS \/ HTTP\/1\.0\r\nx-haproxy-server-state: UP 1\/3; address=127\.0\.0\.1; port=PORT; name=b\/s1; node=[^;]+; weight=1\/1; scur=0\/0; qcur=0\r\n\r\n$/);
  });

  test('variables of a check live as long as one run of it', async () => {
    const { sent, line } = await heard([
      'option httpchk', 'http-check set-var(check.x) str(one)', 'http-check connect', 'http-check send uri-lf /%[var(check.x)]', 'http-check expect status 200', 'http-check set-var(check.h) res.fhdr(content-length)',
      'http-check expect hdr name content-length value-lf -m str %[var(check.h)]', 'http-check unset-var(check.x)', 'http-check connect', 'http-check send uri-lf /%[var(check.x)]x',
    ]);
    expect(sent).toBe('OPTIONS /one HTTP/1.0\r\n\r\nOPTIONS /x HTTP/1.0\r\n\r\n');
    expect(line).toContain('succeeded');
  });

  test('samples see the unique id of the backend', async () => {
    const { sent } = await heard(['option httpchk', 'unique-id-format TEST-%[be_name]=%[srv_is_up(s1),iif(up,down)]', 'http-check send hdr request-id %[unique-id]']);
    expect(sent).toBe('OPTIONS / HTTP/1.0\r\nrequest-id: TEST-b=up\r\n\r\n');
  });
});

describe('connections', () => {
  test('a server that is only connected to does not see the check', async () => {
    let accepted = 0;
    const { line } = await heard([], '', () => void accepted++);
    expect(line).toContain('succeeded, reason: Layer4 check passed, check duration');
    expect(accepted).toBe(0);
  });

  test('a PROXY header comes first: version 1 with the addresses, version 2 as LOCAL', async () => {
    expect((await heard(['option httpchk'], 'send-proxy')).sent).toMatch(/^PROXY TCP4 127\.0\.0\.1 127\.0\.0\.1 \d+ PORT\r\nOPTIONS \/ HTTP\/1\.0\r\n\r\n$/);
    const two = await heard(['option httpchk'], 'send-proxy-v2');
    expect(two.sent.slice(0, 16)).toBe('\r\n\r\n\0\r\nQUIT\n\x20\0\0\0');
    const rule = await heard(['option tcp-check', 'tcp-check connect send-proxy', 'tcp-check expect string x'], '', async (peer) => {
      await peer.read();
      peer.write('x');
    });
    expect(rule.sent).toMatch(/^PROXY TCP4 [^\r]+\r\n$/);
  });

  const socks = (reply: string): Play => async (peer) => {
    await peer.read();
    peer.write(Buffer.from(reply, 'hex'));
    await peer.read();
    peer.write(OK);
    peer.close();
  };

  test('check-via-socks4: the proxy is asked for the server, then the check begins', async () => {
    const proxy = await stage(socks('005a000000000000'));
    const [line] = await ours([{ name: 'b', lines: ['option httpchk'], play: null, words: `socks4 127.0.0.1:${proxy.port} check-via-socks4` }], [4321]);
    await proxy.close();
    expect(proxy.seen[0]?.toString('hex')).toBe(`0401${(4321).toString(16)}7f000001${Buffer.from('HAProxy\0').toString('hex')}`);
    expect(proxy.seen[1]?.toString()).toBe('OPTIONS / HTTP/1.0\r\n\r\n');
    expect(line).toContain('succeeded, reason: Layer7 check passed, code: 200');
  });

  test.each([['005b000000000000', 'SOCKS4 Proxy deny the request'], ['00', 'SOCKS4 Proxy handshake aborted by server']])('a proxy that answers %s', async (reply, text) => {
    const proxy = await stage(async (peer) => {
      await peer.read();
      peer.write(Buffer.from(reply, 'hex'));
      peer.close();
    });
    const [line] = await ours([{ name: 'b', lines: [], play: null, words: `socks4 127.0.0.1:${proxy.port} check-via-socks4` }], [4321]);
    await proxy.close();
    expect(line).toContain(`failed, reason: Layer4 connection problem, info: "${text}"`);
  });

  test('connect rules go where they say, one after the other', async () => {
    const [one, two] = await Promise.all([stage((peer) => peer.write('one')), stage((peer) => peer.write('two'))]);
    const scene: Scene = {
      name: 'b', play: null,
      lines: ['option tcp-check', `tcp-check connect port int(${one.port})`, 'tcp-check expect string one', `tcp-check connect addr 127.0.0.1 port ${two.port} linger`, 'tcp-check expect string two'],
    };
    const [line] = await ours([scene], [1]);
    await Promise.all([one.close(), two.close()]);
    expect(line).toContain('succeeded, reason: Layer7 check passed, code: 0, info: "(tcp-check)"');
  });

  test('a source address is used', async () => {
    let from = '';
    const { line } = await heard(['option tcp-check', 'tcp-check expect string x'], 'source 127.0.0.9', (peer) => {
      from = peer.socket.remoteAddress ?? '';
      peer.write('x');
    });
    expect([from, line.includes('succeeded')]).toEqual(['127.0.0.9', true]);
  });

  test('a system that refuses to begin says why', async () => {
    const { said, checks } = await housekeeping(configOf([{ name: 'b', lines: [], play: null }], [1], '127.0.0.1:1').replace('127.0.0.1:1 check', '255.255.255.255:1 check'));
    await until(() => said.length > 0);
    checks.stop();
    expect(said[0]).toContain('failed, reason: Layer4 connection problem, info: "General socket error (Network is unreachable)"');
  });

  test('timeout check: a connect and an answer have their own times', async () => {
    const server = await stage(silent);
    const text = configOf([{ name: 'b', lines: ['timeout check 30ms', 'option redis-check'], play: silent }], [server.port], '127.0.0.1:1').replace('inter 600', 'inter 60s');
    const { said, checks } = await housekeeping(text);
    await until(() => said.length > 0);
    checks.stop();
    await server.close();
    expect(said[0]).toContain('failed, reason: Layer7 timeout');
  });

  test('checks that are stopped in the middle say nothing', async () => {
    const server = await stage(async (peer) => void (await peer.read()));
    const { said, checks } = await housekeeping(configOf([{ name: 'b', lines: ['option redis-check'], play: silent }], [server.port], '127.0.0.1:1'));
    await until(() => server.seen.length > 0);
    checks.stop();
    await new Promise((resolve) => setTimeout(resolve, 20));
    await server.close();
    expect(said).toEqual([]);
  });
});
