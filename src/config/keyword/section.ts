/** Sections that HAProxy knows beside global, defaults, frontend, backend and listen, and what becomes of them. */
export interface SectionRow {
  readonly name: string;
  readonly support: 'inert' | 'unsupported';
  /** Why an inert one has no effect. */
  readonly why: string;
}

// An inert section only declares what other lines refer to, and those lines are refused or without effect themselves.
const INERT: Readonly<Record<string, string>> = {
  cache: 'nothing can refer to it yet',
  'fcgi-app': 'nothing can refer to it yet',
  traces: 'there are no traces',
  acme: 'TLS is not available yet',
};

export const SECTIONS: readonly SectionRow[] = [
  ...Object.entries(INERT).map(([name, why]) => ({ name, support: 'inert' as const, why })),
  ...['program'].map((name) => ({ name, support: 'unsupported' as const, why: '' })),
];
