/**
 * Backends that are hidden from content switching, shown again and deleted while the process runs (management guide: publish backend,
 * unpublish backend, del backend). A deleted one keeps its number: nothing leads to it any more. Main thread.
 */
import { PS_BACKEND_SESSIONS, PS_CLOSED, PS_QUEUED } from '../core/abi.js';
import { proxyCell } from '../core/cells.js';
import { removeBackend, setDynamicCookie } from '../core/live_model.js';
import type { Model } from '../config/model.js';
import { CLOSED_UNPUBLISHED, refreshBackend } from './state.js';

export interface DynamicBackendParts {
  /** A live one (live_model.ts). */
  readonly model: Model;
  readonly state: Int32Array;
  /** Tells all workers, and resolves when they have done it. */
  spread(change: BackendListChange): Promise<void>;
}

/** `cookie`: what makes the cookies of servers by themselves. */
export type BackendListChange =
  | { readonly kind: 'delete'; readonly proxy: number }
  | { readonly kind: 'cookie'; readonly proxy: number; readonly dynamic: boolean; readonly key: string | null };

export class DynamicBackends {
  constructor(private readonly parts: DynamicBackendParts) {}

  /** Whether rules may choose a backend. Workers look at the cell with each choice. */
  publish(proxy: number, on: boolean): void {
    const { state } = this.parts;
    const cell = proxyCell(proxy, PS_CLOSED);
    if (on) Atomics.and(state, cell, ~CLOSED_UNPUBLISHED);
    else Atomics.or(state, cell, CLOSED_UNPUBLISHED);
  }

  /** Cookies made of a key and the address of a server (manual: dynamic-cookie-key). */
  async setDynamicCookie(proxy: number, to: { readonly dynamic?: boolean; readonly key?: string }): Promise<void> {
    const { model, state, spread } = this.parts;
    const { cookie, dynamicCookieKey } = model.proxies[proxy]!;
    const change = { kind: 'cookie', proxy, dynamic: to.dynamic ?? cookie?.dynamic ?? false, key: to.key ?? dynamicCookieKey } as const;
    setDynamicCookie(model, proxy, change);
    await spread(change);
    refreshBackend(model, state, proxy);
  }

  /** Deletes a backend that is unpublished, without servers, and used by nobody. null, or why it can't be. */
  async delete(proxy: number): Promise<string | null> {
    const problem = this.whyKept(proxy);
    if (problem !== null) return problem;
    removeBackend(this.parts.model, proxy);
    await this.parts.spread({ kind: 'delete', proxy });
    return null;
  }

  /** Why a backend can't be deleted now; null = it can. */
  whyKept(proxy: number): string | null {
    const { model, state } = this.parts;
    const { isFrontend, referenced, stickTable, mode, servers } = model.proxies[proxy]!;
    const cell = (which: number): number => Atomics.load(state, proxyCell(proxy, which));
    if (isFrontend) return 'Cannot delete a listen section.';
    if (mode !== 'http' && mode !== 'tcp') return 'Only TCP and HTTP backends can be deleted.';
    if (referenced) return 'This proxy cannot be removed at runtime due to other configuration elements pointing to it.';
    if (stickTable !== null) return 'Cannot delete a backend with a stick-table.';
    if ((cell(PS_CLOSED) & CLOSED_UNPUBLISHED) === 0) return 'Backend must be unpublished prior to its deletion.';
    if (servers.length > 0) return 'Only a backend without server can be deleted.';
    if (cell(PS_BACKEND_SESSIONS) > 0 || cell(PS_QUEUED) > 0) return 'Backend still has attached streams on it.';
    return null;
  }
}
