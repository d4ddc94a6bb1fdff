// How one run of each kind goes. A run gives { value, speed }: the figure that is compared (see `unit` of the case) and, where it
// makes sense, units per second for orientation.
import { setTimeout as sleep } from 'node:timers/promises';
import { logSink } from './log_sink.mjs';
import { startPeer } from './peers.mjs';
import { anonymousBytes, cpuSeconds, start, stop, talk } from './process.mjs';

const REQUEST = 'GET /1 HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n';

// lab: { load, origin: { http, source }, cores: { proxy, load }, seconds }
const originPort = (lab, kind) => (kind === 'bulk' ? lab.origin.source : lab.origin.http);
const probe = (kind) => (kind === 'bulk' ? null : REQUEST);

export async function open(lab, name, { kind, mode, connections, rules = [], log = [] }) {
  const logged = log.length > 0 ? [`log 127.0.0.1:${await logSink()} local0`, ...log] : [];
  // 9,000 connections with two ends must fit into 20,000 descriptors, a usual hard limit: few of them for pipes then.
  const room = kind === 'idle' ? { maxconn: connections + 200, maxpipes: 50 } : { maxconn: Math.max(4000, connections + 500) };
  return startPeer(name, { mode, origin: originPort(lab, kind), rules: [...rules, ...logged], ...room }, lab.cores.proxy, probe(kind));
}

async function withLoad(lab, port, { kind, connections, size }, use) {
  const child = start(lab.load, [kind, String(port), String(connections), ...(size === null || kind === 'bulk' ? [] : [String(size)])], lab.cores.load);
  const ask = talk(child);
  try {
    await ask().catch((error) => {
      throw new Error(`the ${connections} connections were not established: ${error.message}`);
    });
    return await use(() => ask('totals'));
  } finally {
    await stop(child);
  }
}

// CPU of the proxy per unit of work, between two moments of a load in full swing.
async function perUnit(lab, peer, test, seconds) {
  return withLoad(lab, peer.port, test, async (totals) => {
    await sleep(300);
    const [before, cpuBefore, from] = [await totals(), cpuSeconds(peer.pid), performance.now()];
    await sleep(seconds * 1000);
    const [after, cpuAfter, to] = [await totals(), cpuSeconds(peer.pid), performance.now()];
    const errors = after.errors - before.errors;
    const units = test.kind === 'bulk' ? (after.bytes - before.bytes) / 1e9 : after.units - before.units;
    if (units <= 0) throw new Error(`nothing got through ${peer.name} in ${seconds} s (${errors} errors)`);
    if (errors > 0.001 * (after.units - before.units)) throw new Error(`${errors} connections failed through ${peer.name}`);
    const scale = test.kind === 'bulk' ? 1 : 1e6;
    return { value: (scale * (cpuAfter - cpuBefore)) / units, speed: (1000 * units) / (to - from) };
  });
}

// Anonymous memory once it has come to rest: V8 gives memory back in steps up to 18 s after work, the others at once.
async function memoryAtRest(peer) {
  let [last, quiet] = [anonymousBytes(peer.pid), 0];
  for (let second = 0; quiet < 2 || second < peer.rest; second++) {
    await sleep(1000);
    const now = anonymousBytes(peer.pid);
    quiet = Math.abs(now - last) < 65_536 ? quiet + 1 : 0;
    last = now;
    if (second > 40) break;
  }
  return last;
}

// Memory per connection: the growth from a warm proxy to one that holds them all. A process of its own per run.
async function perConnection(lab, name, test) {
  const peer = await open(lab, name, test);
  try {
    await withLoad(lab, peer.port, { ...test, connections: 200 }, () => sleep(200));
    const before = await memoryAtRest(peer);
    return await withLoad(lab, peer.port, test, async () => ({ value: ((await memoryAtRest(peer)) - before) / test.connections }));
  } finally {
    await peer.stop();
  }
}

async function firstAnswer(lab, name, test) {
  const peer = await open(lab, name, test);
  await peer.stop();
  return { value: peer.startedAfter };
}

export const runOf = { idle: perConnection, start: firstAnswer };   // kinds that start their own process
export { perUnit };
