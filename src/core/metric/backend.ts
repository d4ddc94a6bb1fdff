import {
  CB_BYTES_IN, CB_BYTES_OUT, CB_CLIENT_ABORTS, CB_CONNECTS, CB_CONN_ERRORS, CB_INTERNAL_ERRORS, CB_LB_TOTAL, CB_REDISPATCHES, CB_REQUESTS,
  CB_REQ_DENIED, CB_RESP_1XX, CB_RESP_2XX, CB_RESP_3XX, CB_RESP_4XX, CB_RESP_5XX, CB_RESP_DENIED, CB_RESP_ERRORS, CB_RESP_OTHER,
  CB_RETRIES, CB_REUSES, CB_REWRITE_FAILED, CB_SERVER_ABORTS, CB_SESSIONS, CS_LAST_SESSION, PS_BACKEND_SESSIONS, PS_BACKEND_SESSIONS_MAX,
  PS_QUEUED, PS_QUEUED_MAX, PS_SERVERS_UP, SS_CHECK_STATUS, SS_WEIGHT,
} from '../abi.js';
import { userWeight } from '../../backends/weight.js';
import type { Readings } from './readings.js';
import { absent, CODES, counter, gauge, HTTP_ABSENT, httpProxy, type MetricRow, type ScopeTable } from './row.js';
import { CHECKS, checkStatusCode, STATES, stateOf } from './states.js';
import { longest } from './latency.js';

const RESPONSES = [CB_RESP_1XX, CB_RESP_2XX, CB_RESP_3XX, CB_RESP_4XX, CB_RESP_5XX, CB_RESP_OTHER];

function total(name: string, help: string, cell: number, options: Parameters<typeof counter>[3] = {}): MetricRow {
  return counter(`haproxy_backend_${name}`, help, (r, p) => r.backendTotal(p, cell), options);
}

function average(name: string, help: string, time: number): MetricRow {
  return gauge(`haproxy_backend_${name}_time_average_seconds`, help, (r, p) => r.sampler.backendTimes.get(p, time) / 1000);
}

/** Up servers with a weight that are backups, or that are not. */
function usable(r: Readings, proxy: number, backup: boolean): number {
  return r.overServers(proxy, (s) => (r.model.servers[s]!.backup === backup && r.isUsable(s) ? 1 : 0));
}

/** Sum of weights of the servers that get traffic: the active ones, else the backups. */
function weight(r: Readings, proxy: number, of: (server: number) => number): number {
  const backup = usable(r, proxy, false) === 0;
  return r.overServers(proxy, (s) => (r.model.servers[s]!.backup === backup && r.isUsable(s) ? of(s) : 0));
}

function latest(r: Readings, proxy: number, read: (server: number) => number): number {
  return r.model.proxies[proxy]!.servers.reduce((most, s) => Math.max(most, read(s)), 0);
}

const isUp = (r: Readings, proxy: number): boolean => r.model.proxies[proxy]!.servers.length === 0 || r.proxy(proxy, PS_SERVERS_UP) > 0;

/** haproxy_backend_*: label proxy. */
export const backendTable: ScopeTable = {
  scope: 'backend',
  timed: 'backend',
  rows: [
    gauge('haproxy_backend_current_queue', 'Sessions waiting for any server.', (r, p) => r.proxy(p, PS_QUEUED)),
    gauge('haproxy_backend_max_queue', 'Most sessions that waited at once.', (r, p) => r.proxy(p, PS_QUEUED_MAX)),
    gauge('haproxy_backend_current_sessions', 'Sessions now.', (r, p) => r.proxy(p, PS_BACKEND_SESSIONS)),
    gauge('haproxy_backend_max_sessions', 'Most sessions at once.', (r, p) => r.proxy(p, PS_BACKEND_SESSIONS_MAX)),
    gauge('haproxy_backend_limit_sessions', 'Load at which servers reach their maxconn (fullconn).', (r, p) => r.model.proxies[p]!.fullconn),
    total('sessions_total', 'Sessions that reached the backend.', CB_SESSIONS),
    total('bytes_in_total', 'Bytes received from clients.', CB_BYTES_IN),
    total('bytes_out_total', 'Bytes sent to clients.', CB_BYTES_OUT),
    total('requests_denied_total', 'Requests denied by rules.', CB_REQ_DENIED),
    total('responses_denied_total', 'Responses denied by rules.', CB_RESP_DENIED),
    total('connection_errors_total', 'Sessions that could not connect to a server.', CB_CONN_ERRORS),
    total('response_errors_total', 'Responses that were invalid or cut.', CB_RESP_ERRORS),
    total('retry_warnings_total', 'Connects that were tried again.', CB_RETRIES),
    total('redispatch_warnings_total', 'Sessions sent to another server after a failed connect.', CB_REDISPATCHES),
    gauge('haproxy_backend_status', 'State of the backend: 1 for the state it is in.',
      (r, p, part) => ((isUp(r, p) ? 1 : 0) === part ? 1 : 0), { by: { label: 'state', values: ['DOWN', 'UP'] } }),
    gauge('haproxy_backend_weight', 'Sum of the effective weights of the servers in use.',
      (r, p) => weight(r, p, (s) => userWeight(r.server(s, SS_WEIGHT)))),
    gauge('haproxy_backend_active_servers', 'Active servers up with a weight.', (r, p) => usable(r, p, false)),
    gauge('haproxy_backend_backup_servers', 'Backup servers up with a weight.', (r, p) => usable(r, p, true)),
    counter('haproxy_backend_check_up_down_total', 'Times the backend lost its last server.', (r, p) => r.checks?.backends.downs[p] ?? 0),
    gauge('haproxy_backend_check_last_change_seconds', 'Seconds since the backend went down or came up.',
      (r, p) => r.secondsSince(Math.floor((r.checks?.backends.changed[p] || r.facts.startTime) / 1000))),
    counter('haproxy_backend_downtime_seconds_total', 'Seconds without a server.',
      (r, p) => Math.floor((r.checks?.backends.downtime(p, r.now()) ?? 0) / 1000)),
    total('loadbalanced_total', 'Sessions for which balancing chose a server.', CB_LB_TOTAL),
    gauge('haproxy_backend_max_session_rate', 'Most sessions begun in a second.', (r, p) => r.sampler.backendSessions.max[p]!),
    counter('haproxy_backend_http_responses_total', 'HTTP responses by class of status.',
      (r, p, part) => r.backendTotal(p, RESPONSES[part]!), { ...httpProxy, by: CODES }),
    total('http_requests_total', 'HTTP requests.', CB_REQUESTS, httpProxy),
    total('client_aborts_total', 'Transfers cut by the client.', CB_CLIENT_ABORTS),
    total('server_aborts_total', 'Transfers cut by the server.', CB_SERVER_ABORTS),
    gauge('haproxy_backend_last_session_seconds', 'Seconds since a server got a session, -1 = never.',
      (r, p) => r.secondsSince(latest(r, p, (s) => r.serverLatest(s, CS_LAST_SESSION)))),
    average('queue', 'Mean time in the queue over about the last 1024 sessions.', 0),
    average('connect', 'Mean time to connect over about the last 1024 sessions.', 1),
    average('response', 'Mean time to the response over about the last 1024 sessions.', 2),
    average('total', 'Mean duration of about the last 1024 sessions.', 3),
    ...longest('backend'),
    total('failed_header_rewriting_total', 'Rewrites of headers that failed.', CB_REWRITE_FAILED),
    total('connection_attempts_total', 'Connects tried.', CB_CONNECTS),
    total('connection_reuses_total', 'Idle connections used again.', CB_REUSES),
    total('internal_errors_total', 'Errors inside the proxy.', CB_INTERNAL_ERRORS),
    gauge('haproxy_backend_uweight', 'Sum of the configured weights of the servers in use.',
      (r, p) => weight(r, p, (s) => r.model.servers[s]!.weight)),
    gauge('haproxy_backend_agg_server_status', 'Servers by state.',
      (r, p, part) => r.overServers(p, (s) => (stateOf(r, s) === part ? 1 : 0)), { by: { label: 'state', values: STATES } }),
    gauge('haproxy_backend_agg_server_check_status', 'Servers by state; the old name of haproxy_backend_agg_server_status.',
      (r, p, part) => r.overServers(p, (s) => (stateOf(r, s) === part ? 1 : 0)), { by: { label: 'state', values: STATES } }),
    gauge('haproxy_backend_agg_check_status', 'Servers by the result of their last check.',
      (r, p, part) => r.overServers(p, (s) => (r.model.servers[s]!.check !== null && r.server(s, SS_CHECK_STATUS) === checkStatusCode(part) ? 1 : 0)),
      { by: { label: 'state', values: CHECKS } }),
    ...absent('counter', 'haproxy_backend_', HTTP_ABSENT).map((row) => ({ ...row, ...httpProxy })),
  ],
};
