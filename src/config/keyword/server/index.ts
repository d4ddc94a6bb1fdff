/** Words after the address of a `server`, `server-template` or `default-server` line. */
import { KeywordTable } from '../table.js';
import { inertWords, trueWords, unsupportedWords } from '../words.js';
import { checkRows } from './check.js';
import { healthRows } from './health.js';
import { logServerRows } from './log.js';
import { serverNameRows } from './names.js';
import { serverOptionRows } from './options.js';
import type { ServerTarget } from './target.js';
import { transportRows } from './transport.js';

export const serverTable = new KeywordTable([
  ...serverOptionRows,
  ...serverNameRows,
  ...transportRows,
  ...logServerRows,
  ...checkRows,
  ...healthRows,
  ...trueWords<ServerTarget>(
    'Holds already.',
    `no-check-ssl no-check-reuse-pool no-check-sni-auto
    no-send-proxy-v2-ssl no-send-proxy-v2-ssl-cn no-sni-auto no-ssl no-verifyhost`,
  ),
  ...inertWords<ServerTarget>(
    'TLS is not available yet, and this server does not ask for it',
    `allow-0rtt ca-file+1 ciphers+1 ciphersuites+1 client-sigalgs+1
    sigalgs+1 crl-file+1 crt+1 curves+1 force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 no-sslv3 no-tlsv10 no-tlsv11
    no-tlsv12 no-tlsv13 no-tls-tickets tls-tickets no-ssl-reuse ssl-reuse no-renegotiate renegotiate sni+1 sni-auto ssl-max-ver+1
    ssl-min-ver+1 verify+1 verifyhost+1 check-sni+1 check-sni-auto check-alpn+1 npn+1`,
  ),
  ...inertWords<ServerTarget>(
    "it tunes HAProxy's own internals",
    'pool-conn-name+1 check-pool-conn-name+1 shard+1 ws+1',
  ),
  ...unsupportedWords<ServerTarget>(`alpn+1 check-reuse-pool check-ssl 
    idle-ping+1 ktls+1 namespace+1 proto+1
    quic-cc-algo+1 send-proxy-v2-ssl send-proxy-v2-ssl-cn
    ssl strict-maxconn tcp-md5sig+1 usesrc+1`),
]);
