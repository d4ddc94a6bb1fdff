import { ADMIN_MAINT, OP_STOPPED, SS_ADMIN, SS_OP_STATE } from '../abi.js';
import type { Source, Subject } from './field.js';

/** What of the configuration is shown. */
export interface Selection {
  /** Index of a proxy; null = all. */
  readonly proxy: number | null;
  readonly kinds: Readonly<Record<Subject['kind'], boolean>>;
  /** Number (`id`) of a server or listener; null = all. */
  readonly id: number | null;
  /** `up`: without servers that are down or in maintenance; `no-maint`: without those in maintenance. */
  readonly servers: 'all' | 'up' | 'no-maint';
}

export const EVERYTHING: Selection = { proxy: null, kinds: { frontend: true, listener: true, server: true, backend: true }, id: null, servers: 'all' };

/** The lines of statistics in HAProxy's order: of each proxy the frontend, its listeners with `option socket-stats`, the servers, the backend. */
export function* subjects(source: Source, selection: Selection): Generator<Subject> {
  const { model } = source.readings;
  const { kinds, id } = selection;
  for (const proxy of model.proxies) {
    if (selection.proxy !== null && proxy.index !== selection.proxy) continue;
    const at = proxy.index;
    if (kinds.frontend && proxy.isFrontend && (id === null || id === 0)) yield { kind: 'frontend', proxy: at, index: at };
    if (kinds.listener && proxy.options.flags.includes('socket-stats')) {
      for (const index of proxy.listeners) if (id === null || model.listeners[index]!.id === id) yield { kind: 'listener', proxy: at, index };
    }
    if (kinds.server) {
      for (const index of proxy.servers) {
        if ((id === null || model.servers[index]!.id === id) && shown(source, index, selection.servers)) yield { kind: 'server', proxy: at, index };
      }
    }
    if (kinds.backend && proxy.isBackend && (id === null || id === 0)) yield { kind: 'backend', proxy: at, index: at };
  }
}

function shown({ readings }: Source, server: number, which: Selection['servers']): boolean {
  if (which === 'all') return true;
  if ((readings.server(server, SS_ADMIN) & ADMIN_MAINT) !== 0) return false;
  return which === 'no-maint' || readings.server(server, SS_OP_STATE) !== OP_STOPPED;
}
