import { Command, CommanderError, Option } from 'commander';
import { FLAGS, normalise, UsageError, type Flag } from './cli_flags.js';

/** What the user asked for, defaults filled in. */
export interface CommandLine {
  /** Files and directories in the order given. */
  readonly files: readonly string[];
  readonly check: boolean;
  readonly condition: string | null;
  readonly keywords: string | null;
  readonly version: 'no' | 'short' | 'long';
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly debug: boolean;
  readonly foreground: boolean;
  readonly daemon: boolean;
  readonly directory: string | null;
  readonly pidfile: string | null;
  readonly localpeer: string | null;
  readonly maxconn: number | null;
  readonly proxyMaxconn: number | null;
  readonly memory: number | null;
  readonly diagnostic: boolean;
  readonly zeroWarning: boolean;
  readonly splice: boolean;
  readonly reusePort: boolean;
  /** The runtime socket of a process whose listening sockets are taken over. */
  readonly takeover: string | null;
  /** Old processes and the signal that each gets once all is ready. */
  readonly old: readonly { readonly pid: number; readonly signal: 'SIGUSR1' | 'SIGTERM' }[];
  /** Flags that are accepted and do nothing, as typed. */
  readonly accepted: readonly string[];
}

/** Text was asked for (--help): print it to standard output and exit 0. */
export class HelpRequest extends Error {}

type Values = Readonly<Record<string, string | boolean | readonly string[] | readonly number[] | number | undefined>>;

/** Parses the arguments after the program's name. Throws UsageError, or HelpRequest with the help text. */
export function parseCommandLine(argv: readonly string[]): CommandLine {
  if (argv.length === 0) throw new UsageError('no configuration file given: use -f <file>; --help lists the options');
  const { args, noted } = normalise(argv);
  const refused = noted.find((row) => row.status === 'unsupported');
  if (refused !== undefined) throw new UsageError(`option '-${refused.flag}' (${refused.doc}) is not supported yet`);
  const printed: string[] = [];
  const command = program().configureOutput({ writeOut: (text) => printed.push(text), writeErr: () => undefined });
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.code === 'commander.helpDisplayed') throw new HelpRequest(printed.join(''));
    throw new UsageError(error.message.replace(/^error: /, ''));
  }
  const accepted = noted.filter((row) => row.status === 'accepted').map((row) => `-${row.flag}`);
  return commandLine(command.opts<Values>(), command.args, accepted);
}

function commandLine(values: Values, trailing: readonly string[], accepted: readonly string[]): CommandLine {
  const text = (name: string): string | null => (values[name] as string | undefined) ?? null;
  const number = (name: string): number | null => (values[name] as number | undefined) ?? null;
  const on = (name: string): boolean => values[name] === true;
  const pids = (name: string): readonly number[] => (values[name] as readonly number[] | undefined) ?? [];
  return {
    files: [...((values['file'] as readonly string[] | undefined) ?? []), ...trailing],
    check: on('check'),
    condition: text('checkCondition'),
    keywords: text('keywords'),
    version: on('version') ? 'long' : on('shortVersion') ? 'short' : 'no',
    verbose: on('verbose'),
    quiet: on('quiet') && !on('verbose'),
    debug: on('debug'),
    foreground: on('foreground') || on('debug'),
    daemon: on('daemon'),
    directory: text('directory'),
    pidfile: text('pidfile'),
    localpeer: text('localpeer'),
    maxconn: number('maxconn'),
    proxyMaxconn: number('proxyMaxconn'),
    memory: number('memory'),
    diagnostic: on('diagnostic'),
    zeroWarning: on('zeroWarning'),
    splice: !on('disableSplice'),
    reusePort: !on('disableReuseport'),
    takeover: text('takeover') === '/dev/null' ? null : text('takeover'),
    old: [
      ...pids('finish').map((pid) => ({ pid, signal: 'SIGUSR1' as const })),
      ...pids('terminate').map((pid) => ({ pid, signal: 'SIGTERM' as const })),
    ],
    accepted,
  };
}

function program(): Command {
  const command = new Command('tsproxy')
    .usage('-f <file|dir> [-f …] [options] [-- <file>…]')
    .description("A load balancer that runs HAProxy's configuration files.")
    .argument('[files...]', 'configuration files, only after --')
    .exitOverride()
    .allowExcessArguments(false)
    .helpOption('--help', 'print this help')
    .addHelpText('after', HELP_TAIL);
  command.configureHelp({
    helpWidth: 110,
    optionTerm: (option) => {
      const row = FLAGS.find((candidate) => candidate.long === option.name());
      return row === undefined ? option.flags : term(row);
    },
    visibleArguments: () => [],
  });
  for (const row of FLAGS) command.addOption(option(row));
  return command;
}

const HELP_TAIL = `
HAProxy's other flags are known: those that only concern its internals (-dM, -W …) are accepted, the others are refused.
Signals: SIGUSR1 stops softly, SIGTERM and SIGINT at once, SIGHUP prints the state of the servers, SIGQUIT the pools.
Example: tsproxy -c -V -f /etc/haproxy/haproxy.cfg`;

function term(row: Flag): string {
  const value = row.value === undefined ? '' : row.form === 'glued' ? `<${row.value}>` : row.form === 'list' ? ` <${row.value}>…` : ` <${row.value}>`;
  return `-${row.flag}${value}`;
}

function option(row: Flag): Option {
  const made = new Option(`--${row.long}${row.value === undefined ? '' : ' <value>'}`, row.doc).hideHelp(row.status !== undefined);
  const parse = PARSERS[row.long];
  if (parse !== undefined) made.argParser((text: string, previous: unknown) => parse(text, previous, row));
  return made;
}

const PARSERS: Readonly<Record<string, (text: string, previous: unknown, row: Flag) => unknown>> = {
  file: (text, previous) => [...((previous as string[] | undefined) ?? []), text],
  maxconn: (text, _, row) => integer(text, row, 1),
  'proxy-maxconn': (text, _, row) => integer(text, row, 1),
  memory: (text, _, row) => integer(text, row, 16),
  finish: pid,
  terminate: pid,
};

function pid(text: string, previous: unknown, row: Flag): number[] {
  return [...((previous as number[] | undefined) ?? []), integer(text, row, 1)];
}

function integer(text: string, row: Flag, min: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > 2 ** 31 - 1) {
    throw new UsageError(`option '-${row.flag}' needs an integer from ${min} to ${2 ** 31 - 1}, not '${text}'`);
  }
  return value;
}
