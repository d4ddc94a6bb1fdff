import {
  CS_BYTES_IN, CS_BYTES_OUT, CS_CLIENT_ABORTS, CS_CONNECTS, CS_CONN_ERRORS, CS_INTERNAL_ERRORS, CS_LAST_SESSION, CS_LB_TOTAL,
  CS_REDISPATCHES, CS_RESP_1XX, CS_RESP_2XX, CS_RESP_3XX, CS_RESP_4XX, CS_RESP_5XX, CS_RESP_DENIED, CS_RESP_ERRORS, CS_RESP_OTHER,
  CS_RETRIES, CS_REUSES, CS_REWRITE_FAILED, CS_SERVER_ABORTS, CS_SESSIONS, SS_CHECK_CODE, SS_CHECK_MS, SS_CHECK_STATUS, SS_IDLE,
  SS_LAST_CHANGE, SS_MAXCONN, SS_QUEUED, SS_QUEUED_MAX, SS_SESSIONS, SS_SESSIONS_MAX, SS_THROTTLE, SS_USED_CONNS, SS_WEIGHT,
} from '../abi.js';
import { userWeight } from '../../backends/weight.js';
import { longest } from './latency.js';
import { CODES, counter, gauge, httpServer, type MetricRow, type ScopeTable } from './row.js';
import { CHECKS, checkStatusCode, STATES, stateOf } from './states.js';

const RESPONSES = [CS_RESP_1XX, CS_RESP_2XX, CS_RESP_3XX, CS_RESP_4XX, CS_RESP_5XX, CS_RESP_OTHER];

const checked: Pick<MetricRow, 'applies'> = { applies: (r, s) => r.model.servers[s]!.check !== null };

function total(name: string, help: string, cell: number): MetricRow {
  return counter(`haproxy_server_${name}`, help, (r, s) => r.serverTotal(s, cell));
}

function average(name: string, help: string, time: number): MetricRow {
  return gauge(`haproxy_server_${name}_time_average_seconds`, help, (r, s) => r.sampler.serverTimes.get(s, time) / 1000);
}

/** A limit as HAProxy shows one: not a number where there is none. */
function limit(value: number): number {
  return value > 0 ? value : NaN;
}

/** haproxy_server_*: labels proxy and server. */
export const serverTable: ScopeTable = {
  scope: 'server',
  timed: 'server',
  rows: [
    gauge('haproxy_server_current_queue', 'Sessions waiting for this server.', (r, s) => r.server(s, SS_QUEUED)),
    gauge('haproxy_server_max_queue', 'Most sessions that waited at once.', (r, s) => r.server(s, SS_QUEUED_MAX)),
    gauge('haproxy_server_current_sessions', 'Sessions now.', (r, s) => r.server(s, SS_SESSIONS)),
    gauge('haproxy_server_max_sessions', 'Most sessions at once.', (r, s) => r.server(s, SS_SESSIONS_MAX)),
    gauge('haproxy_server_limit_sessions', 'Sessions allowed at once (maxconn).', (r, s) => limit(r.server(s, SS_MAXCONN))),
    total('sessions_total', 'Sessions served.', CS_SESSIONS),
    total('bytes_in_total', 'Bytes received from clients.', CS_BYTES_IN),
    total('bytes_out_total', 'Bytes sent to clients.', CS_BYTES_OUT),
    total('responses_denied_total', 'Responses denied by rules.', CS_RESP_DENIED),
    total('connection_errors_total', 'Connects that failed.', CS_CONN_ERRORS),
    total('response_errors_total', 'Responses that were invalid or cut.', CS_RESP_ERRORS),
    total('retry_warnings_total', 'Connects that were tried again.', CS_RETRIES),
    total('redispatch_warnings_total', 'Sessions sent to another server after a failed connect.', CS_REDISPATCHES),
    gauge('haproxy_server_status', 'State of the server: 1 for the state it is in.',
      (r, s, part) => (stateOf(r, s) === part ? 1 : 0), { by: { label: 'state', values: STATES } }),
    gauge('haproxy_server_weight', 'Effective weight.', (r, s) => userWeight(r.server(s, SS_WEIGHT))),
    counter('haproxy_server_check_failures_total', 'Health checks that failed.', (r, s) => r.checks?.failures[s] ?? 0),
    counter('haproxy_server_check_up_down_total', 'Times the server went down by its checks.', (r, s) => r.checks?.servers.downs[s] ?? 0),
    gauge('haproxy_server_check_last_change_seconds', 'Seconds since the server changed its state.', (r, s) => r.secondsSince(r.server(s, SS_LAST_CHANGE))),
    counter('haproxy_server_downtime_seconds_total', 'Seconds spent down.', (r, s) => Math.floor((r.checks?.servers.downtime(s, r.now()) ?? 0) / 1000)),
    gauge('haproxy_server_queue_limit', 'Sessions allowed in the queue (maxqueue).', (r, s) => limit(r.model.servers[s]!.maxqueue)),
    total('loadbalanced_total', 'Sessions for which balancing chose the server.', CS_LB_TOTAL),
    gauge('haproxy_server_max_session_rate', 'Most sessions begun in a second.', (r, s) => r.sampler.serverSessions.max[s]!),
    gauge('haproxy_server_check_status', 'Result of the last health check: 1 for the one it had.',
      (r, s, part) => (r.server(s, SS_CHECK_STATUS) === checkStatusCode(part) ? 1 : 0), { ...checked, by: { label: 'state', values: CHECKS } }),
    gauge('haproxy_server_check_code', 'Code of the last health check, 0 where there is none.', (r, s) => r.server(s, SS_CHECK_CODE), checked),
    gauge('haproxy_server_check_duration_seconds', 'Duration of the last health check.', (r, s) => r.server(s, SS_CHECK_MS) / 1000, checked),
    counter('haproxy_server_http_responses_total', 'HTTP responses by class of status.',
      (r, s, part) => r.serverTotal(s, RESPONSES[part]!), { ...httpServer, by: CODES }),
    total('client_aborts_total', 'Transfers cut by the client.', CS_CLIENT_ABORTS),
    total('server_aborts_total', 'Transfers cut by the server.', CS_SERVER_ABORTS),
    gauge('haproxy_server_last_session_seconds', 'Seconds since the server got a session, -1 = never.',
      (r, s) => r.secondsSince(r.serverLatest(s, CS_LAST_SESSION))),
    average('queue', 'Mean time in the queue over about the last 1024 sessions.', 0),
    average('connect', 'Mean time to connect over about the last 1024 sessions.', 1),
    average('response', 'Mean time to the response over about the last 1024 sessions.', 2),
    average('total', 'Mean duration of about the last 1024 sessions.', 3),
    ...longest('server'),
    total('failed_header_rewriting_total', 'Rewrites of headers that failed.', CS_REWRITE_FAILED),
    total('connection_attempts_total', 'Connects tried.', CS_CONNECTS),
    total('connection_reuses_total', 'Idle connections used again.', CS_REUSES),
    gauge('haproxy_server_idle_connections_current', 'Idle connections that can be used again.', (r, s) => r.server(s, SS_IDLE)),
    gauge('haproxy_server_idle_connections_limit', 'Idle connections kept at most (pool-max-conn).',
      (r, s) => (r.model.servers[s]!.poolMaxConn < 0 ? NaN : r.model.servers[s]!.poolMaxConn)),
    total('internal_errors_total', 'Errors inside the proxy.', CS_INTERNAL_ERRORS),
    gauge('haproxy_server_used_connections_current', 'Connections in use.', (r, s) => r.server(s, SS_USED_CONNS)),
    gauge('haproxy_server_current_throttle', 'Share of the weight that slow start leaves, in percent.', (r, s) => r.server(s, SS_THROTTLE) || NaN),
    gauge('haproxy_server_safe_idle_connections_current', 'Idle connections that any request may use.', (r, s) => r.server(s, SS_IDLE)),
    gauge('haproxy_server_unsafe_idle_connections_current', 'Idle connections that only some requests may use: none here.', () => 0),
    gauge('haproxy_server_need_connections_current', 'Connections that are needed, as far as can be told.', (r, s) => r.server(s, SS_USED_CONNS)),
    gauge('haproxy_server_uweight', 'Configured weight.', (r, s) => r.model.servers[s]!.weight),
  ],
};
