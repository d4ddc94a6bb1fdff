import { formatDate } from '../convert/date.js';
import type { CompileEnv, Fetch } from '../row.js';
import type { Tx } from '../tx.js';

/** What an alias of log-format strings stands for. */
export interface Alias {
  /** The flag Q puts it in quotes. */
  readonly quoted: boolean;
  /** The flag X writes numbers in hexadecimal, with this many digits at least, and addresses; 0: it does not. */
  readonly digits: number;
  /** Decimal digits at least. */
  readonly width?: number;
  /** In an object the value is a list; elsewhere its parts stand one after the other, each quoted for itself. */
  readonly list?: (env: CompileEnv) => (tx: Tx) => readonly string[];
  /** Captures: a side without slots gives nothing at all, quotes included. */
  readonly captures?: true;
  /** undefined: missing. */
  compile(env: CompileEnv): Fetch;
}

type Compile = Alias['compile'];

export const text = (compile: Compile): Alias => ({ quoted: true, digits: 0, compile });
export const plain = (compile: Compile): Alias => ({ quoted: false, digits: 0, compile });
export const hexadecimal = (digits: number, compile: Compile): Alias => ({ quoted: false, digits, compile });

const hexByte = (char: string): string => `#${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;

/** What is not printable, and quotes, as #XX (manual, section 8.6). */
export function encodeLine(value: string): string {
  return /[\0-\x1f"#\x7f-\xff]/.test(value) ? value.replace(/[\0-\x1f"#\x7f-\xff]/g, hexByte) : value;
}

/** The same for captures, and what delimits them. */
export function encodeCapture(value: string): string {
  return /[\0-\x1f"#{|}\x7f-\xff]/.test(value) ? value.replace(/[\0-\x1f"#{|}\x7f-\xff]/g, hexByte) : value;
}

/** Whole seconds of a date change seldom: the text of the last one is kept. */
export function dateText(format: string, utc: boolean): (seconds: number) => string {
  let last = -1;
  let made = '';
  return (seconds) => {
    if (seconds !== last) {
      made = formatDate(format, { seconds, microseconds: 0, utc });
      last = seconds;
    }
    return made;
  };
}

export const milliseconds = (ms: number): string => (ms < 10 ? `00${ms}` : ms < 100 ? `0${ms}` : String(ms));

export const DATE = '%d/%b/%Y:%H:%M:%S';
