/** What follows `stick-table` in a proxy section and `table <name>` in a peers section (manual, section 11.1). */
import { COLUMNS, MOST_ELEMENTS, REPLACED, type ColumnRow } from '../../core/stick/column.js';
import type { Reference } from '../draft.js';
import type { Word } from '../source.js';
import { subspan } from '../source.js';
import type { StickColumn, StickKey, StickTable, StickTableDraft } from '../stick.js';
import { didYouMean } from '../suggest.js';
import { MAX_TIME, parseSize, parseTime } from '../units.js';
import type { Walk } from '../walk.js';

interface KeyRow {
  readonly key: StickKey;
  /** Bytes, unless `len` says otherwise. */
  readonly size: number;
  readonly hasLength: boolean;
}

const KEYS: Readonly<Record<string, KeyRow>> = {
  ip: { key: 'ip', size: 4, hasLength: false },
  ipv4: { key: 'ip', size: 4, hasLength: false },
  ipv6: { key: 'ipv6', size: 16, hasLength: false },
  integer: { key: 'integer', size: 4, hasLength: false },
  string: { key: 'string', size: 32, hasLength: true },
  binary: { key: 'binary', size: 32, hasLength: true },
};
const LONGEST_KEY = 4096;
const MOST_ENTRIES = 2 ** 31 - 1;
const MOST_FACTOR = 1024;

type Draft = { -readonly [K in keyof StickTable]?: StickTable[K] } & { columns: StickColumn[]; to: Reference | null; peers: Reference | null };
type Option = (walk: Walk, word: Word, draft: Draft) => void;

/** The next word; an error as HAProxy words it. */
function wanted(walk: Walk, option: Word): Word | undefined {
  return walk.next() ?? walk.error(option, `'${walk.keyword}' : missing argument after '${option.text}'`);
}

function readType(walk: Walk, option: Word, draft: Draft): void {
  const word = wanted(walk, option);
  if (word === undefined) return;
  const row = Object.hasOwn(KEYS, word.text) ? KEYS[word.text] : undefined;
  if (row === undefined) return walk.error(word, `'${walk.keyword}' : unknown type '${word.text}'`, didYouMean(word.text, Object.keys(KEYS)) ?? `Types are ${Object.keys(KEYS).join(', ')}.`);
  draft.key = row.key;
  draft.keySize = row.size;
  if (!row.hasLength || walk.peek()?.text !== 'len') return;
  const len = walk.next() as Word;
  const length = wanted(walk, len);
  if (length === undefined) return;
  const value = Number(length.text);
  if (/^[0-9]+$/.test(length.text) && value >= 1 && value <= LONGEST_KEY) draft.keySize = value;
  else walk.error(length, `'${walk.keyword}' : '${length.text}' is not a length`, `Write a number from 1 to ${LONGEST_KEY}.`);
}

function readSize(walk: Walk, option: Word, draft: Draft): void {
  const word = wanted(walk, option);
  if (word === undefined) return;
  const size = parseSize(word.text);
  if (typeof size !== 'number') walk.error(subspan(word, size.at, word.text.length), `'${walk.keyword}' : ${size.problem} in argument of 'size'`, size.advice);
  else if (size > MOST_ENTRIES) walk.error(word, `'${walk.keyword}' : size ${word.text} is too large`, `The most is ${MOST_ENTRIES}.`);
  else draft.size = size;
}

function readExpire(walk: Walk, option: Word, draft: Draft): void {
  const word = wanted(walk, option);
  if (word === undefined) return;
  const time = parseTime(word.text);
  if (typeof time === 'number') draft.expire = time;
  else if (time.problem === 'timer overflow')
    walk.error(word, `'${walk.keyword}' : timer overflow in argument <${word.text}> to <expire>, maximum value is ${MAX_TIME} ms (~24.8 days)`);
  else walk.error(subspan(word, time.at, word.text.length), `'${walk.keyword}' : ${time.problem} in argument of 'expire'`, time.advice);
}

function readFactor(walk: Walk, option: Word, draft: Draft): void {
  const word = wanted(walk, option);
  if (word === undefined) return;
  const value = Number(word.text);
  if (/^[0-9]+$/.test(word.text) && value >= 1 && value <= MOST_FACTOR) draft.bytesFactor = value;
  else walk.error(word, `'${walk.keyword}' : brates-factor must be greater than 0 and lower or equal to ${MOST_FACTOR}`);
}

function readServerKey(walk: Walk, option: Word, draft: Draft): void {
  const word = wanted(walk, option);
  if (word === undefined) return;
  if (word.text === 'name' || word.text === 'addr') draft.serverKey = word.text;
  else walk.error(word, `'${walk.keyword}' : unknown server key type '${word.text}'`, "Write 'name' or 'addr'.");
}

function readStore(walk: Walk, option: Word, draft: Draft): void {
  const word = wanted(walk, option);
  if (word === undefined) return;
  // Commas stand between data types, and between the arguments of one.
  let from = 0;
  for (const part of word.text.split(/,(?![^(]*\))/)) {
    const column = readColumn(walk, word, part, from);
    if (column === undefined) return;
    from += part.length + 1;
    const known = draft.columns.findIndex((other) => other.column === column.column);
    if (known === -1) draft.columns.push(column);
    else walk.warn(word, `'${walk.keyword}' : store option '${part}' already enabled, ignored`);
  }
}

function readColumn(walk: Walk, word: Word, text: string, from: number): StickColumn | undefined {
  const found = /^([^()]*)(?:\(([^()]*)\))?$/.exec(text);
  const name = found?.[1] ?? text;
  const row = COLUMNS.find((column) => column.name === name);
  const at = text === '' ? word : subspan(word, from, from + text.length);
  if (row === undefined) return walk.error(at, `'${walk.keyword}' : unknown store option '${name}'`, didYouMean(name, COLUMNS.map((column) => column.name)) ?? 'See the manual, section 11.1.');
  const args = found?.[2] === undefined || found[2] === '' ? [] : found[2].split(',').map((arg) => arg.trim());
  const needed = Number(row.array) + Number(row.rate);
  if (args.length > needed) return walk.error(at, `'${walk.keyword}' : unexpected argument to store option '${name}'`);
  if (args.length < needed) return walk.error(at, `'${walk.keyword}' : missing argument to store option '${name}'`, argumentsOf(row));
  const count = row.array ? Number(args[0]) : 1;
  if (!(Number.isInteger(count) && count >= 1 && count <= MOST_ELEMENTS))
    return walk.error(at, `'${walk.keyword}' : array size is out of allowed range (1-${MOST_ELEMENTS}) for store option '${name}'`);
  const period = row.rate ? parseTime(args[args.length - 1] as string) : 0;
  if (typeof period !== 'number' || (row.rate && period === 0))
    return walk.error(at, `'${walk.keyword}' : error when processing store option '${name}'`, 'The period is a time: 10s, 1m.');
  return { column: row.column, count, period };
}

function argumentsOf({ name, array, rate }: ColumnRow): string {
  return `Write ${name}(${[...(array ? ['<elements>'] : []), ...(rate ? ['<period>'] : [])].join(',')}).`;
}

const referenceTo = (field: 'to' | 'peers'): Option => (walk, option, draft) => {
  const word = wanted(walk, option);
  if (word !== undefined) draft[field] = { name: word.text, span: word.span };
};

const OPTIONS: Readonly<Record<string, Option>> = {
  type: readType,
  size: readSize,
  expire: readExpire,
  nopurge: (_walk, _word, draft) => {
    draft.nopurge = true;
  },
  'recv-only': (_walk, _word, draft) => {
    draft.recvOnly = true;
  },
  'write-to': referenceTo('to'),
  peers: referenceTo('peers'),
  srvkey: readServerKey,
  store: readStore,
  'brates-factor': readFactor,
};

/** Arrays take the names of single counters over: both in one table would be two counters of one name. */
function checkArrays(walk: Walk, columns: readonly StickColumn[]): void {
  const has = (column: number): boolean => columns.some((other) => other.column === column);
  for (const { array, by, columns: single, names } of REPLACED) {
    if (!has(array) || !single.some(has)) continue;
    walk.error(walk.keywordSpan, `'${walk.keyword}' : simultaneous usage of '${by}' and '${names}' in a same table is not permitted as '${by}' overrides '${names}'`);
  }
}

/** Reads the options of a table; undefined after an error. */
export function parseStickTable(walk: Walk, name: string, inPeers: boolean): StickTableDraft | undefined {
  const draft: Draft = { columns: [], to: null, peers: null };
  for (let word = walk.next(); word !== undefined && !walk.failed; word = walk.next()) {
    const option = Object.hasOwn(OPTIONS, word.text) && !(inPeers && word.text === 'peers') ? OPTIONS[word.text] : undefined;
    if (option === undefined) walk.error(word, `'${walk.keyword}' : unknown argument '${word.text}'`, didYouMean(word.text, Object.keys(OPTIONS)) ?? undefined);
    else option(walk, word, draft);
  }
  if (walk.failed) return undefined;
  const { key, keySize, size } = draft;
  if (size === undefined || size === 0) return walk.error(walk.keywordSpan, `'${walk.keyword}' : missing size`, "Add 'size <number>', the most entries.");
  if (key === undefined || keySize === undefined) return walk.error(walk.keywordSpan, `'${walk.keyword}' : missing type`, `Add 'type' and one of ${Object.keys(KEYS).join(', ')}.`);
  checkArrays(walk, draft.columns);
  if (walk.failed) return undefined;
  return {
    name, key, keySize, size, expire: draft.expire ?? 0, nopurge: draft.nopurge ?? false, recvOnly: draft.recvOnly ?? false, writeTo: draft.to,
    serverKey: draft.serverKey ?? 'name', bytesFactor: draft.bytesFactor ?? 1, columns: draft.columns.sort((a, b) => a.column - b.column),
    peers: draft.peers, proxy: inPeers ? null : walk.site.proxy, span: walk.keywordSpan,
  };
}

/** The arguments for the reference. */
export const STICK_TABLE_USAGE =
  'type { ip | ipv4 | ipv6 | integer | string [ len <length> ] | binary [ len <length> ] } size <size> [ expire <delay> ] [ nopurge ] [ recv-only ] [ write-to <table> ] [ srvkey { name | addr } ] [ store <data_type>[,...]* ]* [ brates-factor <factor> ]';
