import type { GlobalDraft } from '../../draft.js';
import { inert, NO_DEFAULT, removed, unsupported } from '../make.js';
import type { KeywordRow } from '../row.js';

type Row = KeywordRow<GlobalDraft>;

/** HAProxy's keywords that only tune what tsproxy has no part of, by the reason why they have no effect. */
const INERT: Readonly<Record<string, string>> = {
  'TLS is not available yet': `acme.scheduler ca-base issuers-chain-path maxsslconn maxsslrate ssl-default-bind-ciphers
    ssl-default-bind-ciphersuites ssl-default-bind-client-sigalgs ssl-default-bind-curves ssl-default-bind-options
    ssl-default-bind-sigalgs ssl-default-server-ciphers ssl-default-server-ciphersuites ssl-default-server-client-sigalgs
    ssl-default-server-curves ssl-default-server-options ssl-default-server-sigalgs ssl-dh-param-file ssl-engine
    ssl-load-extra-del-ext ssl-load-extra-files ssl-mode-async ssl-passphrase-cmd ssl-propquery ssl-provider ssl-provider-path ssl-security-level
    ssl-server-verify ssl-skip-self-issued-ca ocsp-update.disable ocsp-update.maxdelay ocsp-update.mindelay ocsp-update.httpproxy
    ocsp-update.mode noktls tune.ssl.cachesize tune.ssl.capture-buffer-size
    tune.ssl.capture-cipherlist-size tune.ssl.certificate-compression tune.ssl.default-dh-param tune.ssl.force-private-cache
    tune.ssl.hard-maxrecord tune.ssl.keylog tune.ssl.keyupdate-rate-limit tune.ssl.lifetime tune.ssl.maxrecord
    tune.ssl.ocsp-update.maxdelay tune.ssl.ocsp-update.mindelay tune.ssl.ssl-ctx-cache-size`,
  'QUIC is not available yet': `cluster-secret limited-quic harden.reject-privileged-ports.quic
    tune.quic.be.cc.cubic-min-losses tune.quic.be.cc.hystart tune.quic.be.cc.max-frame-loss tune.quic.be.cc.max-win-size
    tune.quic.be.cc.reorder-ratio tune.quic.be.max-idle-timeout tune.quic.be.sec.glitches-threshold tune.quic.be.stream.data-ratio
    tune.quic.be.stream.max-concurrent tune.quic.be.stream.rxbuf tune.quic.be.tx.pacing tune.quic.be.tx.udp-gso
    tune.quic.fe.cc.cubic-min-losses tune.quic.fe.cc.hystart tune.quic.fe.cc.max-frame-loss tune.quic.fe.cc.max-win-size
    tune.quic.fe.cc.reorder-ratio tune.quic.fe.max-idle-timeout tune.quic.fe.sec.glitches-threshold
    tune.quic.fe.sec.retry-threshold tune.quic.fe.sock-per-conn tune.quic.fe.stream.data-ratio
    tune.quic.fe.stream.max-concurrent tune.quic.fe.stream.max-total tune.quic.fe.stream.rxbuf tune.quic.fe.tx.pacing
    tune.quic.fe.tx.udp-gso tune.quic.listen tune.quic.mem.tx-max tune.quic.zero-copy-fwd-send`,
  'HTTP/2 is not available yet': `h2-workaround-bogus-websocket-clients tune.h2.be.glitches-threshold
    tune.h2.be.initial-window-size tune.h2.be.max-concurrent-streams tune.h2.be.max-frames-at-once tune.h2.be.rxbuf
    tune.h2.fe.glitches-threshold tune.h2.fe.initial-window-size tune.h2.fe.max-concurrent-streams
    tune.h2.fe.max-frames-at-once tune.h2.fe.max-rst-at-once tune.h2.fe.max-total-streams tune.h2.fe.rxbuf
    tune.h2.header-table-size tune.h2.log-errors tune.h2.initial-window-size tune.h2.max-concurrent-streams tune.h2.max-frame-size
    tune.h2.zero-copy-fwd-send`,
  'Lua is not available': `lua-prepend-path tune.lua.bool-sample-conversion tune.lua.burst-timeout tune.lua.forced-yield
    tune.lua.log.loggers tune.lua.log.stderr tune.lua.maxmem tune.lua.openlibs tune.lua.service-timeout tune.lua.session-timeout
    tune.lua.task-timeout`,
  'compression is not available yet': 'maxcompcpuusage maxcomprate maxzlibmem tune.comp.maxlevel tune.zlib.memlevel tune.zlib.windowsize',
  'the HTTP client is not available': `httpclient.resolvers.disabled httpclient.resolvers.id httpclient.resolvers.prefer httpclient.retries
    httpclient.ssl.ca-file httpclient.ssl.verify httpclient.timeout.connect`,
  'device detection is not available': `51degrees-allow-unmatched 51degrees-cache-size 51degrees-data-file 51degrees-difference
    51degrees-drift 51degrees-property-name-list 51degrees-property-separator 51degrees-use-performance-graph
    51degrees-use-predictive-graph deviceatlas-json-file deviceatlas-log-level deviceatlas-properties-cookie
    deviceatlas-separator wurfl-cache-size wurfl-data-file wurfl-engine-mode wurfl-information-list wurfl-information-list-separator
    wurfl-patch-file wurfl-useragent-priority`,
  'worker threads are placed by the operating system': `cpu-affinity cpu-map cpu-policy cpu-set thread-group thread-groups
    thread-hard-limit max-threads-per-group tune.takeover-other-tg-connections`,
  'tables are not sent to other machines': 'tune.peers.max-updates-at-once',
  'variables are not limited in size': `tune.vars.check-max-size tune.vars.global-max-size tune.vars.proc-max-size
    tune.vars.reqres-max-size tune.vars.sess-max-size tune.vars.txn-max-size`,
  "it tunes HAProxy's own internals": `anonkey debug.counters expose-deprecated-directives fd-hard-limit
    force-cfg-parser-pause master-worker mworker-max-reloads mworker-prog no-memory-trimming noepoll noevports
    nogetaddrinfo nokqueue nopoll noreuseport prealloc-fd profiling.memory profiling.tasks quick-exit quiet setcap insecure-setuid-wanted
    close-spread-time warn-blocked-traffic-after shm-stats-file shm-stats-file-max-objects stress-level
    tune.applet.zero-copy-forwarding tune.buffers.limit tune.buffers.reserve
    tune.bufsize.large tune.bufsize.small tune.defaults.purge tune.disable-fast-forward
    tune.disable-zero-copy-forwarding tune.epoll.mask-events tune.events.max-events-at-once tune.fail-alloc
    tune.fd.edge-triggered tune.fd.tables tune.glitches.kill.cpu-usage tune.h1.zero-copy-fwd-recv tune.h1.zero-copy-fwd-send tune.http.cookielen
    tune.http.logurilen tune.idletimer tune.listener.default-shards tune.listener.multi-queue
    tune.max-rules-at-once tune.maxpollevents tune.memory.hot-size tune.notsent-lowat.client tune.notsent-lowat.server
    tune.pattern.cache-size tune.pool-high-fd-ratio tune.pool-low-fd-ratio tune.pt.zero-copy-forwarding tune.rcvbuf.backend
    tune.rcvbuf.client tune.rcvbuf.frontend tune.rcvbuf.server tune.recv_enough tune.renice.runtime tune.renice.startup
    tune.ring.queues tune.runqueue-depth tune.sched.low-latency tune.sndbuf.backend tune.sndbuf.client tune.sndbuf.frontend
    tune.sndbuf.server tune.streams-elasticity`,
};

/** Those of them that take `no` and `default`. */
const INERT_PREFIXED: Readonly<Record<string, string>> = {
  "it tunes HAProxy's own internals": 'busy-polling set-dumpable strict-limits',
  'worker threads are placed by the operating system': 'numa-cpu-mapping',
};

/** Keywords that would change what happens to traffic. */
const UNSUPPORTED = `grace harden.reject-privileged-ports.tcp lua-load lua-load-per-thread pp2-never-send-local tune.h1.be.glitches-threshold tune.h1.fe.glitches-threshold`;

const names = (list: string): string[] => list.split(/\s+/);

export const knownGlobalRows: readonly Row[] = [
  ...Object.entries(INERT).flatMap(([why, list]) => names(list).map((name) => inert<GlobalDraft>(name, why, []))),
  ...Object.entries(INERT_PREFIXED).flatMap(([why, list]) => names(list).map((name) => inert<GlobalDraft>(name, why, NO_DEFAULT))),
  ...names(UNSUPPORTED).map((name) => unsupported<GlobalDraft>(name)),
  removed('nbproc', "'nbproc' is not supported any more since HAProxy 2.5, threads are used on multi-processor machines (see 'nbthread')"),
  removed('tune.chksize', "'tune.chksize' is not supported any more"),
];
