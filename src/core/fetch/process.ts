import { hostname } from 'node:os';
import { randomFillSync, randomUUID } from 'node:crypto';
import type { Arg } from '../../config/model.js';
import { GS_CONNECTIONS, GS_STOPPING } from '../abi.js';
import type { ArgRow, FetchRow } from '../row.js';

const UNITS = ['s', 'ms', 'us'];

/** Now (or another date, given in µs since 1970) in a unit, with an offset in that unit. */
export function inUnit(microseconds: number, unit: string, offset = 0): number {
  const divisor = unit === 'us' ? 1 : unit === 'ms' ? 1000 : 1_000_000;
  return Math.floor(microseconds / divisor) + offset;
}

export function nowMicroseconds(): number {
  return Math.floor((performance.timeOrigin + performance.now()) * 1000);
}

/** Checks an optional unit argument at a position. */
export function checkUnit(args: readonly Arg[], arg: number): { arg: number; problem: string } | null {
  const unit = args[arg] ?? null;
  return unit === null || UNITS.includes(String(unit)) ? null : { arg, problem: `expects 's', 'ms' or 'us', not '${unit}'` };
}

/** A version 7 UUID (RFC 9562): 48 bits of milliseconds, the rest random. */
function uuid7(): string {
  const bytes = randomFillSync(Buffer.alloc(16));
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6]! & 0x0f) | 0x70;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const unit: ArgRow = { name: 'unit', type: 'str', optional: true };
const startedAt = Date.now();

export const processFetches: readonly FetchRow[] = [
  {
    name: 'date', args: [{ name: 'offset', type: 'int', optional: true }, unit], out: 'int', needs: 'nothing',
    doc: 'current date since 1970 plus an offset, in seconds, ms or us',
    compile(args) {
      const offset = Number(args[0] ?? 0);
      const name = String(args[1] ?? 's');
      return () => inUnit(nowMicroseconds(), name, offset);
    },
    check: (args) => checkUnit(args, 1),
  },
  {
    name: 'date_us', args: [], out: 'int', needs: 'nothing', doc: 'microseconds part of the current date',
    compile: () => () => nowMicroseconds() % 1_000_000,
  },
  {
    name: 'rand', args: [{ name: 'range', type: 'int', optional: true }], out: 'int', needs: 'nothing',
    doc: 'a random integer from 0 to below range (2^32), not for security',
    compile(args) {
      const range = args[0] === undefined || args[0] === null ? 2 ** 32 : Number(args[0]);
      return () => Math.floor(Math.random() * range);
    },
  },
  {
    name: 'uuid', args: [{ name: 'version', type: 'int', optional: true }], out: 'str', needs: 'nothing', doc: 'a UUID of version 4 or 7',
    compile: (args) => (args[0] === 7 ? () => uuid7() : () => randomUUID()),
    check: (args) => ([undefined, null, 4, 7].includes(args[0] as number) ? null : { arg: 0, problem: 'only versions 4 and 7 are supported' }),
  },
  {
    name: 'env', args: [{ name: 'name', type: 'str' }], out: 'str', needs: 'nothing', doc: 'an environment variable as it was at start',
    compile(args) {
      const value = process.env[String(args[0])];
      return () => value;
    },
  },
  {
    name: 'hostname', args: [], out: 'str', needs: 'nothing', doc: 'name of the machine',
    compile() {
      const name = hostname();
      return () => name;
    },
  },
  { name: 'pid', args: [], out: 'int', needs: 'nothing', doc: 'process number', compile: () => () => process.pid },
  { name: 'nbproc', args: [], out: 'int', needs: 'nothing', doc: 'number of processes: 1', compile: () => () => 1 },
  { name: 'proc', args: [], out: 'int', needs: 'nothing', doc: 'number of this process: 1', compile: () => () => 1 },
  { name: 'thread', args: [], out: 'int', needs: 'nothing', doc: 'number of this worker, from 0', compile: (_args, env) => () => env.worker },
  { name: 'tgroup', args: [], out: 'int', needs: 'nothing', doc: 'number of the thread group: 0', compile: () => () => 0 },
  { name: 'quic_enabled', args: [], out: 'bool', needs: 'nothing', doc: 'true if QUIC is supported: false', compile: () => () => false },
  {
    name: 'uptime', args: [], out: 'int', needs: 'nothing', doc: 'seconds since this worker started',
    compile: () => () => Math.max(0, Math.floor((Date.now() - startedAt) / 1000)),
  },
  {
    name: 'stopping', args: [], out: 'bool', needs: 'nothing', doc: 'true during a soft stop',
    compile: (_args, { state }) => () => Atomics.load(state, GS_STOPPING) !== 0,
  },
  {
    name: 'act_conn', args: [], out: 'int', needs: 'nothing', doc: 'client connections of the process now',
    compile: (_args, { state }) => () => Atomics.load(state, GS_CONNECTIONS),
  },
];
