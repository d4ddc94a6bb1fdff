import { hostname } from 'node:os';
import {
  CW_ACCEPTED, CW_BYTES_OUT, CW_LOGS_DROPPED, CW_REQUESTS, CW_SPLICED_OUT, GS_CONN_RATE_LIMIT, GS_CONNECTIONS, GS_MAXCONN, GS_PIPES_FREE, GS_PIPES_USED, GS_SESS_RATE_LIMIT,
  GS_STOPPING,
} from '../abi.js';
import type { Readings } from '../metric/readings.js';
import type { ValueType } from './field.js';
import { residentMemory } from '../memory.js';

/** A line of `show info` (management guide, 9.3). */
export interface InfoRow {
  readonly name: string;
  readonly doc: string;
  readonly type: ValueType;
  readonly tags: string;
  readonly read: (readings: Readings) => number | string;
}

const row = (type: ValueType, tags: string) => (name: string, doc: string, read: InfoRow['read']): InfoRow => ({ name, doc, type, tags, read });
const product = row('str', 'POS');
const gauge = row('u32', 'MGP');
const counter = row('u32', 'MCP');
const limit = row('u32', 'CLP');
const rate = row('u32', 'MRP');
const most = row('u32', 'MMP');
const bytes = row('u64', 'MGP');

const seconds = (r: Readings): number => Math.floor((r.now() - r.facts.startTime) / 1000);
const MB = 1024 * 1024;

/** `0d 1h02m03s` */
export function uptime(total: number): string {
  const two = (n: number): string => String(n % 60).padStart(2, '0');
  return `${Math.floor(total / 86_400)}d ${Math.floor(total / 3600) % 24}h${two(Math.floor(total / 60))}m${two(total)}s`;
}

const memory = (): number => residentMemory();
const none = (): number => 0;

export const infoRows: readonly InfoRow[] = [
  product('Name', 'Product name', () => 'tsproxy'),
  product('Version', 'Product version', (r) => r.facts.version),
  product('Release_date', 'Date of latest source code update', () => ''),
  row('u32', 'CGS')('Nbthread', 'Number of started threads (global.nbthread)', (r) => r.pages.workers),
  row('u32', 'CGS')('Nbproc', 'Number of started worker processes (historical, always 1)', () => 1),
  row('u32', 'KGP')('Process_num', 'Relative worker process number (1)', () => 1),
  row('u32', 'SGP')('Pid', 'This worker process identifier for the system', () => process.pid),
  row('str', 'MDP')('Uptime', 'How long ago this worker process was started (days+hours+minutes+seconds)', (r) => uptime(seconds(r))),
  row('u32', 'MDP')('Uptime_sec', 'How long ago this worker process was started (seconds)', seconds),
  limit('Memmax_MB', "Worker process's hard limit on memory usage in MB (-m on command line)", none),
  gauge('PoolAlloc_MB', 'Amount of memory allocated in pools (in MB)', () => Math.floor(memory() / MB)),
  gauge('PoolUsed_MB', 'Amount of pool memory currently used (in MB)', () => Math.floor(memory() / MB)),
  counter('PoolFailed', 'Number of failed pool allocations since this worker was started', none),
  limit('Ulimit-n', 'Hard limit on the number of per-process file descriptors', (r) => r.facts.descriptors),
  limit('Maxsock', 'Hard limit on the number of per-process sockets', (r) => r.facts.descriptors),
  limit('Maxconn', 'Hard limit on the number of per-process connections (configured or imposed by Ulimit-n)', (r) => r.global(GS_MAXCONN) || r.facts.maxconn),
  limit('Hard_maxconn', 'Hard limit on the number of per-process connections (imposed by Memmax_MB or Ulimit-n)', (r) => r.facts.maxconn),
  gauge('CurrConns', 'Current number of connections on this worker process', (r) => r.global(GS_CONNECTIONS)),
  counter('CumConns', 'Total number of connections on this worker process since started', (r) => r.total(CW_ACCEPTED)),
  counter('CumReq', 'Total number of requests on this worker process since started', (r) => r.total(CW_REQUESTS)),
  most('MaxSslConns', 'Hard limit on the number of per-process SSL endpoints (front+back), 0=unlimited', none),
  gauge('CurrSslConns', 'Current number of SSL endpoints on this worker process (front+back)', none),
  counter('CumSslConns', 'Total number of SSL endpoints on this worker process since started (front+back)', none),
  limit('Maxpipes', 'Hard limit on the number of pipes for splicing, 0=unlimited', (r) => r.facts.maxpipes),
  gauge('PipesUsed', 'Current number of pipes in use in this worker process', (r) => r.global(GS_PIPES_USED)),
  gauge('PipesFree', 'Current number of allocated and available pipes in this worker process', (r) => r.global(GS_PIPES_FREE)),
  rate('ConnRate', 'Number of front connections created on this worker process over the last second', (r) => Math.round(r.sampler.connections.now[0]!)),
  limit('ConnRateLimit', 'Hard limit for ConnRate (global.maxconnrate)', (r) => r.global(GS_CONN_RATE_LIMIT)),
  most('MaxConnRate', 'Highest ConnRate reached on this worker process since started (in connections per second)', (r) => r.sampler.connections.max[0]!),
  rate('SessRate', 'Number of sessions created on this worker process over the last second', (r) => Math.round(r.sampler.sessions.now[0]!)),
  limit('SessRateLimit', 'Hard limit for SessRate (global.maxsessrate)', (r) => r.global(GS_SESS_RATE_LIMIT)),
  most('MaxSessRate', 'Highest SessRate reached on this worker process since started (in sessions per second)', (r) => r.sampler.sessions.max[0]!),
  rate('SslRate', 'Number of SSL connections created on this worker process over the last second', none),
  limit('SslRateLimit', 'Hard limit for SslRate (global.maxsslrate)', none),
  most('MaxSslRate', 'Highest SslRate reached on this worker process since started (in connections per second)', none),
  gauge('SslFrontendKeyRate', 'Number of SSL keys created on frontends in this worker process over the last second', none),
  most('SslFrontendMaxKeyRate', 'Highest SslFrontendKeyRate reached on this worker process since started (in SSL keys per second)', none),
  gauge('SslFrontendSessionReuse_pct', 'Percent of frontend SSL connections which did not require a new key', none),
  rate('SslBackendKeyRate', 'Number of SSL keys created on backends in this worker process over the last second', none),
  most('SslBackendMaxKeyRate', 'Highest SslBackendKeyRate reached on this worker process since started (in SSL keys per second)', none),
  counter('SslCacheLookups', 'Total number of SSL session ID lookups in the SSL session cache on this worker since started', none),
  counter('SslCacheMisses', 'Total number of SSL session ID lookups that didn\'t find a session in the SSL session cache on this worker since started', none),
  rate('CompressBpsIn', 'Number of bytes submitted to the HTTP compressor in this worker process over the last second', none),
  rate('CompressBpsOut', 'Number of bytes emitted by the HTTP compressor in this worker process over the last second', none),
  limit('CompressBpsRateLim', 'Limit of CompressBpsOut beyond which HTTP compression is automatically disabled', none),
  limit('ZlibMemUsage', 'Amount of memory currently used by HTTP compression on the current worker process (in bytes)', none),
  limit('MaxZlibMemUsage', 'Limit on the amount of memory used by HTTP compression above which it is automatically disabled (in bytes, see global.maxzlibmem)', none),
  gauge('Tasks', 'Total number of tasks in the current worker process (active + sleeping)', (r) => r.global(GS_CONNECTIONS)),
  gauge('Run_queue', 'Total number of active tasks+tasklets in the current worker process', none),
  row('u32', 'MaP')('Idle_pct', 'Percentage of last second spent waiting in the current worker thread', (r) =>
    Math.round(100 * Math.max(0, 1 - r.sampler.busy.now[0]! / 1e9 / r.pages.workers))),
  row('str', 'COS')('node', 'Node name (global.node)', (r) => r.model.global.node ?? hostname()),
  row('str', 'COS')('description', 'Node description (global.description)', (r) => r.model.global.description ?? ''),
  gauge('Stopping', '1 if the worker process is currently stopping, otherwise zero', (r) => r.global(GS_STOPPING)),
  gauge('Jobs', 'Current number of active jobs on the current worker process (frontend connections, master connections, listeners)', (r) =>
    r.global(GS_CONNECTIONS) + r.model.listeners.length),
  gauge('Unstoppable Jobs', 'Current number of unstoppable jobs on the current worker process (master connections)', none),
  gauge('Listeners', 'Current number of active listeners on the current worker process', (r) => (r.global(GS_STOPPING) === 0 ? r.model.listeners.length : 0)),
  gauge('ActivePeers', 'Current number of verified active peers connections on the current worker process', none),
  gauge('ConnectedPeers', 'Current number of peers having passed the connection step on the current worker process', none),
  counter('DroppedLogs', 'Total number of dropped logs for current worker process since started', (r) => r.total(CW_LOGS_DROPPED)),
  gauge('BusyPolling', '1 if busy-polling is currently in use on the worker process, otherwise zero (config.busy-polling)', none),
  counter('FailedResolutions', 'Total number of failed DNS resolutions in current worker process since started', none),
  bytes('TotalBytesOut', 'Total number of bytes emitted by current worker process since started', (r) => r.total(CW_BYTES_OUT)),
  bytes('TotalSplicedBytesOut', 'Total number of bytes emitted by current worker process through a kernel pipe since started', (r) => r.total(CW_SPLICED_OUT)),
  row('u64', 'MRP')('BytesOutRate', 'Number of bytes emitted by current worker process over the last second', (r) => Math.round(r.sampler.bytesOut.now[0]!)),
  counter('DebugCommandsIssued', 'Number of debug commands issued on this process (anything > 0 is unsafe)', none),
  counter('CumRecvLogs', 'Total number of log messages received by log-forwarding listeners on this worker process since started', none),
  product('Build info', 'Build info', (r) => r.facts.version),
  limit('Memmax_bytes', "Worker process's hard limit on memory usage in bytes (-m on command line)", none),
  bytes('PoolAlloc_bytes', 'Amount of memory allocated in pools (in bytes)', memory),
  bytes('PoolUsed_bytes', 'Amount of pool memory currently used (in bytes)', memory),
  row('u32', 'MDP')('Start_time_sec', 'Start time in seconds', (r) => Math.floor(r.facts.startTime / 1000)),
  row('str', 'SGP')('Tainted', 'Experimental features used', () => '0'),
  gauge('TotalWarnings', 'Total warnings issued', none),
  most('MaxconnReached', 'Number of times an accepted connection resulted in Maxconn being reached', none),
  row('u32', 'MDP')('BootTime_ms', 'How long ago it took to parse and process the config before being ready (milliseconds)', none),
  row('u32', 'CGS')('Niced_tasks', 'Total number of active tasks+tasklets in the current worker process that are niced', none),
];
