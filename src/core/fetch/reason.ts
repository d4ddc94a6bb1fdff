/** Why a stream ended as it did, in words: what is beyond HAProxy's two letters (manual, 8.5). */
import { FACT_ERRORS, FACT_FAULT_LEN, FACT_FAULT_OFF, FACT_FLAGS, FACT_STATUS, FACT_TERM, FF_EMBRYO, PHASE_END } from '../abi.js';
import type { FetchRow } from '../row.js';
import type { Tx } from '../tx.js';
import { CONNECTION_ERRORS } from './connection_error.js';

/** What ended it, by the first letter. */
const CAUSES: Readonly<Record<string, string>> = {
  C: 'the client left', S: 'the server refused, or left', P: 'refused by the proxy', L: 'answered by the proxy', R: 'a resource of the proxy was exhausted',
  I: 'an internal error', D: 'its server went down', U: 'an active server came up', K: 'ended by an administrator', c: 'the client was silent for too long',
  s: 'the server was silent for too long',
};

/** What it was doing, by the second letter. */
const STATES: Readonly<Record<string, string>> = {
  R: 'while the request came', Q: 'in the queue', C: 'while the server was connected', H: 'before the response', D: 'while data moved', L: 'with the last data', T: 'in the tar pit',
};

/** A few endings that the letters say together. */
const TOGETHER: Readonly<Record<string, string>> = {
  sQ: 'waited too long in the queue', sC: 'the connection to the server took too long', SC: 'no server could be connected', sH: 'the server did not answer in time', PH: 'the response was refused or invalid',
  cR: 'the request did not come in time', CR: 'the client left before its request was complete', SD: 'the server left before its response was complete', LR: 'answered by a rule or service', PT: 'held in the tar pit',
};

const letter = (code: number): string => (code === 0 ? '-' : String.fromCharCode(code));

function byLetters(tx: Tx): string | undefined {
  const cause = letter(tx.facts[FACT_TERM]! & 255);
  const state = letter((tx.facts[FACT_TERM]! >> 8) & 255);
  const both = TOGETHER[cause + state];
  if (both !== undefined || cause === '-') return both;
  const doing = STATES[state];
  return `${CAUSES[cause] ?? 'ended'}${doing === undefined ? '' : ` ${doing}`}`;
}

/** The rule that refused or answered; it is noted for P and L only. */
function ruleOf(tx: Tx): string | undefined {
  const cause = letter(tx.facts[FACT_TERM]! & 255);
  return cause === 'P' || cause === 'L' ? tx.streamIfAny()?.lastRule : undefined;
}

function reason(tx: Tx): string | undefined {
  if (tx.phase !== PHASE_END) return undefined;
  const { facts } = tx;
  if ((facts[FACT_FLAGS]! & FF_EMBRYO) !== 0) return CONNECTION_ERRORS[facts[FACT_ERRORS]! & 255]?.message;
  const fault = facts[FACT_FAULT_LEN]!;
  if (fault > 0) {
    const start = facts[FACT_FAULT_OFF]!;
    const text = Buffer.from(tx.bytes.subarray(start, start + fault)).toString('latin1');
    return `${facts[FACT_STATUS] === 502 ? 'unreadable response' : 'unreadable request'}: ${text}`;
  }
  const rule = ruleOf(tx);
  const said = byLetters(tx);
  return rule === undefined ? said : `${said ?? 'ended'} (${rule})`;
}

export const reasonFetches: readonly FetchRow[] = [
  {
    name: 'txn.reason', args: [], out: 'str', needs: 'end', doc: 'why the stream did not end normally, in words, with the rule that decided or what could not be read',
    compile(_args, env) {
      env.keeps.add('last-rule');
      return reason;
    },
  },
];
