import type { Arg } from '../../config/model.js';
import { parseIp } from '../ip.js';
import type { ArgRow, CompileEnv, Fetch, FetchRow, Needs, SampleType, Value } from '../row.js';
import { headerName, type HeaderName, type Tx } from '../tx.js';
import { looseInt } from './decimal.js';
import { elementEnd, trimmed } from './list.js';

type Has = (tx: Tx) => boolean;
/** How the values of the rows are cut: whole lines, or elements between commas. */
type Cut = 'full' | 'list';

const optionalName: ArgRow = { name: 'name', type: 'str', optional: true };
const occurrence: ArgRow = { name: 'occ', type: 'int', optional: true };

const nameOf = (arg: Arg | undefined): HeaderName | null => (arg === undefined || arg === null || arg === '' ? null : headerName(String(arg)));

/** The reach of a negative occurrence, as in the manual. */
const HISTORY = 10;

/** Calls visit for every value from the first on, until it says true. */
function walk(tx: Tx, name: HeaderName | null, cut: Cut, visit: (value: string) => boolean): boolean {
  for (let row = tx.nextHeader(name, 0); row >= 0; row = tx.nextHeader(name, row + 1)) {
    const value = tx.rowValue(row);
    if (cut === 'full' || !value.includes(',')) {
      if (visit(value)) return true;
      continue;
    }
    for (let from = 0; from <= value.length;) {
      const end = elementEnd(value, from);
      if (visit(trimmed(value, from, end))) return true;
      from = end + 1;
    }
  }
  return false;
}

/**
 * A header's only value, remembered for as long as the head stays as it is: many rules look at the same few headers. One for
 * each name, shared by all rules of a worker.
 */
class OnlyValue {
  private serial = -1;
  private text: string | null = null;

  constructor(private readonly name: HeaderName) {}

  /** The value if there is exactly one line and it is no list; null if it has to be walked. */
  read(tx: Tx): string | null {
    if (this.serial !== tx.serial) {
      this.serial = tx.serial;
      const row = tx.nextHeader(this.name, 0);
      const alone = row >= 0 && tx.nextHeader(this.name, row + 1) < 0;
      const value = alone ? tx.rowValue(row) : null;
      this.text = value === null || value.includes(',') ? null : value;
    }
    return this.text;
  }
}

const onlyValues = new WeakMap<CompileEnv, Map<string, OnlyValue>>();

function onlyValueOf(env: CompileEnv, name: HeaderName): OnlyValue {
  let byName = onlyValues.get(env);
  if (byName === undefined) onlyValues.set(env, (byName = new Map()));
  const key = Buffer.from(name).toString('latin1');
  let only = byName.get(key);
  if (only === undefined) byName.set(key, (only = new OnlyValue(name)));
  return only;
}

/** The n-th value, counted from 1, or from -1 backwards. */
function nth(tx: Tx, name: HeaderName | null, cut: Cut, wanted: number): string | undefined {
  let left = wanted;
  let found: string | undefined;
  if (wanted > 0) {
    walk(tx, name, cut, (value) => {
      if (--left > 0) return false;
      found = value;
      return true;
    });
    return found;
  }
  if (wanted === -1) return last(tx, name, cut);
  const all: string[] = [];
  walk(tx, name, cut, (value) => {
    all.push(value);
    return false;
  });
  return all[all.length + wanted];
}

/** The last value, found from the last row: no list is built. */
function last(tx: Tx, name: HeaderName | null, cut: Cut): string | undefined {
  let row = -1;
  for (let next = tx.nextHeader(name, 0); next >= 0; next = tx.nextHeader(name, next + 1)) row = next;
  if (row < 0) return undefined;
  const value = tx.rowValue(row);
  if (cut === 'full' || !value.includes(',')) return value;
  let from = 0;
  for (let end = elementEnd(value, 0); end < value.length; end = elementEnd(value, from)) from = end + 1;
  return trimmed(value, from, value.length);
}

function count(tx: Tx, name: HeaderName | null, cut: Cut): number {
  let total = 0;
  walk(tx, name, cut, () => {
    total++;
    return false;
  });
  return total;
}

/** What a header's value becomes: itself, an address, an integer. */
interface Kind {
  readonly suffix: string;
  readonly out: SampleType;
  readonly doc: string;
  readonly convert: (text: string) => Value | undefined;
}

const KINDS: readonly Kind[] = [
  { suffix: '', out: 'str', doc: 'value of a header', convert: (text) => text },
  { suffix: '_ip', out: 'addr', doc: 'address in a header', convert: headerIp },
  { suffix: '_val', out: 'int', doc: 'integer in a header', convert: looseInt },
];

/** An address alone, in brackets, or followed by a port. */
function headerIp(text: string): Value | undefined {
  const parts = /^\[([^\]]*)\](?::([0-9]+))?$/.exec(text) ?? /^([0-9.]+):([0-9]+)$/.exec(text);
  if (parts === null) return parseIp(text);
  return Number(parts[2] ?? 0) > 65535 ? undefined : parseIp(parts[1]!);
}

function valueRow(name: string, cut: Cut, kind: Kind, has: Has, needs: Needs): FetchRow {
  const which = cut === 'full' ? 'whole lines' : 'elements between commas';
  return {
    name: name + kind.suffix,
    args: [optionalName, occurrence],
    out: kind.out,
    needs,
    doc: `${kind.doc} (${which}); the last one unless an occurrence is given`,
    compile(args, env): Fetch {
      const header = nameOf(args[0]);
      const occ = Number(args[1] ?? 0);
      const wanted = occ === 0 ? -1 : occ;
      const only = header === null || Math.abs(wanted) !== 1 ? null : onlyValueOf(env, header);
      return (tx) => {
        if (!has(tx)) return undefined;
        const text = only?.read(tx) ?? nth(tx, header, cut, wanted);
        return text === undefined ? undefined : kind.convert(text);
      };
    },
    each(args, visit, env) {
      if (Number(args[1] ?? 0) !== 0) return undefined;
      const header = nameOf(args[0]);
      const only = header === null ? null : onlyValueOf(env, header);
      const look = (text: string, tx: Tx): boolean => {
        const value = kind.convert(text);
        return value !== undefined && visit(value, tx);
      };
      return (tx) => {
        if (!has(tx)) return false;
        const alone = only === null ? null : only.read(tx);
        return alone !== null ? look(alone, tx) : walk(tx, header, cut, (text) => look(text, tx));
      };
    },
    check: (args) => (Number(args[1] ?? 0) < -HISTORY ? { arg: 1, problem: `a negative occurrence must be >= ${-HISTORY}` } : null),
  };
}

function countRow(name: string, cut: Cut, has: Has, needs: Needs): FetchRow {
  return {
    name: `${name}_cnt`, args: [optionalName], out: 'int', needs, doc: `number of values of a header (${cut === 'full' ? 'lines' : 'elements'})`,
    compile(args): Fetch {
      const header = nameOf(args[0]);
      return (tx) => (has(tx) ? count(tx, header, cut) : undefined);
    },
  };
}

function namesRow(name: string, has: Has, needs: Needs): FetchRow {
  return {
    name: `${name}_names`, args: [{ name: 'delim', type: 'str', optional: true }], out: 'str', needs, doc: 'names of all headers, in lower case',
    compile(args): Fetch {
      const delimiter = String(args[0] ?? ',').charAt(0);
      return (tx) => {
        if (!has(tx)) return undefined;
        const names: string[] = [];
        for (let row = tx.nextHeader(null, 0); row >= 0; row = tx.nextHeader(null, row + 1)) names.push(tx.rowName(row).toLowerCase());
        return names.join(delimiter);
      };
    },
  };
}

function allRow(name: string, has: Has, needs: Needs): FetchRow {
  return {
    name: `${name}s`, args: [], out: 'str', needs, doc: 'all headers with the empty line after them',
    compile: () => (tx) => {
      if (!has(tx)) return undefined;
      let text = '';
      for (let row = tx.nextHeader(null, 0); row >= 0; row = tx.nextHeader(null, row + 1)) {
        text += `${tx.rowName(row).toLowerCase()}: ${tx.rowValue(row)}\r\n`;
      }
      return `${text}\r\n`;
    },
  };
}

/** A length as SPOE writes integers: below 240 one byte, else four bits in the first one and seven in each that follows. */
export function variableInt(value: number): string {
  if (value < 240) return String.fromCharCode(value);
  let text = String.fromCharCode((value & 15) | 240);
  let left = (value - 240) >>> 4;
  while (left >= 128) {
    text += String.fromCharCode((left & 127) | 128);
    left = (left - 128) >>> 7;
  }
  return text + String.fromCharCode(left);
}

const counted = (text: string): string => variableInt(text.length) + text;

function binaryRow(name: string, has: Has, needs: Needs): FetchRow {
  return {
    name: `${name}s_bin`, args: [], out: 'bin', needs, doc: 'all headers, names and values each after their length, then two empty ones',
    compile: () => (tx) => {
      if (!has(tx)) return undefined;
      let bin = '';
      for (let row = tx.nextHeader(null, 0); row >= 0; row = tx.nextHeader(null, row + 1)) {
        bin += counted(tx.rowName(row).toLowerCase()) + counted(tx.rowValue(row));
      }
      return { bin: `${bin}\0\0` };
    },
  };
}

function family(name: string, cut: Cut, has: Has, needs: Needs): FetchRow[] {
  const kinds = cut === 'full' ? KINDS.slice(0, 1) : KINDS;
  return [...kinds.map((kind) => valueRow(name, cut, kind, has, needs)), countRow(name, cut, has, needs)];
}

const request: Has = (tx) => tx.hasRequest();
const response: Has = (tx) => tx.hasResponse();
const any: Has = (tx) => tx.hasRequest() || tx.hasResponse();

export const headerFetches: readonly FetchRow[] = [
  ...family('hdr', 'list', any, 'request').map((row) => ({ ...row, orElse: 'response' as const })),
  ...family('req.hdr', 'list', request, 'request'),
  ...family('req.fhdr', 'full', request, 'request'),
  ...family('res.hdr', 'list', response, 'response'),
  ...family('res.fhdr', 'full', response, 'response'),
  ...family('shdr', 'list', response, 'response'),
  namesRow('req.hdr', request, 'request'),
  namesRow('res.hdr', response, 'response'),
  allRow('req.hdr', request, 'request'),
  allRow('res.hdr', response, 'response'),
  binaryRow('req.hdr', request, 'request'),
  binaryRow('res.hdr', response, 'response'),
];
