/** The same expressions here and in Debian's haproxy 2.6. */
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { loadText } from '../../../src/config/load.js';
import { configuration, HaproxyPeer, haproxyPresent } from '../../support/haproxy.js';
import { rules, type RuleBench } from '../../support/rules.js';
import { EXPRESSIONS, FILES, REFUSED, VARIABLES } from './haproxy_cases.js';

const quoted = (text: string): string => `'${text.replace(/'/g, `'"'"'`)}'`;

const ruleFor = (expression: string, number: number): string =>
  `http-request return status 200 hdr x-value ${quoted(`<%[${expression}]>`)} if { req.hdr(x-number) ${number} }`;

const valueOf = (response: string): string | undefined => /\r\nx-value: <([^\r]*)>\r\n/.exec(response)?.[1];

describe('expressions in haproxy and here', () => {
  if (!haproxyPresent) {
    console.log('There is no haproxy on this machine: nothing to compare with.');
    test.skip('there is no haproxy on this machine', () => undefined);
    return;
  }
  const peer = new HaproxyPeer();
  const inPlace = (expressions: readonly string[]): string[] => expressions.map((expression) => expression.replaceAll('DIR', peer.directory));
  const expressions = inPlace(EXPRESSIONS);
  let bench: RuleBench;

  beforeAll(async () => {
    for (const [name, contents] of Object.entries(FILES)) peer.file(name, contents);
    const lines = [...VARIABLES, ...expressions.map(ruleFor)];
    bench = await rules(lines);
    await peer.start(lines);
  });

  afterAll(() => peer.stop());

  test(`${EXPRESSIONS.length} expressions give the same`, async () => {
    const theirs: string[] = [];
    const ours: string[] = [];
    for (const [number, expression] of expressions.entries()) {
      const request = `GET / HTTP/1.1\r\nHost: h\r\nx-number: ${number}\r\nConnection: close\r\n\r\n`;
      theirs.push(`${expression} = ${valueOf(await peer.ask(request))}`);
      ours.push(`${expression} = ${valueOf(bench.request(request).response ?? '')}`);
    }
    expect(ours.filter((line, i) => line !== theirs[i])).toEqual(theirs.filter((line, i) => line !== ours[i]));
  });

  test.each(REFUSED)('%s is refused by both', async (expression) => {
    const line = `http-request set-header x ${quoted(`%[${inPlace([expression])[0]}]`)}`;
    const { model } = await loadText(configuration([line], '127.0.0.1:8080'));
    expect([model === null, peer.refuses(line)]).toEqual([true, true]);
  });
});
