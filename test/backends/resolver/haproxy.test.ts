/** The same name servers, the same servers: Debian's haproxy and tsproxy say the same about them. */
import { afterEach, expect, test } from '@jest/globals';
import { config, defaults, section } from '../../support/config.js';
import { dnsServer, type DnsScript } from '../../support/dns.js';
import { haproxyPresent, startHaproxy } from '../../support/haproxy.js';
import { waitFor } from '../../support/proxy.js';
import { Stage } from '../../support/stage.js';
import { a, srv, type AnswerShape } from './packet.js';

const stage = new Stage();
afterEach(() => stage.strike());

const SRV = '_s._tcp.z.test';
type Zone = Record<string, Partial<Record<'A' | 'AAAA' | 'SRV', Omit<AnswerShape, 'id' | 'name' | 'type'>>>>;
const NONE = { rcode: 3 };

/** What the name server says, one after the other; each with the messages that end it. */
const PHASES: readonly { readonly zone: Zone; readonly until: readonly string[] }[] = [
  {
    zone: {
      'x.test': { A: { answers: [a('x.test', '127.0.0.2'), a('x.test', '127.0.0.3')] } }, 'y.test': { A: { answers: [a('y.test', '127.0.0.5')] } },
      [SRV]: { SRV: { answers: [srv(SRV, 'a.z.test', 8001, 256), srv(SRV, 'b.z.test', 8002, 1000)], additional: [a('a.z.test', '127.0.0.7')] } }, 'b.z.test': { A: { answers: [a('b.z.test', '127.0.0.8')] } },
    },
    until: ['l/t1 administratively READY', 'l/t2 administratively READY', 'l/one administratively READY', "sb/v1 ('a.z.test') is UP", 'sb/v2 administratively READY'],
  },
  {
    zone: {
      'x.test': { A: { answers: [a('x.test', '127.0.0.4'), a('x.test', '127.0.0.3')] } }, 'y.test': { A: NONE, AAAA: NONE },
      [SRV]: { SRV: { answers: [srv(SRV, 'b.z.test', 8002, 1000)] } }, 'b.z.test': { A: { answers: [a('b.z.test', '127.0.0.9')] } },
    },
    until: ['l/one is going DOWN', 'sb/v1 is going DOWN', 'sb/v2 changed its IP from 127', 'l/t1 changed its IP from 127'],
  },
  {
    zone: { 'x.test': { A: { rcode: 5 }, AAAA: { rcode: 5 } }, 'y.test': { A: { rcode: 2 }, AAAA: { rcode: 2 } }, [SRV]: { SRV: { rcode: 3 } } },
    until: ['l/t1 is going DOWN', 'l/t2 is going DOWN', 'sb/v2 is going DOWN'],
  },
];

const servers = (dns: number, port: number): string => config(defaults('http'),
  section('resolvers r', `nameserver ns1 127.0.0.1:${dns}`, 'hold nx 0', 'hold other 0', 'hold refused 0', 'hold timeout 0', 'timeout resolve 200ms', 'timeout retry 1s'),
  section('listen l', `bind 127.0.0.1:${port}`, 'server-template t 3 x.test:80 resolvers r init-addr none resolve-prefer ipv4', 'server one y.test:80 resolvers r init-addr none resolve-prefer ipv4'),
  section('backend sb', `server-template v 2 ${SRV} resolvers r init-addr none resolve-prefer ipv4`));

/** First sentences about servers, each once, sorted. */
function news(stderr: string): string[] {
  const sentences = stderr.split('\n').flatMap((line) => {
    const text = /\) : ((?:Server )?\S+\/\S+ .*)$/.exec(line)?.[1];
    return text === undefined ? [] : [text.replace(/\. \d+ active.*/, '.')];
  });
  return [...new Set(sentences)].sort();
}

async function tell(start: (text: string, port: number) => Promise<{ stderr(): string }>): Promise<string[]> {
  let zone: Zone = {};
  const script: DnsScript = ({ name, type }) => zone[name]?.[type] ?? (zone[name] === undefined ? NONE : {});
  const dns = await dnsServer(script);
  stage.after(() => dns.close());
  const port = stage.port();
  const running = await start(servers(dns.port, port), port);
  for (const phase of PHASES) {
    ({ zone } = phase);
    await waitFor(() => phase.until.every((words) => running.stderr().includes(words)));
  }
  return news(running.stderr());
}

(haproxyPresent ? test : test.skip)('messages', async () => {
  const peer = tell(async (text, port) => {
    const haproxy = await startHaproxy(text, port);
    stage.after(() => haproxy.stop());
    return haproxy;
  });
  const own = tell((text) => stage.proxy(text));
  expect(await own).toEqual(await peer);
});
