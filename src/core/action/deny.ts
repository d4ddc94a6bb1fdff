import type { HttpReply } from '../../config/model.js';
import { PHASE_CONNECTION, PHASE_CONTENT, PHASE_SESSION, VERDICT_CLOSE } from '../abi.js';
import { ends } from '../ending.js';
import { STOP, type ActionRow } from '../row.js';
import { compileReply, parseRuleReply } from './reply.js';

const REPLY_FAMILIES = ['http-request', 'http-response'] as const;

export const denyAction: ActionRow<HttpReply> = {
  name: 'deny', families: REPLY_FAMILIES, final: true, doc: 'refuses the request (403) or response (502), or answers as return does',
  parse: (cursor) => parseRuleReply(cursor, cursor.family === 'http-response' ? 502 : 403, 'errorfiles'),
  compile(reply, env) {
    const send = compileReply(reply, env);
    return (tx) => {
      env.counters.denied(tx);
      ends(tx, 'P');
      return send(tx);
    };
  },
};

export const returnAction: ActionRow<HttpReply> = {
  name: 'return', families: REPLY_FAMILIES, final: true, doc: 'answers with a response of its own',
  parse: (cursor) => parseRuleReply(cursor, 200, 'payload'),
  compile(reply, env) {
    const send = compileReply(reply, env);
    return (tx) => {
      if (!tx.isResponse()) env.counters.intercepted(tx);
      return send(tx);
    };
  },
};

export const allowAction: ActionRow<null> = {
  name: 'allow', families: ['http-request', 'http-response', 'http-after-response'], final: true, doc: 'lets the message pass the rule set',
  parse: () => null,
  compile: () => () => STOP,
};

export const acceptAction: ActionRow<null> = {
  name: 'accept', families: ['tcp-request connection', 'tcp-request session', 'tcp-request content', 'tcp-response content'], final: true,
  doc: 'lets the connection pass the rule set',
  parse: () => null,
  compile: () => () => STOP,
};

/** Phases before there is a request: the engine counts what is closed there. */
const COUNTED_BY_ENGINE = [PHASE_CONNECTION, PHASE_SESSION, PHASE_CONTENT];

export const rejectAction: ActionRow<null> = {
  name: 'reject',
  families: ['tcp-request connection', 'tcp-request session', 'tcp-request content', 'tcp-response content', 'http-request', 'http-response'],
  final: true, doc: 'closes the connection without an answer',
  parse: () => null,
  compile: (_data, { counters }) => (tx) => {
    if (!COUNTED_BY_ENGINE.includes(tx.phase)) counters.denied(tx);
    return VERDICT_CLOSE;
  },
};
