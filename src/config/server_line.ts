/** A server line that comes while the process runs (management guide: add server), read by the same rows as the configuration. */
import { loadText } from './load.js';
import type { Model, Server } from './model.js';

/** A server that has no row yet; `id` null = the next free number. */
export type NewServer = Omit<Server, 'index' | 'id'> & { readonly id: number | null };

export type ServerLine = { readonly server: NewServer } | { readonly problems: readonly string[] };

/** A protocol that an application speaks, which mode tcp knows nothing of. */
const MUX = /(?:^|\s)proto\s+(?!none\b)\S+/;
const TRACK = /(?:^|\s)track\s+(\S+)/;

/** The server that a tracking one follows; a sentence if it can't. Only servers of the configuration with checks can be tracked. */
function tracked(model: Model, proxy: number, path: string, isDynamic: (server: number) => boolean): number | string {
  const [backend, name] = path.includes('/') ? path.split('/', 2) : [model.proxies[proxy]!.name, path];
  const home = model.proxies.find((one) => one.isBackend && one.name === backend);
  if (home === undefined) return `unable to find required proxy '${backend}' for tracking.`;
  const index = home.servers.find((one) => model.servers[one]!.name === name);
  if (index === undefined) return `unable to find required server '${name}' for tracking.`;
  const { check, agent, track } = model.servers[index]!;
  const reason = isDynamic(index) ? 'is a dynamic server' : check === null && agent === null && track === null ? 'does not have any check nor agent enabled' : null;
  return reason === null ? index : `unable to use ${backend}/${name} for tracking as it ${reason}.`;
}

/**
 * Reads `<name> <address> [keywords]` for a backend. `default-server` lines of the backend don't count, and names are not resolved: a
 * server with a name starts without an address, as in HAProxy.
 */
export async function readServerLine(model: Model, proxy: number, words: string, isDynamic: (server: number) => boolean): Promise<ServerLine> {
  const { name, mode, checkPlan } = model.proxies[proxy]!;
  const tracks = TRACK.exec(words)?.[1];
  const track = tracks === undefined ? null : tracked(model, proxy, tracks, isDynamic);
  if (typeof track === 'string') return { problems: [track] };
  if (mode === 'tcp' && MUX.test(words)) return { problems: ['MUX protocol is not usable for server.'] };
  const line = words.replace(TRACK, '');
  const timeouts = ['connect', 'server'].map((timeout) => ` timeout ${timeout} 1s\n`).join('');
  const text = `backend ${name}\n mode ${mode}\n${timeouts} default-server init-addr none\n server ${line}\n`;
  const loaded = await loadText(text, { env: process.env, lookup: () => Promise.resolve(null) }, 'stats socket command');
  const [server] = loaded.model?.servers ?? [];
  if (server === undefined) return { problems: loaded.diagnostics.filter(({ severity }) => severity === 'alert').map(({ summary }) => summary) };
  const { index: _, id, check, ...rest } = server;
  const plan = check === null ? null : (check.plan ?? checkPlan);
  // Only what is said counts: traffic's PROXY header is none of the checks' (management guide: add server).
  const sendProxy = /(?:^|\s)check-send-proxy(?:\s|$)/.test(line) ? (check?.sendProxy ?? 0) : 0;
  return { server: { ...rest, proxy, id: server.forcedId ? id : null, track, check: check && { ...check, plan, sendProxy } } };
}
