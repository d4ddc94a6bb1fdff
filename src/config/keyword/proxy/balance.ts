/** `balance` and what says how its hashes lead to servers. */
import { balancers } from '../../../backends/balance/index.js';
import type { ProxyDraft } from '../../draft.js';
import type { Balance, HashType } from '../../model.js';
import type { Word } from '../../source.js';
import { didYouMean } from '../../suggest.js';
import { INT_MAX } from '../../walk.js';
import type { Walk } from '../../walk.js';
import { integer, on, refuse } from '../make.js';
import type { ProxyRow } from '../row.js';

const ALGORITHMS = balancers.map(({ name }) => name);
/** Those that only `mode log` has. */
const LOG_ALGORITHMS = ['log-hash', 'log-sticky', 'sticky'];

/** Those of them that are known here. */
const LOG_ONLY = ['sticky', 'log-sticky'];

/** More draws than this would only cost time. */
const MOST_DRAWS = 1024;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Reads what follows an algorithm's name; undefined after an error. `inner`: what stands in parentheses behind it, null without any. */
type Read = (walk: Walk, word: Word, inner: string | null) => Omit<Balance, 'algorithm'> | undefined;

const nothing: Read = (walk, word, inner) =>
  inner === null ? { args: [] } : walk.error(word, `balance ${word.text.split('(')[0] ?? ''} takes no argument in parentheses`);

function number(walk: Walk, name: Word): string | undefined {
  const word = walk.next();
  const value = Number(word?.text ?? '');
  if (/^[0-9]+$/.test(word?.text ?? '') && value > 0 && value <= INT_MAX) return String(value);
  return walk.error(word ?? name, `balance uri : '${name.text}' expects a positive integer (got '${word?.text ?? ''}')`);
}

const readUri: Read = (walk) => {
  const args: string[] = [];
  for (let word = walk.next(); word !== undefined; word = walk.next()) {
    const name = word.text;
    if (name === 'whole' || name === 'path-only') args.push(name);
    else if (name === 'len' || name === 'depth') {
      const value = number(walk, word);
      if (value === undefined) return undefined;
      args.push(name, value);
    } else {
      const meant = didYouMean(name, ['len', 'depth', 'whole', 'path-only']) ?? undefined;
      return walk.error(word, `balance uri only accepts parameters 'len', 'depth', 'path-only', and 'whole' (got '${name}')`, meant);
    }
  }
  return { args };
};

const readUrlParam: Read = (walk) => {
  const name = walk.next();
  if (name === undefined || name.text === '') return walk.error(name ?? walk.last, 'balance url_param requires an URL parameter name');
  const word = walk.next();
  if (word === undefined) return { args: [name.text] };
  if (word.text !== 'check_post') return walk.error(word, `balance url_param only accepts 'check_post' modifier (got '${word.text}')`);
  // A wait that HAProxy once had and ignores now.
  if (walk.peek() !== undefined && walk.int('a number of bytes', 0, INT_MAX) === undefined) return undefined;
  return { args: [name.text, 'check_post'] };
};

const readHdr: Read = (walk, word, inner) => {
  if (inner === null || !TOKEN.test(inner)) return walk.error(word, 'balance hdr requires an http header field name', "Write it in parentheses: 'hdr(host)'.");
  const option = walk.next();
  if (option === undefined) return { args: [inner] };
  if (option.text !== 'use_domain_only') return walk.error(option, `balance ${word.text} only accepts 'use_domain_only' modifier (got '${option.text}')`);
  return { args: [inner, 'use_domain_only'] };
};

const readRandom: Read = (walk, word, inner) => {
  if (inner === null) return { args: [] };
  if (!/^[0-9]+$/.test(inner)) return walk.error(word, `balance random : '${inner}' is not a number of draws`);
  if (Number(inner) < 1) return walk.error(word, 'balance random : number of draws must be at least 1');
  return { args: [String(Math.min(Number(inner), MOST_DRAWS))] };
};

const readRdpCookie: Read = (walk, word, inner) =>
  inner === '' ? walk.error(word, 'balance rdp-cookie : missing cookie name') : { args: inner === null ? [] : [inner] };

const readHash: Read = (walk) => {
  const word = walk.next();
  if (word === undefined) return walk.error(walk.last, 'balance hash requires a sample expression');
  const expression = walk.expression(word);
  return expression === undefined ? undefined : { args: [], expression };
};

const READERS: Readonly<Record<string, Read>> = {
  uri: readUri, url_param: readUrlParam, hdr: readHdr, random: readRandom, 'rdp-cookie': readRdpCookie, hash: readHash,
};

/** Name, and the text in parentheses if there is one. */
function splitName(text: string): { readonly name: string; readonly inner: string | null } {
  const match = /^([^(]*)\((.*)\)$/.exec(text);
  return match === null ? { name: text, inner: null } : { name: match[1]!, inner: match[2]! };
}

function parseBalance(walk: Walk, { settings }: ProxyDraft): void {
  const word = walk.next();
  // Without an argument HAProxy takes its default.
  if (word === undefined) {
    settings.balance = { algorithm: 'roundrobin', args: [] };
    return;
  }
  const { name, inner } = splitName(word.text);
  if (name.includes('(')) return void walk.error(word, `balance ${name.slice(0, name.indexOf('('))} : missing closing parenthesis`);
  if (walk.mode === 'log' && LOG_ONLY.includes(name)) {
    // To whatever asks about traffic, of which there is none, it is roundrobin.
    settings.balance = { algorithm: 'roundrobin', args: ['sticky'] };
    return;
  }
  const row = balancers.find((balancer) => balancer.name === name);
  if (row === undefined) return unknown(walk, word, name);
  const read = (READERS[name] ?? nothing)(walk, word, inner);
  if (read === undefined) return;
  settings.balance = { algorithm: name, ...read };
}

function unknown(walk: Walk, word: Word, name: string): void {
  if (LOG_ALGORITHMS.includes(name)) refuse(walk, `balance ${name}`, word.span);
  else {
    const names = [...ALGORITHMS, ...LOG_ALGORITHMS];
    const list = names.map((known) => `'${known}'`).join(', ');
    walk.error(word, `balance only supports ${list} (got '${word.text}')`, didYouMean(name, names) ?? undefined);
  }
}

const METHODS: readonly HashType['method'][] = ['map-based', 'consistent', 'maglev'];
const FUNCTIONS: readonly HashType['hash'][] = ['sdbm', 'djb2', 'wt6', 'crc32', 'none'];

function parseHashType(walk: Walk, { settings }: ProxyDraft): void {
  const method = walk.oneOf(METHODS);
  if (method === undefined) return;
  // Rings and tables are small against 2^32: without another choice the hash is mixed (manual: hash-type).
  if (walk.peek() === undefined) {
    settings.hash = { ...settings.hash, method, hash: 'sdbm', avalanche: method !== 'map-based' };
    return;
  }
  const hash = walk.oneOf(FUNCTIONS);
  if (hash === undefined) return;
  const modifier = walk.next();
  if (modifier !== undefined && modifier.text !== 'avalanche') {
    walk.error(modifier, `'hash-type' only supports 'avalanche' as a modifier (got '${modifier.text}')`);
    return;
  }
  settings.hash = { ...settings.hash, method, hash, avalanche: modifier !== undefined };
}

const FACTOR_MIN = 101;

export const balanceRows: readonly ProxyRow[] = [
  on('backend', {
    name: 'balance',
    args: [{ name: 'algorithm', type: 'rest', optional: true }],
    usage: balancers.map(({ name, usage }) => `${name}${usage === undefined ? '' : usage.startsWith('(') || usage.startsWith('[(') ? usage : ` ${usage}`}`).join(' | '),
    support: 'yes',
    doc: 'How a server is chosen; roundrobin unless set. See docs/balancing.md.',
    parse: parseBalance,
  }),
  on('backend', {
    name: 'hash-type',
    args: [
      { name: 'method', type: 'enum', values: METHODS },
      { name: 'function', type: 'enum', values: FUNCTIONS, optional: true },
      { name: 'modifier', type: 'enum', values: ['avalanche'], optional: true },
    ],
    support: 'yes',
    doc: 'How a hash leads to a server; map-based sdbm unless set.',
    parse: parseHashType,
  }),
  on('backend', {
    name: 'hash-balance-factor',
    args: [{ name: 'factor', type: 'int', min: 0, max: INT_MAX }],
    support: 'yes',
    doc: 'Most sessions of a server in percent of the mean, above 100, for consistent hashing, maglev and random; 0 = no bound.',
    parse(walk, { settings }) {
      const word = walk.need('an integer argument');
      const value = word === undefined ? undefined : walk.intOf(word, 'an integer argument', 0, INT_MAX);
      if (word === undefined || value === undefined) return;
      if (value !== 0 && value < FACTOR_MIN) walk.error(word, "'hash-balance-factor' must be 0 or greater than 100");
      else settings.hash = { ...settings.hash, balanceFactor: value };
    },
  }),
  on('backend', {
    name: 'hash-preserve-affinity',
    args: [{ name: 'when', type: 'enum', values: ['always', 'maxconn', 'maxqueue'] }],
    support: 'yes',
    doc: 'Whether a hash goes to its server even if that is at its maxconn, or its queue is full; always unless set.',
    parse(walk, { settings }) {
      const value = walk.oneOf(['always', 'maxconn', 'maxqueue'] as const);
      if (value !== undefined) settings.hash = { ...settings.hash, preserveAffinity: value };
    },
  }),
  on('backend', integer<ProxyDraft>('fullconn', 'number', [1, INT_MAX], 'Load at which servers reach their maxconn when they have a minconn.', ({ settings }, value) => {
    settings.fullconn = value;
  })),
];
