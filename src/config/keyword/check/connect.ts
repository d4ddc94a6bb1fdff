import type { ConnectRule } from '../../check_rules.js';
import type { SampleExpression, SocketAddress } from '../../model.js';
import type { Word } from '../../source.js';
import type { Walk } from '../../walk.js';
import { parseHost } from '../address.js';
import { refuse } from '../make.js';
import { argument, commentOf } from './words.js';

type Settings = { -readonly [K in keyof ConnectRule]: ConnectRule[K] };

/** The protocols of HAProxy that a connection may be asked for, and whether a check can speak them here. */
const PROTOCOLS: Readonly<Record<string, 'tcp' | 'http' | 'missing'>> = {
  none: 'tcp', h1: 'http', h2: 'missing', fcgi: 'missing', quic: 'missing', spop: 'missing',
};

/** Judges `proto` and `check-proto`; undefined after an error. */
export function checkProtocol(walk: Walk, word: Word): 'tcp' | 'http' | undefined {
  const kind = Object.hasOwn(PROTOCOLS, word.text) ? PROTOCOLS[word.text] : undefined;
  if (kind === undefined) return walk.error(word, `'${walk.keyword}' : unknown MUX protocol '${word.text}'`, "Protocols for checks are 'h1' and 'none'.");
  return kind === 'missing' ? refuse(walk, `${walk.keyword} ${word.text}`, word.span) : kind;
}

function port(walk: Walk, word: Word): number | SampleExpression | undefined {
  if (!/^[+-]?[0-9]+$/.test(word.text)) return walk.expression(word);
  const value = Number(word.text);
  if (value >= 1 && value <= 65535) return value;
  return walk.error(word, `'${walk.keyword}' : expects a valid TCP port (from range 1 to 65535) or a sample expression, got ${word.text}`);
}

/** An option that takes an argument or none; false after an error. */
type Option = (walk: Walk, rule: Settings, word: Word, http: boolean) => boolean;

const given = <T>(value: T | undefined, set: (value: T) => void): boolean => {
  if (value === undefined) return false;
  set(value);
  return true;
};

const flag = (field: 'useServer' | 'sendProxy' | 'viaSocks4' | 'linger'): Option => (_walk, rule) => (rule[field] = true);
const later: Option = (walk, _rule, word) => {
  refuse(walk, `${walk.keyword} ${word.text}`, word.span);
  return false;
};
/** Means something only over TLS: without `ssl`, which is refused, nothing. */
const ignored: Option = (walk, _rule, word) => argument(walk, word.text, 'a string') !== undefined;

const OPTIONS: Readonly<Record<string, Option>> = {
  default: flag('useServer'),
  'send-proxy': flag('sendProxy'),
  'via-socks4': flag('viaSocks4'),
  linger: flag('linger'),
  ssl: later,
  sni: ignored,
  alpn: ignored,
  comment: (walk, rule) => given(commentOf(walk), (text) => (rule.comment = text)),
  port(walk, rule) {
    const word = argument(walk, 'port', 'a port number or a sample expression');
    return given(word === undefined ? undefined : port(walk, word), (value) => (rule.port = value));
  },
  addr(walk, rule) {
    const word = argument(walk, 'addr', 'an address');
    const found = word === undefined ? undefined : parseHost(walk, word);
    if (found?.kind !== 'host') {
      return given(found, (address: SocketAddress) => {
        rule.address = address;
        if (address.kind === 'ip' && address.port !== 0) rule.port ??= address.port;
      });
    }
    walk.error(word!, `'${walk.keyword}' : 'addr' : invalid address: '${found.host}' in '${found.host}'`, 'Write an IPv4 or IPv6 address.');
    return false;
  },
  proto(walk, _rule, _word, http) {
    const name = argument(walk, 'proto', 'a MUX protocol');
    const kind = name === undefined ? undefined : checkProtocol(walk, name);
    if (kind === undefined || (kind === 'http') === http) return kind !== undefined;
    walk.error(name!, `'${walk.keyword}' : '${name!.text}' is an incompatible MUX protocol for the selected check type`, http ? "Write 'h1'." : "Write 'none'.");
    return false;
  },
};

/** The words after `connect`. */
export function parseConnect(walk: Walk, step: number, http: boolean): ConnectRule | undefined {
  const rule: Settings = {
    kind: 'connect', step, comment: null, useServer: false, port: null, address: null, sendProxy: false, viaSocks4: false, linger: false,
  };
  for (let word = walk.next(); word !== undefined; word = walk.next()) {
    const option = Object.hasOwn(OPTIONS, word.text) ? OPTIONS[word.text] : undefined;
    if (option === undefined) {
      return walk.error(word, `'${walk.keyword}' : expects 'comment', 'port', 'addr', 'send-proxy', 'ssl', 'sni', 'alpn' or 'via-socks4', 'linger', 'default' but got '${word.text}' as argument`);
    }
    if (!option(walk, rule, word, http)) return undefined;
  }
  return rule;
}
