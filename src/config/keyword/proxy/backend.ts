import { parseSource } from '../address.js';
import { on } from '../make.js';
import type { ProxyRow } from '../row.js';

export const backendRows: readonly ProxyRow[] = [
  on('backend', {
    name: 'source',
    args: [{ name: 'address', type: 'text' }],
    usage: '<address>[:<port>] [ usesrc { <address>[:<port>] | client | clientip | hdr_ip(<header>[,<occurrence>]) } ] [ interface <name> ]',
    support: 'yes',
    doc: "Address that connections to servers come from; usesrc presents the client's or another address (needs root).",
    parse(walk, { settings }) {
      const source = parseSource(walk, false);
      if (source !== undefined) settings.source = source;
    },
  }),
];
