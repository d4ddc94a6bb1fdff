import {
  CW_ABORTS, CW_ACCEPT_FAILED, CW_BUSY_NS, CW_BYTES_IN, CW_CONNECTIONS_MADE, CW_CONNECTIONS_REUSED, CW_COPIED_OUT, CW_DECISIONS,
  CW_DECISION_NS, CW_EVENTS, CW_IDLE_DEAD, CW_LISTENER_PAUSED, CW_PASSES, CW_PIPE_DIRTY, CW_PIPE_HITS, CW_PIPE_MISSES, CW_PIPE_SHRUNK,
  CW_SESSIONS, CW_SPLICED_IN, CW_SPLICE_NO_FD, CW_SPLICE_NO_PIPE, CW_SPLICE_UNSUPPORTED,
} from '../abi.js';
import { counter, gauge, type MetricRow, type ScopeTable } from './row.js';

/** Phases in the order of the PHASE_ constants. */
const PHASES = {
  label: 'phase',
  values: ['connection', 'session', 'content', 'request', 'server', 'response', 'after', 'end', 'slot', 'tcp_response', 'error'],
} as const;

const REASONS = { label: 'reason', values: ['no_pipe', 'no_fd', 'unsupported'] } as const;
const FALLBACKS = [CW_SPLICE_NO_PIPE, CW_SPLICE_NO_FD, CW_SPLICE_UNSUPPORTED];

function total(name: string, help: string, cell: number): MetricRow {
  return counter(`tsproxy_${name}_total`, help, (r) => r.total(cell));
}

/** tsproxy_*: what HAProxy has no name for. */
export const ownTable: ScopeTable = {
  scope: 'process',
  rows: [
    counter('tsproxy_splice_fallbacks_total', 'Times bytes were copied because they could not be spliced.',
      (r, _, part) => r.total(FALLBACKS[part]!), { by: REASONS }),
    total('spliced_bytes_in', 'Bytes moved from sockets to kernel pipes.', CW_SPLICED_IN),
    total('copied_bytes_out', 'Bytes sent by copying.', CW_COPIED_OUT),
    total('bytes_in', 'Bytes read from all sockets.', CW_BYTES_IN),
    total('pipe_pool_hits', 'Pipes taken from the pool.', CW_PIPE_HITS),
    total('pipe_pool_misses', 'Pipes that had to be made.', CW_PIPE_MISSES),
    total('pipes_dirty', 'Pipes closed with bytes in them.', CW_PIPE_DIRTY),
    total('pipes_shrunk', 'Pipes made smaller than tune.pipesize.', CW_PIPE_SHRUNK),
    counter('tsproxy_decisions_total', 'Decisions asked of JavaScript, by phase.', (r, _, part) => r.total(CW_DECISIONS + part), { by: PHASES }),
    counter('tsproxy_decision_seconds_total', 'Time spent in decisions, by phase.', (r, _, part) => r.total(CW_DECISION_NS + part) / 1e9, { by: PHASES }),
    total('accept_failures', 'Connections that could not be accepted for want of descriptors or memory.', CW_ACCEPT_FAILED),
    total('listener_pauses', 'Times a listener waited because a connection limit was reached.', CW_LISTENER_PAUSED),
    total('server_connections_made', 'Connects to servers.', CW_CONNECTIONS_MADE),
    total('server_connections_reused', 'Idle server connections used again.', CW_CONNECTIONS_REUSED),
    total('idle_connections_dead', 'Idle server connections found closed when they were wanted.', CW_IDLE_DEAD),
    total('peer_resets', 'Sessions ended by a reset of the peer.', CW_ABORTS),
    gauge('tsproxy_main_loop_utilization_ratio', 'Share of time the main thread was busy since the last scrape.', (r) => r.mainLoopUtilization()),
  ],
};

/** tsproxy_worker_*: label worker. */
export const workerTable: ScopeTable = {
  scope: 'worker',
  rows: [
    counter('tsproxy_worker_passes_total', 'Passes of the event loop.', (r, w) => r.worker(w, CW_PASSES)),
    counter('tsproxy_worker_events_total', 'Events handled.', (r, w) => r.worker(w, CW_EVENTS)),
    counter('tsproxy_worker_busy_seconds_total', 'Time spent in passes.', (r, w) => r.worker(w, CW_BUSY_NS) / 1e9),
    counter('tsproxy_worker_sessions_total', 'Sessions begun.', (r, w) => r.worker(w, CW_SESSIONS)),
  ],
};
