import { describe, expect, test } from '@jest/globals';
import { loadText } from '../../../src/config/load.js';

const HEAD = 'defaults\n mode http\n timeout client 1s\nresolvers r\n nameserver a 127.0.0.1\n';
const rule = (text: string): string => `${HEAD}frontend f\n bind 127.0.0.1:80\n ${text}\n`;

async function alerts(text: string): Promise<string[]> {
  const { diagnostics } = await loadText(rule(text));
  return diagnostics.filter(({ severity }) => severity === 'alert').map(({ summary }) => summary);
}

describe('do-resolve', () => {
  test.each([
    'http-request do-resolve(txn.ip,r) req.hdr(host)', 'http-request do-resolve(txn.ip,r,ipv4) req.hdr(host),lower if { path / }', 'tcp-request content do-resolve(sess.ip,r,ipv6) str(x.test)',
  ])('%s', async (text) => expect(await alerts(text)).toEqual([]));

  test.each([
    ['http-request do-resolve req.hdr(host)', "expects 'do-resolve(<var>,<resolvers>[,ipv4|ipv6]) <expr>'"],
    ['http-request do-resolve(txn.ip) req.hdr(host)', "expects 'do-resolve(<var>,<resolvers>[,ipv4|ipv6]) <expr>'"],
    ['http-request do-resolve(txn.ip,r,ipv5) req.hdr(host)', "unknown family 'ipv5'"],
    ['http-request do-resolve(ip,r) req.hdr(host)', "invalid variable name 'ip'"],
    ['http-request do-resolve(txn.ip,r)', "expects 'do-resolve(<var>,<resolvers>[,ipv4|ipv6]) <expr>'"],
    ['http-request do-resolve(txn.ip,nope) req.hdr(host)', "unable to find resolvers section 'nope'"],
    ['http-response do-resolve(txn.ip,r) req.hdr(host)', 'do-resolve'],
  ])('%s is refused', async (text, problem) => expect((await alerts(text)).join('\n')).toContain(problem));
});
