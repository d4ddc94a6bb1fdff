import { describe, expect, test } from '@jest/globals';
import { actions } from '../../src/core/action/index.js';
import { aliases } from '../../src/core/compile/alias.js';
import { matches } from '../../src/core/compile/match/index.js';
import { converters } from '../../src/core/convert/index.js';
import { fetches } from '../../src/core/fetch/index.js';
import { LOG_ALIASES } from '../../src/config/log_alias.js';
import { MATCH_METHODS } from '../../src/config/pattern.js';

describe.each([['fetches', fetches], ['converters', converters], ['actions', actions]])('%s', (_kind, rows) => {
  test('have names of their own and a line of documentation', () => {
    const names = rows.map((row) => row.name);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    for (const row of rows) expect(row.doc).toMatch(/^\S.{2,}[^.]$/);
  });
});

test('optional arguments come last', () => {
  for (const row of [...fetches, ...converters]) {
    const firstOptional = row.args.findIndex((arg) => arg.optional === true);
    if (firstOptional >= 0) expect([row.name, row.args.slice(firstOptional).every((arg) => arg.optional === true)]).toEqual([row.name, true]);
  }
});

test('the matching methods are those that the parser knows, on the same types', () => {
  expect(Object.entries(matches).map(([name, match]) => [name, match.on]).sort()).toEqual(MATCH_METHODS.map((method) => [method.name, method.on]).sort());
});

test('the aliases are known to the parser', () => {
  expect(Object.keys(aliases).filter((name) => !LOG_ALIASES.has(name))).toEqual([]);
});
