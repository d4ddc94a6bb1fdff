// Made by addon/abi.mjs from addon/abi.def: change that file, then run `node addon/abi.mjs`.

/** a client was accepted, nothing was read */
export const PHASE_CONNECTION = 0;
/** layer 5 is established (PROXY header read) */
export const PHASE_SESSION = 1;
/** bytes of the client can be inspected (mode tcp, or before the head) */
export const PHASE_CONTENT = 2;
/** a request head is complete */
export const PHASE_REQUEST = 3;
/** a server is needed: first choice, redispatch */
export const PHASE_SERVER = 4;
/** a response head is complete */
export const PHASE_RESPONSE = 5;
/** a response head is about to be sent, whoever made it */
export const PHASE_AFTER = 6;
/** a stream is over: log, stick, count */
export const PHASE_END = 7;
/** a server slot is free and sessions are queued */
export const PHASE_SLOT = 8;
/** bytes of the server can be inspected */
export const PHASE_TCP_RESPONSE = 9;
/** the engine itself answers with an error that has a reply of rules (errors: -3); STATUS is its status */
export const PHASE_ERROR = 10;
/** a PROXY header is about to be sent to a server with SO_TLVS: the core writes EDIT_TLV records; its verdict is CONTINUE */
export const PHASE_PROXY_TLVS = 11;
/** the connection to a server stands; its verdict is CONTINUE */
export const PHASE_CONNECTED = 12;
/** number of phases */
export const PHASE_COUNT = 13;
/** go on with the defaults of the plan */
export const VERDICT_CONTINUE = 0;
/** use backend ARG (proxy index); the engine asks PHASE_SERVER next */
export const VERDICT_BACKEND = 1;
/** use server ARG (server index); a slot of it has been taken by the core */
export const VERDICT_SERVER = 2;
/** wait for a slot: of server ARG, or of any server of the backend if ARG is ARG_NONE */
export const VERDICT_QUEUE = 3;
/** send canned response ARG, then go on with the connection */
export const VERDICT_RESPOND = 4;
/** send the reply staged with reply() */
export const VERDICT_REPLY = 5;
/** send the proxy's error response for status ARG, then close */
export const VERDICT_ERROR = 6;
/** close both ends, nothing more is sent */
export const VERDICT_CLOSE = 7;
/** reset the client (silent for the peer where the rule says so) */
export const VERDICT_RESET = 8;
/** the core will call resume(session, verdict) later */
export const VERDICT_YIELD = 9;
/** not enough data to decide: ask again with more, or at the latest after ARG ms; from resume(): ask again now */
export const VERDICT_MORE = 10;
/** http: ask again after ARG ms */
export const VERDICT_PAUSE = 11;
/** the client's connection vanishes without a word; ARG: a reset with that TTL, ARG_NONE: not even that */
export const VERDICT_DROP = 12;
/** the argument that names nothing */
export const VERDICT_ARG_NONE = 0xffffff;
/** session handle: index << 8 | generation */
export const FACT_SESSION = 0;
/** proxy index of the frontend */
export const FACT_FRONTEND = 1;
/** proxy index of the backend, -1 before the choice */
export const FACT_BACKEND = 2;
/** server index, -1 before the choice; on redispatch the one that failed */
export const FACT_SERVER = 3;
/** listener index */
export const FACT_LISTENER = 4;
/** FF_ bits */
export const FACT_FLAGS = 5;
/** 4, 6, 1 (unix) or 0 (unknown) of the client's address */
export const FACT_SRC_FAMILY = 6;
/** client port */
export const FACT_SRC_PORT = 7;
/** 4 cells, 16 bytes in network order (IPv4: the first 4 bytes) */
export const FACT_SRC_ADDR = 8;
/** as SRC_FAMILY, of the address the client connected to */
export const FACT_DST_FAMILY = 12;
/** port the client connected to */
export const FACT_DST_PORT = 13;
/** 4 cells, as SRC_ADDR */
export const FACT_DST_ADDR = 14;
/** HM_ code of the request method */
export const FACT_METHOD = 18;
/** status of the response head, 0 before */
export const FACT_STATUS = 19;
/** minor HTTP/1 version of the head in the window */
export const FACT_VERSION = 20;
/** offset of the message head (or of the raw bytes) from the start of the window, bytes */
export const FACT_HEAD_OFF = 21;
/** length of the head including the empty line, bytes */
export const FACT_HEAD_LEN = 22;
/** method, offset from HEAD_OFF */
export const FACT_METHOD_OFF = 23;
export const FACT_METHOD_LEN = 24;
/** request target, offset from HEAD_OFF */
export const FACT_URI_OFF = 25;
export const FACT_URI_LEN = 26;
/** reason phrase of a response, offset from HEAD_OFF */
export const FACT_REASON_OFF = 27;
export const FACT_REASON_LEN = 28;
/** number of rows in the header table */
export const FACT_HEADER_COUNT = 29;
/** int32 index of the header table: 4 cells a row: name offset, name length, value offset, value length, from HEAD_OFF */
export const FACT_HEADER_TABLE = 30;
/** offset of the body bytes that are there, from the start of the window */
export const FACT_BODY_OFF = 31;
/** number of body bytes (or raw bytes) that are there */
export const FACT_BODY_LEN = 32;
/** 0 for the first choice of a server, then the number of failed connects */
export const FACT_ATTEMPT = 33;
/** requests seen on this client connection, this one included */
export const FACT_REQUESTS = 34;
/** END: ms in the queue, -1 if never there */
export const FACT_QUEUE_MS = 35;
/** END: ms to connect, -1 if never done */
export const FACT_CONNECT_MS = 36;
/** END: ms from the connect to the response head, -1 if none */
export const FACT_RESPONSE_MS = 37;
/** END: ms from accept (tcp) or first byte (http) to the end */
export const FACT_TOTAL_MS = 38;
/** END: ms to receive the whole head, -1 if never done */
export const FACT_REQUEST_MS = 39;
/** END: ms idle before the request */
export const FACT_IDLE_MS = 40;
/** END: termination: cause character | state character << 8 */
export const FACT_TERM = 41;
/** END: bytes from the client, low 32 bits */
export const FACT_BYTES_IN_LO = 42;
export const FACT_BYTES_IN_HI = 43;
/** END: bytes sent to the client, low 32 bits */
export const FACT_BYTES_OUT_LO = 44;
export const FACT_BYTES_OUT_HI = 45;
/** accept date, seconds since 1970 */
export const FACT_ACCEPT_SEC = 46;
/** accept date, microseconds */
export const FACT_ACCEPT_USEC = 47;
/** announced body length, low 32 bits; -1/-1 if chunked or unknown */
export const FACT_BODY_SIZE_LO = 48;
export const FACT_BODY_SIZE_HI = 49;
/** with FF_KNOWN: minor HTTP/1 version of the request, -1 before it */
export const FACT_REQUEST_VERSION = 50;
/** with FF_KNOWN: ms from accept to the end of the PROXY header, 0 if none was awaited */
export const FACT_HANDSHAKE_MS = 51;
/** with FF_KNOWN: connection error of the client | of the server << 8, numbers of the manual's fc_err_str, 0 = none */
export const FACT_ERRORS = 52;
/** with FF_KNOWN: bytes sent to the server, low 32 bits */
export const FACT_SENT_LO = 53;
export const FACT_SENT_HI = 54;
/** with FF_KNOWN: bytes received from the server, low 32 bits */
export const FACT_RECEIVED_LO = 55;
export const FACT_RECEIVED_HI = 56;
/** with FF_KNOWN: ms from the response head to the end, -1 if none */
export const FACT_DATA_MS = 57;
/** TAKE_ bits, set by the core: what it has changed in other cells, and the engine takes over behind the decision */
export const FACT_TAKE = 58;
/** with TAKE_RETRIES: connects that may fail; -1: as configured */
export const FACT_RETRIES = 59;
/** END: why the request or the response could not be read, text, offset from the start of the window */
export const FACT_FAULT_OFF = 62;
/** ... bytes; 0 = it could */
export const FACT_FAULT_LEN = 63;
/** free cells up to FACT_FAULT_OFF */
export const FACT_SPARE = 60;
/** 12 cells that inspect() fills */
export const FACT_INSPECTED = 64;
/** TO_COUNT cells, with TAKE_TIMEOUT: ms; -1: as configured */
export const FACT_TIMEOUTS = 80;
/** number of cells; the header table starts here */
export const FACT_COUNT = 96;
/** the head in the window is a response */
export const FF_RESPONSE = 1;
/** PHASE_SERVER: the server in FACT_SERVER failed, another one is wanted */
export const FF_REDISPATCH = 2;
/** the body bytes are the whole of what will ever fit */
export const FF_TRUNCATED = 4;
/** the client has shut its write side */
export const FF_CLIENT_SHUT = 8;
/** the server connection had been used before */
export const FF_REUSED = 16;
/** the whole message is there */
export const FF_BODY_COMPLETE = 32;
/** the server has shut its write side */
export const FF_SERVER_SHUT = 64;
/** PHASE_CONTENT / TCP_RESPONSE: the inspect delay is over, answer finally */
export const FF_TIMEOUT = 128;
/** the cells marked END (what is not over yet: as of now, times -1) and FF_KNOWN are filled in this phase */
export const FF_KNOWN = 256;
/** END: the connection failed before there was a session: its PROXY header is wrong or did not come */
export const FF_EMBRYO = 1024;
/** the phase is asked again after MORE, PAUSE or YIELD: the core goes on where it stopped */
export const FF_AGAIN = 512;
/** FACT_SRC_: of the connection (PHASE_CONNECTION), of the session (PHASE_SESSION), else of this stream */
export const TAKE_SOURCE = 1;
/** FACT_DST_, likewise */
export const TAKE_DESTINATION = 2;
/** FACT_RETRIES, for this stream */
export const TAKE_RETRIES = 4;
/** disable-l7-retry: once sent, the request is not sent again */
export const TAKE_NO_RETRY = 8;
/** FACT_TERM: why the core ends the stream, if nothing else has ended it before */
export const TAKE_TERM = 16;
/** shifted by TO_x: the timeout in FACT_TIMEOUTS + TO_x, for this stream */
export const TAKE_TIMEOUT = 0x100;
/** TCP_INFO of the client: rtt us, rttvar us, unacked, sacked, lost, retransmits, fackets, reordering */
export const INSPECT_CLIENT_TCP = 0;
/** the same of the server connection */
export const INSPECT_SERVER_TCP = 1;
/** of the server connection: local family, port, 4 cells of address; remote family, port, 4 cells */
export const INSPECT_SERVER_ADDRESSES = 2;
/** of the client connection itself, whatever PROXY headers and later rules say: source as above, then destination */
export const INSPECT_CLIENT_ADDRESSES = 3;
/** SO_MARK of the client's connection, at once */
export const MARK_CLIENT = 0;
/** its IP_TOS or IPV6_TCLASS, at once */
export const MARK_CLIENT_TOS = 1;
/** SO_MARK of the connection that this stream will get */
export const MARK_SERVER = 2;
/** its IP_TOS or IPV6_TCLASS */
export const MARK_SERVER_TOS = 3;
export const HM_OTHER = 0;
export const HM_GET = 1;
export const HM_HEAD = 2;
export const HM_POST = 3;
export const HM_PUT = 4;
export const HM_DELETE = 5;
export const HM_OPTIONS = 6;
export const HM_TRACE = 7;
export const HM_CONNECT = 8;
export const HM_PATCH = 9;
/** no more edits */
export const EDIT_END = 0;
/** replace the whole start line (bytes without CRLF) */
export const EDIT_START_LINE = 1;
/** drop the header with this index */
export const EDIT_DELETE = 2;
/** replace the header with this index by the bytes `name: value` (without CRLF) */
export const EDIT_REPLACE = 3;
/** add the bytes `name: value` (without CRLF) after the last header */
export const EDIT_APPEND = 4;
/** PROXY_TLVS: a TLV; the header index is its type, 0-255; the bytes are its value */
export const EDIT_TLV = 5;
/** mode http */
export const PO_HTTP = 0x1;
/** option splice-request */
export const PO_SPLICE_REQUEST = 0x2;
/** option splice-response */
export const PO_SPLICE_RESPONSE = 0x4;
/** option splice-auto */
export const PO_SPLICE_AUTO = 0x8;
/** option http-server-close */
export const PO_SERVER_CLOSE = 0x10;
/** option httpclose */
export const PO_CLOSE = 0x20;
/** option clitcpka */
export const PO_TCPKA_CLIENT = 0x40;
/** option srvtcpka */
export const PO_TCPKA_SERVER = 0x80;
/** option nolinger on the client side */
export const PO_NOLINGER_CLIENT = 0x100;
/** option nolinger on the server side */
export const PO_NOLINGER_SERVER = 0x200;
/** option tcp-smart-accept */
export const PO_SMART_ACCEPT = 0x400;
/** option tcp-smart-connect */
export const PO_SMART_CONNECT = 0x800;
/** option redispatch */
export const PO_REDISPATCH = 0x1000;
/** option abortonclose */
export const PO_ABORT_ON_CLOSE = 0x2000;
/** option dontlognull */
export const PO_DONT_LOG_NULL = 0x4000;
/** option http-ignore-probes */
export const PO_HTTP_IGNORE_PROBES = 0x8000;
/** http-reuse never */
export const PO_REUSE_NEVER = 0x10000;
/** http-reuse aggressive */
export const PO_REUSE_AGGRESSIVE = 0x20000;
/** http-reuse always */
export const PO_REUSE_ALWAYS = 0x40000;
/** option http-buffer-request */
export const PO_BUFFER_REQUEST = 0x80000;
/** option http-no-delay */
export const PO_NO_DELAY = 0x100000;
/** option accept-unsafe-violations-in-http-request */
export const PO_UNSAFE_REQUEST = 0x200000;
/** option accept-unsafe-violations-in-http-response */
export const PO_UNSAFE_RESPONSE = 0x400000;
/** the proxy is disabled */
export const PO_DISABLED = 0x800000;
/** option independent-streams */
export const PO_INDEPENDENT_STREAMS = 0x1000000;
/** option h1-case-adjust-bogus-client */
export const PO_CASE_CLIENT = 0x2000000;
/** option h1-case-adjust-bogus-server */
export const PO_CASE_SERVER = 0x4000000;
/** the frontend logs: request lines are kept for PHASE_END, and connections that fail before a request have one */
export const PO_LOG = 0x10000000;
/** a backend of many servers: slots that are given back are listed (RR_) */
export const PO_NOTE_RELEASES = 0x8000000;
/** no connection */
export const RE_CONN_FAILURE = 0x1;
/** the server closed without a byte of response */
export const RE_EMPTY_RESPONSE = 0x2;
/** what came is no complete response head */
export const RE_JUNK_RESPONSE = 0x4;
/** timeout server */
export const RE_RESPONSE_TIMEOUT = 0x8;
/** 0-RTT data were rejected */
export const RE_EARLY_REJECTED = 0x10;
/** a status of the server, as those below */
export const RE_401 = 0x20;
export const RE_403 = 0x40;
export const RE_404 = 0x80;
export const RE_408 = 0x100;
export const RE_421 = 0x200;
export const RE_425 = 0x400;
export const RE_429 = 0x800;
export const RE_500 = 0x1000;
export const RE_501 = 0x2000;
export const RE_502 = 0x4000;
export const RE_503 = 0x8000;
export const RE_504 = 0x10000;
/** h1-do-not-close-on-insecure-transfer-encoding */
export const GO_KEEP_INSECURE = 0x1;
/** h1-accept-payload-with-any-method */
export const GO_ANY_PAYLOAD = 0x2;
/** timeout client */
export const TO_CLIENT = 0;
/** timeout server */
export const TO_SERVER = 1;
/** timeout connect */
export const TO_CONNECT = 2;
/** timeout http-request */
export const TO_HTTP_REQUEST = 3;
/** timeout http-keep-alive */
export const TO_HTTP_KEEP_ALIVE = 4;
/** timeout queue */
export const TO_QUEUE = 5;
/** timeout tunnel */
export const TO_TUNNEL = 6;
/** timeout client-fin */
export const TO_CLIENT_FIN = 7;
/** timeout server-fin */
export const TO_SERVER_FIN = 8;
/** timeout tarpit */
export const TO_TARPIT = 9;
/** timeout check */
export const TO_CHECK = 10;
/** timeout client-hs */
export const TO_CLIENT_HS = 11;
export const TO_COUNT = 12;
/** send-proxy (version 1) */
export const SO_SEND_PROXY = 0x1;
/** send-proxy-v2 */
export const SO_SEND_PROXY_V2 = 0x2;
/** the port is the one the client connected to, plus portOffset */
export const SO_MAP_PORT = 0x4;
/** the address is the one the client connected to; without MAP_PORT the port is portOffset */
export const SO_TRANSPARENT = 0x8;
/** with SEND_PROXY_V2: the core is asked for TLVs (PHASE_PROXY_TLVS) */
export const SO_TLVS = 0x10;
/** with SEND_PROXY_V2: the header carries a checksum */
export const SO_CRC32C = 0x20;
/** tfo: what waits to be sent goes out with the SYN */
export const SO_FAST_OPEN = 0x40;
/** observe layer4: connects count for SS_ERRORS_RUN */
export const SO_OBSERVE_L4 = 0x80;
/** observe layer7: responses too */
export const SO_OBSERVE_L7 = 0x100;
/** non-stick: stick tables do not learn it */
export const SO_NON_STICK = 0x200;
/** the configured address, or the system's */
export const SRC_CONFIGURED = 0;
/** usesrc <address>: one that is none of this machine's */
export const SRC_OTHER = 1;
/** usesrc client: the client's address and port */
export const SRC_CLIENT = 2;
/** usesrc clientip: the client's address */
export const SRC_CLIENT_IP = 3;
/** usesrc hdr_ip(): the address in a header of the request */
export const SRC_HEADER = 4;
/** those of a server, and its idle connections */
export const OF_SERVER = 0;
/** those in a backend (proxy index) */
export const OF_BACKEND = 1;
/** those of a frontend (proxy index) */
export const OF_FRONTEND = 2;
/** those of a listener */
export const OF_LISTENER = 3;
/** one, by its handle */
export const OF_SESSION = 4;
/** all */
export const OF_ALL = 5;
/** accept-proxy: a PROXY header must come first */
export const LO_ACCEPT_PROXY = 0x1;
/** the fd is shared by the workers (inherited or unix): wake one of them */
export const LO_SHARED = 0x2;
/** a unix socket: no address, no TCP options */
export const LO_UNIX = 0x4;
/** the TLVs of PROXY headers are kept: a rule asks for them */
export const LO_KEEP_TLVS = 0x8;
/** option socket-stats: CL_ cells are counted */
export const LO_STATS = 0x10;
/** client connections of the process now */
export const GS_CONNECTIONS = 0;
/** their maximum */
export const GS_CONNECTIONS_MAX = 1;
/** 1: soft stop */
export const GS_STOPPING = 2;
/** pipes that hold bytes, all workers */
export const GS_PIPES_USED = 3;
/** pipes in the pools, all workers */
export const GS_PIPES_FREE = 4;
export const GS_SESSION_RATE_MAX = 5;
export const GS_WORKERS_READY = 6;
/** maxconn of the process now, 0 = as configured */
export const GS_MAXCONN = 7;
/** raised with each change of a PS_LISTENERS or LS_LISTENING cell */
export const GS_LISTENERS_EPOCH = 8;
/** maxconnrate: connections a second, 0 = none */
export const GS_CONN_RATE_LIMIT = 9;
/** 3 cells: the count behind it (addon/rate.h) */
export const GS_CONN_RATE = 10;
/** maxsessrate: sessions a second, 0 = none */
export const GS_SESS_RATE_LIMIT = 13;
/** 3 cells */
export const GS_SESS_RATE = 14;
/** entries written to the list of released slots so far, modulo 2^32 */
export const GS_RELEASES = 17;
/** log messages of the main thread, and of rings, that were dropped */
export const GS_LOGS_DROPPED = 31;
export const GS_COUNT = 32;
/** frontend side: sessions now */
export const PS_SESSIONS = 0;
export const PS_SESSIONS_MAX = 1;
/** backend side: sessions now */
export const PS_BACKEND_SESSIONS = 2;
export const PS_BACKEND_SESSIONS_MAX = 3;
/** sessions in the backend's queue, all workers */
export const PS_QUEUED = 4;
export const PS_QUEUED_MAX = 5;
/** balancing position, shared by the workers */
export const PS_TURN = 6;
/** 1 up, 0 disabled or stopped */
export const PS_STATE = 7;
/** active servers that are usable, else the first usable backup (all with option allbackups): nbsrv */
export const PS_SERVERS_UP = 8;
/** raised with each change of a server's state or weight: cached maps are stale */
export const PS_EPOCH = 9;
/** the frontend's maxconn, 0 = none */
export const PS_MAXCONN = 10;
export const PS_RATE_MAX = 11;
/** what the listeners of the frontend do: LISTEN_; the workers follow when GS_LISTENERS_EPOCH has changed and they were woken */
export const PS_LISTENERS = 12;
/** rate-limit sessions: sessions a second, 0 = none */
export const PS_RATE_LIMIT = 13;
/** not 0: content switching passes the backend over; bit 0 unpublished, bit 1 disabled */
export const PS_CLOSED = 14;
/** log lines of the frontend so far (%lc) */
export const PS_LOGS = 15;
/** 3 cells: the count behind RATE_LIMIT */
export const PS_RATE = 16;
/** the server, + 1, of which a worker has left a free slot to an older session of another worker last */
export const PS_SLOT_LEFT = 24;
export const PS_COUNT = 32;
/** slots in use now, all workers */
export const SS_SESSIONS = 0;
export const SS_SESSIONS_MAX = 1;
/** sessions in the server's queue, all workers */
export const SS_QUEUED = 2;
export const SS_QUEUED_MAX = 3;
/** SRV_ state */
export const SS_STATE = 4;
/** effective weight, 0-256 in sixteenths as HAProxy computes it for slowstart */
export const SS_WEIGHT = 5;
/** 0 = none */
export const SS_MAXCONN = 6;
/** administrative state: ADMIN_ bits */
export const SS_ADMIN = 7;
/** idle connections in the workers' pools */
export const SS_IDLE = 8;
/** last check's status */
export const SS_CHECK_STATUS = 9;
/** last check's code */
export const SS_CHECK_CODE = 10;
/** last check's duration */
export const SS_CHECK_MS = 11;
/** seconds since 1970 of the last change of state */
export const SS_LAST_CHANGE = 12;
export const SS_RATE_MAX = 13;
/** server connections in use now */
export const SS_USED_CONNS = 14;
/** operational state: OP_; SS_STATE is made of it and of SS_ADMIN */
export const SS_OP_STATE = 15;
/** weight as users see and set it, 0-256 */
export const SS_USER_WEIGHT = 16;
/** weight of the configuration, 0-256: what percentages are of */
export const SS_INITIAL_WEIGHT = 17;
/** slow start: percent of weight and maxconn that the server gets, 1-99; 0 = all */
export const SS_THROTTLE = 18;
/** number of changes of the address cells, times two; odd while they are being written (server_address.h) */
export const SS_ADDR_SEQ = 19;
/** 4 or 6: the cells below; 0: as configured, not an IP address; 1: none, the server can't be connected to */
export const SS_ADDR_FAMILY = 20;
/** 0: the port that the client connected to */
export const SS_ADDR_PORT = 21;
/** 4 cells, 16 bytes in network order (IPv4: the first 4 bytes) */
export const SS_ADDR = 22;
/** observe: consecutive errors that traffic met */
export const SS_ERRORS_RUN = 26;
/** observe: how often that run has reached error-limit (it starts again at 0 then) */
export const SS_ERRORS_TRIPS = 27;
/** observe: HANA_ code of the last error */
export const SS_ERRORS_LAST = 28;
/** four cache lines */
export const SS_COUNT = 64;
/** connections of the listener now */
export const LS_CONNECTIONS = 0;
/** 0 = none */
export const LS_MAXCONN = 1;
/** workers that have the listener open */
export const LS_LISTENING = 2;
/** LO_STATS: most connections at once */
export const LS_CONNECTIONS_MAX = 3;
/** the list of released slots behind the listeners: server | (lap around the list + 1) << 20, for backends with PO_NOTE_RELEASES */
export const RR_COUNT = 16384;
export const LS_COUNT = 4;
/** they accept */
export const LISTEN_OPEN = 0;
/** they have taken what waited, and gave their ports up; OPEN takes them again */
export const LISTEN_PAUSED = 1;
/** for good */
export const LISTEN_CLOSED = 2;
/** gets nothing */
export const SRV_DOWN = 0;
/** gets traffic */
export const SRV_UP = 1;
/** keeps what it has, gets nothing new */
export const SRV_DRAIN = 2;
/** administratively out */
export const SRV_MAINT = 3;
/** down */
export const OP_STOPPED = 0;
/** up, within its slow start */
export const OP_STARTING = 1;
/** up */
export const OP_RUNNING = 2;
/** up, takes no new sessions but persistent ones (http-check disable-on-404, agent) */
export const OP_STOPPING = 3;
/** maintenance by an administrator */
export const ADMIN_FORCED_MAINT = 0x01;
/** maintenance of the tracked server */
export const ADMIN_INHERITED_MAINT = 0x02;
/** disabled in the configuration (comes with FORCED_MAINT) */
export const ADMIN_CONFIGURED_MAINT = 0x04;
/** drain by an administrator or agent */
export const ADMIN_FORCED_DRAIN = 0x08;
/** drain of the tracked server */
export const ADMIN_INHERITED_DRAIN = 0x10;
/** maintenance: its name has no address */
export const ADMIN_RESOLUTION_MAINT = 0x20;
/** its name was set at run time */
export const ADMIN_HOST_SET = 0x40;
/** any maintenance */
export const ADMIN_MAINT = 0x23;
/** any drain */
export const ADMIN_DRAIN = 0x18;
export const HANA_UNKNOWN = 0;
/** connected */
export const HANA_L4_OK = 1;
/** could not connect */
export const HANA_L4_ERROR = 2;
/** a good response head */
export const HANA_HTTP_OK = 3;
/** a status that is not 100-499, 501 or 505 */
export const HANA_HTTP_STATUS = 4;
/** a response head that can't be parsed */
export const HANA_HTTP_HEADERS = 5;
/** an invalid response */
export const HANA_HTTP_RESPONSE = 6;
/** an error while reading the response */
export const HANA_HTTP_READ_ERROR = 7;
/** no response in time */
export const HANA_HTTP_READ_TIMEOUT = 8;
/** closed before the response */
export const HANA_HTTP_BROKEN_PIPE = 9;
/** event-loop passes */
export const CW_PASSES = 0;
/** epoll events */
export const CW_EVENTS = 1;
/** connections accepted */
export const CW_ACCEPTED = 2;
/** HTTP requests */
export const CW_REQUESTS = 3;
/** bytes spliced from sockets to pipes */
export const CW_SPLICED_IN = 4;
/** bytes spliced from pipes to sockets */
export const CW_SPLICED_OUT = 5;
/** bytes sent by copying */
export const CW_COPIED_OUT = 6;
/** pipes taken from the pool */
export const CW_PIPE_HITS = 7;
/** pipes that had to be made */
export const CW_PIPE_MISSES = 8;
/** pipes closed with bytes in them */
export const CW_PIPE_DIRTY = 9;
/** fallbacks to copying: no pipe to be had (maxpipes) */
export const CW_SPLICE_NO_PIPE = 10;
/** fallbacks: no descriptor or memory for a pipe */
export const CW_SPLICE_NO_FD = 11;
/** fallbacks: splice can't work on this socket */
export const CW_SPLICE_UNSUPPORTED = 12;
/** pipes made smaller than tune.pipesize */
export const CW_PIPE_SHRUNK = 13;
/** accept() failed: out of descriptors or memory */
export const CW_ACCEPT_FAILED = 34;
/** times a listener waited for a free connection slot */
export const CW_LISTENER_PAUSED = 35;
/** nanoseconds spent in passes */
export const CW_BUSY_NS = 36;
/** sessions made */
export const CW_SESSIONS = 37;
/** connects to servers */
export const CW_CONNECTIONS_MADE = 38;
/** idle server connections reused */
export const CW_CONNECTIONS_REUSED = 39;
/** idle server connections found closed before reuse */
export const CW_IDLE_DEAD = 40;
/** bytes read, all sockets */
export const CW_BYTES_IN = 41;
/** bytes sent, all sockets */
export const CW_BYTES_OUT = 42;
export const CW_CONN_RATE_MAX = 43;
/** sessions ended by a peer's reset */
export const CW_ABORTS = 44;
/** idle server connections taken over from another worker (among those reused) */
export const CW_IDLE_TAKEN_OVER = 45;
/** times memory was short within a pass; the session at hand was ended */
export const CW_NO_MEMORY = 46;
/** times a listener waited for a rate limit */
export const CW_RATE_PAUSED = 47;
/** log messages given to their receivers */
export const CW_LOGS_SENT = 48;
/** log messages that a receiver did not take at once, or for which there was no room */
export const CW_LOGS_DROPPED = 49;
/** 16 cells: decide() calls by phase */
export const CW_DECISIONS = 64;
/** 16 cells: nanoseconds in decide() by phase */
export const CW_DECISION_NS = 80;
export const CW_COUNT = 96;
/** connections accepted for the frontend */
export const CF_CONNECTIONS = 0;
/** sessions */
export const CF_SESSIONS = 1;
/** bytes from clients */
export const CF_BYTES_IN = 2;
/** bytes to clients, counted when sent */
export const CF_BYTES_OUT = 3;
/** HTTP requests */
export const CF_REQUESTS = 4;
/** requests denied */
export const CF_REQ_DENIED = 5;
/** responses denied */
export const CF_RESP_DENIED = 6;
/** request errors */
export const CF_REQ_ERRORS = 7;
/** connections denied (tcp-request connection) */
export const CF_CONN_DENIED = 8;
/** sessions denied (tcp-request session) */
export const CF_SESS_DENIED = 9;
/** responses with a status out of 100..599 */
export const CF_RESP_OTHER = 10;
export const CF_RESP_1XX = 11;
export const CF_RESP_2XX = 12;
export const CF_RESP_3XX = 13;
export const CF_RESP_4XX = 14;
export const CF_RESP_5XX = 15;
/** requests answered by a rule or service */
export const CF_INTERCEPTED = 16;
export const CF_RATE_MAX = 17;
export const CF_REWRITE_FAILED = 18;
export const CF_INTERNAL_ERRORS = 19;
/** summed ms of streams in the queue */
export const CF_QUEUE_MS = 20;
/** summed ms to connect */
export const CF_CONNECT_MS = 21;
/** summed ms to the response head */
export const CF_RESPONSE_MS = 22;
/** summed ms of streams */
export const CF_TOTAL_MS = 23;
/** HT_CELLS cells: streams by their times */
export const CF_LATENCY = 24;
export const CF_COUNT = 96;
/** sessions that reached the backend */
export const CB_SESSIONS = 0;
export const CB_BYTES_IN = 1;
export const CB_BYTES_OUT = 2;
/** HTTP requests */
export const CB_REQUESTS = 3;
export const CB_REQ_DENIED = 4;
export const CB_RESP_DENIED = 5;
/** sessions that could not connect to a server */
export const CB_CONN_ERRORS = 6;
/** responses that were invalid or cut */
export const CB_RESP_ERRORS = 7;
/** connect retries */
export const CB_RETRIES = 8;
export const CB_REDISPATCHES = 9;
/** transfers cut by the client */
export const CB_CLIENT_ABORTS = 10;
/** transfers cut by the server */
export const CB_SERVER_ABORTS = 11;
/** connection attempts */
export const CB_CONNECTS = 12;
export const CB_REUSES = 13;
export const CB_RESP_OTHER = 14;
export const CB_RESP_1XX = 15;
export const CB_RESP_2XX = 16;
export const CB_RESP_3XX = 17;
export const CB_RESP_4XX = 18;
export const CB_RESP_5XX = 19;
/** times a server was chosen by balancing */
export const CB_LB_TOTAL = 20;
/** summed ms in the queue */
export const CB_QUEUE_MS = 21;
/** summed ms to connect */
export const CB_CONNECT_MS = 22;
/** summed ms to the response head */
export const CB_RESPONSE_MS = 23;
/** summed ms of sessions */
export const CB_TOTAL_MS = 24;
export const CB_REWRITE_FAILED = 25;
export const CB_INTERNAL_ERRORS = 26;
/** HT_CELLS cells */
export const CB_LATENCY = 32;
export const CB_COUNT = 104;
/** sessions served */
export const CS_SESSIONS = 0;
export const CS_BYTES_IN = 1;
export const CS_BYTES_OUT = 2;
export const CS_REQUESTS = 3;
export const CS_RESP_DENIED = 4;
export const CS_CONN_ERRORS = 5;
export const CS_RESP_ERRORS = 6;
export const CS_RETRIES = 7;
export const CS_REDISPATCHES = 8;
export const CS_CLIENT_ABORTS = 9;
export const CS_SERVER_ABORTS = 10;
export const CS_CONNECTS = 11;
export const CS_REUSES = 12;
export const CS_RESP_OTHER = 13;
export const CS_RESP_1XX = 14;
export const CS_RESP_2XX = 15;
export const CS_RESP_3XX = 16;
export const CS_RESP_4XX = 17;
export const CS_RESP_5XX = 18;
export const CS_LB_TOTAL = 19;
export const CS_QUEUE_MS = 20;
export const CS_CONNECT_MS = 21;
export const CS_RESPONSE_MS = 22;
export const CS_TOTAL_MS = 23;
export const CS_REWRITE_FAILED = 24;
export const CS_INTERNAL_ERRORS = 25;
/** date of the last session, seconds since 1970 */
export const CS_LAST_SESSION = 26;
/** HT_CELLS cells */
export const CS_LATENCY = 32;
export const CS_COUNT = 104;
/** connections accepted; those below with LO_STATS only */
export const CL_CONNECTIONS = 0;
export const CL_SESSIONS = 1;
export const CL_BYTES_IN = 2;
export const CL_BYTES_OUT = 3;
export const CL_REQ_DENIED = 4;
export const CL_RESP_DENIED = 5;
export const CL_REQ_ERRORS = 6;
export const CL_CONN_DENIED = 7;
export const CL_SESS_DENIED = 8;
export const CL_REWRITE_FAILED = 9;
export const CL_INTERNAL_ERRORS = 10;
export const CL_COUNT = 16;
/** in the queue, 0 if never there */
export const HT_QUEUE = 0;
/** to connect, of those that got a connection */
export const HT_CONNECT = 1;
/** from there to the response head */
export const HT_RESPONSE = 2;
/** of the whole stream */
export const HT_TOTAL = 3;
export const HT_TIMES = 4;
export const HT_BUCKETS = 16;
/** 4 cells: the longest */
export const HT_MAX = 64;
export const HT_CELLS = 68;
/** id of the server in its backend */
export const STICK_SERVER_ID = 0;
export const STICK_GPT0 = 1;
export const STICK_GPC0 = 2;
export const STICK_GPC0_RATE = 3;
export const STICK_CONN_CNT = 4;
export const STICK_CONN_RATE = 5;
export const STICK_CONN_CUR = 6;
export const STICK_SESS_CNT = 7;
export const STICK_SESS_RATE = 8;
export const STICK_HTTP_REQ_CNT = 9;
export const STICK_HTTP_REQ_RATE = 10;
export const STICK_HTTP_ERR_CNT = 11;
export const STICK_HTTP_ERR_RATE = 12;
/** 64 bits */
export const STICK_BYTES_IN_CNT = 13;
/** in blocks of brates-factor bytes */
export const STICK_BYTES_IN_RATE = 14;
/** 64 bits */
export const STICK_BYTES_OUT_CNT = 15;
/** in blocks of brates-factor bytes */
export const STICK_BYTES_OUT_RATE = 16;
export const STICK_GPC1 = 17;
export const STICK_GPC1_RATE = 18;
/** number of the server's name or address among the names of the tables */
export const STICK_SERVER_KEY = 19;
export const STICK_HTTP_FAIL_CNT = 20;
export const STICK_HTTP_FAIL_RATE = 21;
/** an array */
export const STICK_GPT = 22;
/** an array */
export const STICK_GPC = 23;
/** an array */
export const STICK_GPC_RATE = 24;
export const STICK_GLITCH_CNT = 25;
export const STICK_GLITCH_RATE = 26;
/** number of columns */
export const STICK_COLUMNS = 27;
/** no column, but can be read: ms until the entry expires, 0 if it does not */
export const STICK_EXPIRE = 32;
/** likewise: ms since it was refreshed */
export const STICK_IDLE = 33;
/** likewise: how many sessions and streams track it */
export const STICK_TRACKERS = 34;
export const STICK_EVENT_SESSION = 0;
export const STICK_EVENT_REQUEST = 1;
export const STICK_EVENT_ERROR = 2;
export const STICK_EVENT_FAIL = 3;
export const STICK_EVENT_BYTES_IN = 4;
export const STICK_EVENT_BYTES_OUT = 5;
export const STICK_EVENT_GLITCH = 6;
export const STICK_EVENT_COUNT = 7;
/** 4 bytes in network order */
export const STICK_KEY_IP = 0;
/** 16 bytes in network order */
export const STICK_KEY_IPV6 = 1;
/** 4 bytes, little endian */
export const STICK_KEY_INTEGER = 2;
/** filled up with zeroes */
export const STICK_KEY_STRING = 3;
/** filled up with zeroes */
export const STICK_KEY_BINARY = 4;
/** answer: there is no such entry */
export const STICK_ABSENT = -1;
/** answer: the entry has no such column */
export const STICK_NOT_STORED = -2;

/** Every constant by name: what the loader compares with the addon. */
export const ABI: Readonly<Record<string, number>> = {
  PHASE_CONNECTION,
  PHASE_SESSION,
  PHASE_CONTENT,
  PHASE_REQUEST,
  PHASE_SERVER,
  PHASE_RESPONSE,
  PHASE_AFTER,
  PHASE_END,
  PHASE_SLOT,
  PHASE_TCP_RESPONSE,
  PHASE_ERROR,
  PHASE_PROXY_TLVS,
  PHASE_CONNECTED,
  PHASE_COUNT,
  VERDICT_CONTINUE,
  VERDICT_BACKEND,
  VERDICT_SERVER,
  VERDICT_QUEUE,
  VERDICT_RESPOND,
  VERDICT_REPLY,
  VERDICT_ERROR,
  VERDICT_CLOSE,
  VERDICT_RESET,
  VERDICT_YIELD,
  VERDICT_MORE,
  VERDICT_PAUSE,
  VERDICT_DROP,
  VERDICT_ARG_NONE,
  FACT_SESSION,
  FACT_FRONTEND,
  FACT_BACKEND,
  FACT_SERVER,
  FACT_LISTENER,
  FACT_FLAGS,
  FACT_SRC_FAMILY,
  FACT_SRC_PORT,
  FACT_SRC_ADDR,
  FACT_DST_FAMILY,
  FACT_DST_PORT,
  FACT_DST_ADDR,
  FACT_METHOD,
  FACT_STATUS,
  FACT_VERSION,
  FACT_HEAD_OFF,
  FACT_HEAD_LEN,
  FACT_METHOD_OFF,
  FACT_METHOD_LEN,
  FACT_URI_OFF,
  FACT_URI_LEN,
  FACT_REASON_OFF,
  FACT_REASON_LEN,
  FACT_HEADER_COUNT,
  FACT_HEADER_TABLE,
  FACT_BODY_OFF,
  FACT_BODY_LEN,
  FACT_ATTEMPT,
  FACT_REQUESTS,
  FACT_QUEUE_MS,
  FACT_CONNECT_MS,
  FACT_RESPONSE_MS,
  FACT_TOTAL_MS,
  FACT_REQUEST_MS,
  FACT_IDLE_MS,
  FACT_TERM,
  FACT_BYTES_IN_LO,
  FACT_BYTES_IN_HI,
  FACT_BYTES_OUT_LO,
  FACT_BYTES_OUT_HI,
  FACT_ACCEPT_SEC,
  FACT_ACCEPT_USEC,
  FACT_BODY_SIZE_LO,
  FACT_BODY_SIZE_HI,
  FACT_REQUEST_VERSION,
  FACT_HANDSHAKE_MS,
  FACT_ERRORS,
  FACT_SENT_LO,
  FACT_SENT_HI,
  FACT_RECEIVED_LO,
  FACT_RECEIVED_HI,
  FACT_DATA_MS,
  FACT_TAKE,
  FACT_RETRIES,
  FACT_FAULT_OFF,
  FACT_FAULT_LEN,
  FACT_SPARE,
  FACT_INSPECTED,
  FACT_TIMEOUTS,
  FACT_COUNT,
  FF_RESPONSE,
  FF_REDISPATCH,
  FF_TRUNCATED,
  FF_CLIENT_SHUT,
  FF_REUSED,
  FF_BODY_COMPLETE,
  FF_SERVER_SHUT,
  FF_TIMEOUT,
  FF_KNOWN,
  FF_EMBRYO,
  FF_AGAIN,
  TAKE_SOURCE,
  TAKE_DESTINATION,
  TAKE_RETRIES,
  TAKE_NO_RETRY,
  TAKE_TERM,
  TAKE_TIMEOUT,
  INSPECT_CLIENT_TCP,
  INSPECT_SERVER_TCP,
  INSPECT_SERVER_ADDRESSES,
  INSPECT_CLIENT_ADDRESSES,
  MARK_CLIENT,
  MARK_CLIENT_TOS,
  MARK_SERVER,
  MARK_SERVER_TOS,
  HM_OTHER,
  HM_GET,
  HM_HEAD,
  HM_POST,
  HM_PUT,
  HM_DELETE,
  HM_OPTIONS,
  HM_TRACE,
  HM_CONNECT,
  HM_PATCH,
  EDIT_END,
  EDIT_START_LINE,
  EDIT_DELETE,
  EDIT_REPLACE,
  EDIT_APPEND,
  EDIT_TLV,
  PO_HTTP,
  PO_SPLICE_REQUEST,
  PO_SPLICE_RESPONSE,
  PO_SPLICE_AUTO,
  PO_SERVER_CLOSE,
  PO_CLOSE,
  PO_TCPKA_CLIENT,
  PO_TCPKA_SERVER,
  PO_NOLINGER_CLIENT,
  PO_NOLINGER_SERVER,
  PO_SMART_ACCEPT,
  PO_SMART_CONNECT,
  PO_REDISPATCH,
  PO_ABORT_ON_CLOSE,
  PO_DONT_LOG_NULL,
  PO_HTTP_IGNORE_PROBES,
  PO_REUSE_NEVER,
  PO_REUSE_AGGRESSIVE,
  PO_REUSE_ALWAYS,
  PO_BUFFER_REQUEST,
  PO_NO_DELAY,
  PO_UNSAFE_REQUEST,
  PO_UNSAFE_RESPONSE,
  PO_DISABLED,
  PO_INDEPENDENT_STREAMS,
  PO_CASE_CLIENT,
  PO_CASE_SERVER,
  PO_LOG,
  PO_NOTE_RELEASES,
  RE_CONN_FAILURE,
  RE_EMPTY_RESPONSE,
  RE_JUNK_RESPONSE,
  RE_RESPONSE_TIMEOUT,
  RE_EARLY_REJECTED,
  RE_401,
  RE_403,
  RE_404,
  RE_408,
  RE_421,
  RE_425,
  RE_429,
  RE_500,
  RE_501,
  RE_502,
  RE_503,
  RE_504,
  GO_KEEP_INSECURE,
  GO_ANY_PAYLOAD,
  TO_CLIENT,
  TO_SERVER,
  TO_CONNECT,
  TO_HTTP_REQUEST,
  TO_HTTP_KEEP_ALIVE,
  TO_QUEUE,
  TO_TUNNEL,
  TO_CLIENT_FIN,
  TO_SERVER_FIN,
  TO_TARPIT,
  TO_CHECK,
  TO_CLIENT_HS,
  TO_COUNT,
  SO_SEND_PROXY,
  SO_SEND_PROXY_V2,
  SO_MAP_PORT,
  SO_TRANSPARENT,
  SO_TLVS,
  SO_CRC32C,
  SO_FAST_OPEN,
  SO_OBSERVE_L4,
  SO_OBSERVE_L7,
  SO_NON_STICK,
  SRC_CONFIGURED,
  SRC_OTHER,
  SRC_CLIENT,
  SRC_CLIENT_IP,
  SRC_HEADER,
  OF_SERVER,
  OF_BACKEND,
  OF_FRONTEND,
  OF_LISTENER,
  OF_SESSION,
  OF_ALL,
  LO_ACCEPT_PROXY,
  LO_SHARED,
  LO_UNIX,
  LO_KEEP_TLVS,
  LO_STATS,
  GS_CONNECTIONS,
  GS_CONNECTIONS_MAX,
  GS_STOPPING,
  GS_PIPES_USED,
  GS_PIPES_FREE,
  GS_SESSION_RATE_MAX,
  GS_WORKERS_READY,
  GS_MAXCONN,
  GS_LISTENERS_EPOCH,
  GS_CONN_RATE_LIMIT,
  GS_CONN_RATE,
  GS_SESS_RATE_LIMIT,
  GS_SESS_RATE,
  GS_RELEASES,
  GS_LOGS_DROPPED,
  GS_COUNT,
  PS_SESSIONS,
  PS_SESSIONS_MAX,
  PS_BACKEND_SESSIONS,
  PS_BACKEND_SESSIONS_MAX,
  PS_QUEUED,
  PS_QUEUED_MAX,
  PS_TURN,
  PS_STATE,
  PS_SERVERS_UP,
  PS_EPOCH,
  PS_MAXCONN,
  PS_RATE_MAX,
  PS_LISTENERS,
  PS_RATE_LIMIT,
  PS_CLOSED,
  PS_LOGS,
  PS_RATE,
  PS_SLOT_LEFT,
  PS_COUNT,
  SS_SESSIONS,
  SS_SESSIONS_MAX,
  SS_QUEUED,
  SS_QUEUED_MAX,
  SS_STATE,
  SS_WEIGHT,
  SS_MAXCONN,
  SS_ADMIN,
  SS_IDLE,
  SS_CHECK_STATUS,
  SS_CHECK_CODE,
  SS_CHECK_MS,
  SS_LAST_CHANGE,
  SS_RATE_MAX,
  SS_USED_CONNS,
  SS_OP_STATE,
  SS_USER_WEIGHT,
  SS_INITIAL_WEIGHT,
  SS_THROTTLE,
  SS_ADDR_SEQ,
  SS_ADDR_FAMILY,
  SS_ADDR_PORT,
  SS_ADDR,
  SS_ERRORS_RUN,
  SS_ERRORS_TRIPS,
  SS_ERRORS_LAST,
  SS_COUNT,
  LS_CONNECTIONS,
  LS_MAXCONN,
  LS_LISTENING,
  LS_CONNECTIONS_MAX,
  RR_COUNT,
  LS_COUNT,
  LISTEN_OPEN,
  LISTEN_PAUSED,
  LISTEN_CLOSED,
  SRV_DOWN,
  SRV_UP,
  SRV_DRAIN,
  SRV_MAINT,
  OP_STOPPED,
  OP_STARTING,
  OP_RUNNING,
  OP_STOPPING,
  ADMIN_FORCED_MAINT,
  ADMIN_INHERITED_MAINT,
  ADMIN_CONFIGURED_MAINT,
  ADMIN_FORCED_DRAIN,
  ADMIN_INHERITED_DRAIN,
  ADMIN_RESOLUTION_MAINT,
  ADMIN_HOST_SET,
  ADMIN_MAINT,
  ADMIN_DRAIN,
  HANA_UNKNOWN,
  HANA_L4_OK,
  HANA_L4_ERROR,
  HANA_HTTP_OK,
  HANA_HTTP_STATUS,
  HANA_HTTP_HEADERS,
  HANA_HTTP_RESPONSE,
  HANA_HTTP_READ_ERROR,
  HANA_HTTP_READ_TIMEOUT,
  HANA_HTTP_BROKEN_PIPE,
  CW_PASSES,
  CW_EVENTS,
  CW_ACCEPTED,
  CW_REQUESTS,
  CW_SPLICED_IN,
  CW_SPLICED_OUT,
  CW_COPIED_OUT,
  CW_PIPE_HITS,
  CW_PIPE_MISSES,
  CW_PIPE_DIRTY,
  CW_SPLICE_NO_PIPE,
  CW_SPLICE_NO_FD,
  CW_SPLICE_UNSUPPORTED,
  CW_PIPE_SHRUNK,
  CW_ACCEPT_FAILED,
  CW_LISTENER_PAUSED,
  CW_BUSY_NS,
  CW_SESSIONS,
  CW_CONNECTIONS_MADE,
  CW_CONNECTIONS_REUSED,
  CW_IDLE_DEAD,
  CW_BYTES_IN,
  CW_BYTES_OUT,
  CW_CONN_RATE_MAX,
  CW_ABORTS,
  CW_IDLE_TAKEN_OVER,
  CW_NO_MEMORY,
  CW_RATE_PAUSED,
  CW_LOGS_SENT,
  CW_LOGS_DROPPED,
  CW_DECISIONS,
  CW_DECISION_NS,
  CW_COUNT,
  CF_CONNECTIONS,
  CF_SESSIONS,
  CF_BYTES_IN,
  CF_BYTES_OUT,
  CF_REQUESTS,
  CF_REQ_DENIED,
  CF_RESP_DENIED,
  CF_REQ_ERRORS,
  CF_CONN_DENIED,
  CF_SESS_DENIED,
  CF_RESP_OTHER,
  CF_RESP_1XX,
  CF_RESP_2XX,
  CF_RESP_3XX,
  CF_RESP_4XX,
  CF_RESP_5XX,
  CF_INTERCEPTED,
  CF_RATE_MAX,
  CF_REWRITE_FAILED,
  CF_INTERNAL_ERRORS,
  CF_QUEUE_MS,
  CF_CONNECT_MS,
  CF_RESPONSE_MS,
  CF_TOTAL_MS,
  CF_LATENCY,
  CF_COUNT,
  CB_SESSIONS,
  CB_BYTES_IN,
  CB_BYTES_OUT,
  CB_REQUESTS,
  CB_REQ_DENIED,
  CB_RESP_DENIED,
  CB_CONN_ERRORS,
  CB_RESP_ERRORS,
  CB_RETRIES,
  CB_REDISPATCHES,
  CB_CLIENT_ABORTS,
  CB_SERVER_ABORTS,
  CB_CONNECTS,
  CB_REUSES,
  CB_RESP_OTHER,
  CB_RESP_1XX,
  CB_RESP_2XX,
  CB_RESP_3XX,
  CB_RESP_4XX,
  CB_RESP_5XX,
  CB_LB_TOTAL,
  CB_QUEUE_MS,
  CB_CONNECT_MS,
  CB_RESPONSE_MS,
  CB_TOTAL_MS,
  CB_REWRITE_FAILED,
  CB_INTERNAL_ERRORS,
  CB_LATENCY,
  CB_COUNT,
  CS_SESSIONS,
  CS_BYTES_IN,
  CS_BYTES_OUT,
  CS_REQUESTS,
  CS_RESP_DENIED,
  CS_CONN_ERRORS,
  CS_RESP_ERRORS,
  CS_RETRIES,
  CS_REDISPATCHES,
  CS_CLIENT_ABORTS,
  CS_SERVER_ABORTS,
  CS_CONNECTS,
  CS_REUSES,
  CS_RESP_OTHER,
  CS_RESP_1XX,
  CS_RESP_2XX,
  CS_RESP_3XX,
  CS_RESP_4XX,
  CS_RESP_5XX,
  CS_LB_TOTAL,
  CS_QUEUE_MS,
  CS_CONNECT_MS,
  CS_RESPONSE_MS,
  CS_TOTAL_MS,
  CS_REWRITE_FAILED,
  CS_INTERNAL_ERRORS,
  CS_LAST_SESSION,
  CS_LATENCY,
  CS_COUNT,
  CL_CONNECTIONS,
  CL_SESSIONS,
  CL_BYTES_IN,
  CL_BYTES_OUT,
  CL_REQ_DENIED,
  CL_RESP_DENIED,
  CL_REQ_ERRORS,
  CL_CONN_DENIED,
  CL_SESS_DENIED,
  CL_REWRITE_FAILED,
  CL_INTERNAL_ERRORS,
  CL_COUNT,
  HT_QUEUE,
  HT_CONNECT,
  HT_RESPONSE,
  HT_TOTAL,
  HT_TIMES,
  HT_BUCKETS,
  HT_MAX,
  HT_CELLS,
  STICK_SERVER_ID,
  STICK_GPT0,
  STICK_GPC0,
  STICK_GPC0_RATE,
  STICK_CONN_CNT,
  STICK_CONN_RATE,
  STICK_CONN_CUR,
  STICK_SESS_CNT,
  STICK_SESS_RATE,
  STICK_HTTP_REQ_CNT,
  STICK_HTTP_REQ_RATE,
  STICK_HTTP_ERR_CNT,
  STICK_HTTP_ERR_RATE,
  STICK_BYTES_IN_CNT,
  STICK_BYTES_IN_RATE,
  STICK_BYTES_OUT_CNT,
  STICK_BYTES_OUT_RATE,
  STICK_GPC1,
  STICK_GPC1_RATE,
  STICK_SERVER_KEY,
  STICK_HTTP_FAIL_CNT,
  STICK_HTTP_FAIL_RATE,
  STICK_GPT,
  STICK_GPC,
  STICK_GPC_RATE,
  STICK_GLITCH_CNT,
  STICK_GLITCH_RATE,
  STICK_COLUMNS,
  STICK_EXPIRE,
  STICK_IDLE,
  STICK_TRACKERS,
  STICK_EVENT_SESSION,
  STICK_EVENT_REQUEST,
  STICK_EVENT_ERROR,
  STICK_EVENT_FAIL,
  STICK_EVENT_BYTES_IN,
  STICK_EVENT_BYTES_OUT,
  STICK_EVENT_GLITCH,
  STICK_EVENT_COUNT,
  STICK_KEY_IP,
  STICK_KEY_IPV6,
  STICK_KEY_INTEGER,
  STICK_KEY_STRING,
  STICK_KEY_BINARY,
  STICK_ABSENT,
  STICK_NOT_STORED,
};
