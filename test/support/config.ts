/** A defaults section with timeouts that no test is meant to reach. */
export function defaults(mode: 'tcp' | 'http', ...lines: string[]): string {
  const timeouts = ['connect', 'client', 'server'].map((name) => `timeout ${name} 20s`);
  return ['defaults', `mode ${mode}`, ...timeouts, ...lines].join('\n  ');
}

/** A section from its lines. */
export function section(header: string, ...lines: string[]): string {
  return [header, ...lines].join('\n  ');
}

export function config(...sections: string[]): string {
  return `${sections.join('\n\n')}\n`;
}
