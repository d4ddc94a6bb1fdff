/** What servers are told about the client's connection: X-Forwarded-For, X-Original-To, Forwarded (RFC 7239). */
import type { Forwarded, ForwardFor, IpNetwork } from '../../model.js';
import type { Mutable } from '../../draft.js';
import type { Walk } from '../../walk.js';
import { parseNetwork } from '../address.js';
import { NO_DEFAULT, on } from '../make.js';
import type { ProxyRow } from '../row.js';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

interface AddressHeader {
  header: string;
  except: IpNetwork | null;
  ifNone: boolean;
}

/** The words of forwardfor and originalto: `only` says which there are. */
function parseAddressHeader(walk: Walk, header: string, only: readonly string[]): AddressHeader | undefined {
  const found: AddressHeader = { header, except: null, ifNone: false };
  while (!walk.done() && !walk.failed) {
    const word = walk.next();
    if (word === undefined) break;
    if (!only.includes(word.text)) {
      const list = only.map((name) => `'${name}'`);
      walk.error(word, `'${walk.keyword}' only supports optional values: ${list.slice(0, -1).join(', ')} and ${list.at(-1)} (got '${word.text}')`);
    } else if (word.text === 'except') {
      const network = walk.need("<address>[/mask] as argument of 'except'");
      found.except = network === undefined ? null : (parseNetwork(walk, network) ?? null);
    } else if (word.text === 'header') {
      const name = walk.need("<header_name> as argument of 'header'");
      if (name !== undefined && !TOKEN.test(name.text)) walk.error(name, `'${name.text}' is not a header name`);
      found.header = name?.text ?? found.header;
    } else found.ifNone = true;
  }
  return walk.failed ? undefined : found;
}

const forwardFor: ProxyRow = on('both', {
  name: 'option forwardfor',
  args: [{ name: 'setting', type: 'rest', optional: true }],
  usage: '[ except <network> ] [ header <name> ] [ if-none ]',
  support: 'yes',
  doc: "Tells servers the client's address in a header field, X-Forwarded-For unless named.",
  parse(walk, target) {
    const found = parseAddressHeader(walk, 'X-Forwarded-For', ['except', 'header', 'if-none']);
    if (found === undefined) return;
    target.settings.forwardFor = found satisfies ForwardFor;
    target.seen.set('option forwardfor', walk.keywordSpan);
  },
});

const originalTo: ProxyRow = on('both', {
  name: 'option originalto',
  args: [{ name: 'setting', type: 'rest', optional: true }],
  usage: '[ except <network> ] [ header <name> ]',
  support: 'yes',
  doc: 'Tells servers the address that the client connected to in a header field, X-Original-To unless named.',
  parse(walk, { settings }) {
    const found = parseAddressHeader(walk, 'X-Original-To', ['except', 'header']);
    if (found !== undefined) settings.originalTo = { header: found.header, except: found.except };
  },
});

/** The parts of the header by their words; a word with `-expr` takes a sample. */
const PARTS: Readonly<Record<string, keyof Omit<Forwarded, 'proto'>>> = {
  host: 'host',
  by: 'by',
  by_port: 'byPort',
  for: 'for',
  for_port: 'forPort',
};

function parseForwarded(walk: Walk): Forwarded | undefined {
  const found: Mutable<Forwarded> = { proto: false, host: false, by: false, byPort: false, for: false, forPort: false };
  if (walk.done()) return { ...found, proto: true, for: true };
  for (let word = walk.next(); word !== undefined; word = walk.next()) {
    const name = word.text.replace(/-expr$/, '');
    const part = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
    if (word.text === 'proto') found.proto = true;
    else if (part === undefined) {
      const words = ['proto', ...Object.keys(PARTS).flatMap((known) => [known, `${known}-expr`])].map((known) => `'${known}'`);
      return walk.error(word, `'option forwarded' only supports optional values: ${words.join(', ')} (got '${word.text}')`);
    } else if (word.text === name) found[part] = true;
    else {
      const argument = walk.next();
      if (argument === undefined) return walk.error(word, `'option forwarded' : missing expression after '${word.text}'`);
      const inner = walk.as('http-request');
      const sample = inner.expression(argument);
      walk.follow(inner);
      if (sample === undefined) return undefined;
      found[part] = sample;
    }
  }
  for (const [port, node] of [['byPort', 'by'], ['forPort', 'for']] as const) {
    if (found[port] === false || found[node] !== false) continue;
    walk.warn(walk.keywordSpan, `'option forwarded' : '${node}_port' is ignored because neither '${node}' nor '${node}-expr' is set`);
    found[port] = false;
  }
  return found;
}

const forwarded: ProxyRow = on('backend', {
  name: 'option forwarded',
  args: [{ name: 'part', type: 'rest', optional: true }],
  usage:
    '[ proto ] [ host | host-expr <expr> ] [ by | by-expr <expr> ] [ by_port | by_port-expr <expr> ] [ for | for-expr <expr> ] [ for_port | for_port-expr <expr> ]',
  support: 'yes',
  prefixes: NO_DEFAULT,
  doc: "Tells servers about the client's connection in a Forwarded header (RFC 7239); without words `proto for`.",
  parse(walk, { settings }) {
    if (walk.prefix !== null) settings.forwarded = null;
    else settings.forwarded = parseForwarded(walk) ?? settings.forwarded;
  },
});

const NAMES = ['preserve', 'delete', 'reject'] as const;

const headerNames: ProxyRow = on('both', {
  name: 'option http-restrict-req-hdr-names',
  args: [{ name: 'policy', type: 'enum', values: NAMES }],
  support: 'yes',
  doc: 'What becomes of request headers whose names hold more than letters, digits and hyphens, after the http-request rules.',
  parse(walk, { settings }) {
    settings.headerNames = walk.oneOf(NAMES) ?? settings.headerNames;
  },
});

export const forwardRows: readonly ProxyRow[] = [forwardFor, originalTo, forwarded, headerNames];
