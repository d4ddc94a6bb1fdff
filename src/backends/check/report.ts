import type { CheckStatus } from './status.js';

/** A check as statistics and the runtime API show it. */
export interface CheckReport {
  /** Of the last one that has ended. */
  readonly status: CheckStatus;
  readonly code: number;
  readonly ms: number;
  /** Its contents or error, "" if there was nothing to say. */
  readonly info: string;
  /** One is under way. */
  readonly running: boolean;
  /** 0 to rise + fall - 1; up from rise on. */
  readonly health: number;
  readonly rise: number;
  readonly fall: number;
  /** False while an operator has switched it off. */
  readonly enabled: boolean;
}
