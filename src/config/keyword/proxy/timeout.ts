import type { ProxyDraft } from '../../draft.js';
import type { Timeouts } from '../../model.js';
import { time, on, removed } from '../make.js';
import type { ProxyRow, Side } from '../row.js';

interface TimeoutRow {
  readonly name: string;
  readonly field: keyof Timeouts;
  readonly side: Side;
  readonly doc: string;
}

const TIMEOUTS: readonly TimeoutRow[] = [
  { name: 'client', field: 'client', side: 'frontend', doc: 'Longest silence of a client.' },
  { name: 'server', field: 'server', side: 'backend', doc: 'Longest silence of a server.' },
  { name: 'connect', field: 'connect', side: 'backend', doc: 'Longest wait for a connection to a server.' },
  { name: 'check', field: 'check', side: 'backend', doc: 'Longest wait in a health check once it is connected.' },
  { name: 'queue', field: 'queue', side: 'backend', doc: 'Longest wait for a free slot of a server; timeout connect unless set.' },
  { name: 'http-request', field: 'httpRequest', side: 'both', doc: 'Longest time for a whole request head.' },
  {
    name: 'http-keep-alive',
    field: 'httpKeepAlive',
    side: 'both',
    doc: 'Longest wait for the next request; timeout http-request unless set.',
  },
  { name: 'tunnel', field: 'tunnel', side: 'backend', doc: 'Longest silence of a tunnel, instead of timeout client and server.' },
  { name: 'tarpit', field: 'tarpit', side: 'both', doc: 'How long a tarpitted request is held; timeout connect unless set.' },
  { name: 'client-fin', field: 'clientFin', side: 'frontend', doc: 'Longest silence of a client once one way is closed.' },
  { name: 'server-fin', field: 'serverFin', side: 'backend', doc: 'Longest silence of a server once one way is closed.' },
  {
    name: 'client-hs',
    field: 'clientHs',
    side: 'frontend',
    doc: 'Longest time for the handshakes of a client connection; timeout client unless set.',
  },
];

/** HAProxy's rule: a second `timeout x` in one section overwrites the first one, with a warning. */
function timeoutRow({ name, field, side, doc }: TimeoutRow): ProxyRow {
  return on(
    side,
    time<ProxyDraft>(`timeout ${name}`, 'time', doc, (target, ms, walk) => {
      if (target.ownTimeouts.has(name))
        walk.warn(walk.keywordSpan, `overwriting 'timeout ${name}' which was already specified`, 'Keep one of the lines.');
      target.ownTimeouts.add(name);
      target.settings.timeouts[field] = ms;
    }),
  );
}

const OLD: readonly (readonly [string, string])[] = [
  ['clitimeout', 'client'],
  ['srvtimeout', 'server'],
  ['contimeout', 'connect'],
];

export const timeoutRows: readonly ProxyRow[] = [
  ...TIMEOUTS.map(timeoutRow),
  ...OLD.map(([name, now]) =>
    on('both', removed<ProxyDraft>(name, `the '${name}' directive is not supported anymore since HAProxy 2.1. Use 'timeout ${now}'`)),
  ),
];
