/** What an agent beside a server says of it: words in one line (manual: agent-check). */
import { L7_OK, L7_STATUS, type CheckStatus } from './status.js';

export interface AgentReply {
  /** L7OK or L7STS where it speaks of health, null where it doesn't. */
  readonly health: CheckStatus | null;
  /** `via agent : up`, "" without a word about health. */
  readonly info: string;
  readonly admin: 'ready' | 'drain' | 'maint' | null;
  /** `50%` or a number from 0 to 256. */
  readonly weight: string | null;
  readonly maxconn: number | null;
  /** The first word that means nothing. */
  readonly unknown: string | null;
}

const DOWN = new Set(['down', 'fail', 'stopped']);
const ADMIN = ['ready', 'drain', 'maint'] as const;

function weightOf(text: string): string | null {
  const found = /^([0-9]{1,9})(%?)$/.exec(text);
  if (found === null) return null;
  return found[2] === '%' || Number(found[1]) <= 256 ? text : null;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Takes a word; false if it means nothing. */
function takeWord(reply: Mutable<AgentReply>, word: string, description: string): boolean {
  const lower = word.toLowerCase();
  const admin = ADMIN.find((name) => name === lower);
  if (admin !== undefined) reply.admin = admin;
  else if (lower === 'up' || DOWN.has(lower)) {
    reply.health = lower === 'up' ? L7_OK : L7_STATUS;
    reply.info = `via agent : ${lower}${description === '' || lower === 'up' ? '' : ` (${description})`}`;
  } else if (lower.startsWith('maxconn:')) {
    if (!/^maxconn:[0-9]{1,9}$/.test(lower)) return false;
    reply.maxconn = Number(lower.slice('maxconn:'.length));
  } else {
    const weight = weightOf(lower.startsWith('weight:') ? lower.slice('weight:'.length) : lower.endsWith('%') ? lower : '');
    if (weight === null) return false;
    reply.weight = weight;
  }
  return true;
}

/** Reads the first line of what an agent has sent; null if the line is not complete. Words come in any order; of two of a kind the last counts. */
export function parseAgentReply(text: string): AgentReply | null {
  const found = /^[^\r\n]*(?=[\r\n])/.exec(text);
  if (found === null) return null;
  const [words = '', ...rest] = found[0].split('#');
  const description = rest.join('#').trim();
  const reply: Mutable<AgentReply> = { health: null, info: '', admin: null, weight: null, maxconn: null, unknown: null };
  for (const word of words.split(/[ \t,]+/)) {
    if (word === '' || takeWord(reply, word, description)) continue;
    reply.unknown ??= word;
  }
  return reply;
}
