import { EVERYTHING, subjects, type Selection } from '../statistics/subjects.js';
import type { Source } from '../statistics/field.js';
import { csvHead, csvLine, jsonObject, jsonValue, typedLine, typedLines } from '../statistics/format.js';
import { infoRows, type InfoRow } from '../statistics/info.js';
import type { Call, CommandRow } from './row.js';
import type { Runtime } from './runtime.js';

const FRONTENDS = 1;
const BACKENDS = 2;
const SERVERS = 4;
const LISTENERS = 8;

export const sourceOf = ({ readings, checks, states, base }: Runtime): Source => ({ readings, checks, states, base });

/** `[{<iid>|<proxy>} <type> <sid>]`: three words select; anything else shows all. */
function selectionOf({ args, runtime }: Call): Selection {
  const servers = args.includes('up') ? 'up' : args.includes('no-maint') ? 'no-maint' : 'all';
  const [first, type, sid] = args[0] === 'domain' ? args.slice(2) : args;
  if (first === undefined || type === undefined || sid === undefined || !/^-?\d+$/.test(type) || !/^-?\d+$/.test(sid)) return { ...EVERYTHING, servers };
  const { proxies } = runtime.model;
  const number = /^-?\d+$/.test(first) ? Number(first) : null;
  const found = proxies.find((proxy) => (number === null ? proxy.name === first : proxy.id === number));
  const bits = Number(type);
  return {
    proxy: number === -1 ? null : (found?.index ?? -1),
    kinds: { frontend: (bits & FRONTENDS) !== 0, backend: (bits & BACKENDS) !== 0, server: (bits & SERVERS) !== 0, listener: (bits & LISTENERS) !== 0 },
    id: Number(sid) === -1 ? null : Number(sid),
    servers,
  };
}

function* showStat(call: Call): Generator<string> {
  const source = sourceOf(call.runtime);
  const chosen = subjects(source, selectionOf(call));
  if (call.args.includes('json')) {
    let before = '[';
    for (const subject of chosen) {
      yield before + jsonObject(source, subject);
      before = ',';
    }
    yield before === '[' ? '[]\n' : ']\n';
  } else if (call.args.includes('typed')) {
    const describe = call.args.includes('desc');
    for (const subject of chosen) yield typedLines(source, subject, describe);
  } else {
    yield csvHead();
    for (const subject of chosen) yield csvLine(source, subject);
  }
}

function* showInfo({ args, runtime: { readings } }: Call): Generator<string> {
  const describe = args.includes('desc');
  const values = infoRows.map((row): readonly [InfoRow, number, number | string] => [row, infoRows.indexOf(row), row.read(readings)]);
  if (args.includes('json')) yield `${JSON.stringify(values.map(([row, at, value]) => jsonValue(row, at, value)))}\n`;
  else if (args.includes('typed')) for (const [row, at, value] of values) yield typedLine(row, at, value, describe);
  else for (const [row, , value] of values) yield `${row.name}: ${value}${describe ? `:"${row.doc}"` : ''}\n`;
}

/** `show info`, `show stat` and what resets them (management guide, 9.3). */
export const statisticsRows: readonly CommandRow[] = [
  {
    words: 'show info',
    usage: '[desc|json|typed|float]*',
    doc: 'report information about the running process',
    level: 'user',
    run: showInfo,
  },
  {
    words: 'show stat',
    usage: '[desc|json|no-maint|typed|up]*',
    doc: 'report counters for each proxy and server',
    level: 'user',
    run: showStat,
  },
  {
    words: 'clear counters',
    doc: 'clear max statistics counters',
    level: 'operator',
    run({ runtime }) {
      runtime.base.clearMaxima();
      return '';
    },
  },
  {
    words: 'clear counters all',
    doc: 'clear all statistics counters',
    level: 'admin',
    run({ runtime }) {
      runtime.base.clearAll();
      return '';
    },
  },
];
