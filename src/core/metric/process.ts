import {
  CW_ACCEPTED, CW_BYTES_OUT, CW_LOGS_DROPPED, CW_LOGS_SENT, CW_REQUESTS, CW_SPLICED_OUT, GS_CONN_RATE_LIMIT, GS_CONNECTIONS, GS_MAXCONN, GS_SESS_RATE_LIMIT, GS_LOGS_DROPPED, GS_PIPES_FREE, GS_PIPES_USED, GS_STOPPING,
} from '../abi.js';
import { absent, counter, gauge, type ScopeTable } from './row.js';
import { residentMemory } from '../memory.js';

/** Of TLS, compression, peers and HAProxy's own scheduler. */
const GAUGES_ABSENT = {
  // A counter in HAProxy's exporter; promtool wants those to be named _total.
  failed_resolutions: 'Names that could not be resolved.',
  active_peers: 'Peers that are verified.', connected_peers: 'Peers that are connected.', busy_polling_enabled: '1 with busy polling.',
  current_run_queue: 'Tasks that wait for the processor.', current_backend_ssl_key_rate: 'TLS keys made for servers a second.',
  current_frontend_ssl_key_rate: 'TLS keys made for clients a second.', current_ssl_connections: 'TLS connections now.', current_ssl_rate: 'TLS connections a second.',
  frontend_ssl_reuse: 'TLS sessions resumed, in percent.', limit_ssl_rate: 'TLS connections allowed a second, 0 = no limit.',
  max_backend_ssl_key_rate: 'Most TLS keys made for servers in a second.', max_frontend_ssl_key_rate: 'Most TLS keys made for clients in a second.',
  max_ssl_connections: 'TLS connections allowed, 0 = no limit.', max_ssl_rate: 'Most TLS connections in a second.', max_memory_bytes: 'Memory allowed, 0 = no limit.',
  current_zlib_memory: 'Memory of compression.', max_zlib_memory: 'Memory that compression may use.', limit_http_comp: 'Bytes that may be compressed a second, 0 = no limit.',
} as const;
const COUNTERS_ABSENT = {
  http_comp_bytes_in_total: 'Bytes given to compression.', http_comp_bytes_out_total: 'Bytes that came out of it.',
  pool_failures_total: 'Times there was no memory.', recv_logs_total: 'Messages received by log-forward sections.',
  ssl_cache_lookups_total: 'TLS sessions looked up.', ssl_cache_misses_total: 'TLS sessions not found.', ssl_connections_total: 'TLS connections.',
} as const;

/** haproxy_process_*: what the whole process does. */
export const processTable: ScopeTable = {
  scope: 'process',
  rows: [
    gauge('haproxy_process_nbthread', 'Worker threads (global nbthread).', (r) => r.pages.workers),
    gauge('haproxy_process_nbproc', 'Processes; always 1.', () => 1),
    gauge('haproxy_process_relative_process_id', 'Number of this process; always 1.', () => 1),
    gauge('haproxy_process_uptime_seconds', 'Seconds since the start.', (r) => Math.floor((r.now() - r.facts.startTime) / 1000)),
    gauge('haproxy_process_start_time_seconds', 'Time of the start, in seconds since 1970.', (r) => Math.floor(r.facts.startTime / 1000)),
    gauge('haproxy_process_max_fds', 'File descriptors that the process may use.', (r) => r.facts.descriptors),
    gauge('haproxy_process_max_sockets', 'Sockets that the process may use.', (r) => r.facts.descriptors),
    gauge('haproxy_process_max_connections', 'Client connections the process accepts at once (global maxconn).', (r) => r.global(GS_MAXCONN) || r.facts.maxconn),
    gauge('haproxy_process_hard_max_connections', 'Client connections the process can accept at once.', (r) => r.facts.maxconn),
    gauge('haproxy_process_current_connections', 'Client connections now.', (r) => r.global(GS_CONNECTIONS)),
    counter('haproxy_process_connections_total', 'Client connections accepted.', (r) => r.total(CW_ACCEPTED)),
    counter('haproxy_process_requests_total', 'HTTP requests received.', (r) => r.total(CW_REQUESTS)),
    gauge('haproxy_process_max_pipes', 'Pipes that may be used for splicing.', (r) => r.facts.maxpipes),
    // HAProxy calls these two counters although they go down: dashboards know them by these names and types.
    counter('haproxy_process_pipes_used_total', 'Pipes that hold bytes now.', (r) => r.global(GS_PIPES_USED)),
    counter('haproxy_process_pipes_free_total', 'Pipes waiting in the pools now.', (r) => r.global(GS_PIPES_FREE)),
    gauge('haproxy_process_current_connection_rate', 'Connections accepted during the last second.', (r) => Math.round(r.sampler.connections.now[0]!)),
    gauge('haproxy_process_limit_connection_rate', 'Limit of connections a second, 0 = none.', (r) => r.global(GS_CONN_RATE_LIMIT)),
    gauge('haproxy_process_max_connection_rate', 'Most connections accepted in a second.', (r) => r.sampler.connections.max[0]!),
    gauge('haproxy_process_current_session_rate', 'Sessions begun during the last second.', (r) => Math.round(r.sampler.sessions.now[0]!)),
    gauge('haproxy_process_limit_session_rate', 'Limit of sessions a second, 0 = none.', (r) => r.global(GS_SESS_RATE_LIMIT)),
    gauge('haproxy_process_max_session_rate', 'Most sessions begun in a second.', (r) => r.sampler.sessions.max[0]!),
    gauge('haproxy_process_idle_time_percent', 'Share of the last second that the workers spent waiting, in percent.',
      (r) => Math.round(100 * Math.max(0, 1 - r.sampler.busy.now[0]! / 1e9 / r.pages.workers))),
    gauge('haproxy_process_stopping', '1 while the process ends softly, else 0.', (r) => r.global(GS_STOPPING)),
    gauge('haproxy_process_jobs', 'Connections and listeners alive.', (r) => r.global(GS_CONNECTIONS) + r.model.listeners.length),
    gauge('haproxy_process_unstoppable_jobs', 'Jobs that a soft stop does not wait for.', () => 0),
    gauge('haproxy_process_listeners', 'Listeners open.', (r) => (r.global(GS_STOPPING) === 0 ? r.model.listeners.length : 0)),
    counter('haproxy_process_dropped_logs_total', 'Log messages that no receiver took.', (r) => r.total(CW_LOGS_DROPPED) + r.global(GS_LOGS_DROPPED)),
    counter('tsproxy_process_sent_logs_total', 'Log messages given to their receivers by the workers.', (r) => r.total(CW_LOGS_SENT)),
    counter('haproxy_process_bytes_out_total', 'Bytes sent.', (r) => r.total(CW_BYTES_OUT)),
    counter('haproxy_process_spliced_bytes_out_total', 'Bytes sent through kernel pipes.', (r) => r.total(CW_SPLICED_OUT)),
    gauge('haproxy_process_bytes_out_rate', 'Bytes sent during the last second.', (r) => Math.round(r.sampler.bytesOut.now[0]!)),
    gauge('haproxy_process_current_tasks', 'Things under way: connections.', (r) => r.global(GS_CONNECTIONS)),
    gauge('haproxy_process_pool_allocated_bytes', 'Memory of the process.', () => residentMemory()),
    gauge('haproxy_process_pool_used_bytes', 'Memory of the process.', () => residentMemory()),
    ...absent('gauge', 'haproxy_process_', GAUGES_ABSENT),
    ...absent('counter', 'haproxy_process_', COUNTERS_ABSENT),
  ],
};
