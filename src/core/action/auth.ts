import { cannedAnswer } from './answer.js';
import { wanted } from './words.js';
import { builtinError } from '../response.js';
import type { ActionRow, CompileEnv } from '../row.js';
import type { Tx } from '../tx.js';

interface Auth {
  /** null: the name of the proxy. */
  readonly realm: string | null;
}

/** A response with the challenge as its only WWW-Authenticate header; empty stays empty. */
function challenged(raw: string, realm: string): string {
  const end = raw.indexOf('\r\n\r\n');
  if (end < 0) return raw;
  const lines = raw.slice(0, end).split('\r\n').filter((line) => !/^www-authenticate:/i.test(line));
  return `${[...lines, `www-authenticate: Basic realm="${realm.replace(/["\\]/g, '\\$&')}"`].join('\r\n')}${raw.slice(end)}`;
}

/**
 * The verdict with the challenge. It is made of the error response 401 of the backend, else of the frontend, else the built-in one;
 * without a realm the challenge names the proxy whose rule it is.
 */
function compileChallenge(realm: string | null, env: CompileEnv): (tx: Tx) => number {
  const { proxies } = env.model;
  const own = proxies.map((proxy) => proxy.errors.find(({ status }) => status === 401)?.raw ?? null);
  const verdicts = new Map<string | null, readonly number[]>();
  for (const raw of new Set([null, ...own])) {
    verdicts.set(raw, proxies.map(({ name }) => cannedAnswer(env, challenged(raw ?? builtinError(401), realm ?? name))));
  }
  return (tx) => {
    const raw = (tx.backend < 0 ? null : own[tx.backend]!) ?? own[tx.frontend]!;
    return verdicts.get(raw)![tx.backend < 0 ? tx.frontend : tx.backend]!;
  };
}

export const authAction: ActionRow<Auth> = {
  name: 'auth', families: ['http-request'], final: true, doc: 'asks for a user name and a password (401)',
  parse(cursor) {
    if (cursor.done() || cursor.peek()?.text !== 'realm') return { realm: null };
    cursor.next();
    const realm = wanted(cursor, 'missing realm value');
    if (realm === undefined) return undefined;
    return /[\0-\x1f\x7f]/.test(realm.text) ? cursor.error(realm, 'control characters are not allowed in a realm') : { realm: realm.text };
  },
  compile({ realm }, env) {
    const challenge = compileChallenge(realm, env);
    return (tx) => {
      env.counters.denied(tx);
      return challenge(tx);
    };
  },
};
