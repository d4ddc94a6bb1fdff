/** `log` lines of the global section, of proxies and of log-forward sections (manual: log). */
import { FACILITIES, LEVELS } from '../../core/log/level.js';
import type { DestinationDraft, LogLineDraft } from '../log_draft.js';
import { MESSAGE_FORMATS } from '../log.js';
import type { LogSample, MessageFormat } from '../log.js';
import type { Argument } from './row.js';
import { didYouMean } from '../suggest.js';
import type { Word } from '../source.js';
import type { Walk } from '../walk.js';
import { parseLogAddress } from './address.js';

export const LOG_USAGE =
  'global | <target> [ len <length> ] [ format <format> ] [ sample <ranges>:<size> ] [ profile <name> ] <facility> [ <level> [ <minlevel> ] ]';
export const LOG_ARGUMENTS: readonly Argument[] = [{ name: 'target', type: 'text' }, { name: 'arguments', type: 'rest' }];

const MIN_LENGTH = 80;
const MAX_LENGTH = 65535;
const DEFAULT_LENGTH = 1024;
const DESCRIPTORS: Readonly<Record<string, number>> = { stdout: 1, stderr: 2 };
const NAMED = /^(ring|backend)@(.*)$/;

/** The two forms of a line whose first word is `log`: `global`, or a target. Undefined after an error. */
export function parseLogLine(walk: Walk): LogLineDraft | 'global' | undefined {
  const word = walk.next();
  if (word === undefined || word.text === '' || (word.text !== 'global' && walk.done())) {
    return walk.error(walk.keywordSpan, "'log' expects <address> and <facility> or global as arguments", `Write: log ${LOG_USAGE}`);
  }
  if (word.text === 'global' && walk.done()) return 'global';
  const to = destination(walk, word);
  return to === undefined ? undefined : parameters(walk, to);
}

function destination(walk: Walk, word: Word): DestinationDraft | undefined {
  const fd = Object.hasOwn(DESCRIPTORS, word.text) ? DESCRIPTORS[word.text] : undefined;
  if (fd !== undefined) return { kind: 'fd', fd };
  const [, kind, name] = NAMED.exec(word.text) ?? [];
  if (kind !== undefined) return { kind: kind as 'ring' | 'backend', name: { name: name ?? '', span: word.span } };
  return parseLogAddress(walk, word);
}

/** What may stand between the target and the facility, in any order. */
interface Options {
  length: number;
  format: MessageFormat | null;
  sample: LogSample | null;
  profile: LogLineDraft['profile'];
}

const OPTIONS: Readonly<Record<string, (walk: Walk, value: Word, options: Options) => boolean>> = {
  len(walk, value, options) {
    options.length = /^[0-9]{1,9}$/.test(value.text) ? Number(value.text) : 0;
    if (options.length >= MIN_LENGTH && options.length <= MAX_LENGTH) return true;
    return fail(walk, value, `log : invalid log length '${value.text}', must be between ${MIN_LENGTH} and ${MAX_LENGTH}`);
  },
  format(walk, value, options) {
    options.format = parseMessageFormat(value) ?? null;
    if (options.format !== null) return true;
    return fail(walk, value, `log : unknown log format '${value.text}'`, didYouMean(value.text, MESSAGE_FORMATS) ?? `Formats are ${MESSAGE_FORMATS.join(', ')}.`);
  },
  sample(walk, value, options) {
    const sample = parseSample(value.text);
    if (typeof sample === 'string') return fail(walk, value, `log : ${sample}`, 'Write ranges of numbers from 1 on, a colon and how many they repeat after: 1-2,5:8.');
    options.sample = sample;
    return true;
  },
  profile(_walk, value, options) {
    options.profile = { name: value.text, span: value.span };
    return true;
  },
};

function fail(walk: Walk, at: Word, summary: string, advice?: string): false {
  walk.error(at, summary, advice);
  return false;
}

export function parseMessageFormat({ text }: Word): MessageFormat | undefined {
  return MESSAGE_FORMATS.find((format) => format === text);
}

function parseSample(text: string): LogSample | string {
  const colon = text.indexOf(':');
  if (colon < 0) return 'Missing sample size';
  const list = text.slice(0, colon);
  const size = Number(text.slice(colon + 1));
  if (!/^[0-9]{1,9}$/.test(text.slice(colon + 1)) || size === 0) return `wrong sample size '${text.slice(colon + 1)}' for sample range '${list}'`;
  const ranges: [number, number][] = [];
  for (const range of list.split(',')) {
    const [, low, high = low] = /^([0-9]{1,9})(?:-([0-9]{1,9}))?$/.exec(range) ?? [];
    if (low === undefined || Number(low) === 0 || Number(high) < Number(low)) return `wrong sample range '${range}'`;
    ranges.push([Number(low), Number(high)]);
  }
  ranges.sort(([a], [b]) => a - b);
  if (ranges.some(([low], i) => i > 0 && low <= ranges[i - 1]![1])) return 'ranges are overlapping';
  const last = ranges[ranges.length - 1]![1];
  return last > size ? `sample size ${size} should be greater or equal to ${last} the maximum of the high ranges limits` : { ranges, size };
}

function parameters(walk: Walk, to: DestinationDraft): LogLineDraft | undefined {
  const options: Options = { length: DEFAULT_LENGTH, format: null, sample: null, profile: null };
  for (let word = walk.peek(); word !== undefined && Object.hasOwn(OPTIONS, word.text); word = walk.peek()) {
    walk.next();
    const value = walk.need(`a value for '${word.text}'`);
    if (value === undefined || !OPTIONS[word.text]!(walk, value, options)) return undefined;
  }
  const facilityWord = walk.next();
  const facility = (FACILITIES as readonly string[]).indexOf(facilityWord?.text ?? '');
  if (facility < 0) {
    const name = facilityWord?.text ?? '';
    return walk.error(facilityWord ?? walk.keywordSpan, `log : unknown log facility '${name}'`, didYouMean(name, FACILITIES) ?? `Facilities are ${FACILITIES.join(', ')}.`);
  }
  const maxLevel = level(walk, 'log level', LEVELS.length - 1);
  const minLevel = level(walk, 'minimum log level', 0);
  if (maxLevel === undefined || minLevel === undefined) return undefined;
  return { ...options, to, facility, maxLevel, minLevel, line: walk.site.logs.lines++ };
}

function level(walk: Walk, what: string, otherwise: number): number | undefined {
  const word = walk.next();
  if (word === undefined) return otherwise;
  const found = (LEVELS as readonly string[]).indexOf(word.text);
  if (found >= 0) return found;
  return walk.error(word, `log : unknown optional ${what} '${word.text}'`, didYouMean(word.text, LEVELS) ?? `Levels are ${LEVELS.join(', ')}.`);
}

/** `no log` forgets what was there; it takes no arguments. */
export function parseNoLog(walk: Walk): boolean {
  const extra = walk.next();
  return extra === undefined || fail(walk, extra, "log : 'no log' does not expect arguments", 'It forgets all log lines above.');
}
