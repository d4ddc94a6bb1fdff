/** Actions on stick tables (manual, 4.4: track-sc0, sc-inc-gpc, sc-add-gpc, sc-set-gpt …). */
import type { Cursor } from '../../config/cursor.js';
import type { RuleFamily, SampleExpression } from '../../config/model.js';
import { PHASE_CONTENT, STICK_GPC, STICK_GPC0, STICK_GPC1, STICK_GPT, STICK_GPT0, VERDICT_CONTINUE, VERDICT_MORE } from '../abi.js';
import type { Act, ActionRow, CompileEnv } from '../row.js';
import { keyWriter } from '../stick/key.js';
import { LAST_ELEMENT } from '../stick/measure.js';

const TRACKING: readonly RuleFamily[] = ['tcp-request connection', 'tcp-request session', 'tcp-request content', 'http-request', 'http-response'];
const COUNTING: readonly RuleFamily[] = [...TRACKING, 'tcp-response content', 'http-after-response'];
const UINT32_MAX = 2 ** 32 - 1;

interface Track {
  readonly slot: number;
  readonly key: SampleExpression;
  readonly table: number;
}

/** The action's own word, `track-sc0` or `sc-inc-gpc(0,1)`. */
const wordOf = (cursor: Cursor): string => cursor.keyword.slice(cursor.keyword.lastIndexOf(' ') + 1);

function checkSlot(cursor: Cursor, text: string, summary: (last: number) => string): number | undefined {
  const last = cursor.stickCounters - 1;
  const slot = Number(text);
  if (/^[0-9]+$/.test(text) && slot <= last) return slot;
  return cursor.error(cursor.keywordSpan, summary(last), "The global setting 'tune.stick-counters' says how many there are.");
}

/** `track-scN <key> [ table <table> ]`. */
export const trackAction: ActionRow<Track> = {
  name: 'track-sc', families: TRACKING, final: false, doc: 'track-sc<N>: tracks the entry of a key in a stick table from now on, whose counters then follow what happens',
  parse(cursor) {
    const word = wordOf(cursor);
    const number = word.slice('track-sc'.length);
    const slot = checkSlot(cursor, number, (last) => (number === '' ? "missing track-sc number" : `${number} track-sc number exceeding ${last} (tune.stick-counters-1) value`));
    if (slot === undefined) return undefined;
    const expression = cursor.done() ? undefined : cursor.next();
    if (expression === undefined) return cursor.error(cursor.keywordSpan, 'missing fetch method', 'Write what the key is made of, such as src.');
    const key = cursor.expression(expression);
    if (key === undefined) return undefined;
    let name = null;
    if (!cursor.done() && cursor.peek()?.text === 'table') {
      const option = cursor.next()!;
      name = cursor.done() ? undefined : cursor.next();
      if (name === undefined) return cursor.error(option, 'missing table name');
    }
    const data = { slot, key, table: -1 };
    cursor.tableFor(word, key, name, (table) => {
      data.table = table;
    });
    return data;
  },
  compile({ slot, key, table }, env) {
    const { fetch, type } = env.sample(key);
    const put = keyWriter(env.model.stickTables[table]!, type);
    return (tx) => {
      tx.mayChange = false;
      const value = fetch(tx);
      // Bytes that may still come decide about the key.
      if (value === undefined) return tx.mayChange && tx.phase === PHASE_CONTENT ? VERDICT_MORE : VERDICT_CONTINUE;
      const { tables, keys } = env.sticks();
      const length = put(value, keys);
      if (length >= 0) tables.track(tx.session, tx.phase, slot, table, length);
      return VERDICT_CONTINUE;
    };
  },
};

interface Counter {
  readonly column: number;
  readonly index: number;
  readonly slot: number;
}

/** What stands in the parentheses: the counter, behind the number of an element where `what` names an array. */
function parseCounter(cursor: Cursor, what: 'gpc' | 'gpt' | null, column: number): Counter | undefined {
  const word = wordOf(cursor);
  const base = word.replace(/\(.*$/, '');
  const expects = what === null ? `${base}(<Track ID>)` : `${base}(<${what.toUpperCase()} ID>,<Track ID>)`;
  const args = /\((.*)\)$/.exec(word)?.[1]?.split(',').map((arg) => arg.trim()) ?? [];
  const [first = '', second] = args;
  if (what !== null && (args.length !== 2 || second === undefined)) return cursor.error(cursor.keywordSpan, `Missing ${what} ID '${word}'. Expects ${expects}`);
  if (what === null && args.length !== 1) return cursor.error(cursor.keywordSpan, `invalid stick table track ID. Expects ${expects}`);
  if (what !== null && !(/^[0-9]+$/.test(first) && Number(first) <= LAST_ELEMENT))
    return cursor.error(cursor.keywordSpan, `invalid ${what} ID '${first}'. The max allowed ID is ${LAST_ELEMENT}`);
  const id = what === null ? first : (second as string);
  if (!/^[0-9]+$/.test(id)) return cursor.error(cursor.keywordSpan, `invalid stick table track ID. Expects ${expects}`);
  const slot = checkSlot(cursor, id, (last) => `invalid stick table track ID '${word}'. The max allowed ID is ${last}`);
  return slot === undefined ? undefined : { column, index: what === null ? 0 : Number(first), slot };
}

function increment(name: string, what: 'gpc' | null, column: number, doc: string): ActionRow<Counter> {
  return {
    name, families: COUNTING, final: false, doc,
    parse: (cursor) => parseCounter(cursor, what, column),
    compile: ({ index, slot }, env) => (tx) => {
      env.sticks().tables.increaseTracked(tx.session, slot, column, index, 1);
      return VERDICT_CONTINUE;
    },
  };
}

interface Valued extends Counter {
  readonly value: number | SampleExpression;
}

/** A number, or an expression that gives one. */
function parseValue(cursor: Cursor, counter: Counter | undefined): Valued | undefined {
  if (counter === undefined) return undefined;
  const word = cursor.done() ? undefined : cursor.next();
  if (word === undefined) return cursor.error(cursor.keywordSpan, 'expects an integer or an expression', 'Write the value, or a sample that gives it.');
  if (/^[0-9]+$/.test(word.text)) {
    const value = Number(word.text);
    return value <= UINT32_MAX ? { ...counter, value } : cursor.error(word, `'${word.text}' is too large`, `The most is ${UINT32_MAX}.`);
  }
  const value = cursor.expression(word);
  return value === undefined ? undefined : { ...counter, value };
}

/** The value at run time, cut to 32 bits without sign; undefined: none. */
function compileValue(value: Valued['value'], env: CompileEnv): Parameters<typeof valueAct>[0] {
  if (typeof value === 'number') return () => value;
  const read = env.typed(value, 'int');
  return (tx) => {
    const number = read(tx);
    return number === undefined ? undefined : Number(BigInt.asUintN(32, BigInt(number as number)));
  };
}

function valueAct(read: (tx: Parameters<Act>[0]) => number | undefined, apply: (tx: Parameters<Act>[0], value: number) => void): Act {
  return (tx) => {
    const value = read(tx);
    if (value !== undefined) apply(tx, value);
    return VERDICT_CONTINUE;
  };
}

const addGpc: ActionRow<Valued> = {
  name: 'sc-add-gpc', families: COUNTING, final: false, doc: 'adds to an element of gpc of what is tracked, and to its rate',
  parse: (cursor) => parseValue(cursor, parseCounter(cursor, 'gpc', STICK_GPC)),
  compile: ({ index, slot, value }, env) =>
    valueAct(compileValue(value, env), (tx, by) => env.sticks().tables.increaseTracked(tx.session, slot, STICK_GPC, index, by)),
};

function setTag(name: string, what: 'gpt' | null, column: number, doc: string): ActionRow<Valued> {
  return {
    name, families: COUNTING, final: false, doc,
    parse: (cursor) => parseValue(cursor, parseCounter(cursor, what, column)),
    compile: ({ index, slot, value }, env) => valueAct(compileValue(value, env), (tx, tag) => env.sticks().tables.writeTracked(tx.session, slot, column, index, tag)),
  };
}

export const stickActions = [
  trackAction,
  increment('sc-inc-gpc', 'gpc', STICK_GPC, 'adds one to an element of gpc of what is tracked, and to its rate'),
  increment('sc-inc-gpc0', null, STICK_GPC0, 'adds one to gpc0 of what is tracked, and to its rate'),
  increment('sc-inc-gpc1', null, STICK_GPC1, 'adds one to gpc1 of what is tracked, and to its rate'),
  addGpc,
  setTag('sc-set-gpt', 'gpt', STICK_GPT, 'sets an element of gpt of what is tracked'),
  setTag('sc-set-gpt0', null, STICK_GPT0, 'sets gpt0 of what is tracked'),
] as readonly ActionRow[];
