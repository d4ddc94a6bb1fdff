import { expect, test } from '@jest/globals';
import { evaluate } from '../../support/rules.js';

/** A SYN with CWR and ECE: MSS, SACK permitted, timestamp, no operation, window scale. */
const SYN = '1f9000501234567800000000a0c2faf012340000' + '0204ffd7' + '0402' + '080a00bc614e00000000' + '01' + '030307';
const IPV4 = `4510003c1c46400040060000c0a80001c0a80002${SYN}`;
const IPV4_OPTIONS = `4600003c1c460000ff060000c0a80001c0a8000201010100${SYN}`;
const IPV6 = `6120000000283c40${'20010db8000000000000000000000001'}${'20010db8000000000000000000000002'}0600000000000000${SYN}`;
const FRAME = `0a0b0c0d0e0f010203040506${'8100a064'}0800${IPV4}`;

const EXPECTED: readonly (readonly [expression: string, value: string | undefined])[] = [
  [`bin(${FRAME}),eth.dst,hex`, '0A0B0C0D0E0F'], [`bin(${FRAME}),eth.src,hex`, '010203040506'], [`bin(${FRAME}),eth.proto`, '2048'], [`bin(${FRAME}),eth.vlan`, '100'], [`bin(${FRAME}),eth.hdr,hex`, FRAME.slice(0, 36).toUpperCase()],
  [`bin(${FRAME}),eth.data,ip.src`, '192.168.0.1'], [`bin(${FRAME.slice(0, 24)}0800${IPV4}),eth.vlan`, undefined], ['bin(0a0b0c),eth.proto', undefined], [`bin(${FRAME.slice(0, 28)}),eth.proto`, undefined],
  [`bin(${IPV4}),ip.ver`, '4'], [`bin(${IPV4}),ip.dst`, '192.168.0.2'], [`bin(${IPV4}),ip.tos`, '16'], [`bin(${IPV4}),ip.ttl`, '64'], [`bin(${IPV4}),ip.df`, '1'], [`bin(${IPV4}),ip.proto`, '6'], [`bin(${IPV4}),ip.hdr,hex`, IPV4.slice(0, 40).toUpperCase()],
  [`bin(${IPV4_OPTIONS}),ip.df`, '0'], [`bin(${IPV4_OPTIONS}),ip.hdr,hex`, IPV4_OPTIONS.slice(0, 48).toUpperCase()], [`bin(${IPV4_OPTIONS}),ip.data,tcp.dst`, '80'], ['bin(4500),ip.ver', undefined], ['bin(50),ip.ver', undefined],
  [`bin(${IPV6}),ip.ver`, '6'], [`bin(${IPV6}),ip.src`, '2001:db8::1'], [`bin(${IPV6}),ip.tos`, '18'], [`bin(${IPV6}),ip.proto`, '6'], [`bin(${IPV6}),ip.df`, '1'], [`bin(${IPV6}),ip.ttl`, '64'], [`bin(${IPV6}),ip.data,tcp.src`, '8080'],
  [`bin(${IPV4}),ip.data,tcp.src`, '8080'], [`bin(${SYN}),tcp.seq`, '305419896'], [`bin(${SYN}),tcp.flags`, '194'], [`bin(${SYN}),tcp.win`, '64240'], [`bin(${SYN}),tcp.options.mss`, '65495'], [`bin(${SYN}),tcp.options.wscale`, '7'],
  [`bin(${SYN}),tcp.options.wsopt`, '1'], [`bin(${SYN}),tcp.options.sack`, '1'], [`bin(${SYN}),tcp.options.tsopt`, '1'], [`bin(${SYN}),tcp.options.tsval`, '12345678'], [`bin(${SYN}),tcp.options_list,hex`, '0204080103'],
  ['bin(1f90005012345678000000005002faf012340000),tcp.options.mss', '0'], ['bin(1f90005012345678000000005002faf012340000),tcp.options.tsval', undefined], ['bin(1f90005012345678000000005002faf012340000),tcp.options.wsopt', '0'], ['bin(1f9000501234),tcp.src', undefined],
  [`bin(${IPV4}),ip.fp,hex`, '10' + '53' + 'A8' + 'FAF0' + 'FFD7' + '47'], [`bin(${IPV4}),ip.fp(7),hex`, '1053A8FAF0FFD747' + '40' + '0204080103' + 'C0A80001'], [`bin(${IPV6}),ip.fp(4),hex`, '12' + 'DB' + 'A8FAF0FFD747' + '20010DB8000000000000000000000001'], [`bin(${SYN}),ip.fp`, undefined],
];

test('headers of Ethernet, IP and TCP', async () => {
  const got = await evaluate(EXPECTED.map(([expression]) => `%[${expression}]`), 'GET / HTTP/1.1\nHost: h\n\n');
  expect(EXPECTED.map(([expression], i) => [expression, got[i]])).toEqual(EXPECTED);
});
