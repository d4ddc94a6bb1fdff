import type { Balancer, Farm } from '../backend.js';
import type { Servers } from '../server.js';
import { leastconn } from './leastconn.js';
import { roundrobin } from './roundrobin.js';

/** A balancing algorithm as `balance <name>` names it. */
export interface BalancerRow {
  readonly name: string;
  /** One line for the reference docs. */
  readonly doc: string;
  /** Once per backend and worker; `rebuild` follows before the first choice. */
  make(farm: Farm, servers: Servers): Balancer;
}

export const balancers: readonly BalancerRow[] = [roundrobin, leastconn];

const byName = new Map(balancers.map((row) => [row.name, row]));

/** The algorithm of that name. Throws RangeError for one that the configuration's check should have refused. */
export function balancerRow(name: string): BalancerRow {
  const row = byName.get(name);
  if (row === undefined) throw new RangeError(`no balancing algorithm is called '${name}'`);
  return row;
}
