import {
  ADMIN_DRAIN, ADMIN_INHERITED_MAINT, ADMIN_MAINT, ADMIN_RESOLUTION_MAINT, OP_STOPPED, OP_STOPPING, PS_LISTENERS, PS_STATE, SRV_UP, SS_ADMIN, SS_LAST_CHANGE,
  SS_OP_STATE, SS_STATE, SS_THROTTLE, SS_USER_WEIGHT, SS_WEIGHT,
} from '../abi.js';
import { hasCode } from '../../backends/check/status.js';
import type { CheckReport } from '../../backends/check/report.js';
import { userWeight } from '../../backends/weight.js';
import type { Readings } from '../metric/readings.js';
import { listenerState } from './listening.js';
import { age, average, counter, gauge, limit, number, output, text, type FieldRow, type Read, type Source, type Value } from './field.js';

const LISTENING = ['OPEN', 'STOP', 'PAUSED'] as const;

/** The word for a frontend: is it listening? */
export function frontendStatus({ readings }: Source, proxy: number): string {
  if (readings.model.proxies[proxy]!.disabled) return 'STOP';
  return readings.proxy(proxy, PS_STATE) === 1 ? 'OPEN' : (LISTENING[readings.proxy(proxy, PS_LISTENERS)] ?? 'STOP') === 'STOP' ? 'STOP' : 'PAUSED';
}

/** The word for a server, with the progress of its checks: `UP 1/3`, `DOWN 1/2`, `MAINT (via b/s)`, `no check`. */
export function serverStatus(source: Source, server: number): string {
  const { readings } = source;
  const admin = readings.server(server, SS_ADMIN);
  const conf = readings.model.servers[server]!;
  if ((admin & ADMIN_MAINT) !== 0) {
    if ((admin & ADMIN_RESOLUTION_MAINT) !== 0) return 'MAINT (resolution)';
    return (admin & ADMIN_INHERITED_MAINT) !== 0 && conf.track !== null ? `MAINT (via ${pathOf(readings, conf.track)})` : 'MAINT';
  }
  const followed = conf.track === null ? server : rootOf(readings, server);
  const report = source.checks.health(followed);
  if (report === null && conf.track === null && conf.agent === null && conf.observe === null) return (admin & ADMIN_DRAIN) !== 0 ? 'DRAIN' : 'no check';
  const op = readings.server(server, SS_OP_STATE);
  const up = op !== OP_STOPPED;
  const word = (admin & ADMIN_DRAIN) !== 0 ? (up ? 'DRAIN' : 'DOWN') : op === OP_STOPPING ? 'NOLB' : up ? 'UP' : 'DOWN';
  return report === null ? word : `${word}${progress(report, up)}`;
}

/** ` 1/3` while checks are on the way to another state. */
function progress({ health, rise, fall }: CheckReport, up: boolean): string {
  if (up) return health >= rise + fall - 1 ? '' : ` ${health - rise + 1}/${fall}`;
  return health <= 0 ? '' : ` ${health}/${rise}`;
}

const pathOf = ({ model }: Readings, server: number): string => `${model.proxies[model.servers[server]!.proxy]!.name}/${model.servers[server]!.name}`;

function rootOf({ model }: Readings, server: number): number {
  let at = server;
  for (let track = model.servers[at]!.track; track !== null; track = model.servers[at]!.track) at = track;
  return at;
}

const upServers = (readings: Readings, proxy: number, backup: boolean): number =>
  readings.overServers(proxy, (v) => (readings.model.servers[v]!.backup === backup && readings.server(v, SS_STATE) === SRV_UP && readings.server(v, SS_WEIGHT) > 0 ? 1 : 0));

/** Sum over the servers that get traffic: the active ones, else the backups. */
function inUse(readings: Readings, proxy: number, read: (server: number) => number): number {
  const backup = upServers(readings, proxy, false) === 0;
  return readings.overServers(proxy, (v) => (readings.model.servers[v]!.backup === backup && readings.isUsable(v) ? read(v) : 0));
}

const isUp = ({ readings }: Source, proxy: number): boolean =>
  readings.model.proxies[proxy]!.servers.length === 0 || upServers(readings, proxy, false) + upServers(readings, proxy, true) > 0;

const checked = (read: Read): Read => (s, v) => (s.readings.model.servers[v]!.check === null ? null : read(s, v));
const seconds = (ms: number): number => Math.floor(ms / 1000);

/** Status, weights and how often it went down (columns status to qlimit). */
export const stateRows: readonly FieldRow[] = [
  text('status', 'Frontend/listen status: OPEN/WAITING/FULL/STOP; backend: UP/DOWN; server: last status', {
    frontend: frontendStatus, server: serverStatus, backend: (s, p) => (isUp(s, p) ? 'UP' : 'DOWN'),
    listener: ({ readings }, l) => listenerState(readings, l),
  }),
  average('weight', "Server's effective weight, or sum of active servers' effective weights for a backend", {
    server: ({ readings }, v) => userWeight(readings.server(v, SS_WEIGHT)),
    backend: ({ readings }, p) => inUse(readings, p, (v) => userWeight(readings.server(v, SS_WEIGHT))),
  }),
  gauge('act', 'Total number of active UP servers with a non-zero weight', {
    server: ({ readings }, v) => (readings.model.servers[v]!.backup ? 0 : 1), backend: ({ readings }, p) => upServers(readings, p, false),
  }),
  gauge('bck', 'Total number of backup UP servers with a non-zero weight', {
    server: ({ readings }, v) => (readings.model.servers[v]!.backup ? 1 : 0), backend: ({ readings }, p) => upServers(readings, p, true),
  }),
  counter('chkfail', 'Total number of failed individual health checks per server/backend, since the worker process started', { server: checked(({ checks }, v) => checks.failures[v] ?? 0) }),
  counter('chkdown', 'Total number of failed checks causing UP to DOWN server transitions, per server/backend, since the worker process started', {
    server: checked(({ states }, v) => states.servers.downs[v] ?? 0), backend: ({ states }, p) => states.backends.downs[p] ?? 0,
  }),
  age('lastchg', 'How long ago the last server state changed, in seconds', {
    server: ({ readings }, v) => Math.max(0, readings.secondsSince(readings.server(v, SS_LAST_CHANGE))),
    backend: ({ readings, states }, p) => readings.secondsSince(seconds(states.backends.changed[p] || readings.facts.startTime)),
  }),
  counter('downtime', 'Total time spent in DOWN state, for server or backend', {
    server: checked(({ states, readings }, v) => seconds(states.servers.downtime(v, readings.now()))),
    backend: ({ states, readings }, p) => seconds(states.backends.downtime(p, readings.now())),
  }),
  limit('qlimit', "Limit on the number of connections in queue, for servers only (maxqueue argument)", { server: ({ readings }, v) => readings.model.servers[v]!.maxqueue || null }),
].map((row) => (row.name === 'downtime' ? { ...row, type: 'u32' as const } : row));

export const throttleRow = average('throttle', 'Throttling ratio applied to a server during the slowstart period (0 to 100%)', {
  server: ({ readings }, v) => readings.server(v, SS_THROTTLE) || null,
});

export const trackedRow = text('tracked', 'Name of the other server this server tracks for its state', {
  server: ({ readings }, v) => (readings.model.servers[v]!.track === null ? null : pathOf(readings, readings.model.servers[v]!.track!)),
});

type Which = 'health' | 'agent';

/** A column out of the last report of a check; empty for servers without one. */
const reported = (which: Which, read: (report: CheckReport) => Value): Read => (s, v) => {
  const report = s.checks[which](v);
  return report === null || !report.enabled ? null : read(report);
};

const statusName = ({ status, running }: CheckReport): string => `${running ? '* ' : ''}${status.name}`;
const codeOf = ({ status, code }: CheckReport): Value => (hasCode(status) ? code : null);
/** Times belong to checks that came to something. */
const timeOf = ({ status, ms }: CheckReport): Value => (status.name === 'UNK' || status.name === 'INI' ? null : ms);

/** Result of the last check (columns check_status to check_duration), and of the last question to an agent. */
export const checkRows = (which: Which): readonly FieldRow[] => {
  const [prefix, what] = which === 'health' ? ['check', 'health check'] : ['agent', 'agent check'];
  return [
    { ...output(`${prefix}_status`, `Status report of the server's latest ${what}, prefixed with '*' if a check is currently in progress`, { server: reported(which, statusName) }), tags: 'MOS' },
    number(`${prefix}_code`, `Status code reported by the latest server ${what}`, { server: reported(which, codeOf) }),
    gauge(`${prefix}_duration`, `Total duration of the latest server ${what}, in milliseconds`, { server: reported(which, timeOf) }),
  ];
};

export const failedByTrafficRow = output('hanafail', 'Number of failed checks detected by observing traffic', { server: () => null });

export const lastTextRows: readonly FieldRow[] = [
  output('last_chk', 'Short description of the latest health check report for this server (see also check_desc)', { server: reported('health', ({ info }) => info || null) }),
  output('last_agt', 'Short description of the latest agent check report for this server (see also agent_desc)', { server: reported('agent', ({ info }) => info || null) }),
];

export const describedRows: readonly FieldRow[] = [
  output('check_desc', 'Textual description of the latest health check report for this server', { server: reported('health', ({ status }) => status.phrase) }),
  output('agent_desc', 'Textual description of the latest agent check report for this server', { server: reported('agent', ({ status }) => status.phrase) }),
];

/** rise, fall and health (columns check_rise to agent_health). */
export const riseRows: readonly FieldRow[] = (['health', 'agent'] as const).flatMap((which) => {
  const prefix = which === 'health' ? 'check' : 'agent';
  return [
    number(`${prefix}_rise`, `Number of successful ${which} checks before declaring a server UP (server 'rise' setting)`, { server: reported(which, ({ rise }) => rise) }),
    number(`${prefix}_fall`, `Number of failed ${which} checks before declaring a server DOWN (server 'fall' setting)`, { server: reported(which, ({ fall }) => fall) }),
    gauge(`${prefix}_health`, `Current ${which} check level (0..fall+rise-1)`, { server: reported(which, ({ health }) => health) }),
  ];
});

export const userWeightRow = average('uweight', "Server's user weight, or sum of active servers' user weights for a backend", {
  server: ({ readings }, v) => readings.server(v, SS_USER_WEIGHT), backend: ({ readings }, p) => inUse(readings, p, (v) => readings.server(v, SS_USER_WEIGHT)),
});

/** Aggregates that only the metrics exporter fills (columns agg_server_status to agg_check_status). */
export const aggregateRows: readonly FieldRow[] = ['agg_server_status', 'agg_server_check_status', 'agg_check_status'].map((name) =>
  gauge(name, "Backend's aggregated gauge of servers' status", { backend: () => 0 }));
