import {
  CW_ACCEPTED, CW_BYTES_OUT, CW_LOGS_DROPPED, CW_LOGS_SENT, CW_REQUESTS, CW_SPLICED_OUT, GS_CONNECTIONS, GS_LOGS_DROPPED, GS_PIPES_FREE, GS_PIPES_USED, GS_STOPPING,
} from '../abi.js';
import { counter, gauge, type ScopeTable } from './row.js';

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
    gauge('haproxy_process_max_connections', 'Client connections the process accepts at once (global maxconn).', (r) => r.facts.maxconn),
    gauge('haproxy_process_hard_max_connections', 'Client connections the process can accept at once.', (r) => r.facts.maxconn),
    gauge('haproxy_process_current_connections', 'Client connections now.', (r) => r.global(GS_CONNECTIONS)),
    counter('haproxy_process_connections_total', 'Client connections accepted.', (r) => r.total(CW_ACCEPTED)),
    counter('haproxy_process_requests_total', 'HTTP requests received.', (r) => r.total(CW_REQUESTS)),
    gauge('haproxy_process_max_pipes', 'Pipes that may be used for splicing.', (r) => r.facts.maxpipes),
    // HAProxy calls these two counters although they go down: dashboards know them by these names and types.
    counter('haproxy_process_pipes_used_total', 'Pipes that hold bytes now.', (r) => r.global(GS_PIPES_USED)),
    counter('haproxy_process_pipes_free_total', 'Pipes waiting in the pools now.', (r) => r.global(GS_PIPES_FREE)),
    gauge('haproxy_process_current_connection_rate', 'Connections accepted during the last second.', (r) => Math.round(r.sampler.connections.now[0]!)),
    gauge('haproxy_process_limit_connection_rate', 'Limit of connections a second, 0 = none.', () => 0),
    gauge('haproxy_process_max_connection_rate', 'Most connections accepted in a second.', (r) => r.sampler.connections.max[0]!),
    gauge('haproxy_process_current_session_rate', 'Sessions begun during the last second.', (r) => Math.round(r.sampler.sessions.now[0]!)),
    gauge('haproxy_process_limit_session_rate', 'Limit of sessions a second, 0 = none.', () => 0),
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
  ],
};
