import { FACT_BACKEND, FACT_COUNT, FACT_FLAGS, FACT_SERVER, FACT_SESSION } from '../../src/core/abi.js';
import { counterCells, stateCells } from '../../src/core/cells.js';
import { Tx } from '../../src/core/tx.js';
import type { Engine } from '../../src/core/addon.js';
import type { Check, Model, Proxy, Server } from '../../src/config/model.js';

export type ServerShape = Partial<Omit<Server, 'check'>> & { check?: Partial<Check> | null };
export type ProxyShape = Partial<Omit<Proxy, 'servers'>> & { servers?: ServerShape[] };

/** hash-type as it is unless set. */
export const HASH: Proxy['hash'] = { method: 'map-based', hash: 'sdbm', avalanche: false, balanceFactor: 0, preserveAffinity: 'always' };

const span = { source: 0, start: 0, end: 0 };
const ruleSets = {
  'tcp-request connection': [], 'tcp-request session': [], 'tcp-request content': [], 'tcp-response content': [],
  'http-request': [], 'http-response': [], 'http-after-response': [],
};

export function server(index: number, proxy: number, number: number, shape: ServerShape): Server {
  const address = shape.address ?? { kind: 'ip', family: 4, address: '127.0.0.1', port: 1 };
  return {
    index, proxy, name: `s${number}`, id: number, weight: 1, backup: false, disabled: false, maxconn: 0, minconn: 0, maxqueue: 0,
    cookie: null, redir: null, hashKey: 'id',
    sendProxy: 0, source: null, poolMaxConn: -1, maxReuse: -1, poolPurgeDelay: 5000, span, hostname: null, resolution: null, unresolved: false,
    slowstart: 0, guid: null, forcedId: false, referenced: false, saved: null, agent: null, rise: 2, track: null, observe: null, shutdownOnDown: false, shutdownBackups: false, initState: null, ...shape, address,
    check: shape.check == null ? null : { inter: 2000, fastinter: null, downinter: null, rise: 2, fall: 3, address: null, port: null, plan: null, sendProxy: 0, viaSocks4: false, ...shape.check },
  } as Server;
}

/** A Model of these proxies, with servers named s1, s2 …; everything not named has the configuration's default. */
export function model(...shapes: ProxyShape[]): Model {
  const servers: Server[] = [];
  const proxies = shapes.map((shape, index) => {
    const own = (shape.servers ?? []).map((s, i) => {
      servers.push(server(servers.length, index, i + 1, s));
      return servers.length - 1;
    });
    const kind = shape.kind ?? 'backend';
    return {
      index, name: kind === 'frontend' ? 'fe' : 'be', kind, isFrontend: kind !== 'backend', isBackend: kind !== 'frontend', span,
      mode: 'http', id: index + 2, forcedId: false, description: null, disabled: false, maxconn: 0, fullconn: 0, backlog: 0, retries: 3,
      timeouts: { connect: null, check: null }, options: { flags: [], connectionMode: 'http-keep-alive', reuse: 'safe', redispatch: 0 },
      listeners: [], checkPlan: null, email: null, balance: { algorithm: 'roundrobin', args: [] }, hash: HASH, cookie: null, dynamicCookieKey: null, persistRdpCookie: null, defaultBackend: null, useBackend: [], rules: ruleSets,
      source: null, errors: [], errorReplies: [], forwardFor: null, ...shape, servers: own,
    } as unknown as Proxy;
  });
  return {
    sources: [], proxies, servers, listeners: [], serverRows: servers.length, resolvers: [], checkPlans: [], mailers: [], stickTables: [], patternLists: [], logProfiles: [], rings: [], logForwards: [], userlists: [], certificates: [], jwt: { algorithms: [], encryptions: [] },
    global: {
      maxconn: 100, nbthread: 8, maxpipes: 25, node: 'n1', description: null, spreadChecks: 0, maxSpreadChecks: null, maxChecks: 0, externalCheck: 'no', insecureFork: false,
      tune: { bufsize: 16384, latencyBuckets: [10, 1000] },
    } as unknown as Model['global'],
  };
}

/** Pages of a Model outside the addon. */
export function pages(m: Model, workers = 1): { state: Int32Array; counters: BigUint64Array; rowCells: number; workers: number } {
  const rowCells = counterCells(m.proxies.length, m.servers.length, m.listeners.length);
  return {
    state: new Int32Array(stateCells(m.proxies.length, m.servers.length, m.listeners.length, workers)),
    counters: new BigUint64Array(rowCells * workers), rowCells, workers,
  };
}

/** A worker's row as 32-bit halves. */
export function halves(p: ReturnType<typeof pages>, worker: number): Uint32Array {
  return new Uint32Array(p.counters.buffer, worker * p.rowCells * 8, p.rowCells * 2);
}

/** A Tx outside the engine, with the facts that a choice of a server reads. */
export function tx(facts: { session?: number; backend?: number; flags?: number; server?: number } = {}): Tx {
  const made = new Tx(new ArrayBuffer(FACT_COUNT * 4));
  made.facts[FACT_SESSION] = facts.session ?? 0;
  made.facts[FACT_BACKEND] = facts.backend ?? 0;
  made.facts[FACT_FLAGS] = facts.flags ?? 0;
  made.facts[FACT_SERVER] = facts.server ?? -1;
  return made;
}

/** An engine that only notes what it is told to resume. */
export function recorder(): { engine: () => Engine; resumed: [session: number, verdict: number][] } {
  const resumed: [number, number][] = [];
  const engine = { resume: (session: number, verdict: number) => void resumed.push([session, verdict]), passSlotOn: () => undefined } as unknown as Engine;
  return { engine: () => engine, resumed };
}
