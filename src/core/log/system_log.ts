import type { LogLevel } from './level.js';

/**
 * Tells the log targets of a proxy (its index in the Model), or without one those of the global section, what happened to the
 * proxy itself: state changes of servers, start and stop, alerts. One line without a newline at its end. Main thread; never
 * blocks and never throws. It prints nothing: what belongs on stderr too goes through print().
 */
export type SystemLog = (level: LogLevel, message: string, proxy?: number) => void;

/** For where nothing is logged: tests, configurations that are only checked. */
export const noLog: SystemLog = () => undefined;
