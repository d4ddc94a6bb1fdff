/** What the address of a statistics page asks for, behind the prefix (HAProxy: `;csv;norefresh;scope=web`). */

export type PageFormat = 'html' | 'live' | 'csv' | 'json' | 'json-schema' | 'typed';

export interface PageOptions {
  readonly format: PageFormat;
  readonly norefresh: boolean;
  /** Servers that are left out: as `show stat`'s words. */
  readonly servers: 'all' | 'up' | 'no-maint';
  /** Only proxies with this in their names, whatever the case; '' = all. */
  readonly scope: string;
  /** What became of a form, by its word: DONE, NONE, … */
  readonly result: string | null;
}

/** Longest text of a scope: more is cut off. */
const SCOPE_MOST = 20;

/** `live` is ours: the figures of the page as it shows them. */
const FORMATS: readonly (readonly [word: string, format: PageFormat])[] = [
  ['csv', 'csv'], ['json-schema', 'json-schema'], ['json', 'json'], ['typed', 'typed'], ['live', 'live'],
];

/** `rest`: path and query behind the prefix. */
export function pageOptions(rest: string): PageOptions {
  const words = rest.split(/[;?&]/);
  const has = (word: string): boolean => words.includes(word);
  const value = (name: string): string | undefined => words.find((word) => word.startsWith(`${name}=`))?.slice(name.length + 1);
  return {
    format: FORMATS.find(([word]) => has(word))?.[1] ?? 'html',
    norefresh: has('norefresh'),
    servers: has('up') ? 'up' : has('no-maint') ? 'no-maint' : 'all',
    scope: decoded(value('scope') ?? '').replace(/[^\w.:-]/g, '').slice(0, SCOPE_MOST),
    result: /^[A-Z]{4}$/.exec(value('st') ?? '')?.[0] ?? null,
  };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The address of a page with other options. */
export function pageAddress(uri: string, options: Partial<PageOptions>): string {
  const { format, norefresh = false, servers = 'all', scope = '', result = null } = options;
  const words = [format !== undefined && format !== 'html' ? format : '', result === null ? '' : `st=${result}`, servers === 'all' ? '' : servers, norefresh ? 'norefresh' : ''];
  const tail = scope === '' ? '' : `${uri.includes('?') ? '&' : '?'}scope=${scope}`;
  return `${uri}${words.filter((word) => word !== '').map((word) => `;${word}`).join('')}${tail}`;
}
