/**
 * The Model of a running process: servers come and go in it (`add server`, `del server`), everything else stays as it was loaded. Each
 * thread has its own copy; a server's index is its row in the shared pages, in every thread the same.
 */
import type { Model, Proxy, Server } from '../config/model.js';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** A copy of a Model, frozen or not, whose lists of servers can change. */
export function liveModel(model: Model): Model {
  return { ...model, servers: [...model.servers], proxies: model.proxies.map((proxy): Proxy => ({ ...proxy, servers: [...proxy.servers] })) };
}

const revisions = new WeakMap<Model, number>();

/** Raised with each change of servers and backends: what was made of them under an older number is stale. */
export function revisionOf(model: Model): number {
  return revisions.get(model) ?? 0;
}

/** Puts a server into its row and behind the others of its backend. */
export function insertServer(model: Model, server: Server): void {
  (model.servers as Server[])[server.index] = server;
  (model.proxies[server.proxy]!.servers as Mutable<Proxy['servers']>).push(server.index);
  revisions.set(model, revisionOf(model) + 1);
}

/** Takes a server out of its backend. Its row in `servers` stays until another server gets it: sessions of the past may ask for its name. */
export function removeServer(model: Model, index: number): void {
  const servers = model.proxies[model.servers[index]!.proxy]!.servers as number[];
  servers.splice(servers.indexOf(index), 1);
  revisions.set(model, revisionOf(model) + 1);
}

/** Gives a server another name, or other settings; its row and its backend stay. */
export function replaceServer(model: Model, server: Server): void {
  (model.servers as Server[])[server.index] = server;
  revisions.set(model, revisionOf(model) + 1);
}

/** Takes a backend out: nothing finds it by name or number any more, but its row stays, for sessions of the past. */
export function removeBackend(model: Model, index: number): void {
  (model.proxies[index] as Mutable<Proxy>).isBackend = false;
  revisions.set(model, revisionOf(model) + 1);
}

/** Changes how the cookies of a backend's servers are made. */
export function setDynamicCookie(model: Model, index: number, { dynamic, key }: { readonly dynamic: boolean; readonly key: string | null }): void {
  const proxy = model.proxies[index] as Mutable<Proxy>;
  if (proxy.cookie !== null) proxy.cookie = { ...proxy.cookie, dynamic };
  proxy.dynamicCookieKey = key;
}

/** True for a server of the configuration, or one that was added and not taken out. */
export function isPresent(model: Model, index: number): boolean {
  const server = model.servers[index];
  return server !== undefined && model.proxies[server.proxy]!.servers.includes(index);
}
