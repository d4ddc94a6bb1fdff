/** Logs of the process, and what proxies with `log global` share (manual, 3.1: log, log-tag, log-send-hostname). */
import { hostname } from 'node:os';
import type { GlobalDraft } from '../../draft.js';
import { fromLatin1 } from '../../utf8.js';
import { LOG_ARGUMENTS, LOG_USAGE, parseLogLine, parseNoLog } from '../log_line.js';
import { NO } from '../make.js';
import type { KeywordRow } from '../row.js';

export const globalLogRows: readonly KeywordRow<GlobalDraft>[] = [
  {
    name: 'log',
    args: LOG_ARGUMENTS,
    usage: LOG_USAGE.replace('global | ', ''),
    support: 'yes',
    prefixes: NO,
    doc: "Where the process's own events are logged, and what proxies with `log global` log to.",
    parse(walk, { log }) {
      if (walk.prefix === 'no') {
        if (parseNoLog(walk)) log.lines = [];
        return;
      }
      const line = parseLogLine(walk);
      if (line === 'global') walk.error(walk.last, "log : 'global' is not supported for a global syslog server", 'Write a target.');
      else if (line !== undefined) log.lines = [...log.lines, line];
    },
  },
  {
    name: 'log-tag',
    args: [{ name: 'tag', type: 'text' }],
    support: 'yes',
    doc: 'The name of the program in headers of log messages; haproxy unless set.',
    parse(walk, { log }) {
      const word = walk.next();
      if (word === undefined || word.text === '') return void walk.error(walk.keywordSpan, "'log-tag' expects a tag for use in syslog.", 'Write a word.');
      log.tag = fromLatin1(word.text);
      walk.skip();
    },
  },
  {
    name: 'log-send-hostname',
    args: [{ name: 'name', type: 'text', optional: true }],
    support: 'yes',
    doc: 'Headers of log messages name this host, or the machine; messages without a format are sent as rfc3164.',
    parse(walk, { log }) {
      log.hostname = walk.next()?.text ?? hostname();
      walk.skip();
    },
  },
];
