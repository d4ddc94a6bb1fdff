/** What has been seen of a name server, by HAProxy's names (management guide: show resolvers). */
export const COUNTERS = [
  'sent', 'send_error', 'valid', 'update', 'cname', 'cname_error', 'any_err', 'nx', 'timeout', 'refused', 'other', 'invalid', 'too_big', 'truncated', 'outdated',
] as const;
export type Counter = (typeof COUNTERS)[number];

export type NameserverFigures = Record<Counter, number>;

export function newFigures(): NameserverFigures {
  return Object.fromEntries(COUNTERS.map((name) => [name, 0])) as NameserverFigures;
}
