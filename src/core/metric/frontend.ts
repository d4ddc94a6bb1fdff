import {
  CF_BYTES_IN, CF_BYTES_OUT, CF_CONNECTIONS, CF_CONN_DENIED, CF_INTERCEPTED, CF_INTERNAL_ERRORS, CF_REQUESTS, CF_REQ_DENIED, CF_REQ_ERRORS,
  CF_RESP_1XX, CF_RESP_2XX, CF_RESP_3XX, CF_RESP_4XX, CF_RESP_5XX, CF_RESP_DENIED, CF_RESP_OTHER, CF_REWRITE_FAILED, CF_SESSIONS,
  CF_SESS_DENIED, PS_MAXCONN, PS_RATE_LIMIT, PS_SESSIONS, PS_SESSIONS_MAX, PS_STATE,
} from '../abi.js';
import { absent, CODES, counter, gauge, HTTP_ABSENT, httpProxy, type MetricRow, type ScopeTable } from './row.js';

const RESPONSES = [CF_RESP_1XX, CF_RESP_2XX, CF_RESP_3XX, CF_RESP_4XX, CF_RESP_5XX, CF_RESP_OTHER];

function total(name: string, help: string, cell: number, options: Parameters<typeof counter>[3] = {}): MetricRow {
  return counter(`haproxy_frontend_${name}`, help, (r, p) => r.frontendTotal(p, cell), options);
}

/** haproxy_frontend_*: label proxy. */
export const frontendTable: ScopeTable = {
  scope: 'frontend',
  timed: 'frontend',
  rows: [
    gauge('haproxy_frontend_current_sessions', 'Sessions now.', (r, p) => r.proxy(p, PS_SESSIONS)),
    gauge('haproxy_frontend_max_sessions', 'Most sessions at once.', (r, p) => r.proxy(p, PS_SESSIONS_MAX)),
    gauge('haproxy_frontend_limit_sessions', 'Sessions allowed at once (maxconn).', (r, p) => r.proxy(p, PS_MAXCONN) || r.facts.maxconn),
    total('sessions_total', 'Sessions begun.', CF_SESSIONS),
    total('bytes_in_total', 'Bytes received from clients.', CF_BYTES_IN),
    total('bytes_out_total', 'Bytes sent to clients.', CF_BYTES_OUT),
    total('requests_denied_total', 'Requests denied by rules.', CF_REQ_DENIED),
    total('responses_denied_total', 'Responses denied by rules.', CF_RESP_DENIED),
    total('request_errors_total', 'Requests that were invalid or cut.', CF_REQ_ERRORS),
    gauge('haproxy_frontend_status', 'State of the frontend: 1 for the state it is in.',
      (r, p, part) => (r.proxy(p, PS_STATE) === part ? 1 : 0), { by: { label: 'state', values: ['DOWN', 'UP'] } }),
    gauge('haproxy_frontend_limit_session_rate', 'Sessions allowed in a second, 0 = no limit.', (r, p) => r.proxy(p, PS_RATE_LIMIT)),
    gauge('haproxy_frontend_max_session_rate', 'Most sessions begun in a second.', (r, p) => r.sampler.frontendSessions.max[p]!),
    counter('haproxy_frontend_http_responses_total', 'HTTP responses by class of status.',
      (r, p, part) => r.frontendTotal(p, RESPONSES[part]!), { ...httpProxy, by: CODES }),
    gauge('haproxy_frontend_http_requests_rate_max', 'Most HTTP requests in a second.',
      (r, p) => r.sampler.frontendRequests.max[p]!, httpProxy),
    total('http_requests_total', 'HTTP requests.', CF_REQUESTS, httpProxy),
    gauge('haproxy_frontend_connections_rate_max', 'Most connections accepted in a second.', (r, p) => r.sampler.frontendConnections.max[p]!),
    total('connections_total', 'Connections accepted.', CF_CONNECTIONS),
    total('intercepted_requests_total', 'Requests answered by a rule or service.', CF_INTERCEPTED, httpProxy),
    total('denied_connections_total', 'Connections refused by tcp-request connection rules.', CF_CONN_DENIED),
    total('denied_sessions_total', 'Sessions refused by tcp-request session rules.', CF_SESS_DENIED),
    total('failed_header_rewriting_total', 'Rewrites of headers that failed.', CF_REWRITE_FAILED),
    total('internal_errors_total', 'Errors inside the proxy.', CF_INTERNAL_ERRORS),
    ...absent('counter', 'haproxy_frontend_', HTTP_ABSENT).map((row) => ({ ...row, ...httpProxy })),
  ],
};
