import type { CheckType } from '../../../config/check_rules.js';
import type { ByteJudge, Judgement } from '../judge.js';
import { L7_OK, L7_RESPONSE, L7_STATUS, L7_TIMEOUT, type CheckStatus } from '../status.js';

/** One step of a protocol check, as HAProxy plays it. */
export type ProtocolStep =
  | { readonly send: Buffer }
  | { readonly expect: ByteJudge; /** For an answer without a byte. */ readonly empty: CheckStatus; readonly timeout: CheckStatus };

/** A protocol that servers can be checked by. */
export interface ProtocolRow {
  readonly type: CheckType;
  /** Number of the first step below in messages; the connection is the one before it. */
  readonly first: 1 | 2;
  /** The connection ends in an orderly way: a reset would be counted against this machine, or logged. */
  readonly linger?: true;
  /** The dialogue once the connection stands. Text in options is latin1. */
  steps(options: Readonly<Record<string, string>>): readonly ProtocolStep[];
}

export const text = (data: string): ProtocolStep => ({ send: Buffer.from(data, 'latin1') });
export const bytes = (hexadecimal: string): ProtocolStep => ({ send: Buffer.from(hexadecimal.replaceAll(' ', ''), 'hex') });

export function expect(judge: ByteJudge, empty = L7_RESPONSE, timeout = L7_TIMEOUT): ProtocolStep {
  return { expect: judge, empty, timeout };
}

export const good = (info: string, code = 0, status = L7_OK): Judgement => ({ ok: true, status, code, info });
export const broken = (info = '', status = L7_RESPONSE): Judgement => ({ ok: false, status, code: 0, info });
export const refused = (code: number, info: string): Judgement => ({ ok: false, status: L7_STATUS, code, info });

/** Up to the first line end or NUL. */
export function firstLine(data: Buffer, from = 0): string {
  return (data.toString('latin1', from).split(/[\r\n\0]/)[0] ?? '').replace(/^ +/, '');
}
