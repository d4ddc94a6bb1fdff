/** Actions that change lists of patterns: maps and files of ACLs. */
import type { Cursor } from '../../config/cursor.js';
import type { LogFormat, RuleFamily } from '../../config/model.js';
import { VERDICT_CONTINUE } from '../abi.js';
import type { PatternChange } from '../pattern/reference.js';
import type { Act, ActionRow, CompileEnv } from '../row.js';
import { wantedFormat } from './words.js';

interface Change {
  readonly file: string;
  readonly key: LogFormat;
  readonly value: LogFormat | null;
}

/** What a key, and a value where there is one, do to a list. `has`: the key is there. */
type Make = (key: string, value: string, has: boolean) => PatternChange | null;

function parseChange(cursor: Cursor, hasValue: boolean): Change | undefined {
  const file = /\((.*)\)$/.exec(cursor.keyword)?.[1] ?? '';
  const expects = `expects exactly ${hasValue ? 2 : 1} argument${hasValue ? 's' : ''}`;
  if (file === '') return cursor.error(cursor.keywordSpan, `'${cursor.keyword}' expects the name of a file in parentheses`);
  const key = wantedFormat(cursor, expects);
  const value = hasValue && key !== undefined ? wantedFormat(cursor, expects) : null;
  return key === undefined || value === undefined ? undefined : { file: file.replace(/^file@/, ''), key, value };
}

function compileChange({ file, key, value }: Change, make: Make, env: CompileEnv): Act {
  const list = env.patterns.find(file);
  const reference = env.patterns.all[list];
  const [readKey, readValue] = [env.logFormat(key, 'raw'), value === null ? () => '' : env.logFormat(value, 'raw')];
  return (tx) => {
    const name = readKey(tx);
    // As in haproxy: no key, nothing to change; a list that nothing looks into need not change.
    const change = name === '' || reference === undefined ? null : make(name, readValue(tx), reference.get(name).length > 0);
    if (change !== null) env.patterns.change(list, change);
    return VERDICT_CONTINUE;
  };
}

function row(name: string, families: readonly RuleFamily[], hasValue: boolean, doc: string, make: Make): ActionRow<Change> {
  return {
    name, families, final: false, doc,
    parse: (cursor) => parseChange(cursor, hasValue),
    compile: (data, env) => compileChange(data, make, env),
  };
}

const MAPS: readonly RuleFamily[] = ['http-request', 'http-response', 'http-after-response'];
const ACLS: readonly RuleFamily[] = ['http-request', 'http-response'];

export const patternActions: readonly ActionRow<Change>[] = [
  row('add-acl', ACLS, false, 'adds a pattern to a file of ACLs, in memory', (key, _value, has) => (has ? null : { op: 'add', key, value: '' })),
  row('del-acl', ACLS, false, 'takes a pattern out of a file of ACLs, in memory', (key) => ({ op: 'del', key })),
  row('set-map', MAPS, true, 'sets the value of a key of a map, or adds it, in memory', (key, value, has) => ({ op: has ? 'set' : 'add', key, value })),
  row('del-map', MAPS, false, 'takes a key out of a map, in memory', (key) => ({ op: 'del', key })),
];
