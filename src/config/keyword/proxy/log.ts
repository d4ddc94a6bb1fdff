/** What proxies log, and how (manual: log, log-format, option httplog and their kin). */
import type { ProxyDraft } from '../../draft.js';
import { LOG_STEPS } from '../../log.js';
import type { LogStep } from '../../log.js';
import type { FormatDraft } from '../../log_draft.js';
import { didYouMean } from '../../suggest.js';
import { fromLatin1 } from '../../utf8.js';
import { LOG_ARGUMENTS, LOG_USAGE, parseLogLine, parseNoLog } from '../log_line.js';
import { NO, NO_DEFAULT, on } from '../make.js';
import type { ProxyRow } from '../row.js';

const log: ProxyRow = on('both', {
  name: 'log',
  args: LOG_ARGUMENTS,
  usage: LOG_USAGE,
  support: 'yes',
  prefixes: NO,
  doc: 'Where events and traffic of the proxy are logged; `global`: where the global section says. `no log` forgets the lines above.',
  parse(walk, { settings }) {
    if (walk.prefix === 'no') {
      if (parseNoLog(walk)) settings.log.lines = [];
      return;
    }
    const line = parseLogLine(walk);
    if (line !== undefined) settings.log.lines = [...settings.log.lines, line];
  },
});

type FormatField = 'format' | 'structuredData' | 'errorFormat';

function formatRow(name: string, field: FormatField, doc: string): ProxyRow {
  return on('frontend', {
    name,
    args: [{ name: 'format', type: 'text' }],
    support: 'yes',
    doc,
    parse(walk, target) {
      const word = walk.next();
      if (word === undefined || word.text === '') return void walk.error(walk.keywordSpan, `${name} expects an argument.`, 'Write a log-format string, in quotes.');
      const extra = walk.peek();
      if (extra !== undefined) return void walk.error(extra, `${name} expects only one argument, don't forget to escape spaces!`, 'Put the format in quotes.');
      put(target, field, { line: walk.words, at: walk.at - 1, option: null }, walk.keywordSpan);
    },
  });
}

function put(target: ProxyDraft, field: FormatField, format: FormatDraft, span: ProxyDraft['span']): void {
  target.settings.log[field] = format;
  if (field !== 'errorFormat') target.seen.set('log-format', span);
}

function optionRow(option: NonNullable<FormatDraft['option']>, clf: boolean, doc: string): ProxyRow {
  return on('frontend', {
    name: `option ${option}`,
    args: clf ? [{ name: 'clf', type: 'enum', values: ['clf'], optional: true }] : [],
    support: 'yes',
    doc,
    parse(walk, target) {
      const word = clf ? walk.next() : undefined;
      if (word !== undefined && word.text !== 'clf') return void walk.error(word, `keyword '${option}' only supports option 'clf'.`, "Write 'clf', or nothing.");
      // Where the format would stand: `clf`, or nothing.
      put(target, 'format', { line: walk.words, at: word === undefined ? -1 : walk.at - 1, option }, walk.keywordSpan);
    },
  });
}

const FLAGS: readonly (readonly [name: string, side: 'frontend' | 'backend', doc: string])[] = [
  ['dontlognull', 'frontend', 'Connections on which nothing was sent are not logged.'],
  ['dontlog-normal', 'frontend', 'Only what went wrong is logged: errors, timeouts, retries, redispatches, statuses 5xx.'],
  ['logasap', 'frontend', "Log lines are written as soon as a server's headers (in mode tcp: a server's connection) are there; sums have a '+' in front."],
  ['log-separate-errors', 'frontend', 'What went wrong is logged at level err.'],
  ['log-health-checks', 'backend', 'Each change of the result of a health check is logged.'],
];

const tag: ProxyRow = on('both', {
  name: 'log-tag',
  args: [{ name: 'tag', type: 'text' }],
  support: 'yes',
  doc: 'The name of the program in headers of log messages, instead of that of the global section.',
  parse(walk, { settings }) {
    const word = walk.next();
    if (word === undefined || word.text === '') return void walk.error(walk.keywordSpan, "'log-tag' expects a tag for use in syslog.", 'Write a word.');
    settings.log.tag = fromLatin1(word.text);
    walk.skip();
  },
});

const steps: ProxyRow = on('frontend', {
  name: 'log-steps',
  args: [{ name: 'steps', type: 'text' }],
  usage: `all | { ${LOG_STEPS.join(' | ')} }[,...]`,
  support: 'yes',
  doc: 'At which steps of a stream a line is logged; without it once, at its end.',
  parse(walk, { settings }) {
    const word = walk.need('a list of steps');
    if (word === undefined) return;
    const wanted: LogStep[] = word.text === 'all' ? [...LOG_STEPS] : [];
    for (const name of word.text === 'all' ? [] : word.text.split(',')) {
      const step = LOG_STEPS.find((known) => known === name);
      if (step === undefined) {
        return void walk.error(word, `'log-steps' : unknown step '${name}'`, didYouMean(name, LOG_STEPS) ?? `Steps are ${LOG_STEPS.join(', ')}, or all.`);
      }
      wanted.push(step);
    }
    settings.log.steps = wanted;
  },
});

export const logRows: readonly ProxyRow[] = [
  log,
  tag,
  steps,
  formatRow('log-format', 'format', 'What a line of the log of traffic says (manual, 8.2.6).'),
  formatRow('log-format-sd', 'structuredData', 'Structured data of messages in the format rfc5424.'),
  formatRow('error-log-format', 'errorFormat', 'What is logged for connections that fail before there is a request.'),
  optionRow('httplog', true, "HAProxy's line for HTTP, or with `clf` the common log format with HAProxy's fields behind it."),
  optionRow('tcplog', true, "HAProxy's line for TCP, or with `clf` a line like that of httplog clf."),
  optionRow('httpslog', false, "HAProxy's line for HTTP with fields about TLS, which are empty."),
  ...FLAGS.map(([name, side, doc]) =>
    on(side, {
      name: `option ${name}`,
      args: [],
      support: 'yes',
      prefixes: NO_DEFAULT,
      doc,
      parse(walk, { settings }) {
        if (walk.prefix === null) settings.flags.add(name);
        else settings.flags.delete(name);
      },
    }),
  ),
];
