import { lookup as dnsLookup } from 'node:dns/promises';
import type { Diagnostic, Span } from './diagnostic.js';
import type { DraftAddress, HostAddress } from './draft.js';
import type { SocketAddress } from './model.js';

/** Looks one host name up: its first address, or null. */
export type Lookup = (host: string, family: 0 | 4 | 6) => Promise<string | null>;

/** The system's resolver; IPv4 before IPv6, as HAProxy prefers it. */
export const systemLookup: Lookup = async (host, family) => {
  try {
    const answers = await dnsLookup(host, { family, all: true });
    return (answers.find((answer) => answer.family === 4) ?? answers[0])?.address ?? null;
  } catch {
    return null;
  }
};

type Methods = readonly (DraftAddress | 'last' | 'libc' | 'none')[];

/** Stands for an address that is not known; its port is the server's. */
export const NO_ADDRESS = { kind: 'ip', family: 4, address: '0.0.0.0', port: 0 } as const;

/** Host names of a configuration with their addresses: collected first, looked up together, then asked. */
export class AddressBook {
  readonly #found = new Map<string, string | null>();

  /** Looks up all the names of `addresses`. */
  static async of(addresses: Iterable<HostAddress>, lookup: Lookup): Promise<AddressBook> {
    const book = new AddressBook();
    const wanted = new Map<string, HostAddress>();
    for (const address of addresses) wanted.set(key(address), address);
    await Promise.all(
      [...wanted].map(async ([name, { host, family }]) => {
        book.#found.set(name, await lookup(host, family));
      }),
    );
    return book;
  }

  /** The address itself, or that of its host name; null after an error. `what` begins the message. */
  find(address: DraftAddress, span: Span, what: string, report: (diagnostic: Diagnostic) => void): SocketAddress | null {
    return address.kind === 'host' ? this.findFirst(address, span, what, report, ['libc'], null) : address;
  }

  /**
   * The address of a host name by the first of `methods` that finds one (manual: init-addr); NO_ADDRESS for `none`, null after an
   * error. `last` is the address of an earlier process, null = not known.
   */
  findFirst(
    address: HostAddress,
    span: Span,
    what: string,
    report: (diagnostic: Diagnostic) => void,
    methods: Methods,
    last: string | null,
  ): SocketAddress | null {
    for (const method of methods) {
      if (method === 'none') return { ...NO_ADDRESS, ...portOf(address) };
      const text = typeof method === 'object' ? (method.kind === 'ip' ? method.address : null) : method === 'last' ? last : (this.#found.get(key(address)) ?? null);
      if (text !== null) return { kind: 'ip', family: text.includes(':') ? 6 : 4, address: text, ...portOf(address) };
    }
    report(
      alert(
        `'${what}' : could not resolve address '${address.host}'`,
        'Check the name and the resolver of this machine, or write an address.',
        span,
      ),
    );
    return null;
  }
}

function key({ host, family }: HostAddress): string {
  return `${family} ${host}`;
}

function alert(summary: string, advice: string, span: Span): Diagnostic {
  return { severity: 'alert', summary, advice, span, related: [] };
}

function portOf({ port, portOffset }: HostAddress): { readonly port: number; readonly portOffset?: number } {
  return portOffset === undefined ? { port } : { port, portOffset };
}
