import type { Keeper, Tenant } from './slots.js';

/** Timeouts that `set-timeout` may change. */
export type StreamTimeout = 'client' | 'connect' | 'queue' | 'server' | 'tarpit' | 'tunnel';

/** A rule that holds its message back. */
export interface Stopped {
  /** Number of the rule set in this worker. */
  readonly set: number;
  readonly rule: number;
}

/** What rules leave behind for later phases of the same stream (one request and its response). */
export interface Stream extends Tenant {
  /** By capture slot, cut to the slot's length; undefined where nothing was captured. */
  readonly requestCaptures: (string | undefined)[];
  readonly responseCaptures: (string | undefined)[];
  /** The request line as it came, where a rule asks for it later. */
  method: string | undefined;
  uri: string | undefined;
  /** Minor version, -1 if it was not noted. */
  version: number;
  uniqueId: string | undefined;
  /** What `capture cookie` found in the request and in the response. */
  requestCookie: string | undefined;
  responseCookie: string | undefined;
  /** What became of the persistence cookie: two letters (manual, section 8.5). */
  cookieState: string;
  /** The server that the cookie, or a rule instead of it, named, -1 if none; dates of that cookie, seconds since 1970, 0 = none. */
  cookieServer: number;
  cookieLast: number;
  cookieFirst: number;
  /** A force-persist line holds for the server that was chosen. */
  serverForced: boolean;
  /** Persistence does not count for this request (ignore-persist). */
  cookieIgnored: boolean;
  /** What set-log-level left, 0 (emerg) to 7 (debug), -1 = silent; undefined: as configured. */
  logLevel: number | undefined;
  /** What set-nice left, -1024 to 1024. */
  nice: number;
  /** Number of the transaction, -1 as long as nobody asked for it. */
  id: number;
  /** What set-priority-class and set-priority-offset left. */
  priorityClass: number;
  priorityOffset: number;
  /** ms, where set-timeout changed one. */
  timeouts: { readonly [name in StreamTimeout]?: number | undefined };
  /** What set-retries left; undefined: the backend's. */
  retries: number | undefined;
  /** `file:line` of the last final rule, and of the rule that waits. */
  lastRule: string | undefined;
  waitingRule: string | undefined;
  stopped: Stopped | null;
  /** Its place in the queue of its server, and of its backend, when it joined; 0 = it never did. */
  serverQueue: number;
  backendQueue: number;
  /** A line of the log was written ahead of the end. */
  logged: boolean;
  /** The request is held back until its body is here. */
  buffering: boolean;
  /** The server's own status, whatever set-status made of it; 0 before the response. */
  serverStatus: number;
}

const UNCHANGED: Stream['timeouts'] = {};

/** One shape for all streams: what is cleared for each request must be cheap to write. */
class StreamMemory implements Stream {
  session = -1;
  second = 0;
  microsecond = 0;
  request = -1;
  readonly requestCaptures: (string | undefined)[] = [];
  readonly responseCaptures: (string | undefined)[] = [];
  method: string | undefined = undefined;
  uri: string | undefined = undefined;
  version = -1;
  uniqueId: string | undefined = undefined;
  id = -1;
  requestCookie: string | undefined = undefined;
  responseCookie: string | undefined = undefined;
  cookieState = '--';
  cookieServer = -1;
  cookieLast = 0;
  cookieFirst = 0;
  cookieIgnored = false;
  serverForced = false;
  logLevel: number | undefined = undefined;
  nice = 0;
  priorityClass = 0;
  priorityOffset = 0;
  timeouts = UNCHANGED;
  retries: number | undefined = undefined;
  lastRule: string | undefined = undefined;
  waitingRule: string | undefined = undefined;
  stopped: Stopped | null = null;
  buffering = false;
  logged = false;
  serverQueue = 0;
  backendQueue = 0;
  serverStatus = 0;
}

function clear(stream: Stream): void {
  // Setting a length is dear, even one that is so already.
  if (stream.requestCaptures.length > 0) stream.requestCaptures.length = 0;
  if (stream.responseCaptures.length > 0) stream.responseCaptures.length = 0;
  stream.method = stream.uri = stream.uniqueId = stream.retries = stream.lastRule = stream.waitingRule = undefined;
  stream.requestCookie = stream.responseCookie = stream.logLevel = undefined;
  stream.cookieState = '--';
  stream.cookieServer = -1;
  stream.cookieLast = stream.cookieFirst = 0;
  stream.cookieIgnored = stream.serverForced = false;
  stream.stopped = null;
  stream.buffering = stream.logged = false;
  stream.serverQueue = stream.backendQueue = 0;
  stream.version = stream.id = -1;
  stream.nice = stream.priorityClass = stream.priorityOffset = stream.serverStatus = 0;
  stream.timeouts = UNCHANGED;
}

export const streamKeeper: Keeper<Stream> = {
  make: () => new StreamMemory(),
  nextSession: () => undefined,
  nextRequest: clear,
};
