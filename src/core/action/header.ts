import type { LogFormat } from '../../config/model.js';
import { expandGroups } from '../compile/regex.js';
import { elementEnd, trimmed } from '../fetch/list.js';
import type { ActionRow } from '../row.js';
import { authority } from '../target.js';
import { headerName, type HeaderName, type Tx } from '../tx.js';
import { rewritten } from './rewrite.js';
import { regexOf, wanted, wantedFormat, wantedName, wantedRegex } from './words.js';

const FAMILIES = ['http-request', 'http-response', 'http-after-response'] as const;

interface HeaderValue {
  readonly name: string;
  readonly value: LogFormat;
}

/** Removes every row of that name; false if an edit did not fit. */
export function removeAll(tx: Tx, name: HeaderName): boolean {
  for (let row = tx.nextHeader(name, 0); row >= 0; row = tx.nextHeader(name, row)) if (!tx.removeHeader(row)) return false;
  return true;
}

/** Removes every row whose name, in lower case, matches; false if an edit did not fit. */
export function removeMatching(tx: Tx, matches: (name: string) => boolean): boolean {
  let ok = true;
  for (let row = tx.nextHeader(null, 0); row >= 0 && ok;) {
    const gone = matches(tx.rowName(row).toLowerCase());
    if (gone) ok = tx.removeHeader(row);
    row = tx.nextHeader(null, gone ? row : row + 1);
  }
  return ok;
}

/** A Host that is changed changes the authority of an absolute target with it: they must not differ. */
function followHost(tx: Tx, name: string, value: string): boolean {
  if (name !== 'host' || tx.isResponse()) return true;
  const uri = tx.uri();
  const old = uri === undefined ? undefined : authority(uri);
  return old === undefined || old === value ? true : tx.setUri(uri!.replace(old, () => value));
}

const TWO = 'expects exactly 2 arguments';

function parseHeaderValue(cursor: Parameters<ActionRow['parse']>[0]): HeaderValue | undefined {
  const name = wantedName(cursor, TWO);
  const value = name === undefined ? undefined : wantedFormat(cursor, TWO);
  return name === undefined || value === undefined ? undefined : { name, value };
}

export const setHeader: ActionRow<HeaderValue> = {
  name: 'set-header', families: FAMILIES, final: false, doc: 'gives a header one value',
  parse: parseHeaderValue,
  compile({ name, value }, env) {
    const make = env.logFormat(value);
    const bytes = headerName(name);
    const done = rewritten(env);
    return (tx) => {
      const text = make(tx);
      return done(tx, followHost(tx, name, text) && removeAll(tx, bytes) && tx.addHeader(name, text));
    };
  },
};

export const addHeader: ActionRow<HeaderValue> = {
  name: 'add-header', families: FAMILIES, final: false, doc: 'adds a header after the last one',
  parse: parseHeaderValue,
  compile({ name, value }, env) {
    const make = env.logFormat(value);
    const done = rewritten(env);
    return (tx) => done(tx, tx.addHeader(name, make(tx)));
  },
};

export type NameMatch = 'str' | 'beg' | 'end' | 'sub' | 'reg';
interface DelHeader {
  readonly name: string;
  readonly method: NameMatch;
}

/** How a header's name, in lower case, is compared with what the rule says. */
export const MATCHES: Readonly<Record<NameMatch, (pattern: string) => (name: string) => boolean>> = {
  str: (pattern) => (name) => name === pattern.toLowerCase(),
  beg: (pattern) => (name) => name.startsWith(pattern.toLowerCase()),
  end: (pattern) => (name) => name.endsWith(pattern.toLowerCase()),
  sub: (pattern) => (name) => name.includes(pattern.toLowerCase()),
  reg(pattern) {
    const regex = regexOf(pattern, 'i');
    return (name) => regex.test(name);
  },
};

export const delHeader: ActionRow<DelHeader> = {
  name: 'del-header', families: FAMILIES, final: false, doc: 'removes all headers of a name, or whose names match',
  parse(cursor) {
    const word = wanted(cursor, 'expects at least 1 argument');
    if (word === undefined) return undefined;
    if (cursor.peek()?.text !== '-m') return { name: word.text, method: 'str' };
    const flag = cursor.next()!;
    const method = cursor.done() ? undefined : cursor.next();
    if (method === undefined) return cursor.error(flag, '-m flag expects exactly 1 argument', `Use one of ${Object.keys(MATCHES).join(', ')}.`);
    if (!Object.hasOwn(MATCHES, method.text)) {
      return cursor.error(method, `-m with unsupported matching method '${method.text}'`, `Use one of ${Object.keys(MATCHES).join(', ')}.`);
    }
    const name = word.text;
    if (method.text === 'reg' && regexOf(name).source === '(?!)') return cursor.error(word, `regex '${name}' is invalid`);
    return { name, method: method.text as NameMatch };
  },
  compile({ name, method }, env) {
    const done = rewritten(env);
    if (method === 'str') {
      const bytes = headerName(name);
      return (tx) => done(tx, removeAll(tx, bytes));
    }
    const matches = MATCHES[method](name);
    return (tx) => done(tx, removeMatching(tx, matches));
  },
};

interface Replacement {
  readonly name: string;
  readonly regex: string;
  readonly format: LogFormat;
}

const THREE = 'expects exactly 3 arguments';

/** Replaces every element between commas that matches; undefined if none does. */
function replaceElements(value: string, regex: RegExp, template: () => string): string | undefined {
  let out = '';
  let changed = false;
  for (let from = 0; from <= value.length;) {
    const end = elementEnd(value, from);
    const match = regex.exec(trimmed(value, from, end));
    if (match !== null) changed = true;
    out += (from > 0 ? ',' : '') + (match === null ? value.slice(from, end) : expandGroups(template(), match));
    from = end + 1;
  }
  return changed ? out : undefined;
}

function replaceWhole(value: string, regex: RegExp, template: () => string): string | undefined {
  const match = regex.exec(value);
  return match === null ? undefined : expandGroups(template(), match);
}

function replacing(name: string, doc: string, replace: typeof replaceWhole): ActionRow<Replacement> {
  return {
    name, families: FAMILIES, final: false, doc,
    parse(cursor) {
      const header = wantedName(cursor, THREE);
      const regex = header === undefined ? undefined : wantedRegex(cursor, THREE);
      const format = regex === undefined ? undefined : wantedFormat(cursor, THREE);
      return format === undefined ? undefined : { name: header!, regex: regex!, format };
    },
    compile(data, env) {
      const make = env.logFormat(data.format);
      const bytes = headerName(data.name);
      const regex = regexOf(data.regex);
      const done = rewritten(env);
      return (tx) => {
        let ok = true;
        for (let row = tx.nextHeader(bytes, 0); row >= 0 && ok; row = tx.nextHeader(bytes, row + 1)) {
          const replaced = replace(tx.rowValue(row), regex, () => make(tx));
          if (replaced !== undefined) ok = followHost(tx, data.name, replaced) && tx.replaceHeader(row, data.name, replaced);
        }
        return done(tx, ok);
      };
    },
  };
}

export const replaceHeader = replacing('replace-header', 'replaces whole values of a header that match', replaceWhole);
export const replaceValue = replacing('replace-value', 'replaces the elements of a header that match', replaceElements);
