// `npm test`: jest over the TypeScript, ctest over the C++ under the address/undefined and the thread sanitizer. Prints every
// failure and, last, `N passed, N failed` over both; exits 1 if anything failed or nothing ran.
//   TSPROXY_TEST_ONLY=js | cpp   one half
//   further arguments go to jest
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const results = `${root}build-results`;
const only = process.env.TSPROXY_TEST_ONLY ?? 'all';
const jobs = String(availableParallelism());
let passed = 0;
let failed = 0;

function run(command, args, env = {}) {
  console.log(`> ${command} ${args.join(' ')}`);
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', env: { ...process.env, ...env } });
  if (done.error) console.error(`${command}: ${done.error.message}`);
  return done.status ?? 1;
}

function count(good, bad, status, what) {
  passed += good;
  failed += bad;
  if (status !== 0 && bad === 0) {
    console.error(`${what} failed without naming a test (status ${status})`);
    failed += 1;
  }
  if (good + bad === 0) {
    console.error(`${what}: no test ran`);
    failed += 1;
  }
}

function jest() {
  const file = `${results}/jest.json`;
  const status = run(process.execPath, [
    '--experimental-vm-modules', '--disable-warning=ExperimentalWarning', 'node_modules/jest/bin/jest.js',
    '--json', `--outputFile=${file}`, ...process.argv.slice(2),
  ]);
  let report = { numPassedTests: 0, numFailedTests: 0, numRuntimeErrorTestSuites: 0 };
  try {
    report = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    console.error(`jest left no report: ${error.message}`);
  }
  count(report.numPassedTests, report.numFailedTests + report.numRuntimeErrorTestSuites, status, 'jest');
}

function ctest(name, sanitizers) {
  const build = `build-test-${name}`;
  const configured = run('cmake', ['-S', '.', '-B', build, '-DTSPROXY_TESTS=ON', `-DTSPROXY_SANITIZE=${sanitizers}`]);
  if (configured !== 0 || run('cmake', ['--build', build, '-j', jobs]) !== 0) {
    count(0, 1, 1, `building for ${sanitizers}`);
    return;
  }
  const file = `${results}/ctest-${name}.xml`;
  const status = run('ctest', ['--test-dir', build, '--output-on-failure', '--output-junit', file], {
    ASAN_OPTIONS: 'detect_leaks=1',
    UBSAN_OPTIONS: 'halt_on_error=1:print_stacktrace=1',
    TSAN_OPTIONS: 'halt_on_error=1',
  });
  const suite = /<testsuite\b[^>]*>/.exec(readFileSync(file, 'utf8'))?.[0] ?? '';
  const number = (key) => Number(new RegExp(`\\b${key}="(\\d+)"`).exec(suite)?.[1] ?? 0);
  const bad = number('failures');
  count(number('tests') - bad - number('disabled') - number('skipped'), bad, status, `ctest ${name}`);
}

rmSync(results, { recursive: true, force: true });
mkdirSync(results);
if (only !== 'js') {
  ctest('address', 'address,undefined');
  ctest('thread', 'thread');
}
if (only !== 'cpp') jest();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
