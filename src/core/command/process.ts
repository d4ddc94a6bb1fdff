import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { writeStatsFile } from '../../backends/index.js';
import { serverTable } from '../../config/keyword/server/index.js';
import type { SocketAddress } from '../../config/model.js';
import {
  ABI, CW_ACCEPT_FAILED, CW_ACCEPTED, CW_BUSY_NS, CW_BYTES_IN, CW_BYTES_OUT, CW_CONNECTIONS_MADE, CW_CONNECTIONS_REUSED, CW_DECISION_NS, CW_DECISIONS, CW_EVENTS, CW_IDLE_DEAD,
  CW_IDLE_TAKEN_OVER, CW_LISTENER_PAUSED, CW_NO_MEMORY, CW_PASSES, CW_RATE_PAUSED, CW_REQUESTS, CW_SESSIONS, CW_SPLICE_NO_PIPE, PHASE_COUNT,
} from '../abi.js';
import { sum, type Readings } from '../metric/readings.js';
import { startupText } from '../print.js';
import { poolLines } from '../status.js';
import { failure, type Answer, type Call, type CommandRow } from './row.js';
import { heapMemory } from '../memory.js';

function socketText(address: SocketAddress): string {
  switch (address.kind) {
    case 'ip': return address.family === 6 ? `[${address.address}]:${address.port}` : `${address.address}:${address.port}`;
    case 'unix': return `unix@${address.path}`;
    case 'abstract': return `abns@${address.name}`;
    case 'fd': return `sockpair@${address.fd}`;
  }
}

const DECISION_PHASES = 16;
/** Names of the phases by their numbers. */
const PHASES = new Map(Object.entries(ABI).filter(([name, value]) => name.startsWith('PHASE_') && value < PHASE_COUNT).map(([name, value]) => [value, name.slice('PHASE_'.length).toLowerCase()]));
const phases = (readings: Readings, worker: number, first: number): number =>
  Array.from({ length: DECISION_PHASES }, (_, phase) => readings.worker(worker, first + phase)).reduce((all, one) => all + one, 0);
const cell = (which: number) => (readings: Readings, worker: number): number => readings.worker(worker, which);

/** Lines of `show activity`: what each worker has counted. `average`: the first column is the mean, else the sum. */
const ACTIVITY: readonly { readonly name: string; readonly average?: true; read(readings: Readings, worker: number): number }[] = [
  { name: 'loops', read: cell(CW_PASSES) },
  { name: 'poll_io', read: cell(CW_EVENTS) },
  { name: 'busy_ms', read: (readings, worker) => Math.floor(readings.worker(worker, CW_BUSY_NS) / 1e6) },
  { name: 'avg_loop_us', average: true, read: (readings, worker) => Math.round(readings.worker(worker, CW_BUSY_NS) / 1000 / Math.max(1, readings.worker(worker, CW_PASSES))) },
  { name: 'accepted', read: cell(CW_ACCEPTED) },
  { name: 'accept_failed', read: cell(CW_ACCEPT_FAILED) },
  { name: 'accq_full', read: cell(CW_LISTENER_PAUSED) },
  { name: 'rate_paused', read: cell(CW_RATE_PAUSED) },
  { name: 'sessions', read: cell(CW_SESSIONS) },
  { name: 'requests', read: cell(CW_REQUESTS) },
  { name: 'decisions', read: (readings, worker) => phases(readings, worker, CW_DECISIONS) },
  { name: 'avg_decision_ns', average: true, read: (readings, worker) => Math.round(phases(readings, worker, CW_DECISION_NS) / Math.max(1, phases(readings, worker, CW_DECISIONS))) },
  { name: 'connects', read: cell(CW_CONNECTIONS_MADE) },
  { name: 'conn_reused', read: cell(CW_CONNECTIONS_REUSED) },
  { name: 'conn_dead', read: cell(CW_IDLE_DEAD) },
  { name: 'fd_takeover', read: cell(CW_IDLE_TAKEN_OVER) },
  { name: 'bytes_in', read: cell(CW_BYTES_IN) },
  { name: 'bytes_out', read: cell(CW_BYTES_OUT) },
  { name: 'pipe_fail', read: cell(CW_SPLICE_NO_PIPE) },
  { name: 'pool_fail', read: cell(CW_NO_MEMORY) },
];

function showActivity({ args: [which = '-1'], runtime: { readings } }: Call): Answer {
  const { workers } = readings.pages;
  const thread = Number(which);
  if (!/^-?\d+$/.test(which) || thread < -1 || thread > workers) return failure(`Thread number expected between -1 and ${workers}.`);
  const all = Array.from({ length: workers }, (_, worker) => worker);
  const column = ({ read, average }: (typeof ACTIVITY)[number]): string => {
    const values = all.map((worker) => read(readings, worker));
    const total = values.reduce((one, other) => one + other, 0);
    const first = average === true ? Math.round(total / workers) : total;
    if (thread > 0) return String(values[thread - 1]);
    return thread === 0 || workers === 1 ? String(first) : `${first} [ ${values.join(' ')} ]`;
  };
  return [`thread_id: main (1..${workers})\n`, `date_now: ${(Date.now() / 1000).toFixed(6)}\n`, ...ACTIVITY.map((row) => `${row.name}: ${column(row)}\n`)];
}

async function showThreads({ runtime: { pool, readings } }: Call): Promise<Answer> {
  const { heapUsed, external } = heapMemory();
  const { utilization } = performance.eventLoopUtilization();
  const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
  const workers = await pool.question('activity');
  return [
    `* Thread 0 : main, busy=${percent(utilization)} heap=${heapUsed} external=${external}\n`,
    ...workers.map(({ busy, heap, external: own }, worker) =>
      `  Thread ${worker + 1} : worker, busy=${percent(busy)} heap=${heap} external=${own} loops=${readings.worker(worker, CW_PASSES)} decisions=${phases(readings, worker, CW_DECISIONS)}\n`),
  ];
}

/** Loaded objects and the addresses that they take up, from the memory map of the process. */
function* showLibs(): Generator<string> {
  const ranges = new Map<string, { low: number; high: number }>();
  for (const line of readFileSync('/proc/self/maps', 'latin1').split('\n')) {
    const [, low, high, path] = /^([0-9a-f]+)-([0-9a-f]+) .*? (\/.*)$/.exec(line) ?? [];
    if (path === undefined) continue;
    const known = ranges.get(path);
    if (known === undefined) ranges.set(path, { low: parseInt(low!, 16), high: parseInt(high!, 16) });
    else known.high = parseInt(high!, 16);
  }
  const hex = (n: number, width: number): string => `0x${n.toString(16).padStart(width, '0')}`;
  for (const [path, { low, high }] of ranges) yield `${hex(low, 12)}-${hex(high - 1, 12)} (${hex(high - low, 7)}) ${path}\n`;
}

const NUMBER = /^\d+$/;

/** Descriptors of the process and what they are, with the sessions that have them. */
async function showDescriptors({ args, runtime: { pool, model } }: Call): Promise<Answer> {
  const only = args.map((arg) => arg.replace(/^.*\//, '')).find((arg) => NUMBER.test(arg));
  const owners = new Map<number, string>();
  for (const rows of await pool.question('sessions')) {
    for (const { clientFd, serverFd, frontend, backend, server } of rows) {
      owners.set(clientFd, ` fe=${model.proxies[frontend]?.name ?? '<none>'}`);
      owners.set(serverFd, ` be=${model.proxies[backend]?.name ?? '<none>'} srv=${model.servers[server]?.name ?? '<none>'}`);
    }
  }
  const all = readdirSync('/proc/self/fd').map(Number).sort((a, b) => a - b);
  return all.filter((fd) => only === undefined || fd === Number(only)).flatMap((fd) => {
    try {
      return [`${String(fd).padStart(7)} : ${readlinkSync(`/proc/self/fd/${fd}`)}${owners.get(fd) ?? ''}\n`];
    } catch {
      return [];   // the one that the directory was read with
    }
  });
}

function showProfiling({ runtime: { readings } }: Call): Answer {
  const lines = Array.from({ length: DECISION_PHASES }, (_, phase) => ({
    name: PHASES.get(phase) ?? `phase ${phase}`, calls: sum(readings.pages, CW_DECISIONS + phase), ns: sum(readings.pages, CW_DECISION_NS + phase),
  })).filter(({ calls }) => calls > 0);
  const time = (ns: number): string => (ns < 1e3 ? `${Math.round(ns)}ns` : ns < 1e6 ? `${(ns / 1e3).toFixed(3)}us` : ns < 1e9 ? `${(ns / 1e6).toFixed(3)}ms` : `${(ns / 1e9).toFixed(3)}s`);
  return [
    'Per-task CPU profiling              : on            # decisions are always timed, one in 64\n', 'Memory usage profiling              : off           # see show threads\n', 'Tasks activity:\n',
    '  function                      calls   cpu_tot   cpu_avg   lat_tot   lat_avg\n',
    ...lines.map(({ name, calls, ns }) => `  ${name.padEnd(25)} ${String(calls).padStart(9)} ${time(ns).padStart(9)} ${time(ns / calls).padStart(9)}         -         -\n`),
  ];
}

const fixed = (words: string, doc: string, level: CommandRow['level'], text: string | readonly string[], usage?: string): CommandRow =>
  ({ words, doc, level, ...(usage === undefined ? {} : { usage }), run: () => text });

/** Facts about the process (management guide, 9.3). */
export const processRows: readonly CommandRow[] = [
  {
    words: 'show cli sockets', doc: 'dump list of cli sockets', level: 'operator',
    run: ({ runtime: { model } }) => ['# socket lvl processes\n', ...model.global.runtime.sockets.map(({ listener, level }) => `${socketText(listener.address)} ${level} all\n`)],
  },
  { words: 'show activity', usage: '[-1|0|thread_num]', doc: 'show per-thread activity stats (for support/developers)', level: 'operator', run: showActivity },
  { words: 'show threads', doc: 'show some threads debugging information', level: 'operator', run: showThreads },
  { words: 'show libs', doc: 'show loaded object files and libraries', level: 'operator', run: showLibs },
  { words: 'show pools', doc: 'report information about the memory pools usage', level: 'operator', run: ({ runtime: { readings } }) => poolLines(readings).map((line) => `${line}\n`) },
  { words: 'show fd', usage: '[num]', doc: 'dump list of file descriptors in use or a specific one', level: 'operator', run: showDescriptors },
  { words: 'show profiling', usage: '[<what>|<#lines>|<opts>]*', doc: 'show profiling state (all,status,tasks,memory)', level: 'user', run: showProfiling },
  {
    words: 'show tasks', doc: 'show running tasks', level: 'operator',
    run: ({ runtime: { readings } }) => [`Running tasks: 0 (${readings.pages.workers} threads)\n`, '  function                     places     %    lat_tot   lat_avg\n'],
  },
  fixed('show cache', 'show cache status', 'operator', ''),
  {
    words: 'show peers', usage: '[dict|-] [section]', doc: 'dump some information about all the peers or this peers section', level: 'operator',
    run: ({ args }) => (args.some((arg) => arg !== 'dict' && arg !== '-') ? failure('No such peers') : ''),
  },
  fixed('show trace', 'show live tracing state', 'operator', 'Supported trace sources and states (.=stopped, w=waiting, R=running) :\n', '[<source>]'),
  { words: 'show startup-logs', doc: 'report logs emitted during startup', level: 'user', run: () => startupText() },
  { words: 'echo', usage: '<text>', doc: 'print text to the output', level: 'user', run: ({ args }) => `${args.join(' ')}\n` },
  {
    words: 'dump stats-file', doc: 'dump stats for stats-file', level: 'admin',
    run: ({ runtime: { model, readings } }) => writeStatsFile(model, (which) => sum(readings.pages, which)),
  },
  {
    words: 'add server help', doc: 'list the keywords of added servers', level: 'admin',
    run: () => serverTable.candidates().filter((name) => !name.startsWith('no-')).map((name) => `${name}\n`),
  },
  {
    words: 'clear counters server', usage: '<bk>/<srv> [force]', doc: 'clear the statistics of one server', level: 'admin',
    run({ args: [path = ''], runtime: { base, control } }) {
      const server = control.find(path);
      if (typeof server === 'string') return failure(server);
      base.clearServer(server);
      return '';
    },
  },
];
