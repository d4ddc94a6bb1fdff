/** Normalizers of a request target's path and query (manual: normalize-uri; RFC 3986, section 6.2.2). */

/** The text as normalized; null if it is broken and the normalizer is strict. */
export type Normalizer = (pathq: string) => string | null;

interface Row {
  /** The word that may follow, if there is one, and what it makes of the normalizer. */
  readonly option: 'full' | 'strict' | null;
  make(option: boolean): Normalizer;
}

/** A normalizer of the path alone; a target without one (`*`) stays. */
function ofPath(normalize: (path: string) => string): Normalizer {
  return (pathq) => {
    const mark = pathq.indexOf('?');
    const end = mark < 0 ? pathq.length : mark;
    return normalize(pathq.slice(0, end)) + pathq.slice(end);
  };
}

function stripDot(path: string): string {
  const segments = path.split('/');
  const kept = segments.filter((segment, i) => segment !== '.' || i === 0);
  // A dot at the end names a directory.
  return (segments.at(-1) === '.' && segments.length > 1 ? [...kept, ''] : kept).join('/');
}

const stripDotdot = (full: boolean) => (path: string): string => {
  const [first = '', ...segments] = path.split('/');
  const kept: string[] = [];
  segments.forEach((segment, i) => {
    const parent = kept.at(-1);
    if (segment !== '..' || (parent === undefined ? !full : parent === '..')) kept.push(segment);
    else kept.pop();
    // A parent at the end is a directory.
    if (segment === '..' && i === segments.length - 1) kept.push('');
  });
  return segments.length === 0 ? path : `${first}/${kept.join('/')}`;
};

const UNRESERVED = /[A-Za-z0-9._~-]/;

/** Replaces every percent-encoded byte; other percent signs stay or, with `strict`, make the whole broken. */
const percent = (strict: boolean, replace: (encoded: string) => string): Normalizer => (pathq) => {
  if (strict && /%(?![0-9A-Fa-f]{2})/.test(pathq)) return null;
  return pathq.replace(/%[0-9A-Fa-f]{2}/g, replace);
};

function decodeUnreserved(encoded: string): string {
  const char = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return UNRESERVED.test(char) ? char : encoded;
}

function sortQuery(pathq: string): string {
  const mark = pathq.indexOf('?');
  if (mark < 0) return pathq;
  const nameOf = (parameter: string): string => parameter.split('=', 1)[0]!;
  const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  const sorted = pathq.slice(mark + 1).split('&').sort((a, b) => compare(nameOf(a), nameOf(b)));
  return `${pathq.slice(0, mark + 1)}${sorted.join('&')}`;
}

export const NORMALIZERS: Readonly<Record<string, Row>> = {
  'fragment-encode': { option: null, make: () => (pathq) => pathq.replaceAll('#', '%23') },
  'fragment-strip': { option: null, make: () => (pathq) => pathq.split('#', 1)[0]! },
  'path-merge-slashes': { option: null, make: () => ofPath((path) => path.replace(/\/+/g, '/')) },
  'path-strip-dot': { option: null, make: () => ofPath(stripDot) },
  'path-strip-dotdot': { option: 'full', make: (full) => ofPath(stripDotdot(full)) },
  'percent-decode-unreserved': { option: 'strict', make: (strict) => percent(strict, decodeUnreserved) },
  'percent-to-uppercase': { option: 'strict', make: (strict) => percent(strict, (encoded) => encoded.toUpperCase()) },
  'query-sort-by-name': { option: null, make: () => sortQuery },
};
