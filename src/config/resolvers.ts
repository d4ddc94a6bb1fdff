/** `resolvers` sections: name servers for names that are looked up while the process runs (manual, 5.3.2). */
import { parseIp } from '../core/ip.js';
import type { Diagnostic, Span } from './diagnostic.js';
import type { Mutable } from './draft.js';
import type { FileReader } from './files.js';
import type { Nameserver, Resolvers } from './model.js';
import type { Line } from './source.js';

export const RESOLV_CONF = '/etc/resolv.conf';
/** The section that is there even if nobody writes it. */
export const DEFAULT_RESOLVERS = 'default';
export const DNS_PORT = 53;

export interface ResolversDraft {
  readonly name: string;
  readonly span: Span;
  readonly nameservers: Nameserver[];
  retries: number;
  readonly timeout: Mutable<Resolvers['timeout']>;
  readonly hold: Mutable<Resolvers['hold']>;
  payloadSize: number;
}

const SECOND = 1000;

/** With HAProxy's documented defaults. */
export function newResolvers(name: string, span: Span): ResolversDraft {
  return {
    name,
    span,
    nameservers: [],
    retries: 3,
    timeout: { resolve: SECOND, retry: SECOND },
    hold: { nx: 30 * SECOND, other: 30 * SECOND, refused: 30 * SECOND, timeout: 30 * SECOND, valid: 10 * SECOND, obsolete: 0 },
    payloadSize: 512,
  };
}

/** The draft of a section, added to `all`. */
export function openResolvers(header: Line, all: ResolversDraft[], report: (diagnostic: Diagnostic) => void): ResolversDraft {
  const [keyword, name, extra] = header.words;
  const alert = (span: Span, summary: string, advice: string, related: Diagnostic['related'] = []): void =>
    report({ severity: 'alert', summary, advice, span, related });
  const draft = newResolvers(name?.text ?? '', header.span);
  const other = all.find((section) => section.name === draft.name);
  if (draft.name === '') alert((keyword ?? header).span, "missing name for 'resolvers' section", 'Give the section a name.');
  else if (extra !== undefined) alert(extra.span, `'resolvers' cannot handle unexpected argument '${extra.text}'`, 'A section has one name.');
  if (other === undefined) all.push(draft);
  else
    alert(draft.span, `resolvers '${draft.name}' has same name as another resolvers`, 'Give the sections different names.', [
      { span: other.span, text: 'declared here' },
    ]);
  return draft;
}

/** The name servers of a resolv.conf(5) text; their names are their addresses. Lines that make no sense are left out. */
export function nameserversOf(text: string): Nameserver[] {
  const found: Nameserver[] = [];
  for (const line of text.split('\n')) {
    const address = /^nameserver[ \t]+(\S+)/.exec(line)?.[1];
    const ip = address === undefined ? undefined : parseIp(address);
    if (address === undefined || ip === undefined || found.some(({ name }) => name === address)) continue;
    found.push({ name: address, address: { kind: 'ip', family: ip.family, address, port: DNS_PORT }, transport: 'udp', maxconn: 0 });
  }
  return found;
}

/** All sections, with the built-in one if it wasn't written and the system names servers to ask. */
export function withDefault(drafts: readonly ResolversDraft[], files: FileReader): Resolvers[] {
  const sections = drafts.map(({ span: _, ...section }): Resolvers => section);
  if (drafts.some(({ name }) => name === DEFAULT_RESOLVERS)) return sections;
  const text = files.read(RESOLV_CONF);
  const nameservers = typeof text === 'string' ? nameserversOf(text) : [];
  if (nameservers.length === 0) return sections;
  const { span: _, ...builtin } = newResolvers(DEFAULT_RESOLVERS, { source: 0, start: 0, end: 0 });
  return [...sections, { ...builtin, nameservers }];
}
