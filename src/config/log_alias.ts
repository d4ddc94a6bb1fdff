/** The aliases of log-format strings (manual, 8.2.6). */

export interface LogAlias {
  readonly name: string;
  /** `http`: proxies in mode http only; `ssl`: TLS only; `log`: means something only in logs. */
  readonly restriction: 'http' | 'ssl' | 'log' | null;
  readonly type: 'date' | 'numeric' | 'string' | 'list' | 'ip' | 'none';
  /** The sample expression that gives the same; null if there is none. */
  readonly sample: string | null;
  readonly doc: string;
}

type Row = readonly [name: string, restriction: LogAlias['restriction'], type: LogAlias['type'], sample: string | null, doc: string];

const ROWS: readonly Row[] = [
  ['o', null, 'none', null, 'special: applies its flags to all following items'],
  ['T', null, 'date', 'accept_date,utime("%d/%b/%Y:%H:%M:%S %z")', 'accept date, UTC, with timezone'],
  ['Tl', null, 'date', 'accept_date,ltime("%d/%b/%Y:%H:%M:%S %z")', 'accept date, local, with timezone'],
  ['Ts', null, 'numeric', 'accept_date', 'accept date as a UNIX timestamp'],
  ['t', null, 'date', 'accept_date(ms),ms_ltime("%d/%b/%Y:%H:%M:%S.%3N")', 'accept date, local, with milliseconds'],
  ['ms', null, 'numeric', 'accept_date(ms),ms_utime("%3N")', 'milliseconds of the accept date'],
  ['tr', 'http', 'date', 'request_date(ms),ms_ltime("%d/%b/%Y:%H:%M:%S.%3N")', 'request date, local, with milliseconds'],
  ['trg', 'http', 'date', 'request_date,utime("%d/%b/%Y:%H:%M:%S %z")', 'request date, UTC, with timezone'],
  ['trl', 'http', 'date', 'request_date,ltime("%d/%b/%Y:%H:%M:%S %z")', 'request date, local, with timezone'],
  ['Ta', 'http', 'numeric', 'txn.timer.total', 'active time of the request, from TR to the end'],
  ['Tc', null, 'numeric', 'bc.timer.connect', 'time to connect to the server'],
  ['Td', null, 'numeric', 'res.timer.data', 'time of data transmission'],
  ['Th', null, 'numeric', 'fc.timer.handshake', 'time of the handshakes with the client'],
  ['Ti', 'http', 'numeric', 'req.timer.idle', 'idle time before the request'],
  ['Tq', 'http', 'numeric', 'req.timer.tq', 'Th + Ti + TR'],
  ['TR', 'http', 'numeric', 'req.timer.hdr', 'time to receive the request'],
  ['Tr', 'http', 'numeric', 'res.timer.hdr', 'response time of the server'],
  ['Tt', null, 'numeric', 'fc.timer.total', 'total time of the session'],
  ['Tu', null, 'numeric', 'txn.timer.user', 'total time as the user sees it'],
  ['Tw', null, 'numeric', 'req.timer.queue', 'time spent in queues'],
  ['B', null, 'numeric', 'res.bytes_in', 'bytes from server to client'],
  ['CC', 'http', 'string', null, 'captured request cookie'],
  ['CS', 'http', 'string', null, 'captured response cookie'],
  ['H', null, 'string', 'hostname', 'host name of the machine'],
  ['HM', 'http', 'string', 'method', 'HTTP method'],
  ['HP', 'http', 'string', null, 'HTTP request URI without query string'],
  ['HPO', 'http', 'string', null, 'HTTP path only'],
  ['HQ', 'http', 'string', null, 'HTTP request URI query string, with its question mark'],
  ['HU', 'http', 'string', null, 'HTTP request URI'],
  ['HV', 'http', 'string', null, 'HTTP version, such as HTTP/1.0'],
  ['ID', null, 'string', 'unique-id', 'unique id of the request'],
  ['ST', null, 'numeric', 'txn.status', 'status code'],
  ['U', null, 'numeric', 'req.bytes_in', 'bytes from client to server'],
  ['ac', null, 'numeric', 'act_conn', 'connections of the process'],
  ['b', null, 'string', 'be_name', 'name of the backend'],
  ['bc', null, 'numeric', 'be_conn', 'connections of the backend'],
  ['bi', null, 'ip', 'bc_src', 'address that the server is connected from'],
  ['bp', null, 'numeric', 'bc_src_port', 'port that the server is connected from'],
  ['bq', null, 'numeric', 'bc_be_queue', 'place in the queue of the backend'],
  ['ci', null, 'ip', 'src', 'address of the client'],
  ['cp', null, 'numeric', 'src_port', 'port of the client'],
  ['f', null, 'string', 'fe_name', 'name of the frontend'],
  ['fc', null, 'numeric', 'fe_conn', 'connections of the frontend'],
  ['fi', null, 'ip', 'dst', 'address that the client connected to'],
  ['fp', null, 'numeric', 'dst_port', 'port that the client connected to'],
  ['ft', null, 'string', null, "name of the frontend, with '~' behind it for TLS"],
  ['lc', null, 'numeric', null, 'number of the log line of the frontend'],
  ['hr', null, 'string', null, 'captured request headers'],
  ['hrl', null, 'list', null, 'captured request headers, CLF style'],
  ['hs', null, 'string', null, 'captured response headers'],
  ['hsl', null, 'list', null, 'captured response headers, CLF style'],
  ['OG', 'log', 'string', null, 'origin of the log line'],
  ['pid', null, 'numeric', 'pid', 'process id'],
  ['r', 'http', 'string', null, 'HTTP request line'],
  ['rc', null, 'numeric', null, 'number of retries'],
  ['rt', null, 'numeric', 'txn.id32', 'number of the request or session'],
  ['s', null, 'string', 'srv_name', 'name of the server'],
  ['sc', null, 'numeric', null, 'connections of the server'],
  ['si', null, 'ip', 'bc_dst', 'address of the server'],
  ['sp', null, 'numeric', 'bc_dst_port', 'port of the server'],
  ['sq', null, 'numeric', 'bc_srv_queue', 'place in the queue of the server'],
  ['sslc', 'ssl', 'string', 'ssl_fc_cipher', 'TLS cipher'],
  ['sslv', 'ssl', 'string', 'ssl_fc_protocol', 'TLS version'],
  ['ts', null, 'string', 'txn.sess_term_state', 'two letters that say how the session ended'],
  ['tsc', 'http', 'string', null, 'four letters that say how the session ended, and about its cookies'],
];

export const LOG_ALIASES: ReadonlyMap<string, LogAlias> = new Map(
  ROWS.map(([name, restriction, type, sample, doc]) => [name, { name, restriction, type, sample, doc }]),
);
