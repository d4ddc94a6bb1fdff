import { BroadcastChannel } from 'node:worker_threads';
import type { PatternMail, PatternReferences } from './references.js';

/** The channel over which the threads of one configuration tell of patterns; `pages` is the id of its pages. */
export const patternsChannel = (pages: number): string => `tsproxy patterns ${pages}`;

/** Keeps the lists of a thread equal to those of the threads that share `name`: each change arrives as a whole. Returns what ends it. */
export function sharePatterns(references: PatternReferences, name: string): () => void {
  if (references.all.length === 0) return () => undefined;
  const channel = new BroadcastChannel(name);
  // It must not keep a thread alive.
  channel.unref();
  references.onChange = (mail) => channel.postMessage(mail);
  channel.onmessage = (message) => references.receive((message as { data: PatternMail }).data);
  return () => channel.close();
}
