import type { ErrorStatus, ExpectMatch, ExpectRule, OkStatus, TextMatch, TextPattern, TimeoutStatus } from '../../check_rules.js';
import type { Word } from '../../source.js';
import type { Walk } from '../../walk.js';
import { argument, binaryOf, commentOf, expressionOf, formatOf, regexOf } from './words.js';

type Settings = { -readonly [K in keyof ExpectRule]: ExpectRule[K] };

const OK: readonly OkStatus[] = ['L4OK', 'L6OK', 'L7OK', 'L7OKC'];
const ERROR: readonly ErrorStatus[] = ['L4CON', 'L6RSP', 'L7RSP', 'L7STS', 'L7OKC'];
const TIMEOUT: readonly TimeoutStatus[] = ['L4TOUT', 'L6TOUT', 'L7TOUT'];

function status<S extends string>(walk: Walk, option: string, known: readonly S[]): S | undefined {
  const word = argument(walk, option, 'a string');
  if (word === undefined) return undefined;
  const found = known.find((name) => name === word.text);
  const list = known.map((name) => `'${name}'`);
  return found ?? walk.error(word, `'${walk.keyword}' : '${option}' only supports ${list.slice(0, -1).join(', ')} or ${list[list.length - 1]} status (got '${word.text}')`);
}

const given = <T>(value: T | undefined, set: (value: T) => void): boolean => {
  if (value === undefined) return false;
  set(value);
  return true;
};

/** Options in front of the match; they may also follow it. */
const OPTIONS: Readonly<Record<string, (walk: Walk, rule: Settings) => boolean>> = {
  comment: (walk, rule) => given(commentOf(walk), (text) => (rule.comment = text)),
  'min-recv'(walk, rule) {
    const word = argument(walk, 'min-recv', 'a integer');
    return given(word === undefined ? undefined : walk.intOf(word, 'an integer argument', -1, 2147483647), (value) => (rule.minRecv = value));
  },
  'ok-status': (walk, rule) => given(status(walk, 'ok-status', OK), (name) => (rule.okStatus = name)),
  'error-status': (walk, rule) => given(status(walk, 'error-status', ERROR), (name) => (rule.errorStatus = name)),
  'tout-status': (walk, rule) => given(status(walk, 'tout-status', TIMEOUT), (name) => (rule.timeoutStatus = name)),
  'on-success': (walk, rule) => given(formatOf(walk, 'on-success'), (format) => (rule.onSuccess = format)),
  'on-error': (walk, rule) => given(formatOf(walk, 'on-error'), (format) => (rule.onError = format)),
  'status-code': (walk, rule) => given(expressionOf(walk, 'status-code'), (sample) => (rule.statusCode = sample)),
};

/** `200,300-399`: codes and ranges. */
function statusCodes(walk: Walk, word: Word): (readonly [number, number])[] | undefined {
  const bad = /[^0-9,-]/.exec(word.text);
  if (bad !== null) return walk.error(word, `'${walk.keyword}' : invalid character '${bad[0]}' in the list of status codes`, 'Write codes and ranges, such as 200,300-399.');
  const ranges: (readonly [number, number])[] = [];
  for (const part of word.text.split(',')) {
    const match = /^([0-9]{1,9})(?:-([0-9]{1,9}))?$/.exec(part);
    const low = Number(match?.[1]);
    const high = Number(match?.[2] ?? match?.[1]);
    if (match === null || low > high) return walk.error(word, `'${walk.keyword}' : invalid range of status codes '${part}'`, 'Write codes and ranges, such as 200,300-399.');
    ranges.push([low, high]);
  }
  return ranges;
}

const METHODS: readonly TextMatch[] = ['str', 'beg', 'end', 'sub', 'reg'];

/** `[-m <method>] <pattern>` of a header's name or value. */
function textPattern(walk: Walk, kind: string, format: boolean, missing: string): TextPattern | undefined {
  let match: TextMatch = 'str';
  if (walk.peek()?.text === '-m') {
    walk.next();
    const word = argument(walk, '-m', 'a matching pattern');
    const found = word === undefined ? undefined : METHODS.find((name) => name === word.text);
    if (found === undefined) {
      return word === undefined ? undefined : walk.error(word, `'${walk.keyword}' : '${kind}' : '-m' only supports 'str', 'beg', 'end', 'sub' or 'reg' (got '${word.text}')`);
    }
    if (format && found === 'reg') return walk.error(word!, `'${walk.keyword}' : '${kind}': log-format string is not supported with a regex matching method`);
    match = found;
  }
  const word = walk.next();
  if (word === undefined) return walk.error(walk.last, `'${walk.keyword}' : ${missing}`);
  const pattern = format ? walk.logFormat(word) : match === 'reg' ? regexOf(walk, word) : word.text;
  return pattern === undefined ? undefined : { match, pattern };
}

function header(walk: Walk, word: Word): ExpectMatch | undefined {
  const kind = word.text;
  const missing = `'${kind}' expects at the name keyword as first argument followed by a pattern`;
  const keyword = walk.next();
  if (keyword?.text !== 'name' && keyword?.text !== 'name-lf') return walk.error(keyword ?? word, `'${walk.keyword}' : ${missing}`);
  const name = textPattern(walk, kind, keyword.text === 'name-lf', missing);
  if (name === undefined) return undefined;
  const next = walk.peek();
  if (next?.text !== 'value' && next?.text !== 'value-lf') return { kind: 'header', full: kind === 'fhdr', name, value: null };
  walk.next();
  const value = textPattern(walk, kind, next.text === 'value-lf', `'${kind}' expect a pattern with the value keyword`);
  return value === undefined ? undefined : { kind: 'header', full: kind === 'fhdr', name, value };
}

type MatchParser = (walk: Walk, word: Word) => ExpectMatch | undefined;

/** A match with one pattern. */
const onePattern = (make: (walk: Walk, word: Word) => ExpectMatch | undefined): MatchParser => (walk, word) => {
  const pattern = argument(walk, word.text, 'a <pattern>');
  return pattern === undefined ? undefined : make(walk, pattern);
};

const text: Readonly<Record<string, MatchParser>> = {
  string: onePattern((_walk, { text: pattern }) => ({ kind: 'string', pattern })),
  'string-lf': onePattern((walk, word) => {
    const format = walk.logFormat(word);
    return format && { kind: 'string-lf', format };
  }),
  rstring: onePattern((walk, word) => {
    const pattern = regexOf(walk, word);
    return pattern === undefined ? undefined : { kind: 'rstring', pattern };
  }),
};

/** What a match may be, by the family of the rule. */
const MATCHES: Readonly<Record<'http' | 'tcp', Readonly<Record<string, MatchParser>>>> = {
  http: {
    ...text,
    status: onePattern((walk, word) => {
      const codes = statusCodes(walk, word);
      return codes && { kind: 'status', codes };
    }),
    rstatus: onePattern((walk, word) => {
      const pattern = regexOf(walk, word);
      return pattern === undefined ? undefined : { kind: 'rstatus', pattern };
    }),
    hdr: header,
    fhdr: header,
  },
  tcp: {
    ...text,
    binary: onePattern((walk, word) => {
      const pattern = binaryOf(walk, word);
      return pattern === undefined ? undefined : { kind: 'binary', pattern };
    }),
    rbinary: onePattern((walk, word) => {
      const pattern = regexOf(walk, word);
      return pattern === undefined ? undefined : { kind: 'rbinary', pattern };
    }),
    'binary-lf': onePattern((walk, word) => {
      const format = walk.logFormat(word);
      return format && { kind: 'binary-lf', format };
    }),
  },
};

const SUPPORTED = {
  http: "min-recv, '[!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', '[!]hdr', '[!]fhdr' or comment",
  tcp: "min-recv, '[!]binary', '[!]string', '[!]rstring', '[!]string-lf', '[!]rbinary', '[!]binary-lf' or comment",
} as const;

/** `!` and `!string`: the match is turned round. Returns the kind of match, without its marks. */
function matchWord(walk: Walk, word: Word, rule: Settings): Word | undefined {
  let kind = word;
  while (kind.text.startsWith('!')) {
    rule.inverse = !rule.inverse;
    if (kind.text !== '!') kind = { ...kind, text: kind.text.slice(1) };
    else {
      const next = walk.next();
      if (next === undefined) return walk.error(kind, `'${walk.keyword}' : expects at least a matching pattern as arguments`);
      kind = next;
    }
  }
  return kind;
}

/** The words after `http-check expect` and `tcp-check expect`. */
export function parseExpect(walk: Walk, step: number, family: 'http' | 'tcp'): ExpectRule | undefined {
  const rule: Settings = {
    kind: 'expect', step, comment: null, match: { kind: 'string', pattern: '' }, text: '', inverse: false, minRecv: -1, okStatus: null, errorStatus: null,
    timeoutStatus: null, onSuccess: null, onError: null, statusCode: null,
  };
  let matched = false;
  for (let word = walk.next(); word !== undefined; word = walk.next()) {
    const option = Object.hasOwn(OPTIONS, word.text) ? OPTIONS[word.text] : undefined;
    if (option !== undefined) {
      if (!option(walk, rule)) return undefined;
      continue;
    }
    const kind = matchWord(walk, word, rule);
    if (kind === undefined) return undefined;
    const parser = Object.hasOwn(MATCHES[family], kind.text) ? MATCHES[family][kind.text] : undefined;
    if (parser === undefined) return walk.error(kind, `'${walk.keyword}' : only supports ${SUPPORTED[family]} but got '${kind.text}' as argument`);
    if (matched) return walk.error(kind, `'${walk.keyword}' : only one pattern expected`, 'Write a rule for each.');
    const match = parser(walk, kind);
    if (match === undefined) return undefined;
    const last = walk.last;
    Object.assign(rule, { match, text: 'text' in last ? last.text : '' });
    matched = true;
  }
  return matched ? rule : walk.error(walk.keywordSpan, `'${walk.keyword}' : expects at least a matching pattern as arguments`);
}
