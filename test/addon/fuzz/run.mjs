// `npm run fuzz -- SECONDS`: builds the fuzzers with clang under the address and undefined-behaviour sanitizers and runs each
// for SECONDS (60) from its corpus. What it finds stays in build-fuzz/found; exits 1 if a fuzzer found something.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const build = `${root}build-fuzz`;
const fuzzers = ['request', 'response', 'body', 'proxy'];
const seconds = Number(process.argv[2] ?? 60);
const compiler = ['clang++', 'clang++-14', 'clang++-16', 'clang++-19'].find((name) => spawnSync(name, ['--version']).status === 0);

if (!Number.isInteger(seconds) || seconds < 1) {
  console.error(`usage: npm run fuzz -- SECONDS (a whole number, not ${process.argv[2]})`);
  process.exit(2);
}
if (!compiler) {
  console.error('The fuzzers need clang: apt-get install clang-14 libclang-rt-14-dev');
  process.exit(1);
}

function run(command, args) {
  return spawnSync(command, args, { cwd: root, stdio: ['ignore', 'inherit', 'pipe'], encoding: 'utf8', maxBuffer: 1 << 28 });
}

function must(command, args) {
  const done = run(command, args);
  if (done.status === 0) return;
  console.error(`${command} ${args.join(' ')} failed:\n${done.stderr}`);
  process.exit(1);
}

must('cmake', ['-S', '.', '-B', build, '-DTSPROXY_FUZZ=ON', `-DCMAKE_CXX_COMPILER=${compiler}`, '-DTSPROXY_SANITIZE=address,undefined']);
must('cmake', ['--build', build, '--target', 'fuzzers', '-j', String(availableParallelism())]);

const found = `${build}/found/`;
mkdirSync(found, { recursive: true });
let failed = 0;
for (const name of fuzzers) {
  const grown = `${build}/corpus/${name}`;   // what libFuzzer adds stays out of the repository
  mkdirSync(grown, { recursive: true });
  const program = `${build}/test/addon/fuzz/${name}_fuzz`;
  if (!existsSync(program)) throw new Error(`${program} was not built`);
  const done = run(program, [
    `-max_total_time=${seconds}`, '-max_len=2048', '-timeout=10', '-print_final_stats=1', `-dict=test/addon/fuzz/http.dict`,
    `-artifact_prefix=${found}${name}-`, grown, `test/addon/fuzz/corpus/${name}`,
  ]);
  const runs = /number_of_executed_units:\s*(\d+)/.exec(done.stderr)?.[1] ?? '0';
  if (done.status === 0 && Number(runs) > 0) {
    console.log(`ok ${name}: ${runs} inputs`);
  } else {
    failed += 1;
    console.error(`FAILED ${name}: the input is in ${found}\n${done.stderr.slice(-4000)}`);
  }
}
console.log(`${fuzzers.length - failed} fuzzers passed, ${failed} failed`);
process.exit(failed ? 1 : 0);
