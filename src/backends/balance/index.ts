import type { Proxy } from '../../config/model.js';
import { first } from './first.js';
import { hashExpression } from './hash.js';
import { hdr } from './hdr.js';
import { leastconn } from './leastconn.js';
import { random } from './random.js';
import { rdpCookie } from './rdp_cookie.js';
import { roundrobin } from './roundrobin.js';
import type { BalancerRow } from './row.js';
import { source } from './source.js';
import { staticRr } from './static_rr.js';
import { uri } from './uri.js';
import { urlParam } from './url_param.js';

export type { BalancerRow } from './row.js';

export const balancers: readonly BalancerRow[] = [
  roundrobin, staticRr, leastconn, first, random, source, uri, urlParam, hdr, rdpCookie, hashExpression,
];

const byName = new Map(balancers.map((row) => [row.name, row]));

/** The algorithm of that name. Throws RangeError for one that the configuration's check should have refused. */
export function balancerRow(name: string): BalancerRow {
  const row = byName.get(name);
  if (row === undefined) throw new RangeError(`no balancing algorithm is called '${name}'`);
  return row;
}

/** True if weights that change at run time take effect in a backend: slow start, agents and the runtime API need that. */
export function isDynamic({ balance, hash }: Proxy): boolean {
  return balancerRow(balance.algorithm).dynamic ?? hash.method !== 'map-based';
}
