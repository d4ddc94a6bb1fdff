import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { HaproxyPeer, haproxyPresent } from '../../support/haproxy.js';
import { rules } from '../../support/rules.js';

const peer = new HaproxyPeer();
beforeAll(() => {
  peer.file('a.map', '/a 1\n');
  peer.file('a.lst', '/x\n');
});
afterAll(() => peer.stop());

const RULES = (): string[] => [
  `acl listed path -f ${peer.directory}/a.lst`,
  `http-request set-map(${peer.directory}/a.map) %[path] %[req.hdr(v)] if { req.hdr(v) -m found }`,
  `http-request del-map(${peer.directory}/a.map) %[path] if { req.hdr(d) -m found }`,
  `http-request add-acl(${peer.directory}/a.lst) %[path] if { req.hdr(a) -m found }`,
  `http-request del-acl(${peer.directory}/a.lst) %[path] if { req.hdr(r) -m found }`,
  `http-request return status 200 hdr r %[path,map(${peer.directory}/a.map,none)]/listed if listed`,
  `http-request return status 200 hdr r %[path,map(${peer.directory}/a.map,none)]`,
];

/** One after the other: each may change what the next one finds. */
const REQUESTS = [
  '/a', '/x', '/a v: 2', '/a', '/b v: 3', '/b', '/b d: 1', '/b', '/b d: 1', '/x r: 1', '/x', '/y a: 1', '/y', '/y a: 1', '/y r: 1', '/y', '/x r: 1', '/x a: 1', '/x',
].map((text) => `GET ${text.split(' ')[0]} HTTP/1.1\r\nhost: h\r\nconnection: close\r\n${text.includes(' ') ? `${text.slice(text.indexOf(' ') + 1)}\r\n` : ''}\r\n`);

const answer = (response: string | null): string | undefined => /\r\nr: (.*)\r\n/.exec(response ?? '')?.[1];

test('maps and lists of ACLs change with the requests', async () => {
  const made = await rules(RULES());
  const own = REQUESTS.map((request) => answer(made.request(request).response));
  expect(own).toEqual([
    '1', 'none/listed', '2', '2', '3', '3', 'none', 'none', 'none', 'none', 'none', 'none/listed', 'none/listed', 'none/listed', 'none', 'none', 'none', 'none/listed', 'none/listed',
  ]);
});

describe('in haproxy', () => {
  if (!haproxyPresent) return test('there is none', () => expect(haproxyPresent).toBe(false));
  return test('they change likewise', async () => {
    await peer.start(RULES());
    const theirs: (string | undefined)[] = [];
    for (const request of REQUESTS) theirs.push(answer(await peer.ask(request)));
    const made = await rules(RULES());
    expect(theirs).toEqual(REQUESTS.map((request) => answer(made.request(request).response)));
  });
});

test('words that are missing or too many are refused', async () => {
  for (const line of ['http-request set-map(x) a', 'http-request set-map a b', 'http-request del-map(x)', 'http-request add-acl(x) a b', 'http-response del-acl()']) {
    await expect(rules([line])).rejects.toThrow(/expects|unexpected/);
  }
});
