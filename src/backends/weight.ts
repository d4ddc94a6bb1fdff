/**
 * Weights as servers carry them: the user's weight is 0-256 (manual: server, weight); the effective weight in SS_WEIGHT counts
 * sixteenths of it, so that a slow start can begin at a fraction of one.
 */
export const WEIGHT_SCALE = 16;
export const WEIGHT_MAX = 256 * WEIGHT_SCALE;

/** Effective weight of a server that gets its whole share. */
export function effectiveWeight(weight: number): number {
  return Math.min(weight * WEIGHT_SCALE, WEIGHT_MAX);
}

/** The user's scale of an effective weight, rounded up: a server that gets anything shows at least 1. */
export function userWeight(effective: number): number {
  return Math.ceil(effective / WEIGHT_SCALE);
}
