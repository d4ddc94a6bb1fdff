import { gauge, type ScopeTable } from './row.js';

/** haproxy_sticktable_*: labels name, type. */
export const stickTableTable: ScopeTable = {
  scope: 'sticktable',
  rows: [
    gauge('haproxy_sticktable_size', 'Stick table size.', (r, table) => r.model.stickTables[table]!.size),
    gauge('haproxy_sticktable_used', 'Number of entries used in this stick table.', (r, table) => r.stickUsed(table)),
  ],
};
