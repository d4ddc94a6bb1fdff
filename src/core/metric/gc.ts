import { Histogram } from 'prom-client';

/** Seconds: from a young collection to what a user notices. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1];

/** Pauses for garbage collection as workers report them (label `worker`, and the kind of collection). */
export function gcHistogram(): Histogram<'worker' | 'kind'> {
  return new Histogram({
    name: 'tsproxy_gc_pause_seconds',
    help: 'Pauses of workers for garbage collection.',
    labelNames: ['worker', 'kind'],
    buckets: BUCKETS,
    registers: [],
  });
}
