import {
  FACT_ERRORS, FACT_FLAGS, FACT_INSPECTED, FACT_SERVER, FF_REUSED, INSPECT_CLIENT_TCP, INSPECT_SERVER_ADDRESSES, INSPECT_SERVER_TCP,
} from '../abi.js';
import type { CompileEnv, Fetch, FetchRow, Needs } from '../row.js';
import type { Tx } from '../tx.js';
import { CONNECTION_ERRORS } from './connection_error.js';
import { inspected, inspectedAddress, inspectedPort, type End } from './endpoint.js';
import { intRow, isKnown } from './known.js';

interface Side {
  readonly prefix: 'fc' | 'bc';
  readonly needs: Needs;
  readonly what: string;
  readonly there: (tx: Tx) => boolean;
  /** Where the side's error stands in FACT_ERRORS. */
  readonly shift: number;
  readonly tcp: number;
}

const CLIENT: Side = { prefix: 'fc', needs: 'client', what: 'client', there: () => true, shift: 0, tcp: INSPECT_CLIENT_TCP };
const SERVER: Side = { prefix: 'bc', needs: 'server', what: 'server', there: (tx) => tx.facts[FACT_SERVER]! >= 0, shift: 8, tcp: INSPECT_SERVER_TCP };

function errors({ prefix, needs, what, shift }: Side): FetchRow[] {
  const error = (tx: Tx): number | undefined => (isKnown(tx) ? (tx.facts[FACT_ERRORS]! >> shift) & 255 : undefined);
  const text = (name: string, doc: string, column: 'name' | 'message'): FetchRow => ({
    name, args: [], out: 'str', needs, doc,
    compile: () => (tx) => {
      const number = error(tx);
      return number === undefined ? undefined : CONNECTION_ERRORS[number]?.[column];
    },
  });
  return [
    intRow(`${prefix}_err`, needs, `number of the ${what} connection's error, 0 if there is none`, error),
    text(`${prefix}_err_name`, `name of the ${what} connection's error, empty if there is none`, 'name'),
    text(`${prefix}_err_str`, `message of the ${what} connection's error`, 'message'),
  ];
}

/** HTTP/1 and raw TCP carry one stream at a time, and count no glitches. */
function constants({ prefix, needs, what, there }: Side): FetchRow[] {
  const constant = (name: string, doc: string, value: number): FetchRow => intRow(`${prefix}_${name}`, needs, doc, (tx) => (there(tx) ? value : undefined));
  return [
    constant('nb_streams', `streams open on the ${what} connection`, 1),
    constant('settings_streams_limit', `streams that the ${what} connection may carry at once`, 1),
    constant('glitches', `protocol glitches of the ${what} connection`, 0),
  ];
}

/** Places in TCP_INFO as inspect() writes it. */
const TCP_INFO = ['rtt', 'rttvar', 'unacked', 'sacked', 'lost', 'retrans', 'fackets', 'reordering'] as const;
type TcpInfo = (typeof TCP_INFO)[number];

function tcpInfo({ prefix, needs, what, tcp }: Side, info: TcpInfo): FetchRow {
  const at = FACT_INSPECTED + TCP_INFO.indexOf(info);
  const isTime = info === 'rtt' || info === 'rttvar';
  return {
    name: `${prefix}_${info}`, args: isTime ? [{ name: 'unit', type: 'str', optional: true }] : [], out: 'int', needs,
    doc: `${info} of the ${what} connection as the kernel measured it${isTime ? ', in ms or us' : ''}`,
    compile(args, env): Fetch {
      const divisor = isTime && args[0] !== 'us' ? 1000 : 1;
      return (tx) => (inspected(tx, env, tcp) ? Math.floor(tx.facts[at]! / divisor) : undefined);
    },
    check: (args) => ([undefined, null, '', 'ms', 'us'].includes(args[0] as string) ? null : { arg: 0, problem: "expects 'ms' or 'us'" }),
  };
}

function serverEnd(end: End, doc: string): FetchRow[] {
  const known = (env: CompileEnv, tx: Tx): boolean => inspected(tx, env, INSPECT_SERVER_ADDRESSES);
  return [
    {
      name: `bc_${end}`, args: [], out: 'addr', needs: 'server', doc: `address ${doc}`,
      compile: (_args, env) => (tx) => (known(env, tx) ? inspectedAddress(tx, end) : undefined),
    },
    {
      name: `bc_${end}_port`, args: [], out: 'int', needs: 'server', doc: `port ${doc}`,
      compile: (_args, env) => (tx) => (known(env, tx) ? inspectedPort(tx, end) : undefined),
    },
  ];
}

export const connectionFetches: readonly FetchRow[] = [
  ...[CLIENT, SERVER].flatMap((side) => [...errors(side), ...constants(side)]),
  ...TCP_INFO.map((info) => tcpInfo(CLIENT, info)),
  tcpInfo(SERVER, 'rtt'),
  tcpInfo(SERVER, 'rttvar'),
  ...serverEnd('src', 'the server connection has on our side'),
  ...serverEnd('dst', 'of the server that the connection leads to'),
  intRow('bc_http_major', 'server', "major HTTP version of the server's connection", (tx) => (SERVER.there(tx) ? 1 : undefined)),
  {
    name: 'bc_reused', args: [], out: 'bool', needs: 'server', doc: 'true if the server connection had been used before',
    compile: () => (tx) => (tx.facts[FACT_FLAGS]! & FF_REUSED) !== 0,
  },
  {
    name: 'fc_saved_syn', args: [], out: 'bin', needs: 'client', doc: "the client's SYN packet, where the bind option tcp-ss had it saved",
    compile: (_args, env) => (tx) => {
      const packet = env.engine().savedSyn?.(tx.session) ?? null;
      return packet === null ? undefined : { bin: Buffer.from(packet).toString('latin1') };
    },
  },
];
