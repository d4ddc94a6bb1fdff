import type { Span } from '../../diagnostic.js';
import type { ServerSettings } from '../../draft.js';

/** What the words of a server line write to. */
export interface ServerTarget {
  readonly line: 'server' | 'default-server' | 'server-template';
  readonly settings: ServerSettings;
  id: { readonly value: number; readonly span: Span } | null;
  guid: { readonly value: string; readonly span: Span } | null;
}
