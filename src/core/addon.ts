/**
 * The addon as TypeScript sees it: what addon/binding.cc exports. Numbers are the constants of abi.ts; addresses and heads are
 * bytes. `load.ts` finds the file and refuses one whose constants differ.
 */

/** Where the addon's numbers come from: name -> value, compared with ABI of abi.ts. */
export interface Addon {
  readonly abi: Readonly<Record<string, number>>;
  /** Shared pages for a configuration; `id` is how workers attach to them. Main thread. */
  createPages(workers: number, proxies: number, servers: number, listeners: number): PagesHandle;
  /** The same pages in another thread. Throws RangeError for an unknown id. */
  attachPages(id: number): PagesHandle;
  /** Gives the pages back once no thread uses them. */
  releasePages(id: number): void;
  /** Opens and binds a listening socket, not listening yet. Returns the fd, or -errno with nothing left open. */
  bindListener(spec: ListenerSpec): number;
  /** listen(2): 0 or -errno. */
  listen(fd: number, backlog: number): number;
  closeFd(fd: number): void;
  /** True if fd is a socket that accepts or can accept connections. */
  isListening(fd: number): boolean;
  /** chroot(2) and chdir("/"): 0 or -errno. */
  chroot(path: string): number;
  /** [soft, hard] of RLIMIT_NOFILE; -1 = unlimited. */
  fdLimit(): [number, number];
  /** Sets RLIMIT_NOFILE; 0 or -errno. */
  setFdLimit(soft: number, hard: number): number;
  /** As setgroups, setgid, setuid in that order; null = leave. 0 or -errno. For the whole process. */
  setIds(uid: number | null, gid: number | null): number;
  createEngine(conf: EngineConf, decide: (phase: number, session: number) => number): Engine;
  /** Connections of health checks: `ready` is called with the number of pairs in `events` when there are any. */
  createCheckSockets(ready: (count: number) => void): CheckSockets;
  /** A write(2) to a file or inherited descriptor for the last words before an exit. */
  errnoName(errno: number): string;
}

/** Connections of health checks (addon/check_socket.h). Handles are numbers from 0 up; errors are -errno. */
export interface CheckSockets {
  /** Int32 pairs [handle, what]: 1 writable, 2 readable or at its end, 4 hung up, the errno from bit 8 on. */
  readonly events: ArrayBuffer;
  /** Where receive() puts bytes. */
  readonly buffer: ArrayBuffer;
  /** Begins to connect. Flag 1: the check sends nothing (the server's application need not see it). Returns a handle or -errno. */
  open(address: Uint8Array, source: Uint8Array | null, device: string | null, flags: number): number;
  /** Bytes taken, or -errno. */
  send(handle: number, bytes: Uint8Array): number;
  /** Bytes received, 0 at the end of the stream, or -errno. */
  receive(handle: number): number;
  /** Sends a PROXY header of version 1 or 2. 0 or -errno. */
  sendProxy(handle: number, version: number): number;
  /** A handle that is gone is ignored. */
  close(handle: number, reset: boolean): void;
  /** Closes all; the object is dead afterwards. */
  closeAll(): void;
}

export interface PagesHandle {
  readonly id: number;
  /** Int32 cells, atomic (GS_, PS_, SS_, LS_). */
  readonly state: ArrayBuffer;
  /** Uint64 cells (CW_, CF_, CB_, CS_, CL_), rows of `rowCells`. */
  readonly counters: ArrayBuffer;
  readonly rowCells: number;
}

export interface ListenerSpec {
  /** sockaddr bytes as from `sockaddr()` in address.ts. */
  readonly address: Uint8Array;
  /** null = the system's. */
  readonly v6only: boolean | null;
  readonly reusePort: boolean;
  readonly interface: string | null;
  readonly tfo: boolean;
  readonly deferAccept: boolean;
  readonly transparent: boolean;
  /** Congestion control algorithm; null = the system's. One that the system refuses is left out. */
  readonly congestion: string | null;
}

export interface EngineConf {
  readonly pages: number;
  readonly worker: number;
  readonly workers: number;
  readonly bufsize: number;
  readonly maxrewrite: number;
  readonly maxHeaders: number;
  readonly maxAccept: number;
  readonly pipeSize: number;
  readonly maxPipes: number;
  readonly maxConnections: number;
  readonly splice: boolean;
  readonly proxies: readonly EngineProxy[];
  readonly servers: readonly EngineServer[];
  readonly listeners: readonly EngineListener[];
  /** Canned responses as on the wire. */
  readonly responses: readonly Uint8Array[];
}

export interface EngineProxy {
  readonly options: number;
  /** TO_COUNT numbers, ms, 0 = none. */
  readonly timeouts: readonly number[];
  /** Bit 1 << PHASE_x: ask decide() there. */
  readonly phases: number;
  readonly defaultBackend: number;
  readonly retries: number;
  readonly redispatch: number;
  /** [status, response index] pairs; index -2: the connection is closed without a word. */
  readonly errors: readonly (readonly [number, number])[];
  readonly forwardFor: null | {
    readonly header: string;
    readonly ifNone: boolean;
    readonly exceptFamily: number;
    readonly exceptAddress: Uint8Array;
    readonly exceptPrefix: number;
  };
}

export interface EngineServer {
  readonly proxy: number;
  readonly options: number;
  readonly address: Uint8Array;
  readonly source: Uint8Array | null;
  /** Congestion control algorithm; null = the system's. */
  readonly congestion: string | null;
  readonly poolMax: number;
  readonly maxReuse: number;
  readonly poolPurgeMs: number;
}

export interface EngineListener {
  readonly fd: number;
  readonly frontend: number;
  readonly options: number;
}

export interface Engine {
  /** The window (addon/window.h): facts, header table, edit page, bytes. */
  readonly window: ArrayBuffer;
  readonly editOffset: number;
  readonly editSize: number;
  readonly bytesOffset: number;
  start(): void;
  stopListening(): void;
  pauseListening(paused: boolean): void;
  sessions(): number;
  resume(session: number, verdict: number): void;
  /** Stages a reply for VERDICT_REPLY; head without the empty line. False if the session is gone or memory is short. */
  reply(session: number, head: Uint8Array, body: Uint8Array): boolean;
  /** Sends a 1xx response at once, before the final one; head without the empty line. False if the client can't take one (HTTP/1.0, too late). */
  interim?(session: number, head: Uint8Array): boolean;
  /** Looks up what an INSPECT_ names, into the cells from FACT_INSPECTED on. False if there is no such connection or it is not TCP. */
  inspect?(session: number, what: number): boolean;
  /** A copy of the TLVs of the client's PROXY header (type, 16-bit length, value, one after the other); null if there are none. */
  proxyTlvs?(session: number): Uint8Array | null;
  /** The client's saved SYN packet (listener option tcp-ss); null if there is none, or it was read before. */
  savedSyn?(session: number): Uint8Array | null;
  shutdownServer(server: number): void;
  /** Any thread's engine: run a pass soon. */
  post(): void;
  /** Closes all at once; the object is dead afterwards. */
  close(): void;
}
