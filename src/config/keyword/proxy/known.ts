import type { ProxyDraft } from '../../draft.js';
import { inert, on, removed, unsupported } from '../make.js';
import type { ProxyRow } from '../row.js';

/** HAProxy's keywords of proxy sections that have no effect here, by the reason. */
const INERT: Readonly<Record<string, readonly string[]>> = {
};

/** Keywords that would change what happens to traffic. */
const UNSUPPORTED = [
  'compression',
  'crt',
  'dispatch',
  'filter',
  'filter-sequence',
  'max-keep-alive-queue',
  'quic-initial',
  'ssl-f-use',
  'use-fcgi-app',
];

const REMOVED: Readonly<Record<string, string>> = {
  appsession: "'appsession' is not supported anymore since HAProxy 1.6",
  'bind-process': "'bind-process' is not supported any more since HAProxy 2.5, use 'thread' on bind lines",
  block: "the 'block' directive is not supported anymore since HAProxy 2.1. Use 'http-request deny' which uses the exact same syntax",
  redispatch: "the 'redispatch' directive is not supported anymore since HAProxy 2.1. Use 'option redispatch'",
  transparent: "the 'transparent' directive is not supported anymore since HAProxy 2.1. Use 'option transparent'",
  'monitor-net': "'monitor-net' doesn't exist anymore. Use 'http-request return status 200 if { src <network> }' instead",
  grace: "'grace' belongs to the 'global' section since HAProxy 2.5",
};

/** reqadd, rspdel, reqirep and so on, gone since HAProxy 2.1, with what replaces them. */
const REGEX_RULES: Readonly<Record<string, string>> = {
  add: 'add-header',
  allow: 'allow',
  iallow: 'allow',
  del: 'del-header',
  idel: 'del-header',
  deny: 'deny',
  ideny: 'deny',
  rep: 'replace-header',
  irep: 'replace-header',
  tarpit: 'tarpit',
  itarpit: 'tarpit',
};
const NOT_FOR_RESPONSES = ['allow', 'iallow', 'tarpit', 'itarpit'];

function regexRules(prefix: 'req' | 'rsp', family: string): (readonly [string, string])[] {
  const rules = Object.entries(REGEX_RULES).filter(([name]) => prefix === 'req' || !NOT_FOR_RESPONSES.includes(name));
  return rules.map(([name, now]) => [
    `${prefix}${name}`,
    `the '${prefix}${name}' directive is not supported anymore since HAProxy 2.1. Use '${family} ${now}' instead`,
  ]);
}

export const knownProxyRows: readonly ProxyRow[] = [
  ...Object.entries(INERT).flatMap(([why, names]) => names.map((name) => on('both', inert<ProxyDraft>(name, why)))),
  ...UNSUPPORTED.map((name) => on('both', unsupported<ProxyDraft>(name))),
  ...[...Object.entries(REMOVED), ...regexRules('req', 'http-request'), ...regexRules('rsp', 'http-response')].map(([name, message]) =>
    on('both', removed<ProxyDraft>(name, message)),
  ),
];
