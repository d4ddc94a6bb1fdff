import type { Diagnostic } from '../../src/config/diagnostic.js';
import { loadText } from '../../src/config/load.js';
import type { LoadOptions } from '../../src/config/load.js';
import type { Model } from '../../src/config/model.js';

/** A resolver for tests: localhost and its IPv6 name, and nothing else. */
export const lookup = (host: string, family: 0 | 4 | 6): Promise<string | null> => Promise.resolve(
  host === 'localhost' && family !== 6 ? '127.0.0.1' : host === 'localhost' || host === 'ip6-localhost' ? '::1' : null,
);

/** `severity: summary <the words under the caret>`. */
export function show({ severity, summary, span }: Diagnostic, text: string): string {
  return `${severity}: ${summary} <${span === null ? '' : text.slice(span.start, span.end)}>`;
}

/** All messages of a text. */
export async function messages(text: string, options: Partial<LoadOptions> = {}): Promise<string[]> {
  const { diagnostics } = await loadText(text, { env: {}, lookup, ...options });
  return diagnostics.map((diagnostic) => show(diagnostic, text));
}

/** The Model of a text that must be valid. */
export async function modelOf(text: string, options: Partial<LoadOptions> = {}): Promise<Model> {
  const { model, diagnostics } = await loadText(text, { env: {}, lookup, ...options });
  if (model === null) throw new Error(diagnostics.map((diagnostic) => show(diagnostic, text)).join('\n'));
  return model;
}

/** Names of proxies by their number. */
export function proxyNamed(model: Model, name: string): Model['proxies'][number] {
  const found = model.proxies.find((proxy) => proxy.name === name);
  if (found === undefined) throw new Error(`no proxy '${name}'`);
  return found;
}
