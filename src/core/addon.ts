/**
 * The addon as TypeScript sees it: what addon/binding.cc exports. Numbers are the constants of abi.ts; addresses and heads are
 * bytes. `load.ts` finds the file and refuses one whose constants differ.
 */
import type { KeepAlive } from '../config/model.js';

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
  /** Sets what a bind line asks for on a listening socket that is bound already, but for interface, family and reusePort. 0 or -errno. */
  adoptListener(fd: number, spec: ListenerSpec): number;
  /** A blocking socket connected to a unix socket's path, or -errno. */
  connectUnix(path: string): number;
  /** Sends bytes, and descriptors (at most 253) with the first of them. Waits at most `timeout` ms. 0 or -errno. */
  sendDescriptors(socket: number, bytes: Uint8Array, fds: readonly number[], timeout: number): number;
  /** Takes up to `most` bytes and the descriptors that come with them; no bytes = the end. Waits at most `timeout` ms. -errno on failure. */
  receiveDescriptors(socket: number, most: number, timeout: number): { readonly bytes: Buffer; readonly fds: readonly number[] } | number;
  /** What a listening stream socket is bound to; null for any other descriptor. */
  boundAddress(fd: number): BoundAddress | null;
  closeFd(fd: number): void;
  /** A listening TCP socket gives its port up and forgets who waits; `listen` takes the port again. 0 or -errno. */
  pauseFd(fd: number): number;
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
  createLogOutput(receivers: readonly LogReceiver[]): LogOutput;
  /** The stick tables of a configuration, in their order. Main thread, once for its pages, before any engine exists. */
  createStickTables(pages: number, specs: readonly StickSpec[]): void;
  /** The same tables for a thread: `keys` is where both sides find the bytes of a key, `engine` that of the thread, if it has one. */
  attachStickTables(pages: number, keys: Uint8Array, engine: Engine | null): StickTables;
  createEngine(conf: EngineConf, decide: (phase: number, session: number) => number): Engine;
  /** Connections of health checks: `ready` is called with the number of pairs in `events` when there are any. */
  createCheckSockets(ready: (count: number) => void): CheckSockets;
  /** A write(2) to a file or inherited descriptor for the last words before an exit. */
  errnoName(errno: number): string;
}

/** Connections of health checks (addon/check_socket.h). Handles are numbers from 0 up; errors are -errno. */
export interface CheckSockets {
  /** Int32 pairs [handle, what]: 1 writable, 2 readable or at its end, 4 hung up, 8 no more will come, the errno from bit 8 on. */
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

/** Where log messages go: bytes of a datagram address, or a descriptor. */
export type LogReceiver = { readonly address: Uint8Array } | { readonly fd: number };

/** One thread's way to its log receivers (addon/log_output.h). */
export interface LogOutput {
  /**
   * Sends messages out of the first `length` bytes, one after the other: u16 number of the receiver, u16 length, bytes (in the machine's
   * byte order). Never waits; returns how many messages were dropped.
   */
  send(records: Uint8Array, length: number): number;
}

export interface PagesHandle {
  readonly id: number;
  /** Int32 cells, atomic (GS_, PS_, SS_, LS_). */
  readonly state: ArrayBuffer;
  /** Uint64 cells (CW_, CF_, CB_, CS_, CL_), rows of `rowCells`. */
  readonly counters: ArrayBuffer;
  readonly rowCells: number;
}

export interface BoundAddress {
  /** sockaddr bytes as the kernel has them. */
  readonly address: Buffer;
  /** Empty = any. */
  readonly interface: string;
  readonly v6only: boolean;
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
  /** TCP_SAVE_SYN: 0, 1 or 2. */
  readonly saveSyn: number;
  /** ms, 0 = the system's, as the next. */
  readonly userTimeout: number;
  readonly mss: number;
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
  /** Workers take idle server connections over from each other. */
  readonly shareIdle: boolean;
  /** GO_ bits. */
  readonly options: number;
  /** Header names in lower case, and how they are written for peers with PO_CASE_CLIENT, PO_CASE_SERVER. */
  /** Statuses, 100 to 599. */
  readonly errorCodes: readonly number[];
  readonly failCodes: readonly number[];
  /** Bounds of the histograms of times (HT_), rising, ms, fewer than HT_BUCKETS; empty = none. */
  readonly latencyBuckets: readonly number[];
  readonly headerCases: readonly (readonly [from: string, to: string])[];
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
  /** Server connections that one client keeps for itself. */
  readonly privateConnections: number;
  /** With PO_TCPKA_CLIENT and PO_TCPKA_SERVER: probes and seconds, 0 = the system's. */
  readonly keepAlive: { readonly client: KeepAlive; readonly server: KeepAlive };
  /** RE_ bits. */
  readonly retryOn: number;
  /** The header field that tells a server its name; empty = none. */
  readonly sendNameHeader: string;
  /** [status, response index] pairs; index -2: the connection is closed without a word, -3: PHASE_ERROR is asked for a reply. */
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
  readonly id: number;
  readonly name: string;
  readonly options: number;
  readonly address: Uint8Array;
  /** With SO_MAP_PORT: added to the port the client connected to; with SO_TRANSPARENT alone: the port. */
  readonly portOffset: number;
  readonly source: EngineSource | null;
  /** Connections go through this SOCKS4 proxy. */
  readonly socks4: Uint8Array | null;
  /** ms, 0 = the system's. */
  readonly userTimeoutMs: number;
  /** Congestion control algorithm; null = the system's. */
  readonly congestion: string | null;
  /** Idle connections kept, of all workers together; -1 = no limit. */
  readonly poolMax: number;
  /** Below so many no worker takes one over from another. */
  readonly poolLow: number;
  readonly maxReuse: number;
  readonly poolPurgeMs: number;
  /** With SO_OBSERVE_: consecutive errors that make SS_ERRORS_TRIPS rise. */
  readonly errorLimit: number;
}

/** Where connections to a server come from. */
export interface EngineSource {
  readonly address: Uint8Array | null;
  /** Of `address`; a range if portHigh is above port. */
  readonly port: number;
  readonly portHigh: number;
  /** SRC_ number: whose address is presented. */
  readonly from: number;
  /** SRC_OTHER */
  readonly transparent: Uint8Array | null;
  readonly transparentPort: boolean;
  /** SRC_HEADER: name in lower case; 1… from the first value, -1… from the last. */
  readonly header: string | null;
  readonly occurrence: number;
  readonly interface: string | null;
}

export interface EngineListener {
  readonly fd: number;
  readonly frontend: number;
  readonly options: number;
  /** To listen again after a pause. */
  readonly backlog: number;
}

export interface Engine {
  /** The window (addon/window.h): facts, header table, edit page, bytes. */
  readonly window: ArrayBuffer;
  readonly editOffset: number;
  readonly editSize: number;
  readonly bytesOffset: number;
  start(): void;
  /** Soft stop: each listener closes when who waits in it has been accepted. */
  stopListening(): void;
  pauseListening(paused: boolean): void;
  /** Listeners that are not closed yet. */
  listening(): number;
  sessions(): number;
  resume(session: number, verdict: number): void;
  /** Stages a reply for VERDICT_REPLY; head without the empty line. False if the session is gone or memory is short. */
  reply(session: number, head: Uint8Array, body: Uint8Array): boolean;
  /** A field line (without CRLF) of the 103 (Early Hints) that follows the decision at hand. False if the client can't take one (HTTP/1.0, too late). */
  hint(session: number, field: Uint8Array): boolean;
  /** Sets what a MARK_ names. False if the session is gone or memory is short; what the system refuses counts as done. */
  mark(session: number, what: number, value: number): boolean;
  /** Looks up what an INSPECT_ names, into the cells from FACT_INSPECTED on. False if there is no such connection or it is not TCP. */
  inspect?(session: number, what: number): boolean;
  /** A copy of the TLVs of the client's PROXY header (type, 16-bit length, value, one after the other); null if there are none. */
  proxyTlvs?(session: number): Uint8Array | null;
  /** The client's saved SYN packet (listener option tcp-ss); null if there is none, or it was read before. */
  savedSyn?(session: number): Uint8Array | null;
  /** The sessions of this worker, for the runtime API. */
  listSessions?(): readonly SessionRow[];
  /** The last invalid messages, for the runtime API. */
  captures?(): Captures;
  /**
   * Ends sessions in the next pass: `of` is an OF_ number, `index` that of the server, proxy or listener, or a session handle; `cause`
   * the first letter of the termination state. What can still be answered is (502, 503), all else is closed. From the main thread:
   * TrafficControl.shutdownSessions().
   */
  shutdownSessions(of: number, index: number, cause: 'K' | 'D' | 'U'): void;
  /** As shutdownSessions(OF_SERVER, …). */
  shutdownServer(server: number, cause?: 'K' | 'D' | 'U'): void;
  /** Puts a server into a row that no session uses, or behind the last one. */
  setServer(index: number, server: EngineServer): void;
  /** Any thread's engine: run a pass soon. */
  post(): void;
  /** A free slot is left to a session that waits in another worker: wakes the workers in which some wait. */
  passSlotOn(): void;
  /** Closes all at once; the object is dead afterwards. */
  close(): void;
}

/** A session as the runtime API shows it (addon/session_list.h). Times are ms, -1 = none; fds -1 = none. */
export interface SessionRow {
  readonly handle: number;
  /** In the order of addon/session.h. */
  readonly state: number;
  readonly flags: number;
  readonly frontend: number;
  readonly backend: number;
  readonly server: number;
  readonly listener: number;
  readonly requests: number;
  /** Since 1970. */
  readonly accepted: number;
  readonly clientIdle: number;
  readonly serverIdle: number;
  readonly expires: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly waitingUp: number;
  readonly waitingDown: number;
  readonly upFlags: number;
  readonly downFlags: number;
  readonly clientFd: number;
  readonly serverFd: number;
  readonly clientFlags: number;
  readonly serverFlags: number;
  readonly status: number;
  readonly retries: number;
  readonly source: PeerAddress | null;
  readonly destination: PeerAddress | null;
}

export interface PeerAddress {
  readonly family: 4 | 6;
  readonly port: number;
  readonly bytes: Uint8Array;
}

/** The last invalid request and response of each proxy (addon/capture.h). */
export interface Captures {
  /** Of this worker so far. */
  readonly total: number;
  readonly messages: readonly CapturedMessage[];
}

export interface CapturedMessage {
  readonly response: boolean;
  /** ms since 1970. */
  readonly time: number;
  readonly number: number;
  readonly frontend: number;
  readonly backend: number;
  readonly server: number;
  /** Of the byte that is wrong. */
  readonly position: number;
  readonly source: PeerAddress | null;
  readonly reason: string;
  readonly bytes: Uint8Array;
}

/** A stick table (addon/stick_table.h). */
export interface StickSpec {
  /** STICK_KEY_ */
  readonly keyKind: number;
  readonly keySize: number;
  readonly size: number;
  readonly expireMs: number;
  readonly nopurge: boolean;
  readonly bytesFactor: number;
  /** Servers are known by their addresses, else by their names. */
  readonly serverByAddress: boolean;
  readonly columns: readonly { readonly column: number; readonly count: number; readonly period: number }[];
}

/**
 * Stick tables by number. A key lies in the first `length` bytes of the `keys` that were given to attachStickTables(). Columns are
 * STICK_ numbers, `index` that of an element of an array, else 0. Answers are values, or STICK_ABSENT without an entry and
 * STICK_NOT_STORED where the table has no such column.
 */
export interface StickTables {
  /** Entries that have not expired. */
  used(table: number): number;
  read(table: number, length: number, column: number, index: number): number;
  /** The three make the entry if it is missing, and refresh it. STICK_ABSENT: the table is full. */
  increase(table: number, length: number, column: number, index: number, by: number): number;
  /** Gives what was there before. */
  clear(table: number, length: number, column: number, index: number): number;
  write(table: number, length: number, column: number, index: number, value: number): boolean;
  /** Makes the entry if it is missing, and refreshes it; false: the table is full. */
  touch(table: number, length: number): boolean;
  /** Where an entry lies in memory. */
  address(table: number, length: number): number;
  /** Refreshes an entry and gives its server id. */
  match(table: number, length: number): number;
  /** The name that a STICK_SERVER_KEY stands for. */
  name(number: number): string;
  /** 1: removed, 0: something tracks it, STICK_ABSENT. */
  remove(table: number, length: number): number;
  /** Puts the key of the entry at this address into the keys and gives its length. */
  keyAt(table: number, address: number): number;
  /** Up to `most` entries from a place on, 0 at first; `next` is 0 at the end. In no order. */
  page(table: number, from: number, most: number): { readonly next: number; readonly entries: readonly StickEntry[] };
  /** Tracks a key: false if the slot is in use or the table full. */
  track(session: number, phase: number, slot: number, table: number, length: number): boolean;
  trackedTable(session: number, slot: number): number;
  /** Puts the key that is tracked into the keys and gives its length. */
  trackedKey(session: number, slot: number): number;
  readTracked(session: number, slot: number, column: number, index: number): number;
  increaseTracked(session: number, slot: number, column: number, index: number, by: number): number;
  clearTracked(session: number, slot: number, column: number, index: number): number;
  writeTracked(session: number, slot: number, column: number, index: number, value: number): boolean;
  /** Counts a STICK_EVENT_ in all that the session tracks. */
  count(session: number, event: number): void;
  /** Keeps a key until the session has its server: then the table learns it. */
  storeLater(session: number, table: number, length: number): boolean;
  store(server: number, table: number, length: number): void;
}

export interface StickEntry {
  readonly key: Uint8Array;
  /** Where it lies in memory: HAProxy's `ptr`. */
  readonly address: number;
  /** How many sessions and streams track it. */
  readonly uses: number;
  /** ms until it expires, 0 = never. */
  readonly expire: number;
  /** Of the columns of the table in their order, arrays element by element. */
  readonly values: readonly number[];
}
