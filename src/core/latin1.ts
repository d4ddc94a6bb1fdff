/** Bytes as text, one char a byte. Node's own method for it: toString() comes to the same after looking up its arguments. */
type Sliceable = Buffer & { latin1Slice(start: number, end: number): string };

export function latin1(bytes: Buffer, start: number, end: number): string {
  return (bytes as Sliceable).latin1Slice(start, end);
}

/** Lower case of ASCII letters only: text is bytes, not characters. */
export function lowered(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (run) => run.toLowerCase()) : text;
}
