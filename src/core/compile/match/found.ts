import type { Match } from './method.js';

/** The sample exists. */
export const found: Match = { on: 'any', compile: () => () => true };

/** The sample is true, or an integer other than 0. */
export const bool: Match = { on: 'int', compile: () => (value) => value !== 0 && value !== false };
