import type { Model } from '../config/model.js';

/** What the process may use, decided once at start. */
export interface Limits {
  /** Client connections of the whole process. */
  readonly maxconn: number;
  /** Pipes of the whole process; 0 = never splice. */
  readonly maxpipes: number;
  /** Descriptors needed to keep that promise. */
  readonly descriptors: number;
}

/** Node's own (loops, wake-up pipes, addon), the standard three, logs and some reserve. */
const DESCRIPTORS_PROCESS = 64;
/** Per worker: its loop, epoll, timerfd, eventfd and message channels. */
const DESCRIPTORS_WORKER = 16;
/** HAProxy's fd-hard-limit: systems with a practically unlimited number don't make it plan for a billion. */
const DESCRIPTORS_MOST = 1_048_576;
/** A connection has a client and a server end. */
const DESCRIPTORS_CONNECTION = 2;
/** Share of the connections that hold a pipe at the same moment, as HAProxy assumes for maxpipes. */
const CONNECTIONS_PER_PIPE = 4;

/**
 * Connections, pipes and descriptors from the configuration and RLIMIT_NOFILE (`hard`; -1 = unlimited). As in HAProxy: without
 * `maxconn` it is what the descriptors carry; with it, the descriptors must suffice. Returns a sentence if they do not.
 */
export function planLimits(model: Model, hard: number): Limits | string {
  const { maxconn, maxpipes, ulimitN, splice, nbthread } = model.global;
  const fixed = fixedDescriptors(model);
  const splices = splice && maxpipes !== 0 && model.proxies.some(usesSplice);
  const most = hard < 0 ? DESCRIPTORS_MOST : Math.min(hard, DESCRIPTORS_MOST);
  const available = ulimitN > 0 ? ulimitN : most;
  const pipesFor = (connections: number): number => {
    if (!splices) return 0;
    return maxpipes > 0 ? maxpipes : Math.max(1, Math.floor(connections / CONNECTIONS_PER_PIPE));
  };
  if (maxconn > 0) {
    const pipes = pipesFor(maxconn);
    const needed = Math.max(ulimitN, fixed + maxconn * DESCRIPTORS_CONNECTION + pipes * 2);
    if (hard >= 0 && needed > hard) {
      return `maxconn ${maxconn} with ${nbthread} worker(s) needs ${needed} file descriptors, but the limit is ${hard}: raise it (ulimit -Hn) or lower maxconn`;
    }
    return { maxconn, maxpipes: pipes, descriptors: needed };
  }
  if (hard >= 0 && ulimitN > hard) return `ulimit-n ${ulimitN} is above the limit of ${hard} file descriptors: raise it (ulimit -Hn) or remove ulimit-n`;
  const perConnection = DESCRIPTORS_CONNECTION + (splices && maxpipes < 0 ? 2 / CONNECTIONS_PER_PIPE : 0);
  const derived = Math.floor((available - fixed - (maxpipes > 0 && splices ? maxpipes * 2 : 0)) / perConnection);
  if (derived < 1) {
    return `the limit of ${available} file descriptors is too low: ${fixed} are needed before the first connection: raise it (ulimit -Hn)`;
  }
  return { maxconn: derived, maxpipes: pipesFor(derived), descriptors: available };
}

function usesSplice(proxy: Model['proxies'][number]): boolean {
  return !proxy.disabled && proxy.options.flags.some((flag) => flag.startsWith('splice-'));
}

/** Descriptors that are in use before the first connection comes. */
function fixedDescriptors(model: Model): number {
  const { nbthread, maxChecks } = model.global;
  const all = model.servers.reduce((sum, { check, agent }) => sum + (check === null ? 0 : 1) + (agent === null ? 0 : 1), 0);
  const checks = maxChecks > 0 ? Math.min(maxChecks * nbthread, all) : all;
  return DESCRIPTORS_PROCESS + nbthread * DESCRIPTORS_WORKER + model.listeners.length * nbthread + checks;
}
