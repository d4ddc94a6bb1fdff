import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, jest, test } from '@jest/globals';
import { loadText } from '../../../src/config/load.js';
import { evaluate, rules } from '../../support/rules.js';

/** What haproxy 2.6 does not have, or has otherwise: the manual of 3.x, the specifications, and known values. */

const directory = mkdtempSync(join(tmpdir(), 'convert-'));
afterAll(() => rmSync(directory, { recursive: true }));
const file = (name: string, contents: string): string => {
  writeFileSync(join(directory, name), contents, 'latin1');
  return join(directory, name);
};

const words = file('words.map', 'a first\nabc second\n# none\n');
const numbers = file('numbers.map', '10:20 5\n7 9007199254740993\n');

test.each<readonly [string, string | undefined]>([
  [`str(abcd),map_beg_key(${words})`, 'abc'], [`str(x),map_beg_key(${words})`, undefined], [`str(a),map_str_key(file@${words})`, 'a'], [`int(15),map_int_key(${numbers})`, '10:20'], [`int(7),map_int_int(${numbers}),add(1)`, '9007199254740994'],
  [`str(a),map(opt@${directory}/none.map,gone)`, 'gone'], ['str(a),map(virt@any,empty)', 'empty'],
  ['str("{\\"a\\":[1, \\"b\\",{\\"c\\":3}]}"),json_query("$.a")', '[1, "b",{"c":3}]'], ['str("{\\"a\\":\\"x\\\\u20ac\\\\/\\"}"),json_query("$.a"),hex', '78E282AC2F'], ['str("{\\"a\\":9007199254740993}"),json_query("$.a","int")', undefined],
  ['str(),xxh32', '46947589'], ['str(),xxh64', '-1205034819632174695'], ['str(),xxh3', '3244421341483603138'], ['str(abc),xxh64', '4952883123889572249'],
  ['bin(1d000020c0),protobuf(1)', undefined], ['bin(1d000020c0),protobuf(3,float)', '-2'], ['bin(0a027f07),protobuf(1)', '%7F%07'], ['int(9223372036854775807),sub(-1)', '9223372036854775807'], ['int(-5),sub(9223372036854775807)', '-9223372036854775808'],
  ['bin(41004242),length', '1'], ['bin(41004242),hex', '41004242'], ['src,ipmask(255.0.255.0)', '192.0.2.0'],
])('%s', async (expression, value) => {
  expect(await evaluate([`%[${expression}]`], 'GET / HTTP/1.1\nHost: h\n\n')).toEqual([value]);
});

describe('maps', () => {
  test('a file is one object in the Model, however often it is named', async () => {
    const { model } = await rules([`http-request set-header a %[src,map_str(${words})]`, `http-request set-header b %[path,map_beg(${words})]`]);
    const found: unknown[] = [];
    JSON.stringify(model, (_key, value: unknown) => {
      if (typeof value === 'object' && value !== null && 'file' in value && 'text' in value) found.push(value);
      return typeof value === 'bigint' ? String(value) : value;
    });
    expect(found).toHaveLength(3);
    expect(new Set(found).size).toBe(1);
  });

  test('what is wrong in a file is said with its line', async () => {
    const bad = file('bad.map', '1 one\n\nx two\n');
    const { diagnostics } = await loadText(`defaults\n mode http\nfrontend f\n bind :1\n http-request set-header x %[int(1),map_int(${bad})]\n`);
    const [alert] = diagnostics.filter(({ severity }) => severity === 'alert');
    expect(alert?.summary).toBe(`invalid arg 1 in converter 'map_int' : 'x' is not a number at line 3 of file '${bad}'`);
  });
});

test('debug writes type and value', async () => {
  const write = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
  try {
    const made = await rules(["http-request return hdr x '%[path,debug(p,stderr),length,debug(n,stderr),debug(quiet)]'"]);
    expect(made.request('GET /ab HTTP/1.1\nHost: h\n\n').response).toContain('x: 3\r\n');
    expect(write.mock.calls.map(([bytes]) => String(bytes))).toEqual(['[debug] p: type=str </ab>\n', '[debug] n: type=sint <3>\n']);
  } finally {
    write.mockRestore();
  }
});
