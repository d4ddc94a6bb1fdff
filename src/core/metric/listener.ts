import {
  CL_BYTES_IN, CL_BYTES_OUT, CL_CONN_DENIED, CL_INTERNAL_ERRORS, CL_REQ_DENIED, CL_REQ_ERRORS, CL_RESP_DENIED, CL_REWRITE_FAILED, CL_SESS_DENIED, CL_SESSIONS,
  LS_CONNECTIONS, LS_CONNECTIONS_MAX, LS_MAXCONN,
} from '../abi.js';
import { listenerState } from '../statistics/listening.js';
import { counter, gauge, type MetricRow, type ScopeTable } from './row.js';

const total = (name: string, help: string, cell: number): MetricRow => counter(`haproxy_listener_${name}`, help, (r, l) => r.listenerTotal(l, cell));

const STATES = ['WAITING', 'OPEN', 'FULL'] as const;

/** haproxy_listener_*: labels proxy and listener, of frontends with `option socket-stats`. */
export const listenerTable: ScopeTable = {
  scope: 'listener',
  rows: [
    gauge('haproxy_listener_current_sessions', 'Sessions now.', (r, l) => r.listener(l, LS_CONNECTIONS)),
    gauge('haproxy_listener_max_sessions', 'Most sessions at once.', (r, l) => r.listener(l, LS_CONNECTIONS_MAX)),
    gauge('haproxy_listener_limit_sessions', 'Sessions allowed at once (maxconn), 0 = no limit of its own.', (r, l) => r.listener(l, LS_MAXCONN)),
    total('sessions_total', 'Sessions begun.', CL_SESSIONS),
    total('bytes_in_total', 'Bytes received from clients.', CL_BYTES_IN),
    total('bytes_out_total', 'Bytes sent to clients.', CL_BYTES_OUT),
    total('requests_denied_total', 'Requests denied by rules.', CL_REQ_DENIED),
    total('responses_denied_total', 'Responses denied by rules.', CL_RESP_DENIED),
    total('request_errors_total', 'Requests that were invalid or cut.', CL_REQ_ERRORS),
    gauge('haproxy_listener_status', 'State of the listener: 1 for the state it is in.', (r, l, part) => (listenerState(r, l) === STATES[part] ? 1 : 0), { by: { label: 'state', values: STATES } }),
    total('denied_connections_total', 'Connections refused by tcp-request connection rules.', CL_CONN_DENIED),
    total('denied_sessions_total', 'Sessions refused by tcp-request session rules.', CL_SESS_DENIED),
    total('failed_header_rewriting_total', 'Rewrites of headers that failed.', CL_REWRITE_FAILED),
    total('internal_errors_total', 'Errors inside the proxy.', CL_INTERNAL_ERRORS),
  ],
};
