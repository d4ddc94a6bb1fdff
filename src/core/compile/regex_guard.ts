/**
 * What bounds the time of regular expressions (docs/regex.md). V8 matches by backtracking; after some number of steps back it starts
 * over with an engine whose time is linear in the text. Expressions that engine can't run are matched under a watchdog.
 */
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/** Steps back before the linear engine takes over: well below a millisecond. */
const BACKTRACKS = 10_000;

/** How long an expression may take that only backtracking can match. Beyond it there is no match. */
export const WATCHDOG_MS = 50;

// Flags of the whole process; setting them again in a worker changes nothing.
setFlagsFromString('--enable-experimental-regexp-engine');
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
setFlagsFromString(`--regexp-backtracks-before-fallback=${BACKTRACKS}`);

/** True if V8's linear engine can run the expression. */
export function isLinear(source: string, flags = ''): boolean {
  try {
    return new RegExp(source, `${flags}l`) instanceof RegExp;
  } catch {
    return false;
  }
}

/** Where the watched call is handed over: the script takes no arguments. */
const HANDLE = "globalThis[Symbol.for('tsproxy.watched')]";
const watched = new Script(`${HANDLE} ??= { call: null }`).runInThisContext() as { call: (() => void) | null };
const script = new Script(`${HANDLE}.call()`);

function withinTime(call: () => void): boolean {
  watched.call = call;
  try {
    script.runInThisContext({ timeout: WATCHDOG_MS });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    return false;
  } finally {
    watched.call = null;
  }
}

/**
 * Longer texts go to the linear engine at once: V8 does not count the steps back of a loop over single characters, whose time grows
 * with the square of the text. Shorter ones are matched faster by backtracking.
 */
const LONG_TEXT = 2048;

/** An expression that both engines can run: which one does depends on the text. */
export class LinearRegExp extends RegExp {
  private readonly linear: RegExp;

  // matchAll() and split() copy an expression with the flags that V8 tells, its own among them.
  constructor(source: string | RegExp, flags: string) {
    super(source, flags.replaceAll('l', ''));
    this.linear = new RegExp(source, `${flags.replaceAll('l', '')}l`);
  }

  override exec(text: string): RegExpExecArray | null {
    if (text.length <= LONG_TEXT) return super.exec(text);
    this.linear.lastIndex = this.lastIndex;
    const found = this.linear.exec(text);
    this.lastIndex = this.linear.lastIndex;
    return found;
  }
}

/** An expression that is matched under the watchdog, whichever method of strings or expressions is used. */
export class WatchedRegExp extends RegExp {
  override exec(text: string): RegExpExecArray | null {
    let found: RegExpExecArray | null = null;
    if (!withinTime(() => void (found = super.exec(text)))) {
      this.lastIndex = 0;
      return null;
    }
    return found;
  }
}
