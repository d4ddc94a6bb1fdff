/** Command line, configuration, and then one of: check, go to the background, run. */
import { hostname } from 'node:os';
import { load, type Loaded } from '../config/load.js';
import type { Listener, Model } from '../config/model.js';
import { render } from '../config/render.js';
import { lineOf } from '../config/source.js';
import { parseCommandLine, HelpRequest, type CommandLine } from './cli.js';
import { UsageError } from './cli_flags.js';
import { daemonDescriptor, reportReady, startDaemon } from './daemon.js';
import { override } from './overrides.js';
import { print, printText, printTo } from './print.js';
import type { Signals } from './signals.js';
import { StartError } from './start_error.js';
import { longVersion, shortVersion } from './version.js';

/** HAProxy's status for a configuration that has no error but no listener either. */
const NO_LISTENER = 2;
/** `-cc` with a condition that makes no sense. */
const CONDITION_UNPARSABLE = 2;

/** Runs the program with the arguments after its name. Resolves with an exit status, or with null if the proxy runs now. */
export async function program(argv: readonly string[], signals: Signals): Promise<number | null> {
  const report = daemonDescriptor();
  if (report !== null) printTo(report);
  try {
    return await run(parseCommandLine(argv), argv, signals, report);
  } catch (error) {
    return fail(error);
  }
}

function fail(error: unknown): number {
  if (error instanceof HelpRequest) say(error.message);
  else if (error instanceof UsageError) printText(`tsproxy: ${error.message}\n`);
  else if (error instanceof StartError) for (const line of error.lines) print('alert', line);
  else print('alert', error instanceof Error ? (error.stack ?? error.message) : String(error));
  return error instanceof HelpRequest ? 0 : 1;
}

async function run(cli: CommandLine, argv: readonly string[], signals: Signals, report: number | null): Promise<number | null> {
  if (cli.version !== 'no') return say(cli.version === 'long' ? longVersion() : shortVersion());
  const directory = process.cwd();
  if (cli.directory !== null) changeDirectory(cli.directory);
  if (cli.condition !== null) return checkCondition(cli.condition, cli.localpeer ?? hostname());
  if (cli.keywords !== null) {
    const status = await printKeywords(cli.keywords);
    if (status !== 0 || cli.files.length === 0) return status;
  }
  if (cli.files.length === 0) throw new UsageError('no configuration file given: use -f <file>; --help lists the options');
  const loaded = await load(cli.files, { env: process.env, ...(cli.localpeer === null ? {} : { localpeer: cli.localpeer }) });
  const model = judge(loaded, cli, report !== null);
  if (typeof model === 'number') return model;
  if (cli.check) return cli.verbose ? say('Configuration file is valid\n') : 0;
  if (model.global.daemon && report === null) return startDaemon(argv, model, directory);
  await runProxy(model, loaded, cli, signals);
  if (report !== null) reportReady(report);
  return null;
}

function say(text: string): number {
  // A reader like head(1) may have seen enough.
  process.stdout.on('error', () => undefined);
  process.stdout.write(text);
  return 0;
}

function changeDirectory(directory: string): void {
  try {
    process.chdir(directory);
  } catch (error) {
    throw new StartError([`Could not change to directory ${directory} : ${(error as Error).message}`]);
  }
}

/** Prints what the configuration layer found; the Model to run, or the exit status. */
function judge(loaded: Loaded, cli: CommandLine, silent: boolean): Model | number {
  const shown = loaded.diagnostics.filter(({ severity }) => severity !== 'diag' || cli.diagnostic);
  // In the background process only what stops it is news: the one before it has printed the rest.
  if (!cli.quiet && (!silent || loaded.model === null)) {
    for (const diagnostic of shown) printText(`${render(diagnostic, loaded.sources, process.pid)}\n`);
    if (!silent) for (const flag of cli.accepted) print('notice', `option '${flag}' is accepted and has no effect in tsproxy`);
  }
  const alert = (text: string): number => {
    if (!cli.quiet) print('alert', text);
    return 1;
  };
  if (loaded.model === null) return alert('config : Fatal errors found in configuration.');
  const zeroWarning = cli.zeroWarning || loaded.model.global.zeroWarning;
  if (zeroWarning && shown.some(({ severity }) => severity === 'warning')) {
    return alert("config : Some warnings were found and 'zero-warning' is set. Aborting.");
  }
  const { listeners, logForwards, global } = loaded.model;
  if (listeners.length + logForwards.length + global.runtime.sockets.length === 0) {
    if (!cli.quiet) printText('Configuration file has no error but will not start (no listener) => exit(2).\n');
    return NO_LISTENER;
  }
  return override(loaded.model, cli);
}

async function runProxy(model: Model, loaded: Loaded, cli: CommandLine, signals: Signals): Promise<void> {
  for (const { name, value } of model.global.environment) {
    if (value === null) delete process.env[name];
    else process.env[name] = value;
  }
  const [{ loadAddon }, { start }] = await Promise.all([import('./load_addon.js'), import('./start.js')]);
  const place = ({ span }: Listener): string => {
    const source = loaded.sources[span.source];
    return source === undefined ? '?' : `${source.name}:${lineOf(source, span.start)}`;
  };
  const addon = (() => {
    try {
      return loadAddon();
    } catch (error) {
      throw new StartError([(error as Error).message]);
    }
  })();
  const master = await start(addon, model, { reusePort: cli.reusePort, memory: cli.memory, takeover: cli.takeover, masterSocket: null, old: cli.old, place, exit: (status) => process.exit(status) });
  signals.direct(master);
  if (cli.debug) print('notice', `${model.global.nbthread} worker(s) accept on ${model.listeners.length} listener(s)`);
}

async function checkCondition(text: string, localpeer: string): Promise<number> {
  const { evaluateLine } = await import('./condition.js');
  const value = evaluateLine(text, process.env, localpeer);
  if (typeof value === 'boolean') return value ? 0 : 1;
  print('alert', `config : Failed to evaluate condition: ${value}`);
  return CONDITION_UNPARSABLE;
}

async function printKeywords(classes: string): Promise<number> {
  const [{ knownKeywords }, { keywordClasses }] = await Promise.all([import('../config/keywords_known.js'), import('./keyword_classes.js')]);
  const text = keywordClasses(knownKeywords(), classes);
  if (text === undefined) throw new UsageError(`option '-dK': there is no class of that name in '${classes}'; -dKhelp lists them`);
  return say(text);
}
