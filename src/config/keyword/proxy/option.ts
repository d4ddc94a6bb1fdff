import type { ProxyDraft } from '../../draft.js';
import type { ProxyOptions } from '../../model.js';
import { inert, NO, NO_DEFAULT, on, refuse, removed, unsupported } from '../make.js';
import type { ProxyRow, Side } from '../row.js';

interface FlagRow {
  readonly name: string;
  readonly side: Side;
  readonly doc: string;
  /** Takes `no` and `default`. */
  readonly prefixed: boolean;
}

/** Options that are flags of the Model under their own names. */
const FLAGS: readonly FlagRow[] = [
  { name: 'splice-request', side: 'both', prefixed: true, doc: 'Splice what goes from the client to the server.' },
  { name: 'splice-response', side: 'both', prefixed: true, doc: 'Splice what goes from the server to the client.' },
  { name: 'splice-auto', side: 'both', prefixed: true, doc: 'Splice in either direction when it pays.' },
  { name: 'clitcpka', side: 'frontend', prefixed: true, doc: 'TCP keep-alive packets to clients.' },
  { name: 'srvtcpka', side: 'backend', prefixed: true, doc: 'TCP keep-alive packets to servers.' },
  { name: 'nolinger', side: 'both', prefixed: true, doc: 'Close connections with a reset, without lingering.' },
  { name: 'persist', side: 'backend', prefixed: true, doc: 'Requests go to the server that their cookie names even if it is down.' },
  {
    name: 'allbackups',
    side: 'backend',
    prefixed: true,
    doc: 'When all other servers are down, use all backup servers, not only the first.',
  },
  { name: 'h1-case-adjust-bogus-client', side: 'frontend', prefixed: true, doc: 'Write header names as h1-case-adjust says, for clients.' },
  { name: 'h1-case-adjust-bogus-server', side: 'backend', prefixed: true, doc: 'Write header names as h1-case-adjust says, for servers.' },
  { name: 'accept-unsafe-violations-in-http-request', side: 'frontend', prefixed: true, doc: 'Take requests that break rules of HTTP known to be safe to keep.' },
  { name: 'accept-unsafe-violations-in-http-response', side: 'backend', prefixed: true, doc: 'Take responses that break rules of HTTP known to be safe to keep.' },
  { name: 'accept-invalid-http-request', side: 'frontend', prefixed: true, doc: 'Old name of accept-unsafe-violations-in-http-request.' },
  { name: 'accept-invalid-http-response', side: 'backend', prefixed: true, doc: 'Old name of accept-unsafe-violations-in-http-response.' },
  { name: 'checkcache', side: 'backend', prefixed: true, doc: 'Block responses that set cookies and that caches may keep.' },
  { name: 'http-ignore-probes', side: 'frontend', prefixed: true, doc: 'Close connections without a word on which nothing has come.' },
  { name: 'http-buffer-request', side: 'both', prefixed: true, doc: 'Wait for the whole body of a request, as far as it fits, before anything else.' },
  { name: 'independent-streams', side: 'both', prefixed: true, doc: 'What is sent to an end does not count as activity of that end.' },
  { name: 'socket-stats', side: 'frontend', prefixed: true, doc: 'Statistics and metrics of each listener, too.' },
  { name: 'tcp-smart-accept', side: 'frontend', prefixed: true, doc: 'Save the acknowledgement that follows the accept of a connection.' },
  { name: 'tcp-smart-connect', side: 'backend', prefixed: true, doc: 'Save the acknowledgement that follows the connect to a server.' },
];

function flagRow({ name, side, doc, prefixed }: FlagRow): ProxyRow {
  return on(side, {
    name: `option ${name}`,
    args: [],
    doc,
    support: 'yes',
    ...(prefixed ? { prefixes: NO_DEFAULT } : {}),
    parse(walk, { settings }) {
      if (walk.prefix === null) settings.flags.add(name);
      else settings.flags.delete(name);
    },
  });
}

const MODES: readonly (readonly [ProxyOptions['connectionMode'], string])[] = [
  ['http-keep-alive', 'Keep connections open on both sides; the default.'],
  ['http-server-close', 'Close the server side after each response.'],
  ['httpclose', 'Close both sides after each response.'],
];

/** The last of the three wins; `no` turns one off only if it is the one in force. */
function connectionModeRow([name, doc]: (typeof MODES)[number]): ProxyRow {
  return on('both', {
    name: `option ${name}`,
    args: [],
    doc,
    support: 'yes',
    prefixes: NO_DEFAULT,
    parse(walk, { settings }) {
      if (walk.prefix === null) settings.connectionMode = name;
      else if (settings.connectionMode === name) settings.connectionMode = 'http-keep-alive';
    },
  });
}

const tcpka: ProxyRow = on('both', {
  name: 'option tcpka',
  args: [],
  doc: 'TCP keep-alive packets to clients and servers.',
  support: 'yes',
  parse(_walk, target) {
    if (target.kind !== 'backend') target.settings.flags.add('clitcpka');
    if (target.kind !== 'frontend') target.settings.flags.add('srvtcpka');
  },
});

const redispatch: ProxyRow = on('backend', {
  name: 'option redispatch',
  args: [{ name: 'interval', type: 'int', optional: true }],
  support: 'yes',
  prefixes: NO_DEFAULT,
  doc: 'Retry a failed connection on another server: at the last retry, or at every <interval>-th one.',
  parse(walk, { settings }) {
    if (walk.prefix !== null) {
      settings.redispatch = 0;
      return;
    }
    const word = walk.next();
    const value = word === undefined ? -1 : walk.intOf(word, 'an integer argument', -1000, 1000);
    if (value !== undefined) settings.redispatch = value === 0 ? -1 : value;
  },
});

/** Options whose effect is always there, or can't be. */
const INERT: Readonly<Record<string, string>> = {
  'statistics are always complete': 'contstats',
  'HTTP/2 is not available yet': 'disable-h2-upgrade',
  'nothing is delayed': 'http-no-delay',
  "it tunes HAProxy's own internals": 'use-small-buffers',
};

const UNSUPPORTED = `http-drop-request-trailers
  http-drop-response-trailers http-pretend-keepalive http-proxy http-use-proxy-header idle-close-on-response
  prefer-last-server   transparent`;

const REMOVED: Readonly<Record<string, string>> = {
  forceclose:
    "option 'forceclose' is not supported any more since HAProxy 2.0, please just remove it, or use 'option httpclose' if absolutely needed",
  'http-tunnel': "option 'http-tunnel' is not supported any more since HAProxy 2.1, please just remove it, it shouldn't be needed",
};

const names = (list: string): string[] => list.split(/\s+/);

/** `no option x` of an option that is never on is what already holds. */
function unsupportedOption(name: string): ProxyRow {
  return on('both', {
    ...unsupported<ProxyDraft>(`option ${name}`),
    parse(walk) {
      if (walk.prefix === null) refuse(walk, walk.keyword);
    },
  });
}

export const optionRows: readonly ProxyRow[] = [
  ...FLAGS.map(flagRow),
  ...MODES.map(connectionModeRow),
  tcpka,
  redispatch,
  ...Object.entries(INERT).flatMap(([why, list]) => names(list).map((name) => on('both', inert<ProxyDraft>(`option ${name}`, why)))),
  ...names(UNSUPPORTED).map(unsupportedOption),
  ...Object.entries(REMOVED).map(([name, message]) => on('both', removed<ProxyDraft>(`option ${name}`, message))),
];
