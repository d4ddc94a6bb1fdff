import { parseIp, sameNetwork } from '../../core/ip.js';
import type { Resolution } from '../../config/model.js';

/** An address that an answer has. */
export interface Candidate {
  readonly family: 4 | 6;
  readonly address: string;
}

/** What counts for an address, most first: its family, its network, that no other server has it, that the server has it already. */
const FAMILY = 8;
const NETWORK = 4;
const UNUSED = 2;
const CURRENT = 1;

/**
 * The address that a server takes (manual: resolve-prefer, resolve-net, resolve-opts); null if there is none for it. `current` is the
 * one it has, `used` those of other servers of the same name in its backend.
 */
export function chooseAddress(candidates: readonly Candidate[], rules: Resolution, current: string | null, used: ReadonlySet<string>): string | null {
  let best: string | null = null;
  let most = -1;
  for (const { family, address } of candidates) {
    const taken = used.has(address);
    if (taken && !rules.allowDuplicates) continue;
    const score = (family === rules.prefer ? FAMILY : 0) + (isInside(address, rules) ? NETWORK : 0) + (taken ? 0 : UNUSED) + (address === current ? CURRENT : 0);
    if (score <= most) continue;
    most = score;
    best = address;
  }
  return best;
}

function isInside(address: string, { networks }: Resolution): boolean {
  const ip = parseIp(address);
  return ip !== undefined && networks.some(({ family, bytes, prefix }) => family === ip.family && sameNetwork(ip.bytes, bytes, prefix));
}
