/** Logs from drafts to the Model: names become numbers, host names addresses. */
import type { Diagnostic, Span } from './diagnostic.js';
import type { Reference } from './draft.js';
import type { GlobalLog, LogDestination, LogForward, LogProfile, LogTarget, ProxyLog, Ring } from './log.js';
import { NO_FORMATS, RING_SIZE } from './log_draft.js';
import type { GlobalLogDraft, LogDraft, LogForwardDraft, LogLineDraft, LogSections } from './log_draft.js';
import type { AddressBook } from './lookup.js';
import type { Mode, Proxy, Server, SocketAddress } from './model.js';
import { didYouMean } from './suggest.js';

type Report = (diagnostic: Diagnostic) => void;

/** What log lines can refer to beside sections about logs. */
export interface LogSurroundings {
  readonly sections: LogSections;
  readonly global: GlobalLogDraft;
  readonly book: AddressBook;
  readonly report: Report;
  /** Index and mode of a backend by its name. */
  backend(name: string): { readonly index: number; readonly mode: Mode } | undefined;
}

/** Largest message that fits into one datagram to an implicit ring's server. */
const STREAM_RING_MESSAGE = 65535;

export class LogResolver {
  /** Those of ring sections, then one for each log line with a stream address. */
  readonly rings: Ring[];
  readonly profiles: LogProfile[];
  readonly #around: LogSurroundings;
  readonly #implicit = new Map<string, number>();
  readonly #targets = new Map<LogLineDraft, LogTarget | null>();

  constructor(around: LogSurroundings) {
    this.#around = around;
    const { sections, book, report } = around;
    this.rings = sections.rings.map(({ span, servers, ...ring }) => {
      if (ring.maxlen > ring.size)
        this.#tell('warning', span, `ring '${ring.name}' event max length '${ring.maxlen}' exceeds size, forced to size '${ring.size}'.`, "Make it smaller, or the ring larger with 'size'.");
      return {
        ...ring,
        maxlen: Math.min(ring.maxlen, ring.size),
        servers: servers.flatMap(({ name, address, octetCount, span: at }) => {
          const found = book.find(address, at, 'server', report);
          return found === null ? [] : [{ name, address: found, octetCount }];
        }),
      };
    });
    this.profiles = sections.profiles.map(({ span: _, ...profile }) => profile);
    for (const reference of sections.references) this.#profile(reference);
  }

  global({ lines, ...log }: GlobalLogDraft): GlobalLog {
    return { ...log, targets: this.#lines(lines) };
  }

  /** A ring before each server of a log backend that is reached over TCP, named `backend/server`. */
  addServers(proxies: readonly Proxy[], servers: readonly Server[]): void {
    for (const { proxy, name, address, log } of servers) {
      if (log == null || log.datagram) continue;
      const ring = `${proxies[proxy]!.name}/${name}`;
      this.rings.push({
        name: ring, description: ring, format: null, maxlen: log.size, size: log.size, connectTimeout: proxies[proxy]!.timeouts.connect, serverTimeout: proxies[proxy]!.timeouts.server,
        servers: [{ name, address, octetCount: log.octetCount }],
      });
    }
  }

  /** `formats` are those of the proxy's draft. */
  proxy({ lines, tag, steps }: LogDraft, formats: object): ProxyLog {
    return { targets: this.#lines(lines), tag, steps, ...(this.#around.sections.formats.get(formats) ?? NO_FORMATS) };
  }

  forward({ lines, listeners, datagrams, ...forward }: LogForwardDraft): LogForward {
    const { book, report } = this.#around;
    const bound = <T extends LogForwardDraft['listeners'][number]>(list: readonly T[]): (Omit<T, 'address'> & { address: SocketAddress })[] =>
      list.flatMap((entry) => {
        const address = book.find(entry.address, entry.span, 'bind', report);
        return address === null ? [] : [{ ...entry, address }];
      });
    return { ...forward, listeners: bound(listeners), datagrams: bound(datagrams), targets: this.#lines(lines) };
  }

  #lines(lines: readonly (LogLineDraft | 'global')[]): LogTarget[] {
    const all = lines.flatMap((line) => (line === 'global' ? this.#around.global.lines : [line]));
    // `log global` twice is as good as once.
    return [...new Set(all)].flatMap((line) => this.#target(line) ?? []);
  }

  /** A line is resolved once, for all proxies that have it. */
  #target(line: LogLineDraft): LogTarget | null {
    const known = this.#targets.get(line);
    if (known !== undefined) return known;
    const to = this.#destination(line);
    const profile = line.profile === null ? null : this.#profile(line.profile);
    const target = to === null ? null : { ...line, to, profile };
    this.#targets.set(line, target);
    return target;
  }

  #destination({ to, length }: LogLineDraft): LogDestination | null {
    const { book, report } = this.#around;
    switch (to.kind) {
      case 'fd':
        return to;
      case 'datagram': {
        const address = book.find(to.address, to.span, 'log', report);
        return address && { kind: 'datagram', address };
      }
      case 'stream': {
        const address = book.find(to.address, to.span, 'log', report);
        return address && { kind: 'ring', ring: this.#streamRing(address, Math.min(length, STREAM_RING_MESSAGE)) };
      }
      case 'ring': {
        const ring = this.#around.sections.rings.findIndex(({ name }) => name === to.name.name);
        if (ring >= 0) return { kind: 'ring', ring };
        const names = this.#around.sections.rings.map(({ name }) => name);
        return this.#tell('alert', to.name.span, `log : uses unknown ring named '${to.name.name}'`, didYouMean(to.name.name, names) ?? `Add a section 'ring ${to.name.name}'.`);
      }
      case 'backend': {
        const found = this.#around.backend(to.name.name);
        if (found?.mode === 'log') return { kind: 'backend', proxy: found.index };
        const problem = found === undefined ? 'uses unknown log backend' : 'uses incompatible log backend';
        return this.#tell('alert', to.name.span, `log : ${problem} '${to.name.name}'`, `It needs a section 'backend ${to.name.name}' with 'mode log'.`);
      }
    }
  }

  /** The ring before the server of a stream address: one for all lines that name it. */
  #streamRing(address: SocketAddress, maxlen: number): number {
    const key = JSON.stringify(address);
    const known = this.#implicit.get(key);
    if (known !== undefined) {
      const ring = this.rings[known]!;
      this.rings[known] = { ...ring, maxlen: Math.max(ring.maxlen, maxlen) };
      return known;
    }
    const name = address.kind === 'ip' ? `${address.address}:${address.port}` : address.kind === 'unix' ? address.path : key;
    const ring = this.rings.push({
      name, description: name, format: null, maxlen, size: Math.max(RING_SIZE, maxlen * 2), connectTimeout: null, serverTimeout: null,
      servers: [{ name, address, octetCount: false }],
    });
    this.#implicit.set(key, ring - 1);
    return ring - 1;
  }

  #profile({ name, span }: Reference): number | null {
    const names = this.profiles.map((profile) => profile.name);
    const index = names.indexOf(name);
    if (index >= 0) return index;
    return this.#tell('alert', span, `log-profile section '${name}' is missing`, didYouMean(name, names) ?? `Add a section 'log-profile ${name}'.`);
  }

  #tell(severity: Diagnostic['severity'], span: Span, summary: string, advice: string): null {
    this.#around.report({ severity, summary, advice, span, related: [] });
    return null;
  }
}
