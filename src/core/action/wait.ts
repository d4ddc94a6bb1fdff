/** Actions that hold a message back: the rules go on with the same one when the engine asks again (Tx.resumed). */
import type { HttpReply, RuleFamily, SampleExpression } from '../../config/model.js';
import type { Cursor } from '../../config/cursor.js';
import { parseTime } from '../../config/units.js';
import {
  FACT_FLAGS, FF_BODY_COMPLETE, FF_CLIENT_SHUT, FF_SERVER_SHUT, FF_TIMEOUT, FF_TRUNCATED, VERDICT_CONTINUE, VERDICT_MORE, VERDICT_PAUSE,
} from '../abi.js';
import { ends, type Cause } from '../ending.js';
import { bodyLengthOf } from '../fetch/body.js';
import type { Act, ActionRow, CompileEnv } from '../row.js';
import type { Tx } from '../tx.js';
import { verdict } from '../verdict.js';
import { compileReply, parseRuleReply } from './reply.js';
import { wanted } from './words.js';

/** The longest that a verdict's argument can say. */
const LONGEST = 0xfffffe;
const ms = (time: number): number => Math.max(1, Math.min(time, LONGEST));

/** A time as it stands, or a number that an expression gives. */
export type Delay = { readonly ms: number } | { readonly expression: SampleExpression };

export function wantedDelay(cursor: Cursor, expects: string): Delay | undefined {
  const word = wanted(cursor, expects);
  if (word === undefined) return undefined;
  if (/^[0-9]/.test(word.text)) {
    const time = parseTime(word.text);
    return typeof time === 'number' ? { ms: time } : cursor.error(word, `invalid time '${word.text}'`, 'Times are numbers with us, ms, s, m, h or d.');
  }
  const expression = cursor.expression(word);
  return expression === undefined ? undefined : { expression };
}

/** Milliseconds of one request; undefined if there is no usable number. */
export function compileDelay(delay: Delay, env: CompileEnv): (tx: Tx) => number | undefined {
  if ('ms' in delay) return () => delay.ms;
  const read = env.typed(delay.expression, 'int');
  return (tx) => {
    const value = read(tx);
    const number = value === undefined ? -1 : Number(value);
    return number < 0 ? undefined : number;
  };
}

const HTTP: readonly RuleFamily[] = ['http-request', 'http-response'];

export const pauseAction: ActionRow<Delay> = {
  name: 'pause', families: HTTP, final: false, doc: 'holds the message back for a time',
  parse: (cursor) => wantedDelay(cursor, 'expects a time or an expression'),
  compile(delay, env) {
    const time = compileDelay(delay, env);
    return (tx) => {
      const value = tx.resumed ? 0 : (time(tx) ?? 0);
      return value <= 0 ? VERDICT_CONTINUE : verdict(VERDICT_PAUSE, ms(value));
    };
  },
};

export const tarpitAction: ActionRow<HttpReply> = {
  name: 'tarpit', families: ['http-request'], final: true, doc: 'lets the client wait for `timeout tarpit`, then answers (500)',
  parse: (cursor) => parseRuleReply(cursor, 500, 'errorfiles'),
  compile(reply, env) {
    const send = compileReply(reply, env);
    const times = env.model.proxies.map(({ timeouts }) => timeouts.tarpit ?? timeouts.connect ?? 0);
    return (tx) => {
      if (tx.resumed) return send(tx);
      env.counters.denied(tx);
      ends(tx, 'P', 'T');
      const time = tx.streamIfAny()?.timeouts.tarpit ?? times[tx.backend < 0 ? tx.frontend : tx.backend]!;
      return verdict(VERDICT_PAUSE, time > 0 ? ms(time) : LONGEST);
    };
  },
};

/** Early data would come before the end of a TLS handshake: without TLS there is none, and nothing to wait for. */
export const waitForHandshakeAction: ActionRow<null> = {
  name: 'wait-for-handshake', families: ['http-request'], final: false, doc: 'waits for the end of the TLS handshake if the request came as early data',
  parse: () => null,
  compile: () => () => VERDICT_CONTINUE,
};

interface Body {
  readonly ms: number;
  /** Bytes that are enough; 0: all of them. */
  readonly atLeast: number;
}

/** Asks for more until the body is complete, or enough of it is here, or nothing more fits. */
export function waitForBody({ ms: time, atLeast }: Body, env: CompileEnv): Act {
  const late = env.error(408);
  const cut = env.error(400);
  const lateResponse = env.error(504);
  const more = verdict(VERDICT_MORE, ms(time));
  const ended = (tx: Tx, cause: Cause, answer: (tx: Tx) => number): number => {
    ends(tx, cause);
    return answer(tx);
  };
  return (tx) => {
    const flags = tx.facts[FACT_FLAGS]!;
    if ((flags & (FF_BODY_COMPLETE | FF_TRUNCATED)) !== 0) return VERDICT_CONTINUE;
    if (atLeast > 0 && bodyLengthOf(tx) >= atLeast) return VERDICT_CONTINUE;
    const response = tx.isResponse();
    if (response && (flags & FF_SERVER_SHUT) !== 0) return VERDICT_CONTINUE;
    if (!response && (flags & FF_CLIENT_SHUT) !== 0) return ended(tx, 'C', cut);
    if (tx.resumed && (flags & FF_TIMEOUT) !== 0) return response ? ended(tx, 's', lateResponse) : ended(tx, 'c', late);
    return more;
  };
}

export const waitForBodyAction: ActionRow<Body> = {
  name: 'wait-for-body', families: HTTP, final: false, doc: 'holds the message back until its body is here, or enough of it',
  parse(cursor) {
    let time: number | undefined;
    let atLeast = 0;
    while (!cursor.done()) {
      const word = cursor.next()!;
      if (word.text === 'time') time = cursor.time('a time');
      else if (word.text === 'at-least') atLeast = cursor.size('a size') ?? 0;
      else if (word.text === 'use-large-buffer') {
        return cursor.error(word, `'${word.text}' is not supported yet`, 'Raise tune.bufsize instead: what fits there is waited for.');
      } else return cursor.error(word, `expects 'time <time>' or 'at-least <bytes>', but got '${word.text}'`);
    }
    return time === undefined ? cursor.error(cursor.keywordSpan, "expects 'time <time>'", 'Say how long to wait at most.') : { ms: time, atLeast };
  },
  compile: waitForBody,
};
