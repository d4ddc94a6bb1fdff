import type { StickTable } from '../../config/stick.js';
import { dataPlace, entryLine, OPERATORS, tableLine, type DataPlace, type EntryName, type Filter, type Operator } from '../stick/index.js';
import { failure, type Answer, type Call, type CommandRow } from './row.js';

type TableCall = Call & { readonly table: StickTable; readonly words: readonly string[] };

const MOST_FILTERS = 4;
const INTEGER = /^-?\d+$/;

/** What is wrong with a `data.<type>`, in HAProxy's words. */
const PROBLEMS = { unknown: 'Unknown data type', 'not stored': 'Data type not stored in this table' } as const;

function onTable(usage: string, run: (call: TableCall) => Answer): CommandRow['run'] {
  return (call) => {
    const [name, ...words] = call.args;
    if (name === undefined) return failure(usage);
    const table = call.runtime.sticks.find(name);
    return table === undefined ? failure('No such table') : run({ ...call, table, words });
  };
}

/** `data.<type> <operator> <value>`, several times; or what is wrong with it. */
function filtersOf(table: StickTable, words: readonly string[]): Filter[] | string {
  const filters: Filter[] = [];
  for (let at = 0; at < words.length && words[at]!.startsWith('data.'); at += 3) {
    const number = filters.length + 1;
    if (number > MOST_FILTERS) return `Too many filter entries (${MOST_FILTERS} max)`;
    const place = dataPlace(table, words[at]!.slice('data.'.length));
    if ('problem' in place) return `Filter entry #${number}: ${PROBLEMS[place.problem]}`;
    const operator = OPERATORS.find((one) => one === words[at + 1]);
    if (operator === undefined) return `Filter entry #${number}: Require and operator among "eq", "ne", "le", "ge", "lt", "gt"`;
    if (!INTEGER.test(words[at + 2] ?? '')) return `Filter entry #${number}: Require a valid integer value to compare against`;
    filters.push({ place, operator: operator as Operator, value: Number(words[at + 2]) });
  }
  return filters;
}

/** `key <key>`, or `ptr <address>` as `show table` prints it. */
function entryOf(words: readonly string[]): EntryName | string {
  const [kind, word] = words;
  if (kind === 'ptr') return word !== undefined && /^0x[0-9a-f]+$/i.test(word) ? { address: Number(word) } : 'Pointer value expected';
  return word === undefined ? 'Key value expected' : { key: word };
}

const namesEntry = (words: readonly string[]): boolean => words[0] === 'key' || words[0] === 'ptr';

function* showEntries({ runtime: { sticks }, table }: TableCall, filters: readonly Filter[]): Generator<string> {
  yield `${tableLine(table, sticks.used(table.index))}\n`;
  let from = 0;
  do {
    const { next, entries } = sticks.page(table, from, filters);
    for (const entry of entries) yield `${entryLine(table, entry, (number) => sticks.serverName(number))}\n`;
    from = next;
  } while (from !== 0);
}

function showTable(call: TableCall): Answer {
  const { runtime: { sticks }, table, words } = call;
  if (namesEntry(words)) {
    const name = entryOf(words);
    if (typeof name === 'string') return failure(name);
    const entry = sticks.get(table, name);
    if (entry === undefined) return '';
    return `${tableLine(table, sticks.used(table.index))}\n${entryLine(table, entry, (number) => sticks.serverName(number))}\n`;
  }
  if (words.length > 0 && !words[0]!.startsWith('data.')) return failure('Optional argument only supports "data.<store_data_type>" <operator> <value> and key <key>');
  const filters = filtersOf(table, words);
  return typeof filters === 'string' ? failure(filters) : showEntries(call, filters);
}

function setTable({ runtime: { sticks }, table, words }: TableCall): Answer {
  if (words[0]?.startsWith('data.') === true) return failure('content-based lookup is only supported with the "show" and "clear" actions');
  if (!namesEntry(words)) return words.length === 0 ? '' : failure('Required arguments: <table> key <key> [data.<store_data_type> <value>]*');
  const name = entryOf(words);
  if (typeof name === 'string') return failure(name);
  const values: [DataPlace, number][] = [];
  for (let at = 2; at < words.length; at += 2) {
    const word = words[at]!;
    if (!word.startsWith('data.')) return failure(`"data.<type>" followed by a value expected`);
    const place = dataPlace(table, word.slice('data.'.length));
    if ('problem' in place) return failure(PROBLEMS[place.problem]);
    if (!INTEGER.test(words[at + 1] ?? '')) return failure('Require a valid integer value to store');
    values.push([place, Number(words[at + 1])]);
  }
  return sticks.set(table, name, values) ? '' : failure('Unable to allocate a new entry');
}

function clearTable({ runtime: { sticks }, table, words }: TableCall): Answer {
  if (namesEntry(words)) {
    const name = entryOf(words);
    if (typeof name === 'string') return failure(name);
    return sticks.remove(table, name) === 'tracked' ? failure('Entry currently in use, cannot remove') : '';
  }
  const filters = filtersOf(table, words);
  if (typeof filters === 'string') return failure(filters);
  let from = 0;
  do from = sticks.clearPage(table, from, filters).next;
  while (from !== 0);
  return '';
}

/** Stick tables (management guide, 9.3). */
export const tableRows: readonly CommandRow[] = [
  {
    words: 'show table',
    usage: '<table> [<filter>]*',
    doc: 'report table usage stats or dump this table\'s contents (filter: data/key)',
    level: 'operator',
    run: (call) => {
      if (call.args.length > 0) return onTable('', showTable)(call);
      return call.runtime.sticks.list().map(({ table, used }) => `${tableLine(table, used)}\n`);
    },
  },
  {
    words: 'set table',
    usage: '<table> key <k> [data.* <v>]*',
    doc: "update or create a table entry's data",
    level: 'admin',
    run: onTable('Required arguments: <table> key <key> [data.<store_data_type> <value>]*', setTable),
  },
  {
    words: 'clear table',
    usage: '<table> [<filter>]*',
    doc: 'remove an entry from a table (filter: data/key)',
    level: 'admin',
    run: onTable('Required arguments: <table> "data.<store_data_type>" <operator> <value> or <table> key <key>', clearTable),
  },
];
