import type { Ring } from '../log/ring.js';
import { failure, type Answer, type Call, type CommandRow } from './row.js';

interface Wanted {
  /** After the last event the command waits for the next one. */
  readonly wait: boolean;
  /** Only what comes from now on. */
  readonly onlyNew: boolean;
  /** Events end with NUL instead of a newline. */
  readonly zero: boolean;
}

/** Messages of a ring; one that has been dropped while the client was slow is left out. */
async function* messages(ring: Ring, { wait, onlyNew, zero }: Wanted, gone: AbortSignal): AsyncGenerator<string> {
  let at = onlyNew ? ring.next : ring.oldest;
  for (;;) {
    for (at = Math.max(at, ring.oldest); at < ring.next; at++) {
      const text = ring.at(at)!.toString('latin1');
      yield zero ? `${text.replace(/\n$/, '')}\0` : text;
    }
    if (!wait || gone.aborted) return;
    // What is ready is not to wait for more.
    await new Promise<void>((wake) => {
      const end = ring.watch(() => (end(), wake()));
      gone.addEventListener('abort', () => (end(), wake()), { once: true });
    });
  }
}

function showEvents({ args: [name, ...options], runtime: { logs }, gone, client }: Call): Answer {
  if (name === undefined) {
    return [
      'Supported events sinks are listed below. Add -0(zero), -w(wait), -n(new). Any key to stop\n',
      ...logs.rings.map(({ model }) => `    ${model.name.padEnd(10)} : type=buffer, 0 dropped, ${model.description}\n`),
    ];
  }
  const ring = logs.rings.find(({ model }) => model.name === name);
  if (ring === undefined) return failure('No such event sink');
  if (options.some((option) => !/^-[wn0]+$/.test(option))) return failure('unknown option');
  const has = (letter: string): boolean => options.some((option) => option.includes(letter));
  // A connection that waits is not silent.
  if (has('w')) client.timeout = 0;
  return messages(ring, { wait: has('w'), onlyNew: has('n'), zero: has('0') }, gone);
}

/** Rings (management guide, 9.3: show events). */
export const eventRows: readonly CommandRow[] = [
  { words: 'show events', usage: '[<sink>] [-w] [-n] [-0]', doc: 'show event sink state', level: 'operator', run: showEvents },
];
