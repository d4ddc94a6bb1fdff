/** Comma-separated lists in header values (RFC 9110, section 5.6.1), split as HAProxy's req.hdr does. */

/** Index of the comma that ends the element which starts at `from`, or the length. Quoted parts may hold commas. */
export function elementEnd(value: string, from: number): number {
  let quoted = false;
  for (let i = from; i < value.length; i++) {
    const code = value.charCodeAt(i);
    if (code === 34) quoted = !quoted;
    else if (code === 92 && quoted) i++;
    else if (code === 44 && !quoted) return i;
  }
  return value.length;
}

/** value.slice(from, to) without surrounding blanks. */
export function trimmed(value: string, from: number, to: number): string {
  while (from < to && isBlank(value.charCodeAt(from))) from++;
  while (to > from && isBlank(value.charCodeAt(to - 1))) to--;
  return from === 0 && to === value.length ? value : value.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === 32 || code === 9;
}
