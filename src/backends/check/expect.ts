/** `expect` rules as functions: what they say of the bytes or the response that a server has sent. */
import type { ExpectMatch, ExpectRule, TextMatch, TextPattern } from '../../config/check_rules.js';
import { isProblem, parseRegex } from '../../core/compile/regex.js';
import type { CompileEnv } from '../../core/row.js';
import type { Tx } from '../../core/tx.js';
import type { Body, ResponseHead } from './http_message.js';

/** True if the bytes hold what the rule looks for. `tx` gives the samples of the check, if a format is to be made. */
type BytesTest = (data: Buffer, tx: () => Tx) => boolean;

export interface BytesMatcher {
  readonly kind: 'bytes';
  readonly test: BytesTest;
  /** Bytes that are enough for a conclusive "no" of an exact string; 0 = none are. */
  readonly exact: number;
  /** In messages: `string '+OK'`, `regex`. */
  readonly label: string;
  /** In messages of a mismatch: `'+OK'`, `(regex)`. */
  readonly shown: string;
}

export interface HeadMatcher {
  readonly kind: 'head';
  test(head: ResponseHead, tx: () => Tx): boolean;
}

export interface BodyMatcher {
  readonly kind: 'body';
  test(body: Body, tx: () => Tx): boolean;
}

/** An expression that load() has checked. */
function regexOf(pattern: string): RegExp {
  const regex = parseRegex(pattern, false);
  if (isProblem(regex)) throw new Error(`regex '${pattern}': ${regex.problem}`);
  return regex;
}

/** Non-printable bytes as `<0a>`, as HAProxy shows them. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, (char) => `<${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}>`);
}

type Of<K extends ExpectMatch['kind']> = Extract<ExpectMatch, { kind: K }>;

const exactly = (pattern: string): BytesTest => (data) => data.includes(pattern, 0, 'latin1');

function bytesOf(match: ExpectMatch, env: CompileEnv): BytesMatcher | null {
  const kind = 'bytes';
  switch (match.kind) {
    case 'string':
      return { kind, test: exactly(match.pattern), exact: match.pattern.length, label: `string '${printable(match.pattern)}'`, shown: `'${printable(match.pattern)}'` };
    case 'binary':
      return { kind, test: exactly(match.pattern), exact: match.pattern.length, label: `binary '${printable(match.pattern)}'`, shown: '(binary)' };
    case 'rstring': {
      const regex = regexOf(match.pattern);
      return { kind, test: (data) => regex.test(data.toString('latin1')), exact: 0, label: 'regex', shown: '(regex)' };
    }
    case 'rbinary': {
      const regex = regexOf(match.pattern);
      return { kind, test: (data) => regex.test(data.toString('hex').toUpperCase()), exact: 0, label: 'binary regex', shown: '(binary regex)' };
    }
    case 'string-lf':
      return { kind, ...formatted(match, env, (text) => text), label: 'log-format string', shown: '(log-format string)' };
    case 'binary-lf':
      return { kind, ...formatted(match, env, (text) => Buffer.from(text, 'hex').toString('latin1')), label: 'log-format binary', shown: '(log-format binary)' };
    default:
      return null;
  }
}

function formatted({ format }: Of<'string-lf' | 'binary-lf'>, env: CompileEnv, decode: (text: string) => string): { test: BytesTest; exact: number } {
  const make = env.logFormat(format, 'raw');
  return {
    exact: 0,
    test(data, tx) {
      const text = decode(make(tx()));
      // A format that gives nothing is met by nothing.
      return text !== '' && data.includes(text, 0, 'latin1');
    },
  };
}

/** The matcher of a tcp-check rule. */
export function bytesMatcher({ match }: ExpectRule, env: CompileEnv): BytesMatcher {
  const found = bytesOf(match, env);
  if (found === null) throw new Error(`a tcp-check rule can't expect '${match.kind}'`);
  return found;
}

const TEXT: Readonly<Record<Exclude<TextMatch, 'reg'>, (text: string, pattern: string) => boolean>> = {
  str: (text, pattern) => text === pattern,
  beg: (text, pattern) => text.startsWith(pattern),
  end: (text, pattern) => text.endsWith(pattern),
  sub: (text, pattern) => text.includes(pattern),
};

type TextTest = (text: string, tx: () => Tx) => boolean;

function textTest({ match, pattern }: TextPattern, env: CompileEnv, fold: boolean): TextTest {
  const folded = (text: string): string => (fold ? text.toLowerCase() : text);
  if (match === 'reg') {
    const regex = parseRegex(String(pattern), fold);
    if (isProblem(regex)) throw new Error(`regex '${String(pattern)}': ${regex.problem}`);
    return (text) => regex.test(text);
  }
  const compare = TEXT[match];
  if (typeof pattern === 'string') {
    const wanted = folded(pattern);
    return (text) => compare(folded(text), wanted);
  }
  const make = env.logFormat(pattern, 'raw');
  return (text, tx) => {
    const wanted = folded(make(tx()));
    return wanted !== '' && compare(folded(text), wanted);
  };
}

/** Parts of a header's value between commas outside quotes, without blanks around them. */
function parts(value: string): string[] {
  return (value.match(/(?:"(?:[^"\\]|\\.)*"?|[^,"])+/g) ?? []).map((part) => part.trim());
}

function headerTest({ full, name, value }: Of<'header'>, env: CompileEnv): HeadMatcher['test'] {
  // Names are compared without case, values are not.
  const named = textTest(name, env, true);
  const valued = value === null ? null : textTest(value, env, false);
  return ({ headers }, tx) =>
    headers.some((field) => {
      if (!named(field.name, tx)) return false;
      if (valued === null) return true;
      return full ? valued(field.value, tx) : parts(field.value).some((part) => valued(part, tx));
    });
}

/** The matcher of an http-check rule. */
export function httpMatcher({ match }: ExpectRule, env: CompileEnv): HeadMatcher | BodyMatcher {
  switch (match.kind) {
    case 'status':
      return { kind: 'head', test: ({ status }) => match.codes.some(([low, high]) => status >= low && status <= high) };
    case 'rstatus': {
      const regex = regexOf(match.pattern);
      return { kind: 'head', test: ({ status }) => regex.test(String(status).padStart(3, '0')) };
    }
    case 'header':
      return { kind: 'head', test: headerTest(match, env) };
    default: {
      const found = bytesOf(match, env);
      if (found === null) throw new Error(`an http-check rule can't expect '${match.kind}'`);
      return { kind: 'body', test: ({ text }, tx) => found.test(Buffer.from(text, 'latin1'), tx) };
    }
  }
}
