/** What stick tables hold for the client and for what is tracked (manual, 7.3.3). */
import { STICK_ABSENT, STICK_CONN_CNT, STICK_NOT_STORED } from '../abi.js';
import type { Arg } from '../../config/model.js';
import type { ArgRow, CompileEnv, Fetch, FetchRow } from '../row.js';
import { keyType, keyValue, keyWriter } from '../stick/key.js';
import { LAST_ELEMENT, measured, MEASURES, type Measure } from '../stick/measure.js';
import type { Tx } from '../tx.js';

const INDEX: ArgRow = { name: 'idx', type: 'int' };
const COUNTER: ArgRow = { name: 'ctr', type: 'int' };
/** Another table than the one that is tracked. */
const OTHER: ArgRow = { name: 'table', type: 'table', optional: true };
const OWN: ArgRow = { name: 'table', type: 'table', optional: true, own: true };
const FIXED = [0, 1, 2] as const;
const MOST_COUNTERS = 100;

function checkIndex(arg: Arg | undefined, at: number, last: number): { arg: number; problem: string } | null {
  return typeof arg === 'number' && arg >= 0 && arg <= last ? null : { arg: at, problem: `it must be a number from 0 to ${last}` };
}

/** Does to the tracked entry what the measure does. */
function onTracked(measure: Measure, slot: number, index: number, env: CompileEnv): Fetch {
  const { column, does } = measure;
  return (tx) => {
    const { tables } = env.sticks();
    const answer =
      does === 'read' ? tables.readTracked(tx.session, slot, column, index)
      : does === 'increase' ? tables.increaseTracked(tx.session, slot, column, index, 1)
      : tables.clearTracked(tx.session, slot, column, index);
    return measured(measure, answer, undefined);
  };
}

/** Does it to the entry of a table whose key `put` leaves in the buffer; `put` gives -1 if there is none, undefined for no sample. */
function onTable(measure: Measure, table: number, index: number, env: CompileEnv, put: (tx: Tx) => number | undefined): Fetch {
  const { column, does } = measure;
  return (tx) => {
    const length = put(tx);
    if (length === undefined) return undefined;
    if (length < 0) return 0;
    const { tables } = env.sticks();
    const answer =
      does === 'read' ? tables.read(table, length, column, index)
      : does === 'increase' ? tables.increase(table, length, column, index, 1)
      : tables.clear(table, length, column, index);
    return measured(measure, answer, 0);
  };
}

/** The key that is tracked, as one of another table. */
function trackedKeyFor(table: number, slot: number, env: CompileEnv): (tx: Tx) => number | undefined {
  const { stickTables } = env.model;
  const writers = stickTables.map((from) => keyWriter(stickTables[table]!, keyType(from)));
  return (tx) => {
    const { tables, keys } = env.sticks();
    const from = tables.trackedTable(tx.session, slot);
    if (from < 0 || tables.trackedKey(tx.session, slot) < 0) return undefined;
    return writers[from]!(keyValue(stickTables[from]!, keys), keys);
  };
}

function compileCounter(measure: Measure, slot: number, index: number, other: Arg | undefined, env: CompileEnv): Fetch {
  if (typeof other !== 'number') return onTracked(measure, slot, index, env);
  return onTable(measure, other, index, env, trackedKeyFor(other, slot, env));
}

function counterFetches(measure: Measure): FetchRow[] {
  const { name, indexed, doc } = measure;
  const at = indexed === true ? 1 : 0;
  const general: FetchRow = {
    name: `sc_${name}`, args: [...(indexed === true ? [INDEX] : []), COUNTER, OTHER], out: 'int', needs: 'client', doc: `the tracked entry's ${doc}`,
    check: (args) => (indexed === true ? checkIndex(args[0], 1, LAST_ELEMENT) : null) ?? checkIndex(args[at], at + 1, MOST_COUNTERS - 1),
    compile: (args, env) => compileCounter(measure, args[at] as number, indexed === true ? (args[0] as number) : 0, args[at + 1], env),
  };
  if (indexed === true) return [general];
  const fixed = FIXED.map((slot): FetchRow => ({
    name: `sc${slot}_${name}`, args: [OTHER], out: 'int', needs: 'client', doc: `as sc_${name}(${slot})`,
    compile: (args, env) => compileCounter(measure, slot, 0, args[0], env),
  }));
  return [general, ...fixed];
}

/** The client's address as a key. */
function sourceKeyFor(table: number, env: CompileEnv): (tx: Tx) => number | undefined {
  const put = keyWriter(env.model.stickTables[table]!, 'addr');
  return (tx) => {
    const source = tx.src();
    const length = source === undefined ? -1 : put(source, env.sticks().keys);
    return length < 0 ? undefined : length;
  };
}

function sourceFetch(measure: Measure): FetchRow {
  const { name, indexed, doc } = measure;
  const at = indexed === true ? 1 : 0;
  return {
    name: `src_${name}`, args: [...(indexed === true ? [INDEX] : []), OWN], out: 'int', needs: 'client', doc: `of the entry of the client's address: ${doc}`,
    check: (args) => (indexed === true ? checkIndex(args[0], 1, LAST_ELEMENT) : null),
    compile(args, env) {
      const table = args[at] as number;
      return onTable(measure, table, indexed === true ? (args[0] as number) : 0, env, sourceKeyFor(table, env));
    },
  };
}

const updateConnections: FetchRow = {
  name: 'src_updt_conn_cnt', args: [OWN], out: 'int', needs: 'client', doc: "counts a connection in the entry of the client's address, and gives the number",
  compile([table], env) {
    const put = sourceKeyFor(table as number, env);
    const { columns } = env.model.stickTables[table as number]!;
    if (columns.every(({ column }) => column !== STICK_CONN_CNT)) return () => undefined;
    return (tx) => {
      const length = put(tx);
      const count = length === undefined ? STICK_NOT_STORED : env.sticks().tables.increase(table as number, length, STICK_CONN_CNT, 0, 1);
      return count < 0 ? undefined : count;
    };
  },
};

/** One about a counter as such: `sc_tracked(0)` and `sc0_tracked`. */
function plainFetches(name: string, args: readonly ArgRow[], out: FetchRow['out'], doc: string, make: (slot: number, env: CompileEnv) => Fetch): FetchRow[] {
  return [
    { name: `sc_${name}`, args: [COUNTER, ...args], out, needs: 'client', doc, check: (given) => checkIndex(given[0], 1, MOST_COUNTERS - 1), compile: ([slot], env) => make(slot as number, env) },
    ...FIXED.map((slot): FetchRow => ({ name: `sc${slot}_${name}`, args, out, needs: 'client', doc: `as sc_${name}(${slot})`, compile: (_args, env) => make(slot, env) })),
  ];
}

/** Of the table as a whole. */
function tableFetch(name: string, doc: string, count: (used: number, size: number) => number): FetchRow {
  return {
    name, args: [OWN], out: 'int', needs: 'nothing', doc,
    compile([table], env) {
      const { size } = env.model.stickTables[table as number]!;
      return () => count(env.sticks().tables.used(table as number), size);
    },
  };
}

export const stickFetches: readonly FetchRow[] = [
  ...MEASURES.flatMap(counterFetches),
  ...plainFetches('tracked', [OTHER], 'bool', 'true if something is tracked there', (slot, env) => (tx) => env.sticks().tables.trackedTable(tx.session, slot) !== STICK_ABSENT),
  ...plainFetches('key', [], 'any', 'the key that is tracked there', (slot, env) => (tx) => {
    const { tables, keys } = env.sticks();
    const table = tables.trackedTable(tx.session, slot);
    return table < 0 || tables.trackedKey(tx.session, slot) < 0 ? undefined : keyValue(env.model.stickTables[table]!, keys);
  }),
  ...MEASURES.filter(({ noSource }) => noSource !== true).map(sourceFetch),
  updateConnections,
  tableFetch('table_cnt', 'number of entries of a table', (used) => used),
  tableFetch('table_avl', 'number of entries that a table has room for', (used, size) => Math.max(0, size - used)),
];
