import {
  CB_BYTES_IN, CB_BYTES_OUT, CB_CLIENT_ABORTS, CB_CONN_ERRORS, CB_CONNECTS, CB_INTERNAL_ERRORS, CB_LB_TOTAL, CB_REDISPATCHES, CB_REQ_DENIED, CB_REQUESTS,
  CB_RESP_1XX, CB_RESP_2XX, CB_RESP_3XX, CB_RESP_4XX, CB_RESP_5XX, CB_RESP_DENIED, CB_RESP_ERRORS, CB_RESP_OTHER, CB_RETRIES, CB_REUSES, CB_REWRITE_FAILED,
  CB_SERVER_ABORTS, CB_SESSIONS, CF_BYTES_IN, CF_BYTES_OUT, CF_CONN_DENIED, CF_CONNECTIONS, CF_INTERCEPTED, CF_INTERNAL_ERRORS, CF_REQ_DENIED, CF_REQ_ERRORS,
  CL_BYTES_IN, CL_BYTES_OUT, CL_CONN_DENIED, CL_INTERNAL_ERRORS, CL_REQ_DENIED, CL_REQ_ERRORS, CL_RESP_DENIED, CL_REWRITE_FAILED, CL_SESS_DENIED, CL_SESSIONS,
  LS_CONNECTIONS, LS_CONNECTIONS_MAX, LS_MAXCONN,
  CF_REQUESTS, CF_RESP_1XX, CF_RESP_2XX, CF_RESP_3XX, CF_RESP_4XX, CF_RESP_5XX, CF_RESP_DENIED, CF_RESP_OTHER, CF_REWRITE_FAILED, CF_SESS_DENIED, CF_SESSIONS,
  CS_BYTES_IN, CS_BYTES_OUT, CS_CLIENT_ABORTS, CS_CONN_ERRORS, CS_CONNECTS, CS_INTERNAL_ERRORS, CS_LAST_SESSION, CS_LB_TOTAL, CS_REDISPATCHES, CS_REQUESTS,
  CS_RESP_1XX, CS_RESP_2XX, CS_RESP_3XX, CS_RESP_4XX, CS_RESP_5XX, CS_RESP_DENIED, CS_RESP_ERRORS, CS_RESP_OTHER, CS_RETRIES, CS_REUSES, CS_REWRITE_FAILED,
  CS_SERVER_ABORTS, CS_SESSIONS, PS_BACKEND_SESSIONS, PS_BACKEND_SESSIONS_MAX, PS_MAXCONN, PS_QUEUED, PS_QUEUED_MAX, PS_RATE_LIMIT, PS_SESSIONS, PS_SESSIONS_MAX,
  SS_IDLE, SS_MAXCONN, SS_QUEUED, SS_QUEUED_MAX, SS_SESSIONS, SS_SESSIONS_MAX, SS_USED_CONNS,
} from '../abi.js';
import type { Readings } from '../metric/readings.js';
import { average, bothSides, counter, counters, gauge, ifHttp, limit, most, rate, states, type FieldRow, type Read } from './field.js';

const zero: Read = () => 0;

/** How many sessions waited, were there, were allowed and came (columns qcur to wredis). */
export const sessionRows: readonly FieldRow[] = [
  gauge('qcur', 'Number of current queued connections', states(null, SS_QUEUED, PS_QUEUED)),
  most('qmax', 'Highest value of queued connections encountered since process started', states(null, SS_QUEUED_MAX, PS_QUEUED_MAX)),
  gauge('scur', 'Number of current sessions on the frontend, backend or server', states(PS_SESSIONS, SS_SESSIONS, PS_BACKEND_SESSIONS, LS_CONNECTIONS)),
  most('smax', 'Highest value of current sessions encountered since process started', states(PS_SESSIONS_MAX, SS_SESSIONS_MAX, PS_BACKEND_SESSIONS_MAX, LS_CONNECTIONS_MAX)),
  limit('slim', 'Frontend/listener/server\'s maxconn, backend\'s fullconn', {
    frontend: ({ readings }, p) => readings.proxy(p, PS_MAXCONN) || readings.facts.maxconn,
    server: ({ readings }, v) => readings.server(v, SS_MAXCONN) || null,
    backend: ({ readings }, p) => readings.model.proxies[p]!.fullconn,
    listener: ({ readings }, l) => readings.listener(l, LS_MAXCONN),
  }),
  counter('stot', 'Total number of sessions since process started', counters(CF_SESSIONS, CS_SESSIONS, CB_SESSIONS, CL_SESSIONS)),
  counter('bin', 'Total number of request bytes since process started', counters(CF_BYTES_IN, CS_BYTES_IN, CB_BYTES_IN, CL_BYTES_IN)),
  counter('bout', 'Total number of response bytes since process started', counters(CF_BYTES_OUT, CS_BYTES_OUT, CB_BYTES_OUT, CL_BYTES_OUT)),
  counter('dreq', 'Total number of denied requests since process started', counters(CF_REQ_DENIED, null, CB_REQ_DENIED, CL_REQ_DENIED)),
  counter('dresp', 'Total number of denied responses since process started', counters(CF_RESP_DENIED, CS_RESP_DENIED, CB_RESP_DENIED, CL_RESP_DENIED)),
  counter('ereq', 'Total number of invalid requests since process started', counters(CF_REQ_ERRORS, null, null, CL_REQ_ERRORS)),
  counter('econ', 'Total number of failed connections to server since the worker process started', counters(null, CS_CONN_ERRORS, CB_CONN_ERRORS)),
  counter('eresp', 'Total number of invalid responses since the worker process started', counters(null, CS_RESP_ERRORS, CB_RESP_ERRORS)),
  counter('wretr', 'Total number of server connection retries since the worker process started', counters(null, CS_RETRIES, CB_RETRIES)),
  counter('wredis', 'Total number of server redispatches due to connection failures since the worker process started', counters(null, CS_REDISPATCHES, CB_REDISPATCHES)),
];

export const balancedRow = counter('lbtot', 'Total number of requests routed by load balancing since the worker process started', counters(null, CS_LB_TOTAL, CB_LB_TOTAL));

export const sessionRateRows: readonly FieldRow[] = [
  rate('rate', 'Total number of sessions processed by this object over the last second', {
    frontend: ({ readings }, p) => Math.round(readings.sampler.frontendSessions.now[p]!),
    server: ({ readings }, v) => Math.round(readings.sampler.serverSessions.now[v]!),
    backend: ({ readings }, p) => Math.round(readings.sampler.backendSessions.now[p]!),
  }),
  limit('rate_lim', 'Limit on the number of sessions accepted in a second (frontend only)', { frontend: ({ readings }, p) => readings.proxy(p, PS_RATE_LIMIT) }),
  most('rate_max', 'Highest value of sessions per second observed since the worker process started', {
    frontend: ({ readings }, p) => readings.sampler.frontendSessions.max[p]!,
    server: ({ readings }, v) => readings.sampler.serverSessions.max[v]!,
    backend: ({ readings }, p) => readings.sampler.backendSessions.max[p]!,
  }),
];

const RESPONSES = [
  ['1xx', CF_RESP_1XX, CS_RESP_1XX, CB_RESP_1XX], ['2xx', CF_RESP_2XX, CS_RESP_2XX, CB_RESP_2XX], ['3xx', CF_RESP_3XX, CS_RESP_3XX, CB_RESP_3XX],
  ['4xx', CF_RESP_4XX, CS_RESP_4XX, CB_RESP_4XX], ['5xx', CF_RESP_5XX, CS_RESP_5XX, CB_RESP_5XX], ['other', CF_RESP_OTHER, CS_RESP_OTHER, CB_RESP_OTHER],
] as const;

export const responseRows: readonly FieldRow[] = RESPONSES.map(([name, f, v, b]) =>
  counter(`hrsp_${name}`, `Total number of HTTP responses with status ${name === 'other' ? '<100, >599' : name.replace('xx', '00') + '-' + name.replace('xx', '99')} returned by this object since the worker process started`, ifHttp(counters(f, v, b))));

const none = bothSides(zero);

/** Requests, aborts and compression, which does not exist yet (columns req_rate to comp_rsp). */
export const requestRows: readonly FieldRow[] = [
  rate('req_rate', 'Number of HTTP requests processed over the last second on this object', ifHttp({ frontend: ({ readings }, p) => Math.round(readings.sampler.frontendRequests.now[p]!) })),
  most('req_rate_max', 'Highest value of http requests observed since the worker process started', ifHttp({ frontend: ({ readings }, p) => readings.sampler.frontendRequests.max[p]! })),
  counter('req_tot', 'Total number of HTTP requests processed by this object since the worker process started', ifHttp(counters(CF_REQUESTS, CS_REQUESTS, CB_REQUESTS))),
  counter('cli_abrt', 'Total number of requests or connections aborted by the client since the worker process started', counters(null, CS_CLIENT_ABORTS, CB_CLIENT_ABORTS)),
  counter('srv_abrt', 'Total number of requests or connections aborted by the server since the worker process started', counters(null, CS_SERVER_ABORTS, CB_SERVER_ABORTS)),
  counter('comp_in', 'Total number of bytes submitted to the HTTP compressor for this object since the worker process started', none),
  counter('comp_out', 'Total number of bytes emitted by the HTTP compressor for this object since the worker process started', none),
  counter('comp_byp', 'Total number of bytes that bypassed HTTP compression for this object since the worker process started (CPU/memory/bandwidth limitation)', none),
  counter('comp_rsp', 'Total number of HTTP responses that were compressed for this object since the worker process started', none),
];

const latestOf = (readings: Readings, proxy: number): number =>
  readings.model.proxies[proxy]!.servers.reduce((latest, v) => Math.max(latest, readings.serverLatest(v, CS_LAST_SESSION)), 0);

export const lastSessionRow: FieldRow = {
  name: 'lastsess', type: 's32', tags: 'MAP',
  doc: 'How long ago some traffic was seen on this object on this worker process, in seconds',
  server: ({ readings }, v) => readings.secondsSince(readings.serverLatest(v, CS_LAST_SESSION)),
  backend: ({ readings }, p) => readings.secondsSince(latestOf(readings, p)),
};

const TIMES = [['qtime', 'time spent in the queue'], ['ctime', 'time spent to connect to a server'], ['rtime', 'time spent waiting for a server response'], ['ttime', 'total request+response time (request+queue+connect+response+processing)']] as const;

export const timeRows: readonly FieldRow[] = TIMES.map(([name, what], time) =>
  average(name, `Average ${what} over the last 1024 requests, in milliseconds`, {
    server: ({ readings }, v) => Math.round(readings.sampler.serverTimes.get(v, time)),
    backend: ({ readings }, p) => Math.round(readings.sampler.backendTimes.get(p, time)),
  }));

/** Connections and what rules did (columns conn_rate to cache_hits). */
export const connectionRows: readonly FieldRow[] = [
  rate('conn_rate', 'Number of new connections accepted over the last second on the frontend for this worker process', { frontend: ({ readings }, p) => Math.round(readings.sampler.frontendConnections.now[p]!) }),
  most('conn_rate_max', 'Highest value of connections per second observed since the worker process started', { frontend: ({ readings }, p) => readings.sampler.frontendConnections.max[p]! }),
  counter('conn_tot', 'Total number of new connections accepted on this frontend since the worker process started', counters(CF_CONNECTIONS, null, null)),
  counter('intercepted', 'Total number of HTTP requests intercepted on the frontend (redirects/stats/services) since the worker process started', {
    ...ifHttp(counters(CF_INTERCEPTED, null, null)), ...ifHttp({ backend: zero }),
  }),
  counter('dcon', 'Total number of incoming connections blocked on a listener/frontend by a tcp-request connection rule since the worker process started', counters(CF_CONN_DENIED, null, null, CL_CONN_DENIED)),
  counter('dses', 'Total number of incoming sessions blocked on a listener/frontend by a tcp-request connection rule since the worker process started', counters(CF_SESS_DENIED, null, null, CL_SESS_DENIED)),
  counter('wrew', 'Total number of failed HTTP header rewrites since the worker process started', counters(CF_REWRITE_FAILED, CS_REWRITE_FAILED, CB_REWRITE_FAILED, CL_REWRITE_FAILED)),
  counter('connect', 'Total number of outgoing connection attempts on this backend/server since the worker process started', counters(null, CS_CONNECTS, CB_CONNECTS)),
  counter('reuse', 'Total number of reused connection on this backend/server since the worker process started', counters(null, CS_REUSES, CB_REUSES)),
  counter('cache_lookups', 'Total number of HTTP requests looked up in the cache on this frontend/backend since the worker process started', none),
  counter('cache_hits', 'Total number of HTTP requests not found in the cache on this frontend/backend since the worker process started', none),
];

/** Idle connections (columns srv_icur, src_ilim). */
export const idleRows: readonly FieldRow[] = [
  gauge('srv_icur', 'Current number of idle connections available for reuse on this server', states(null, SS_IDLE, null)),
  limit('src_ilim', 'Limit on the number of available idle connections on this server (server \'pool_max_conn\' directive)', {
    server: ({ readings }, v) => (readings.model.servers[v]!.poolMaxConn < 0 ? null : readings.model.servers[v]!.poolMaxConn),
  }),
];

export const errorRow = counter('eint', 'Total number of internal errors since process started', counters(CF_INTERNAL_ERRORS, CS_INTERNAL_ERRORS, CB_INTERNAL_ERRORS, CL_INTERNAL_ERRORS));

/** What pools of connections hold (columns idle_conn_cur to need_conn_est). Idle connections of all kinds are safe ones here. */
export const poolRows: readonly FieldRow[] = [
  gauge('idle_conn_cur', 'Current number of unsafe idle connections', { server: zero }),
  gauge('safe_conn_cur', 'Current number of safe idle connections', states(null, SS_IDLE, null)),
  gauge('used_conn_cur', 'Current number of connections in use', states(null, SS_USED_CONNS, null)),
  gauge('need_conn_est', 'Estimated needed number of connections', states(null, SS_USED_CONNS, null)),
];

const HTTP1 = (p: Readings['model']['proxies'][number]): boolean => p.mode === 'http';

/** Sessions and requests by protocol (columns sess_other to h3req). */
export const protocolRows: readonly FieldRow[] = [
  counter('sess_other', 'Total number of sessions other than HTTP since process started', { frontend: (s, p) => (HTTP1(s.readings.model.proxies[p]!) ? 0 : s.readings.frontendTotal(p, CF_SESSIONS) - s.base.frontend(p, CF_SESSIONS)) }),
  counter('h1_sess', 'Total number of HTTP/1 sessions since process started', { frontend: (s, p) => (HTTP1(s.readings.model.proxies[p]!) ? s.readings.frontendTotal(p, CF_SESSIONS) - s.base.frontend(p, CF_SESSIONS) : 0) }),
  counter('h2_sess', 'Total number of HTTP/2 sessions since process started', { frontend: zero }),
  counter('h3_sess', 'Total number of HTTP/3 sessions since process started', { frontend: zero }),
  counter('req_other', 'Total number of sessions other than HTTP processed by this object since the worker process started', { frontend: zero }),
  counter('h1req', 'Total number of HTTP/1 sessions processed by this object since the worker process started', ifHttp(counters(CF_REQUESTS, null, null))),
  counter('h2req', 'Total number of HTTP/2 sessions processed by this object since the worker process started', { frontend: zero }),
  counter('h3req', 'Total number of HTTP/3 sessions processed by this object since the worker process started', { frontend: zero }),
];

/** The bytes of requests and responses, both ways (columns reqbin to resbout). */
export const byteRows: readonly FieldRow[] = [
  counter('reqbin', 'Total number of request bytes received since process started', counters(CF_BYTES_IN, CS_BYTES_IN, CB_BYTES_IN)),
  counter('reqbout', 'Total number of request bytes sent since process started', counters(CF_BYTES_IN, CS_BYTES_IN, CB_BYTES_IN)),
  counter('resbin', 'Total number of response bytes received since process started', counters(CF_BYTES_OUT, CS_BYTES_OUT, CB_BYTES_OUT)),
  counter('resbout', 'Total number of response bytes sent since process started', counters(CF_BYTES_OUT, CS_BYTES_OUT, CB_BYTES_OUT)),
  counter('cache_hint_hits', 'Total number of cache hits having served early hints', none),
];
