/** What logs say of the result of a check, in HAProxy's words. */
import type { Model } from '../../config/model.js';
import type { Health } from './health.js';
import type { RunResult } from './run.js';
import { serverPath } from '../server_message.js';
import { hasCode, HEALTH_ANALYSIS, L7_CONDITIONAL } from './status.js';

/** Characters that would break a line are shown as they are written. */
function quoted(text: string): string {
  return text.replace(/[\0-\x1f"\x7f]/g, (char) => (char === '"' ? '\\"' : `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`));
}

/** `, reason: Layer7 wrong status, code: 500, info: "Oops", check duration: 3ms`. */
export function reason({ status, code, info }: RunResult, ms: number): string {
  const number = hasCode(status) ? `, code: ${code}` : '';
  const words = info === '' ? '' : `, info: "${quoted(info)}"`;
  return `, reason: ${status.phrase}${number}${words}${status === HEALTH_ANALYSIS ? '' : `, check duration: ${ms}ms`}`;
}

/** The line of option log-health-checks. `weight`: 0 = the server is drained by its weight. */
export function resultMessage(model: Model, server: number, kind: 'Health' | 'Agent', health: Health, weight: number, result: RunResult, ms: number): string {
  const { backup } = model.servers[server]!;
  const { status } = result;
  const outcome = `${status === L7_CONDITIONAL ? 'conditionally ' : ''}${status.passed ? 'succeeded' : 'failed'}`;
  const word = health.up ? (weight === 0 ? 'DRAIN' : 'UP') : 'DOWN';
  return `${kind} check for ${backup ? 'backup ' : ''}server ${serverPath(model, server)} ${outcome}${reason(result, ms)}, status: ${health.progress()} ${word}.`;
}
