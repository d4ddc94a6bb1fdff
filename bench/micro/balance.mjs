// What a choice of a server and a change of a weight cost, by algorithm and number of servers: `node bench/micro/balance.mjs [servers...]`.
// Needs dist/. Prints ns per choice (slot taken and given back as the engine does it) and µs per change until the next choice.
import { createBackends, initState } from '../../dist/backends/index.js';
import { setUserWeight } from '../../dist/backends/state.js';
import { FACT_COUNT, FACT_HEAD_LEN, FACT_SESSION, GS_RELEASES, PS_BACKEND_SESSIONS, RR_COUNT, SS_SESSIONS } from '../../dist/core/abi.js';
import { counterCells, proxyCell, releaseCell, serverCell, stateCells } from '../../dist/core/cells.js';
import { avalanche } from '../../dist/core/compile/hash.js';

const HASH = { method: 'map-based', hash: 'sdbm', avalanche: false, balanceFactor: 0, preserveAffinity: 'always' };
const CASES = [
  ['roundrobin'], ['roundrobin', HASH, 'weights 1-256'], ['static-rr'], ['leastconn'], ['first'], ['random'],
  ['uri', HASH], ['uri', { ...HASH, method: 'consistent' }], ['uri', { ...HASH, method: 'consistent', balanceFactor: 150 }], ['uri', { ...HASH, method: 'maglev' }],
];

function modelOf(algorithm, hash, count, weighted) {
  const servers = Array.from({ length: count }, (_, index) => ({
    index, proxy: 0, name: `s${index}`, id: index + 1, weight: weighted ? (index % 256) + 1 : 4, backup: false, disabled: false, maxconn: 100, minconn: 0,
    maxqueue: 0, slowstart: 0, hashKey: 'id', cookie: null, redir: null, unresolved: false, address: { kind: 'ip', family: 4, address: '127.0.0.1', port: 80 },
  }));
  const proxy = {
    index: 0, name: 'b', isBackend: true, isFrontend: false, fullconn: 0, maxconn: 0, disabled: false, options: { flags: [] }, servers: servers.map((s) => s.index),
    balance: { algorithm, args: [] }, hash,
  };
  return { proxies: [proxy], servers, listeners: [], serverRows: count, global: { nbthread: 1 } };
}

function measure(run, least) {
  let rounds = 1;
  for (;;) {
    const from = process.hrtime.bigint();
    for (let i = 0; i < rounds; i++) run(i);
    const ns = Number(process.hrtime.bigint() - from);
    if (ns > least) return ns / rounds;
    rounds *= 2;
  }
}

function rig(algorithm, hash, count, weighted) {
  const model = modelOf(algorithm, hash ?? HASH, count, weighted);
  const state = new Int32Array(stateCells(1, count, 0, 1));
  initState(model, state, 0);
  const backends = createBackends(model, { state, counters: new Uint32Array(2 * counterCells(1, count, 0)), engine: () => ({ resume() {} }) });
  const facts = new Int32Array(FACT_COUNT);
  facts[FACT_SESSION] = 256;
  facts[FACT_HEAD_LEN] = 0;
  let n = 0;
  const tx = { facts, streamIfAny: () => undefined };
  if (algorithm === 'uri') backends.hashBy(0, () => avalanche(n++));
  const held = [];
  const load = proxyCell(0, PS_BACKEND_SESSIONS);
  const release = (server) => {
    Atomics.sub(state, serverCell(1, server, SS_SESSIONS), 1);
    if (count <= 64) return;
    const number = Atomics.add(state, GS_RELEASES, 1) >>> 0;
    Atomics.store(state, releaseCell(model, number % RR_COUNT), server | ((Math.floor(number / RR_COUNT) + 1) << 20));
  };
  const choose = () => {
    const verdict = backends.assign(0, tx);
    if ((verdict & 255) !== 2) throw new Error(`${algorithm}: verdict ${verdict}`);
    held.push(verdict >>> 8);
    state[load] = held.length;
    // Some sessions are always open, ended in another order than they came.
    if (held.length > 2 * count) {
      const at = (n = (n * 1103515245 + 12345) >>> 0) % held.length;
      const server = held[at];
      held[at] = held.at(-1);
      held.pop();
      release(server);
    }
  };
  return { model, state, choose };
}

for (const count of process.argv.length > 2 ? process.argv.slice(2).map(Number) : [10, 1000, 10000]) {
  console.log(`${count} servers`);
  for (const [algorithm, hash, note] of CASES) {
    const { model, state, choose } = rig(algorithm, hash, count, note !== undefined);
    for (let i = 0; i < 3 * count; i++) choose();
    const choice = measure(choose, 2e8);
    const change = measure((i) => {
      setUserWeight(model, state, i % count, 2 + (i % 3));
      choose();
    }, 2e8);
    const name = [algorithm, hash === undefined || hash === HASH ? '' : hash.method, hash?.balanceFactor ? 'bounded' : '', note ?? ''].filter((part) => part !== '').join(' ');
    console.log(`  ${name.padEnd(28)} ${choice.toFixed(0).padStart(7)} ns a choice ${(change / 1000).toFixed(1).padStart(10)} µs a change of weight`);
  }
}
