import { readFileSync } from 'node:fs';
import type { Global } from '../../config/model.js';
import type { Families } from './resolution.js';

const ROUTES = '/proc/net/ipv6_route';
const KEPT_MS = 30_000;
/** Flags of a route (linux/route.h, linux/ipv6_route.h): up, reject. */
const UP = 0x1;
const REJECT = 0x200;

/** True if a table of IPv6 routes (/proc/net/ipv6_route) has a default route through a device that isn't the loopback. */
export function hasDefaultRoute(table: string): boolean {
  return table.split('\n').some((line) => {
    const fields = line.trim().split(/\s+/);
    if (fields.length < 10) return false;
    const flags = parseInt(fields[8]!, 16);
    return /^0{32}$/.test(fields[0]!) && fields[1] === '00' && (flags & UP) !== 0 && (flags & REJECT) === 0 && fields[9] !== 'lo';
  });
}

/** Kinds of addresses that names are looked up for (manual: dns-accept-family); what the machine can reach is looked up every 30 s. */
export class AcceptedFamilies {
  private checked = -Infinity;
  private reachesV6 = false;

  constructor(
    private readonly accepted: Global['dnsFamilies'], private readonly now: () => number, private readonly readRoutes: () => string = () => readFileSync(ROUTES, 'latin1'),
  ) {}

  /** In the order in which they are asked for. */
  preferring(family: 4 | 6): Families {
    switch (this.accepted) {
      case 'ipv4': return [4];
      case 'ipv6': return [6];
      case 'both': return family === 4 ? [4, 6] : [6, 4];
      case 'auto': return !this.canReachV6() ? [4] : family === 4 ? [4, 6] : [6, 4];
    }
  }

  private canReachV6(): boolean {
    if (this.now() - this.checked >= KEPT_MS) {
      this.checked = this.now();
      try {
        this.reachesV6 = hasDefaultRoute(this.readRoutes());
      } catch {
        this.reachesV6 = false;
      }
    }
    return this.reachesV6;
  }
}
