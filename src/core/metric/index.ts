/**
 * The metrics of the process in Prometheus' format: the names, labels and query arguments of HAProxy's exporter, and tsproxy_* beside
 * them. Counters live in the shared pages; a scrape reads them through a registry of prom-client made for it.
 */
import { SRV_MAINT, SS_STATE } from '../abi.js';
import type { PagesHandle } from '../addon.js';
import type { Limits } from '../limits.js';
import { revisionOf } from '../live_model.js';
import { version } from '../version.js';
import type { Model } from '../../config/model.js';
import { backendTable } from './backend.js';
import { listenerName } from '../statistics/listening.js';
import { escapeLabel, Family, type Targets } from './family.js';
import { TimesFamily } from './times_family.js';
import { frontendTable } from './frontend.js';
import { gcHistogram } from './gc.js';
import { TIMES } from './latency.js';
import { listenerTable } from './listener.js';
import { ownTable, workerTable } from './own.js';
import { processTable } from './process.js';
import { parseQuery, type MetricQuery } from './query.js';
import { resolverTable } from './resolver.js';
import { Readings, type CheckFacts, type ResolverFacts } from './readings.js';
import { PagesRegistry } from './registry.js';
import { gauge, type Scope, type ScopeTable } from './row.js';
import { startSampler, type Sampler } from './sampler.js';
import { stickTableTable } from './stick_table.js';
import { serverTable } from './server.js';

export interface MetricsParts {
  readonly model: Model;
  readonly pages: Pick<PagesHandle, 'state' | 'counters' | 'rowCells'>;
  readonly limits: Limits;
  /** ms since 1970. */
  readonly startTime: number;
  /** What the health checks have seen; absent: no checks run. */
  readonly checks?: CheckFacts;
  /** Name servers with their figures, by resolvers section. */
  readonly resolvers?: readonly ResolverFacts[];
  /** Entries of a stick table, by its number; absent: there are none. */
  readonly stickUsed?: (table: number) => number;
  /** A sampler that runs already; absent: one is started. */
  readonly sampler?: Sampler;
  /** ms since 1970, for tests. */
  readonly now?: () => number;
}

export interface ScrapeAnswer {
  readonly status: 200 | 400;
  readonly type: string;
  /** UTF-8. */
  readonly body: Uint8Array;
}

export interface Metrics {
  /** The answer to a scrape with this query string (without the question mark); 400 for an unknown scope. */
  scrape(query: string): Promise<ScrapeAnswer>;
  /** A garbage collection of a worker: its kind and duration in seconds. */
  observeGc(worker: number, kind: string, seconds: number): void;
}

/** All tables, in the order of the output. */
export const tables: readonly ScopeTable[] = [processTable, frontendTable, listenerTable, backendTable, serverTable, resolverTable, stickTableTable, ownTable, workerTable];

const BUILD_INFO = 'haproxy_process_build_info';
/** Read with the code: after a chroot the file is out of reach. */
const VERSION = version();

/** Labels of everything that has samples, made once per configuration. */
function targetsOf(readings: Readings, workers: number, nameservers: readonly string[], descriptions: boolean): Readonly<Record<Scope, Targets>> {
  const { proxies, servers, stickTables, listeners } = readings.model;
  const proxyLabel = proxies.map(({ name }) => `proxy="${escapeLabel(name)}"`);
  const described = (proxy: number): string => {
    const { description } = proxies[proxy]!;
    return descriptions && description !== null ? `,desc="${escapeLabel(description)}"` : '';
  };
  const of = (indices: readonly number[], label: (index: number) => string): Targets => ({ indices, labels: indices.map(label) });
  const sides = (side: 'isFrontend' | 'isBackend'): Targets => of(proxies.filter((p) => p[side]).map((p) => p.index), (p) => `${proxyLabel[p]!}${described(p)}`);
  const withStats = proxies.filter(({ options }) => options.flags.includes('socket-stats'));
  return {
    process: of([0], () => ''),
    resolver: of(nameservers.map((_, n) => n), (n) => nameservers[n]!),
    sticktable: of(stickTables.map(({ index }) => index), (t) => `name="${escapeLabel(stickTables[t]!.name)}",type="${stickTables[t]!.key}"`),
    worker: of(Array.from({ length: workers }, (_, w) => w), (w) => `worker="${w}"`),
    frontend: sides('isFrontend'),
    backend: sides('isBackend'),
    listener: of(withStats.flatMap((proxy) => proxy.listeners), (l) => `${proxyLabel[listeners[l]!.proxy]!},listener="${escapeLabel(listenerName(readings, l))}"${described(listeners[l]!.proxy)}`),
    server: of(proxies.flatMap((proxy) => proxy.servers), (s) => `${proxyLabel[servers[s]!.proxy]!},server="${escapeLabel(servers[s]!.name)}"${described(servers[s]!.proxy)}`),
  };
}

/** The servers that aren't in maintenance. */
function withoutMaint(all: Targets, readings: Readings): Targets {
  const kept = all.indices.filter((server) => readings.server(server, SS_STATE) !== SRV_MAINT);
  return { indices: kept, labels: kept.map((server) => all.labels[server]!) };
}

/** Makes the metrics of a running process. Main thread, once per configuration. */
export function createMetrics(parts: MetricsParts): Metrics {
  const { model, limits, startTime } = parts;
  const pages = {
    state: new Int32Array(parts.pages.state),
    counters: new BigUint64Array(parts.pages.counters),
    rowCells: parts.pages.rowCells,
    workers: model.global.nbthread,
  };
  const facts = { version: VERSION, startTime, ...limits };
  const sampler = parts.sampler ?? startSampler(model, pages).sampler;
  const readings = new Readings(model, pages, facts, sampler, parts.checks ?? null, parts.now);
  if (parts.stickUsed !== undefined) readings.stickUsed = parts.stickUsed;
  const nameservers = (parts.resolvers ?? []).flatMap(({ name, servers }) => servers.map(({ conf, figures }) => ({ figures, label: `resolver="${escapeLabel(name)}",nameserver="${escapeLabel(conf.name)}"` })));
  readings.nameservers = nameservers.map(({ figures }) => figures);
  const makeTargets = (descriptions = false): ReturnType<typeof targetsOf> => targetsOf(readings, pages.workers, nameservers.map(({ label }) => label), descriptions);
  let targets = makeTargets();
  let revision = revisionOf(model);
  const pauses = gcHistogram();
  const buckets = model.global.tune.latencyBuckets.length > 0;
  const buildInfo = gauge(BUILD_INFO, 'The version that runs: always 1.', () => 1, { by: { label: 'version', values: [facts.version] } });

  const registryFor = (query: MetricQuery): PagesRegistry => {
    // Servers have come or gone.
    if (revision !== revisionOf(model)) targets = makeTargets();
    revision = revisionOf(model);
    const all = query.descriptions ? makeTargets(true) : targets;
    const registry = new PagesRegistry();
    for (const { scope, rows, timed } of tables) {
      if (!query.scopes.has(scope)) continue;
      const about = scope === 'server' && query.noMaint ? withoutMaint(all.server, readings) : all[scope];
      if (about.indices.length === 0) continue;
      for (const row of rows) if (query.wants(row.name)) registry.add(new Family(row, readings, about));
      for (let time = 0; timed !== undefined && buckets && time < TIMES.length; time++) {
        const family = new TimesFamily(timed, time, readings, about);
        if (query.wants(family.name)) registry.add(family);
      }
      if (scope === 'process' && query.wants(BUILD_INFO) && registry.getSingleMetric(BUILD_INFO) === undefined) {
        registry.add(new Family(buildInfo, readings, targets.process));
      }
    }
    if (query.scopes.has('worker') && query.wants('tsproxy_gc_pause_seconds')) registry.registerMetric(pauses);
    return registry;
  };

  return {
    async scrape(query) {
      const wanted = parseQuery(query);
      if (wanted === null) return { status: 400, type: 'text/plain', body: Buffer.from('There is no such scope: process, frontend, listener, backend, server, resolver, sticktable or *.\n') };
      sampler.averages();
      const registry = registryFor(wanted);
      return { status: 200, type: registry.contentType, body: await registry.bytes() };
    },
    observeGc: (worker, kind, seconds) => pauses.observe({ worker: String(worker), kind }, seconds),
  };
}
