// npm run bench -- CASE... : tsproxy beside Debian's haproxy and nginx. See usage below and cases.mjs.
// The proxy runs on core 1, load and origin on core 0, one thread each; A and B alternate over N pairs, and the proxy's CPU time is
// read from /proc. Only 127.0.0.1 is used.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { cases, groups } from './cases.mjs';
import { open, perUnit, runOf } from './measure.mjs';
import { peers } from './peers.mjs';
import { start, stop, talk } from './process.mjs';
import { compare, markdownReport, textReport } from './report.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const usage = `usage: npm run bench -- [options] CASE...
cases:    ${Object.keys(cases).join(' ')}
groups:   ${Object.keys(groups).join(' ')} micro
options:  --pairs N       measurements of each peer (5; idle: at most 3)
          --seconds S     length of one (4)
          --peers A,B,C   instead of the case's own: ${Object.keys(peers).join(', ')}
          --json FILE     all figures, machine-readable (- for stdout)
          --markdown FILE the table for docs/performance.md (- for stdout)`;

function fail(message, status = 1) {
  console.error(message);
  process.exit(status);
}

function options() {
  let parsed;
  try {
    parsed = parseArgs({
      allowPositionals: true,
      options: {
        pairs: { type: 'string', default: '5' }, seconds: { type: 'string', default: '4' }, peers: { type: 'string' },
        json: { type: 'string' }, markdown: { type: 'string' }, help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    fail(`${error.message}\n${usage}`, 2);
  }
  const { values, positionals } = parsed;
  if (values.help || positionals.length === 0) fail(usage, values.help ? 0 : 2);
  const names = [...new Set(positionals.flatMap((name) => groups[name] ?? [name]))];
  for (const name of names) if (!cases[name] && name !== 'micro') fail(`There is no case ${name}.\n${usage}`, 2);
  const [pairs, seconds] = [Number(values.pairs), Number(values.seconds)];
  if (!Number.isInteger(pairs) || pairs < 1 || !(seconds > 0)) fail(`--pairs and --seconds must be positive numbers.\n${usage}`, 2);
  const chosen = values.peers?.split(',');
  for (const peer of chosen ?? []) if (!peers[peer]) fail(`There is no peer ${peer}.\n${usage}`, 2);
  return { names, pairs, seconds, chosen, json: values.json, markdown: values.markdown };
}

// Compiles a tool of the bench if its source is newer.
function build(name, sources, flags = []) {
  const directory = `${root}build-bench`;
  const program = `${directory}/${name}`;
  mkdirSync(directory, { recursive: true });
  const newest = Math.max(...sources.map((source) => statSync(root + source).mtimeMs));
  if (existsSync(program) && statSync(program).mtimeMs > newest) return program;
  const compiled = sources.filter((source) => source.endsWith('.cc')).map((source) => root + source);
  const done = spawnSync('g++', ['-std=c++20', '-O2', ...flags, ...compiled, '-o', program], { encoding: 'utf8' });
  if (done.status !== 0) fail(`g++ could not build ${name}:\n${done.stderr ?? done.error.message}`);
  return program;
}

// The peers that can be measured; one line for each that can't.
function available(names, mode) {
  const skipped = [];
  const usable = names.filter((name) => {
    const why = peers[name].missing(mode);
    if (why) skipped.push(`${name} is left out: ${why}`);
    return !why;
  });
  return { usable, skipped };
}

const speedUnits = { bulk: 'GB/s', http: 'requests/s', connect: 'connections/s' };

async function measureCase(lab, name, { pairs, seconds, chosen }) {
  const test = cases[name];
  const { usable, skipped } = available(chosen ?? test.peers, test.mode);
  const result = { case: name, what: test.what, unit: test.unit, runs: {}, throughput: {}, throughputUnit: speedUnits[test.kind], skipped };
  for (const peer of usable) result.runs[peer] = [];
  const own = runOf[test.kind];
  const opened = {};
  try {
    for (const peer of own ? [] : usable) {
      opened[peer] = await open(lab, peer, test);
      await perUnit(lab, opened[peer], test, Math.min(1, seconds));   // warm
    }
    for (let pair = 0; pair < (test.kind === 'idle' ? Math.min(pairs, 3) : pairs); pair++) {   // idle runs are long and steady
      const order = pair % 2 ? [...usable].reverse() : usable;
      for (const peer of order) {
        const { value, speed } = own ? await own(lab, peer, test) : await perUnit(lab, opened[peer], test, seconds);
        result.runs[peer].push(value);
        if (speed) (result.throughput[peer] ??= []).push(speed);
      }
    }
  } finally {
    await Promise.all(Object.values(opened).map((peer) => peer.stop()));
  }
  return { ...result, ...compare(result.runs) };
}

function micro() {
  const sources = ['http1_scan', 'http1_field', 'http1_head', 'http1_body', 'http1_write'].map((name) => `addon/${name}.cc`);
  const program = build('micro_http1_head', ['bench/micro/http1_head.cc', ...sources], ['-O3', `-I${root}addon`]);
  const tables = build('micro_stick_table', ['bench/micro/stick_table.cc', ...['stick_table', 'stick_arena', 'stick_entry'].map((name) => `addon/${name}.cc`)], ['-O3', `-I${root}addon`]);
  const [heads, table] = [program, tables].map((path) => JSON.parse(spawnSync(path, { encoding: 'utf8' }).stdout));
  const figures = { ...heads, ...Object.fromEntries(Object.entries(table).map(([name, value]) => [`stick table: ${name}`, value])) };
  const result = { case: 'micro', what: 'HTTP/1 heads, best of several runs; a stick table of a million entries, medians', unit: 'ns', runs: {}, ratios: {}, medians: figures };
  return result;
}

function machine() {
  const [one, ten] = loadavg();
  const debian = existsSync('/etc/debian_version') ? `, Debian ${readFileSync('/etc/debian_version', 'utf8').trim()}` : '';
  return `${cpus()[0]?.model ?? 'unknown CPU'}, ${availableParallelism()} cores, Linux ${release()}${debian}, Node ${process.version}, load ${one.toFixed(1)}/${ten.toFixed(1)}`;
}

function write(path, text) {
  if (path === '-') console.log(text);
  else if (path) writeFileSync(path, text);
}

const asked = options();
const pinned = availableParallelism() > 1 && spawnSync('which', ['taskset']).status === 0;
if (!pinned) console.error('One core, or no taskset: nothing is pinned, the figures are rough.');
const lab = {
  load: build('load', ['bench/load.cc', 'bench/net.h']),
  cores: pinned ? { proxy: 1, load: 0 } : { proxy: null, load: null },
};
const origin = start(build('origin', ['bench/origin.cc', 'bench/net.h']), [], lab.cores.load);
lab.origin = await talk(origin)();

const results = [];
let failed = 0;
for (const name of asked.names) {
  try {
    results.push(name === 'micro' ? micro() : await measureCase(lab, name, asked));
    console.log(textReport(results.slice(-1)));
  } catch (error) {
    failed += 1;
    console.error(`${name}: ${error.message}`);
  }
}
await stop(origin);
write(asked.json, JSON.stringify({ machine: machine(), date: new Date().toISOString(), pairs: asked.pairs, seconds: asked.seconds, results }, null, 2));
write(asked.markdown, markdownReport(results, machine(), `npm run bench -- ${process.argv.slice(2).join(' ')}`));
process.exit(failed ? 1 : 0);
