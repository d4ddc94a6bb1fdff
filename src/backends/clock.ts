/** Time as the main thread's schedulers see it: a test has its own. */
export interface Clock {
  /** ms since 1970. */
  now(): number;
  /** Calls once, not before `ms` are over; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

/** Real time; a timer doesn't keep the process alive. */
export const systemClock: Clock = {
  now: Date.now,
  after: (ms, call) => {
    const timer = setTimeout(call, ms).unref();
    return () => clearTimeout(timer);
  },
};
