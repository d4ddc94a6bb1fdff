import type { CheckStatus } from './status.js';

/** What a rule says of a server's answer. A rule that is met may still say more: the last one's words are the check's. */
export interface Judgement {
  readonly ok: boolean;
  readonly status: CheckStatus;
  /** Code of the protocol; 0 = none. */
  readonly code: number;
  readonly info: string;
}

/** Looks at the bytes that have arrived; null = more are needed. `last`: there will be no more, or there is no room for them. */
export type ByteJudge = (data: Buffer, last: boolean) => Judgement | null;
