import type { HttpSendRule, SendRule } from '../../check_rules.js';
import type { LogFormat } from '../../model.js';
import type { Word } from '../../source.js';
import type { Walk } from '../../walk.js';
import { argument, binaryOf, commentOf, formatOf } from './words.js';

/** `tcp-check send`, `send-lf`, `send-binary`, `send-binary-lf`, the words behind. */
export function parseSend(walk: Walk, step: number, form: 'send' | 'send-lf' | 'send-binary' | 'send-binary-lf'): SendRule | undefined {
  const word = walk.next();
  if (word === undefined || word.text === '') {
    return walk.error(word ?? walk.keywordSpan, `'${walk.keyword}' : '${form.includes('binary') ? 'binary' : 'string'}' expects a ${form} as argument`);
  }
  const data = form === 'send' ? word.text : form === 'send-binary' ? binaryOf(walk, word) : walk.logFormat(word);
  const extra = walk.next();
  if (data === undefined) return undefined;
  if (extra !== undefined && extra.text !== 'comment') {
    return walk.error(extra, `'${walk.keyword}' : expects 'comment' but got '${extra.text}' as argument`, 'Quote what belongs together.');
  }
  const comment = extra === undefined ? null : commentOf(walk);
  return comment === undefined ? undefined : { kind: 'send', step, comment, data, hexadecimal: form === 'send-binary-lf' };
}

type Settings = { -readonly [K in keyof HttpSendRule]: HttpSendRule[K] };

const METHOD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VERSION = /^HTTP\/[0-9]\.[0-9]$/;

/** The version of a request; only HTTP/1 is spoken. */
export function checkVersion(walk: Walk, word: Word): string | undefined {
  if (/^HTTP\/1\.[01]$/.test(word.text)) return word.text;
  if (VERSION.test(word.text)) return walk.error(word, `'${walk.keyword}' : version '${word.text}' is not supported in checks`, 'Write HTTP/1.0 or HTTP/1.1.');
  return walk.error(word, `'${walk.keyword}' : invalid version '${word.text}'`, 'Write HTTP/1.0 or HTTP/1.1.');
}

export function checkMethod(walk: Walk, word: Word): string | undefined {
  return METHOD.test(word.text) ? word.text : walk.error(word, `'${walk.keyword}' : invalid method '${word.text}'`, 'A method is a token, such as GET.');
}

export function checkUri(walk: Walk, word: Word): string | undefined {
  const bad = /[^!-~\x80-\xff]/.exec(word.text);
  return bad === null ? word.text : walk.error(word, `'${walk.keyword}' : invalid character in URI '${word.text}'`, 'Blanks and control characters are written as %XX.');
}

function header(walk: Walk): { readonly name: string; readonly value: LogFormat } | undefined {
  const name = walk.next();
  const value = name === undefined ? undefined : walk.next();
  if (name === undefined || name.text === '' || value === undefined) return walk.error(walk.last, `'${walk.keyword}' : 'hdr' expects <name> and <value> as arguments`);
  if (!METHOD.test(name.text)) return walk.error(name, `'${walk.keyword}' : invalid header name '${name.text}'`, 'A name is a token, such as Host.');
  const format = walk.logFormat(value);
  return format === undefined ? undefined : { name: name.text.toLowerCase(), value: format };
}

/** These are made from the body. */
const FRAMING = new Set(['content-length', 'transfer-encoding']);

type Option = (walk: Walk, rule: Settings, headers: { name: string; value: LogFormat }[]) => boolean;

const given = <T>(value: T | undefined, set: (value: T) => void): boolean => {
  if (value === undefined) return false;
  set(value);
  return true;
};
const checked = (walk: Walk, option: string, check: (walk: Walk, word: Word) => string | undefined): string | undefined => {
  const word = argument(walk, option, 'a string');
  return word === undefined ? undefined : check(walk, word);
};

const OPTIONS: Readonly<Record<string, Option>> = {
  comment: (walk, rule) => given(commentOf(walk), (text) => (rule.comment = text)),
  meth: (walk, rule) => given(checked(walk, 'meth', checkMethod), (text) => (rule.method = text)),
  uri: (walk, rule) => given(checked(walk, 'uri', checkUri), (text) => (rule.uri = text)),
  'uri-lf': (walk, rule) => given(formatOf(walk, 'uri-lf'), (format) => (rule.uri = format)),
  ver: (walk, rule) => given(checked(walk, 'ver', checkVersion), (text) => (rule.version = text)),
  body: (walk, rule) => given(argument(walk, 'body', 'a string')?.text, (text) => (rule.body = text)),
  'body-lf': (walk, rule) => given(formatOf(walk, 'body-lf'), (format) => (rule.body = format)),
  hdr: (walk, _rule, headers) =>
    given(header(walk), (found) => {
      if (!FRAMING.has(found.name)) headers.push(found);
    }),
};

/** The words after `http-check send`. */
export function parseHttpSend(walk: Walk, step: number): HttpSendRule | undefined {
  const headers: { name: string; value: LogFormat }[] = [];
  const rule: Settings = { kind: 'http-send', step, comment: null, method: null, uri: null, version: null, headers, body: null };
  for (let word = walk.next(); word !== undefined; word = walk.next()) {
    const option = Object.hasOwn(OPTIONS, word.text) ? OPTIONS[word.text] : undefined;
    if (option === undefined) {
      return walk.error(word, `'${walk.keyword}' : expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got '${word.text}' as argument`);
    }
    if (!option(walk, rule, headers)) return undefined;
  }
  return rule;
}
