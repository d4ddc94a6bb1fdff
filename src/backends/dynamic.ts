/**
 * Servers that are added and deleted while the process runs (management guide: add server, del server). The pages have rows to spare
 * (Model.serverRows); a new server gets one, in maintenance, and gets traffic once all workers know it and somebody enables it. A
 * deleted one leaves its row when nothing uses it any more; rows are used again in the order in which they became free, after all
 * those that never had a server. Main thread.
 */
import {
  ADMIN_FORCED_MAINT, ADMIN_MAINT, SS_COUNT, SS_IDLE, SS_QUEUED, SS_SESSIONS, SS_USED_CONNS,
} from '../core/abi.js';
import { serverCell, serverRows } from '../core/cells.js';
import { insertServer, removeServer, replaceServer } from '../core/live_model.js';
import { isDynamic } from './balance/index.js';
import type { Model, Server } from '../config/model.js';
import type { NewServer } from '../config/server_line.js';
import { adminOf, initServer, refreshBackend, setAdmin } from './state.js';

export interface DynamicParts {
  /** A live one (live_model.ts). */
  readonly model: Model;
  readonly state: Int32Array;
  /** Tells all workers, and resolves when they have done it. */
  spread(change: ServerListChange): Promise<void>;
  /** Those of the main thread who keep something for each server: after it was put in, before it is taken out. */
  readonly keepers: readonly ServerKeeper[];
}

/** `replace`: the same server under another name. */
export type ServerListChange = { readonly kind: 'add' | 'replace'; readonly server: Server } | { readonly kind: 'delete'; readonly index: number };

export interface ServerKeeper {
  added?(server: number): void;
  deleted?(server: number): void;
  /** It is out of the Model. */
  removed?(server: number): void;
}

export class DynamicServers {
  private readonly free: number[];
  /** Servers that were added, as opposed to those of the configuration. */
  private readonly added = new Set<number>();
  /** Changes happen one after the other. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly parts: DynamicParts) {
    const { model } = parts;
    this.free = Array.from({ length: serverRows(model) - model.servers.length }, (_, i) => model.servers.length + i);
  }

  /** True for a server that was added at run time. */
  isDynamic(server: number): boolean {
    return this.added.has(server);
  }

  /** Adds a server, in maintenance. Its index, or why it can't be. */
  add(server: NewServer): Promise<number | string> {
    return this.inTurn(async () => {
      const problem = this.refusal(server);
      const index = problem === null ? this.free.shift() : undefined;
      if (index === undefined) return problem ?? 'No room for another server.';
      const { model, state, spread, keepers } = this.parts;
      const made: Server = { ...server, index, id: server.id ?? this.nextId(server.proxy), disabled: false, referenced: false };
      for (let cell = 0; cell < SS_COUNT; cell++) Atomics.store(state, serverCell(model.proxies.length, index, cell), 0);
      insertServer(model, made);
      initServer(model, state, index);
      setAdmin(model, state, index, ADMIN_FORCED_MAINT, true, Math.floor(Date.now() / 1000));
      this.added.add(index);
      await spread({ kind: 'add', server: made });
      for (const keeper of keepers) keeper.added?.(index);
      refreshBackend(model, state, made.proxy);
      return index;
    });
  }

  /** Deletes a server that is in maintenance and that nothing uses. null, or why it can't be. */
  delete(index: number): Promise<string | null> {
    return this.inTurn(async () => {
      const { model, state, spread, keepers } = this.parts;
      const problem = this.whyKept(index);
      if (problem !== null) return problem;
      for (const keeper of keepers) keeper.deleted?.(index);
      const { proxy } = model.servers[index]!;
      removeServer(model, index);
      this.added.delete(index);
      await spread({ kind: 'delete', index });
      for (const keeper of keepers) keeper.removed?.(index);
      refreshBackend(model, state, proxy);
      this.free.push(index);
      return null;
    });
  }

  /** Why a server can't be deleted now; null = it can. */
  whyKept(index: number): string | null {
    const { model, state } = this.parts;
    if (this.isNamed(index)) return 'This server cannot be removed at runtime due to other configuration elements pointing to it.';
    if ((adminOf(model, state, index) & ADMIN_MAINT) === 0) return 'Only servers in maintenance mode can be deleted.';
    const cell = (which: number): number => Atomics.load(state, serverCell(model.proxies.length, index, which));
    // Idle connections don't count: the workers drop them.
    const inUse = cell(SS_SESSIONS) > 0 || cell(SS_QUEUED) > 0 || cell(SS_USED_CONNS) > cell(SS_IDLE);
    return inUse ? 'Server still has connections attached to it, cannot remove it.' : null;
  }

  /** Gives a server in maintenance another name. null, or why it can't be. */
  rename(index: number, name: string): Promise<string | null> {
    return this.inTurn(async () => {
      const { model, state, spread } = this.parts;
      const server = model.servers[index]!;
      if ((adminOf(model, state, index) & ADMIN_MAINT) === 0) return 'Server must be in maintenance mode to be renamed.';
      if (!/^[\w:.-]+$/.test(name)) return 'Server name contains invalid characters.';
      if (this.isNamed(index)) return 'Server is statically referenced by a rule, a tracking server or a sample and cannot be renamed.';
      if (server.name === name) return null;
      if (model.proxies[server.proxy]!.servers.some((other) => model.servers[other]!.name === name)) return 'A server with the same name already exists in this backend.';
      const renamed: Server = { ...server, name };
      replaceServer(model, renamed);
      await spread({ kind: 'replace', server: renamed });
      return null;
    });
  }

  /** Rules, samples or tracking servers mean this server by its name. */
  private isNamed(index: number): boolean {
    const { model } = this.parts;
    return model.servers[index]!.referenced || model.proxies.some(({ servers }) => servers.some((other) => model.servers[other]!.track === index));
  }

  private refusal({ proxy, name }: NewServer): string | null {
    const { model } = this.parts;
    const home = model.proxies[proxy]!;
    const { servers, name: backend, isBackend } = home;
    if (!isBackend) return 'No such backend.';
    if (!isDynamic(home)) {
      return `backend '${backend}' uses a non dynamic load balancing method`;
    }
    return servers.some((index) => model.servers[index]!.name === name) ? 'Already exists a server with the same name in backend.' : null;
  }

  private nextId(proxy: number): number {
    const { model } = this.parts;
    const used = new Set(model.proxies[proxy]!.servers.map((index) => model.servers[index]!.id));
    let id = 1;
    while (used.has(id)) id++;
    return id;
  }

  private inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.last.then(act, act);
    this.last = done;
    return done;
  }
}
