/** Parts of a request target (RFC 9112, section 3.2): origin, absolute, authority and asterisk form. */

/** Index of the path's first slash, -1 if the target has none (`*`, `host:443`, `http://host`). */
export function pathStart(uri: string): number {
  if (uri.charCodeAt(0) === 47) return 0;
  const scheme = uri.indexOf('://');
  if (scheme < 0) return -1;
  for (let i = scheme + 3; i < uri.length; i++) {
    const code = uri.charCodeAt(i);
    if (code === 47) return i;
    if (code === 63 || code === 35) return -1;
  }
  return -1;
}

/** Index just after the path that starts at `start`: the question mark, a fragment, or the end. */
export function pathEnd(uri: string, start: number): number {
  for (let i = start; i < uri.length; i++) {
    const code = uri.charCodeAt(i);
    if (code === 63 || code === 35) return i;
  }
  return uri.length;
}

/** Host and port of an absolute-form target; undefined for the other forms. */
export function authority(uri: string): string | undefined {
  const scheme = uri.indexOf('://');
  if (scheme < 1 || uri.charCodeAt(0) === 47) return undefined;
  const rest = uri.slice(scheme + 3);
  const end = rest.search(/[/?#]/);
  const whole = end < 0 ? rest : rest.slice(0, end);
  return whole.slice(whole.lastIndexOf('@') + 1);
}
