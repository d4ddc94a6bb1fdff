/**
 * Weights as servers carry them: the user's weight is 0-256 (manual: server, weight); the effective weight in SS_WEIGHT counts
 * sixteenths of it, so that a slow start can begin at a fraction of one.
 */
export const WEIGHT_SCALE = 16;
export const WEIGHT_MAX = 256 * WEIGHT_SCALE;

/**
 * Effective weight of a server that gets `percent` of its share, 0 = all of it. A slow start goes up in sixteenths: the first one is
 * there at once (manual: slowstart).
 */
export function effectiveWeight(weight: number, percent = 0): number {
  const steps = percent === 0 ? WEIGHT_SCALE : Math.min(WEIGHT_SCALE, Math.floor((percent * WEIGHT_SCALE) / 100) + 1);
  return Math.min(weight * steps, WEIGHT_MAX);
}

/** The user's scale of an effective weight, rounded up: a server that gets anything shows at least 1. */
export function userWeight(effective: number): number {
  return Math.ceil(effective / WEIGHT_SCALE);
}
