import { lowered } from '../../latin1.js';
import type { SampleType, Value } from '../../row.js';

/**
 * A matching method of ACLs (manual, section 7.1): what the sample is converted into, and a test made once of all patterns.
 * Patterns come in the normal form of src/config/pattern.ts.
 */
export interface Match {
  readonly on: SampleType;
  compile(patterns: readonly string[], ignoreCase: boolean): (value: Value) => boolean;
}

/** Beyond this many patterns of one length or kind, a look-up is cheaper than trying one after the other. */
export const FEW = 4;

/** Applies a test of text to lower-case patterns and values if case is to be ignored. */
export function withCase(make: (patterns: readonly string[]) => (text: string) => boolean): Match['compile'] {
  return (patterns, ignoreCase) => {
    const test = make(ignoreCase ? patterns.map(lowered) : patterns) as (value: Value) => boolean;
    return ignoreCase ? (value) => test(lowered(value as string)) : test;
  };
}
