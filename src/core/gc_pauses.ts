import { constants, PerformanceObserver, type NodeGCPerformanceDetail } from 'node:perf_hooks';

const KINDS: Readonly<Record<number, string>> = {
  [constants.NODE_PERFORMANCE_GC_MINOR]: 'minor',
  [constants.NODE_PERFORMANCE_GC_MAJOR]: 'major',
  [constants.NODE_PERFORMANCE_GC_INCREMENTAL]: 'incremental',
  [constants.NODE_PERFORMANCE_GC_WEAKCB]: 'weakcb',
};

/** Collections are told at most this often: a message for each would cost more than a short collection. */
const INTERVAL_MS = 1000;

/** Tells the garbage collections of this thread: name of the kind and seconds each. */
export function observeGcPauses(tell: (pauses: readonly (readonly [string, number])[]) => void): void {
  let pauses: (readonly [string, number])[] = [];
  let timer: NodeJS.Timeout | null = null;
  const flush = (): void => {
    timer = null;
    const told = pauses;
    pauses = [];
    tell(told);
  };
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      const { kind } = entry.detail as NodeGCPerformanceDetail;
      pauses.push([KINDS[kind ?? 0] ?? 'other', entry.duration / 1000]);
    }
    timer ??= setTimeout(flush, INTERVAL_MS).unref();
  }).observe({ entryTypes: ['gc'] });
}
