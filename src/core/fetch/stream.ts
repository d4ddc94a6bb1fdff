import { FACT_ATTEMPT, FACT_STATUS, FACT_TERM, FF_REDISPATCH, FACT_FLAGS, PHASE_AFTER, PHASE_END, PHASE_RESPONSE } from '../abi.js';
import type { Timeouts } from '../../config/model.js';
import type { CompileEnv, Fetch, FetchRow, Needs, SampleType, Value } from '../row.js';
import type { Stream, StreamTimeout } from '../stream.js';
import type { Tx } from '../tx.js';
import { transactionIdOf } from '../transaction_id.js';
import { uniqueIdOf } from '../unique_id.js';
import { intRow } from './known.js';

/** Reads what rules left on the stream; without any of it the sample is what `none` says. */
function ofStream(
  name: string, out: SampleType, doc: string, keep: 'last-rule' | null, read: (stream: Stream) => Value | undefined, none?: Value,
): FetchRow {
  return {
    name, args: [], out, needs: 'nothing', doc,
    compile(_args, env) {
      if (keep !== null) env.keeps.add(keep);
      return (tx) => {
        const stream = tx.streamIfAny();
        return stream === undefined ? none : read(stream);
      };
    },
  };
}

/** A timeout as set-timeout left it, else as a side of the configuration has it. */
function timeout(name: StreamTimeout, side: 'frontend' | 'backend', needs: Needs): FetchRow {
  return {
    name: `cur_${name}_timeout`, args: [], out: 'int', needs, doc: `timeout ${name} of the stream now, ms`,
    compile(_args, { model }) {
      const configured = model.proxies.map((proxy) => proxy.timeouts[name satisfies keyof Timeouts] ?? 0);
      return (tx) => tx.streamIfAny()?.timeouts[name] ?? configured[side === 'frontend' || tx.backend < 0 ? tx.frontend : tx.backend];
    },
  };
}

function capture(name: string, needs: Needs, doc: string, captures: (stream: Stream) => readonly (string | undefined)[]): FetchRow {
  return {
    name, args: [{ name: 'idx', type: 'int' }], out: 'str', needs, doc,
    compile(args) {
      const index = Number(args[0]);
      return (tx) => {
        const stream = tx.streamIfAny();
        return stream === undefined ? undefined : captures(stream)[index];
      };
    },
    check: (args) => (Number(args[0]) < 0 ? { arg: 0, problem: 'must not be negative' } : null),
  };
}

/** The two letters of logs (manual, section 8.5), `--` as long as nothing has ended. */
export function terminationState(tx: Tx): string {
  if (tx.phase !== PHASE_END) return '--';
  const ended = tx.facts[FACT_TERM]!;
  const letter = (code: number): string => (code === 0 ? '-' : String.fromCharCode(code));
  return letter(ended & 255) + letter((ended >> 8) & 255);
}

const LINE = /^(.*):([0-9]+)$/;
const fileOf = (rule: string | undefined): string | undefined => (rule === undefined ? undefined : LINE.exec(rule)?.[1]);
const lineOf = (rule: string | undefined): number | undefined => (rule === undefined ? undefined : Number(LINE.exec(rule)?.[2]));

function serverStatus(tx: Tx): number | undefined {
  const noted = tx.streamIfAny()?.serverStatus ?? 0;
  if (noted !== 0) return noted;
  const responding = tx.phase === PHASE_RESPONSE || ((tx.phase === PHASE_AFTER || tx.phase === PHASE_END) && tx.server >= 0);
  const status = responding ? tx.facts[FACT_STATUS]! : 0;
  return status === 0 ? undefined : status;
}

export const streamFetches: readonly FetchRow[] = [
  ofStream('prio_class', 'int', 'priority class that set-priority-class left', null, (stream) => stream.priorityClass, 0),
  ofStream('prio_offset', 'int', 'priority offset that set-priority-offset left', null, (stream) => stream.priorityOffset, 0),
  ofStream('last_rule_file', 'str', 'file of the last final rule that applied', 'last-rule', (stream) => fileOf(stream.lastRule)),
  ofStream('last_rule_line', 'int', 'line of the last final rule that applied', 'last-rule', (stream) => lineOf(stream.lastRule)),
  ofStream('last_entity', 'str', 'file and line of the last final rule that applied', 'last-rule', (stream) => stream.lastRule),
  ofStream('waiting_entity', 'str', 'file and line of the rule that waited when an error or timeout came', 'last-rule', (stream) => stream.waitingRule),
  { name: 'term_events', args: [], out: 'str', needs: 'nothing', doc: "termination events of the stream: '-', none are recorded", compile: () => () => '-' },
  { name: 'txn.sess_term_state', args: [], out: 'str', needs: 'nothing', doc: 'termination state as in logs (%ts)', compile: () => terminationState },
  {
    name: 'txn.id32', args: [], out: 'int', needs: 'nothing', doc: '32-bit number of the transaction',
    compile: (_args, env) => transactionIdOf(env),
  },
  intRow('txn.conn_retries', 'server', 'failed connects to servers so far', (tx) => tx.facts[FACT_ATTEMPT]),
  {
    name: 'txn.redispatched', args: [], out: 'bool', needs: 'server', doc: 'true if another server was chosen after a failed connect',
    compile: () => (tx) => (tx.facts[FACT_FLAGS]! & FF_REDISPATCH) !== 0,
  },
  intRow('bc_be_queue', 'server', 'streams that waited for the backend when this one joined them (%bq)', (tx) => tx.streamIfAny()?.backendQueue ?? 0),
  intRow('bc_srv_queue', 'server', 'streams that waited for the server when this one joined them (%sq)', (tx) => tx.streamIfAny()?.serverQueue ?? 0),
  intRow('server_status', 'response', 'status as the server sent it', serverStatus),
  timeout('client', 'frontend', 'nothing'),
  timeout('connect', 'backend', 'nothing'),
  timeout('queue', 'backend', 'nothing'),
  timeout('server', 'backend', 'nothing'),
  timeout('tarpit', 'backend', 'nothing'),
  timeout('tunnel', 'backend', 'nothing'),
  {
    name: 'cur_max_retries', args: [], out: 'int', needs: 'nothing', doc: 'connect retries of the stream now',
    compile(_args, { model }) {
      const configured = model.proxies.map((proxy) => proxy.retries);
      return (tx) => tx.streamIfAny()?.retries ?? configured[tx.backend < 0 ? tx.frontend : tx.backend];
    },
  },
  capture('capture.req.hdr', 'nothing', 'what the request capture of that slot holds', (stream) => stream.requestCaptures),
  capture('capture.res.hdr', 'nothing', 'what the response capture of that slot holds', (stream) => stream.responseCaptures),
  { name: 'unique-id', args: [], out: 'str', needs: 'nothing', doc: 'the unique id of unique-id-format', compile: (_args, env) => uniqueIdOf(env) },
];
