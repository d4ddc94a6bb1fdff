import { EVERYTHING, subjects, type Selection } from '../statistics/subjects.js';
import type { Source } from '../statistics/field.js';
import { csvHead, csvLine, jsonObject, jsonValue, typedLine, typedLines } from '../statistics/format.js';
import { infoRows, type InfoRow } from '../statistics/info.js';
import { nameserverLines } from '../statistics/resolvers.js';
import { schema } from '../statistics/schema.js';
import { failure, type Answer, type Call, type CommandRow } from './row.js';
import type { Runtime } from './runtime.js';

const FRONTENDS = 1;
const BACKENDS = 2;
const SERVERS = 4;
const LISTENERS = 8;

export const sourceOf = ({ readings, checks, states, base }: Runtime, legends = true): Source => ({ readings, checks, states, base, legends });

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

const DOMAINS = ['proxy', 'resolvers'] as const;

/** Name servers in their order, as `show stat domain resolvers` has them. */
function nameservers({ args, runtime }: Call): Generator<string> {
  const lines = runtime.resolver.sections.flatMap(({ name, servers }) => servers.map(({ conf, figures }) => ({ name: conf.name, section: name, figures })));
  return nameserverLines(lines, args.includes('json') ? 'json' : args.includes('typed') ? 'typed' : 'csv');
}

function showStat(call: Call): Answer {
  const [word, domain = ''] = call.args;
  if (word !== 'domain' || domain === DOMAINS[0]) return showProxies(call);
  return domain === DOMAINS[1] ? nameservers(call) : failure('Invalid statistics domain.');
}

function* showProxies(call: Call): Generator<string> {
  // Addresses and the like are not for everybody (management guide, 9.1).
  const source = sourceOf(call.runtime, call.client.level !== 'user');
  call.runtime.readings.sampler.averages();
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
    words: 'show schema json',
    doc: 'report schema used for stats',
    level: 'user',
    run: () => `${JSON.stringify(schema)}\n`,
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
