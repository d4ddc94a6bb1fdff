import type { Checks, ServerStates } from '../../backends/index.js';
import type { Readings } from '../metric/readings.js';

/** What a line of statistics is about (management guide, 9.1: F, L, S, B). `index`: of the proxy, or of the server or listener in it. */
export interface Subject {
  readonly kind: 'frontend' | 'listener' | 'server' | 'backend';
  readonly proxy: number;
  readonly index: number;
}

/** What counters had when they were last cleared; 0 = never. */
export interface Baseline {
  frontend(proxy: number, cell: number): number;
  backend(proxy: number, cell: number): number;
  server(server: number, cell: number): number;
  listener(listener: number, cell: number): number;
}

/** Where the figures come from: the main thread's view of the process. */
export interface Source {
  readonly readings: Readings;
  readonly checks: Pick<Checks, 'failures' | 'health' | 'agent'>;
  readonly states: Pick<ServerStates, 'servers' | 'backends'>;
  readonly base: Baseline;
  /** False: addresses, cookies and algorithms are not for those who ask. */
  readonly legends?: boolean;
}

export type Value = number | string | null;
export type ValueType = 's32' | 'u32' | 'u64' | 'str';

/** How a value is had of a subject; `at`: Subject.index. */
export type Read = (source: Source, at: number) => Value;

/** A column of statistics. A kind of subject without a reader has it empty, as null is. */
export interface FieldRow {
  readonly name: string;
  readonly doc: string;
  readonly type: ValueType;
  /** Origin, nature and scope (management guide, 9.2). */
  readonly tags: string;
  readonly frontend?: Read;
  readonly listener?: Read;
  readonly server?: Read;
  readonly backend?: Read;
}

export type Readers = Pick<FieldRow, 'frontend' | 'listener' | 'server' | 'backend'>;

const maker = (type: ValueType, tags: string) => (name: string, doc: string, readers: Readers): FieldRow => ({ name, doc, type, tags, ...readers });

/** Makers of the common kinds of columns. */
export const counter = maker('u64', 'MCP');
export const gauge = maker('u32', 'MGP');
export const most = maker('u32', 'MMP');
export const limit = maker('u32', 'CLP');
export const rate = maker('u32', 'MRP');
export const average = maker('u32', 'MaP');
export const age = maker('u32', 'MAP');
export const setting = maker('str', 'CGS');
export const number = maker('u32', 'CGS');
export const text = maker('str', 'SGP');
export const output = maker('str', 'MOP');

/** Cells of counters that have the same meaning in several kinds; null = not there. */
export function counters(frontend: number | null, server: number | null, backend: number | null, listener: number | null = null): Readers {
  return {
    ...(listener === null ? {} : { listener: (s, l) => s.readings.listenerTotal(l, listener) - s.base.listener(l, listener) }),
    ...(frontend === null ? {} : { frontend: (s, p) => s.readings.frontendTotal(p, frontend) - s.base.frontend(p, frontend) }),
    ...(server === null ? {} : { server: (s, v) => s.readings.serverTotal(v, server) - s.base.server(v, server) }),
    ...(backend === null ? {} : { backend: (s, p) => s.readings.backendTotal(p, backend) - s.base.backend(p, backend) }),
  };
}

/** The same for cells of state. */
export function states(frontend: number | null, server: number | null, backend: number | null, listener: number | null = null): Readers {
  return {
    ...(listener === null ? {} : { listener: (s, l) => s.readings.listener(l, listener) }),
    ...(frontend === null ? {} : { frontend: (s, p) => s.readings.proxy(p, frontend) }),
    ...(server === null ? {} : { server: (s, v) => s.readings.server(v, server) }),
    ...(backend === null ? {} : { backend: (s, p) => s.readings.proxy(p, backend) }),
  };
}

/** Readers that do not differ between frontend and backend. */
export const bothSides = (read: Read): Readers => ({ frontend: read, backend: read });

/** The readers for those proxies, and servers of those, that speak HTTP. */
export function ifHttp(readers: Readers): Readers {
  const proxies = (read: Read | undefined): Read | undefined =>
    read && ((s, p) => (s.readings.model.proxies[p]!.mode === 'http' ? read(s, p) : null));
  const { frontend, backend, server } = readers;
  return {
    ...(frontend && { frontend: proxies(frontend)! }),
    ...(backend && { backend: proxies(backend)! }),
    ...(server && { server: (s, v) => (s.readings.model.proxies[s.readings.model.servers[v]!.proxy]!.mode === 'http' ? server(s, v) : null) }),
  };
}
