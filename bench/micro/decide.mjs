// What a decision costs: configurations and requests on a scripted window, without the engine. Prints ns of CPU per decision, the least of several rounds.
//   node bench/micro/decide.mjs [name…]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rules } from '../rules.mjs';

const dist = new URL('../../dist/', import.meta.url);
const [{ loadText }, abi, { compile }, { METHODS }] = await Promise.all(
  ['config/load.js', 'core/abi.js', 'core/plan.js', 'core/tx.js'].map((name) => import(new URL(name, dist))),
);

const directory = mkdtempSync(join(tmpdir(), 'decide-'));
const file = (name, count, line) => {
  const path = join(directory, name);
  writeFileSync(path, Array.from({ length: count }, (_unused, i) => `${line(i)}\n`).join(''));
  return path;
};
const many = (count, make) => Array.from({ length: count }, (_unused, i) => make(i));
const ip = (i) => `10.${(i >> 16) & 255}.${(i >> 8) & 255}.${i & 255}`;

const MAPS = { str: (i) => `key${i} v${i}`, beg: (i) => `/p${i}/ v${i}`, sub: (i) => `part${i}x v${i}`, end: (i) => `.end${i} v${i}`, dom: (i) => `host${i} v${i}`, ip: (i) => `${ip(i)} v${i}`, int: (i) => `${i} v${i}` };
const LISTS = { str: (i) => `key${i}`, beg: (i) => `/p${i}/`, sub: (i) => `part${i}x`, reg: (i) => `^/r${i}/` };
const SAMPLE = { ip: 'src', int: 'src_port' };

const cases = {
  'no rule that asks': ['http-request set-var(txn.a) int(1) if FALSE'],
  'one path ACL': ['http-request deny if { path_beg /never }'],
  '10 path ACLs': many(10, (i) => `http-request deny if { path_beg /never${i} }`),
  'three header edits': ['http-request set-header a b', 'http-request set-header c d', 'http-request del-header accept'],
  rules,
  '1000 use_backend lines by host': [...many(1000, (i) => `use_backend be if { hdr(host) -i h${i}.example.com }`)],
  '1000 http-request lines by host': [...many(1000, (i) => `http-request set-header x ${i} if { hdr(host) -i h${i}.example.com }`)],
  ...Object.fromEntries(Object.entries(MAPS).map(([method, line]) => [
    `map_${method}, 100,000 entries`, () => [`http-request set-var(txn.a) ${SAMPLE[method] ?? 'path'},map_${method}(${file(`${method}.map`, 100_000, line)},none)`],
  ])),
  ...Object.fromEntries(Object.entries(LISTS).map(([method, line]) => [
    `acl -m ${method} -f, ${method === 'reg' ? '1,000' : '100,000'} entries`, () => [`http-request deny if { path -m ${method} -f ${file(`${method}.lst`, method === 'reg' ? 1000 : 100_000, line)} }`],
  ])),
};

const REQUEST = ['GET /shop/item/4711?colour=blue HTTP/1.1', 'Host: h777.example.com', 'User-Agent: Mozilla/5.0 (X11; Linux x86_64)', 'Accept: */*', 'Accept-Encoding: gzip, deflate', 'Cookie: session=0123456789abcdef'];

const MAX_HEADERS = 101;
const TABLE = abi.FACT_COUNT;
const EDITS = TABLE * 4 + MAX_HEADERS * 16;
const BYTES = EDITS + 4096;

function windowOf() {
  const window = new ArrayBuffer(BYTES + 65536);
  const facts = new Int32Array(window);
  const bytes = Buffer.from(window);
  const head = `${REQUEST.join('\r\n')}\r\n\r\n`;
  bytes.write(head, BYTES, 'latin1');
  const [method, uri] = REQUEST[0].split(' ');
  const set = (values) => Object.entries(values).forEach(([name, value]) => (facts[abi[`FACT_${name}`]] = value));
  set({
    SESSION: 0x101, FRONTEND: 0, BACKEND: -1, SERVER: -1, SRC_FAMILY: 4, SRC_PORT: 40000, DST_FAMILY: 4, DST_PORT: 80, METHOD: METHODS.indexOf(method), VERSION: 1, HEAD_OFF: BYTES,
    HEAD_LEN: head.length, METHOD_OFF: 0, METHOD_LEN: method.length, URI_OFF: method.length + 1, URI_LEN: uri.length, HEADER_COUNT: REQUEST.length - 1, HEADER_TABLE: TABLE,
    BODY_OFF: BYTES + head.length, BODY_LEN: 0, REQUESTS: 1, ACCEPT_SEC: 1_700_000_000, BODY_SIZE_LO: 0, BODY_SIZE_HI: 0,
  });
  bytes.set([10, 1, 134, 159], abi.FACT_SRC_ADDR * 4);
  bytes.set([192, 0, 2, 1], abi.FACT_DST_ADDR * 4);
  let at = REQUEST[0].length + 2;
  REQUEST.slice(1).forEach((line, row) => {
    const colon = line.indexOf(':');
    facts.set([at, colon, at + colon + 2, line.length - colon - 2], TABLE + row * 4);
    at += line.length + 2;
  });
  return { window, facts };
}

async function plan(lines) {
  const text = ['defaults', ' mode http', ' timeout client 1s', ' timeout server 1s', ' timeout connect 1s', 'frontend fe', ' bind 127.0.0.1:80', ...lines.map((line) => ` ${line}`), ' default_backend be',
    'backend be', ' server s 127.0.0.1:81', ''].join('\n');
  const { model, diagnostics } = await loadText(text);
  if (model === null) throw new Error(diagnostics.map(({ summary }) => summary).join('\n'));
  const { window, facts } = windowOf();
  const engine = { window, editOffset: EDITS, editSize: 4096, bytesOffset: BYTES, reply: () => true, resume: () => undefined };
  const made = compile(model, {
    state: new Int32Array(4096), counters: new BigUint64Array(65536), worker: 0, engine: () => engine, ask: () => Promise.reject(new Error('nobody')),
    backends: { assign: () => abi.VERDICT_SERVER, use: () => abi.VERDICT_SERVER, slotFree: () => undefined, forget: () => undefined, changed: () => undefined },
  });
  made.attach(engine, []);
  return () => {
    facts[abi.FACT_BACKEND] = -1;
    // Each request is a new one of its session.
    facts[abi.FACT_REQUESTS]++;
    return made.decide(abi.PHASE_REQUEST, 0x101);
  };
}

// The least CPU time of several rounds: what else runs on the machine can only add to it.
function measure(decide) {
  let least = Infinity;
  let times = 1000;
  for (let round = 0; round < 16; round++) {
    const start = process.cpuUsage();
    for (let i = 0; i < times; i++) decide();
    const { user, system } = process.cpuUsage(start);
    if (round >= 4) least = Math.min(least, ((user + system) * 1000) / times);
    // Rounds of about 30 ms.
    times = Math.max(1000, Math.min(1_000_000, Math.round((times * 30_000) / Math.max(user + system, 100))));
  }
  return least;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const names = process.argv.slice(2);
  try {
    for (const [name, made] of Object.entries(cases)) {
      if (names.length > 0 && !names.includes(name)) continue;
      const decide = await plan(typeof made === 'function' ? made() : made);
      console.log(`${name.padEnd(40)} ${measure(decide).toFixed(0).padStart(8)} ns`);
    }
  } finally {
    rmSync(directory, { recursive: true });
  }
}
