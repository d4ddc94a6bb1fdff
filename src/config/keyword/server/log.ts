/** Words of servers in backends of mode log (manual, 5.2). */
import type { KeywordRow } from '../row.js';
import type { ServerTarget } from './target.js';

const PROTOCOLS = ['legacy', 'octet-count'] as const;

export const logServerRows: readonly KeywordRow<ServerTarget>[] = [
  {
    name: 'log-proto',
    args: [{ name: 'protocol', type: 'enum', values: PROTOCOLS }],
    support: 'yes',
    doc: 'Mode log: how messages are told apart over TCP: by newlines, or by their length.',
    parse(walk, { settings }) {
      const value = walk.oneOf(PROTOCOLS);
      if (value !== undefined) settings.log = { ...settings.log, octetCount: value === 'octet-count' };
    },
  },
  {
    name: 'log-bufsize',
    args: [{ name: 'size', type: 'size' }],
    support: 'yes',
    doc: 'Mode log: bytes of messages that wait for a server over TCP.',
    parse(walk, { settings }) {
      const value = walk.size('a size');
      if (value !== undefined) settings.log = { ...settings.log, size: value };
    },
  },
];
