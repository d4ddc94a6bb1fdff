import type { MasterParts } from '../master.js';
import type { Checks } from '../../backends/index.js';

/** What commands of the runtime API see and change: the running process, from the main thread. */
export interface Runtime extends MasterParts {
  readonly checks: Checks;
  /** ms since 1970. */
  readonly startTime: number;
  now(): number;
  /** A line for the log of the process. */
  report(line: string): void;
}
