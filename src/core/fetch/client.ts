import { networkInterfaces } from 'node:os';
import { connectionAddress, connectionPort } from './endpoint.js';
import { FACT_ACCEPT_SEC, FACT_ACCEPT_USEC, FACT_DST_FAMILY, FACT_LISTENER, FACT_SRC_FAMILY, LS_CONNECTIONS } from '../abi.js';
import { listenerCell, serverRows } from '../cells.js';
import { formatIp } from '../ip.js';
import type { CompileEnv, FetchRow, Ip } from '../row.js';
import type { Tx } from '../tx.js';
import { checkUnit, inUnit } from './process.js';

type Read<T> = (tx: Tx, env: CompileEnv) => T | undefined;
const address = (name: string, doc: string, read: Read<Ip>): FetchRow =>
  ({ name, args: [], out: 'addr', needs: 'client', doc, compile: (_args, env) => (tx) => read(tx, env) });
const number = (name: string, doc: string, read: Read<number>): FetchRow =>
  ({ name, args: [], out: 'int', needs: 'client', doc, compile: (_args, env) => (tx) => read(tx, env) });

const src = (tx: Tx): Ip | undefined => tx.src();
const dst = (tx: Tx): Ip | undefined => tx.dst();
const srcPort = (tx: Tx): number | undefined => (tx.src() === undefined ? undefined : tx.srcPort());
const dstPort = (tx: Tx): number | undefined => (tx.dst() === undefined ? undefined : tx.dstPort());

const fcSrc: Read<Ip> = (tx, env) => connectionAddress(tx, env, 'src');
const fcDst: Read<Ip> = (tx, env) => connectionAddress(tx, env, 'dst');

/** What FACT_SRC_FAMILY and FACT_DST_FAMILY hold for a unix socket: it is always of this machine. */
const UNIX = 1;

function isLocal(name: string, doc: string, read: Read<Ip>, family: number): FetchRow {
  return {
    name, args: [], out: 'bool', needs: 'client', doc,
    compile(_args, env) {
      const own = new Set(Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((entry) => entry.address)));
      return (tx) => {
        const ip = read(tx, env);
        if (ip === undefined) return tx.facts[family] === UNIX ? true : undefined;
        return own.has(formatIp(ip)) || (ip.family === 4 && ip.bytes[0] === 127);
      };
    },
  };
}

export const clientFetches: readonly FetchRow[] = [
  address('src', 'address of the client', src),
  address('fc_src', 'address of the client connection', fcSrc),
  number('src_port', 'port of the client', srcPort),
  number('fc_src_port', 'port of the client connection', (tx, env) => connectionPort(tx, env, 'src')),
  address('dst', 'address the client connected to', dst),
  address('fc_dst', 'address the client connection has on our side', fcDst),
  number('dst_port', 'port the client connected to', dstPort),
  number('fc_dst_port', 'port the client connection has on our side', (tx, env) => connectionPort(tx, env, 'dst')),
  isLocal('src_is_local', 'true if the client has an address of this machine', src, FACT_SRC_FAMILY),
  isLocal('fc_src_is_local', 'true if the client connection comes from this machine', fcSrc, FACT_SRC_FAMILY),
  isLocal('dst_is_local', 'true if the client connected to an address of this machine', dst, FACT_DST_FAMILY),
  isLocal('fc_dst_is_local', 'true if the client connection ends at an address of this machine', fcDst, FACT_DST_FAMILY),
  {
    name: 'dst_conn', args: [], out: 'int', needs: 'client', doc: 'connections of the listener now',
    compile: (_args, { model, state }) => (tx) =>
      Atomics.load(state, listenerCell(model.proxies.length, serverRows(model), tx.facts[FACT_LISTENER]!, LS_CONNECTIONS)),
  },
  {
    name: 'so_id', args: [], out: 'int', needs: 'client', doc: 'number of the listener',
    compile: (_args, { model }) => (tx) => model.listeners[tx.facts[FACT_LISTENER]!]?.id,
  },
  {
    name: 'so_name', args: [], out: 'str', needs: 'client', doc: 'name of the listener',
    compile: (_args, { model }) => (tx) => model.listeners[tx.facts[FACT_LISTENER]!]?.name ?? undefined,
  },
  {
    name: 'fc_rcvd_proxy', args: [], out: 'bool', needs: 'client', doc: 'true if the client sent a PROXY header',
    compile: (_args, { model }) => (tx) => model.listeners[tx.facts[FACT_LISTENER]!]?.acceptProxy ?? false,
  },
  { name: 'fc_http_major', args: [], out: 'int', needs: 'client', doc: "major HTTP version of the client's connection", compile: () => () => 1 },
  { name: 'ssl_fc', args: [], out: 'bool', needs: 'client', doc: 'true if the client connection is encrypted', compile: () => () => false },
  { name: 'ssl_bc', args: [], out: 'bool', needs: 'server', doc: 'true if the server connection is encrypted', compile: () => () => false },
  {
    name: 'accept_date', args: [{ name: 'unit', type: 'str', optional: true }], out: 'int', needs: 'client', doc: 'date the connection was accepted',
    compile(args) {
      const unit = String(args[0] ?? 's');
      return (tx) => inUnit(tx.facts[FACT_ACCEPT_SEC]! * 1_000_000 + tx.facts[FACT_ACCEPT_USEC]!, unit);
    },
    check: (args) => checkUnit(args, 0),
  },
];
