import { failure, information, type CommandRow, type Level } from './row.js';
import { parseTime } from '../../config/units.js';

const lower = (level: Level): CommandRow => ({
  words: level,
  doc: `lower the level of the current CLI session to ${level}`,
  level,
  run({ client }) {
    client.level = level;
    return '';
  },
});

const modeSwitch = (mode: 'experimental' | 'expert'): CommandRow => ({
  words: `${mode}-mode`,
  usage: '[on|off]',
  doc: `enable or disable ${mode} mode`,
  level: 'admin',
  run({ args, client }) {
    if (args.length === 0) return information(`${mode}-mode is ${client[mode] ? 'ON' : 'OFF'}`);
    client[mode] = args[0] === 'on';
    return '';
  },
});

const PROMPT_MODES = { n: 'single', i: 'interactive', p: 'prompt' } as const;

/** Commands about the connection itself (management guide, 9.3). */
export const sessionRows: readonly CommandRow[] = [
  {
    words: 'prompt',
    usage: '[help | n | i | p | timed]*',
    doc: 'toggle interactive mode with prompt',
    level: 'user',
    run({ args, client }) {
      if (args.length === 0) client.mode = client.mode === 'prompt' ? 'single' : 'prompt';
      for (const arg of args) {
        if (arg === 'timed') [client.timed, client.mode] = [!client.timed, 'prompt'];
        else if (arg in PROMPT_MODES) client.mode = PROMPT_MODES[arg as keyof typeof PROMPT_MODES];
        else return failure(`'${arg}': expected n (non-interactive), i (interactive), p (prompt) or timed`);
      }
      return '';
    },
  },
  {
    words: 'quit',
    doc: 'disconnect',
    level: 'user',
    bare: true,
    run({ client }) {
      client.closing = true;
      return '';
    },
  },
  lower('user'),
  lower('operator'),
  modeSwitch('experimental'),
  modeSwitch('expert'),
  {
    words: 'show cli level',
    doc: 'display the level of the current CLI session',
    level: 'user',
    run: ({ client }) => `${client.level}\n`,
  },
  {
    words: 'show version',
    doc: 'show version of the current process',
    level: 'user',
    run: ({ runtime }) => `${runtime.readings.facts.version}\n`,
  },
  {
    words: 'show env',
    usage: '[var]',
    doc: 'dump environment variables known to the process',
    level: 'operator',
    run({ args: [name] }) {
      if (name === undefined) return Object.entries(process.env).map(([key, value]) => `${key}=${value}\n`);
      const value = process.env[name];
      return value === undefined ? failure('Variable not found') : `${name}=${value}\n`;
    },
  },
  {
    words: 'set severity-output',
    usage: '[none|number|string]',
    doc: 'set presence of severity level in feedback information',
    level: 'user',
    run({ args: [kind], client }) {
      if (kind !== 'none' && kind !== 'number' && kind !== 'string') return failure("one of 'none', 'number', 'string' is a required argument");
      client.severity = kind;
      return '';
    },
  },
  {
    words: 'set timeout cli',
    usage: '<delay>',
    doc: 'change a timeout setting',
    level: 'user',
    run({ args: [delay], client }) {
      if (delay === undefined) return failure("Expects an integer value.");
      const ms = parseTime(delay, 's');
      if (typeof ms !== 'number' || ms < 1) return failure('Invalid timeout value.');
      client.timeout = ms;
      return '';
    },
  },
];
