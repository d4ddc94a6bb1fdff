import type { SrvData } from './message.js';

/** One thing that a name stands for: an address, or a place of a service. */
export type Found = { readonly kind: 'address'; readonly family: 4 | 6; readonly address: string } | { readonly kind: 'srv'; readonly srv: SrvData };

function keyOf(found: Found): string {
  return found.kind === 'address' ? found.address : `${found.srv.target}:${found.srv.port}`;
}

/**
 * What answers have said about a name. One answer may not hold all of it, so what is missing in it is kept for `obsolete` ms more
 * (manual: hold obsolete). In the order in which things were first seen.
 */
export class Records {
  private readonly entries = new Map<string, { found: Found; seen: number }>();

  constructor(private readonly obsolete: number) {}

  /** Takes an answer over; true if anything has changed. */
  take(answer: readonly Found[], now: number): boolean {
    let changed = false;
    for (const found of answer) {
      const key = keyOf(found);
      const entry = this.entries.get(key);
      if (entry === undefined || JSON.stringify(entry.found) !== JSON.stringify(found)) changed = true;
      this.entries.set(key, { found, seen: now });
    }
    for (const [key, { seen }] of this.entries) {
      if (seen === now || now - seen < this.obsolete) continue;
      this.entries.delete(key);
      changed = true;
    }
    return changed;
  }

  /** Forgets everything: the last good answer is too old. */
  clear(): void {
    this.entries.clear();
  }

  list(): Found[] {
    return [...this.entries.values()].map(({ found }) => found);
  }
}
