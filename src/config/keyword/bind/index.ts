/** Words after the address of a `bind` line. */
import type { BindDraft } from '../../draft.js';
import { KeywordTable } from '../table.js';
import { inertWords, trueWords, unsupportedWords } from '../words.js';
import { bindOptionRows } from './options.js';

export const bindTable = new KeywordTable([
  ...bindOptionRows,
  ...inertWords<BindDraft>('worker threads are placed by the operating system', 'thread+1 process+1 shards+1 nice+1'),
  ...inertWords<BindDraft>('it only names the line', 'label+1'),
  ...inertWords<BindDraft>(
    'TLS is not available yet, and this bind line does not ask for it',
    `ca-ignore-err+1 crt-ignore-err+1 ciphers+1 ciphersuites+1
    client-sigalgs+1 sigalgs+1 curves+1 ecdhe+1 force-sslv3 force-tlsv10 force-tlsv11 force-tlsv12 force-tlsv13 no-sslv3 no-tlsv10
    no-tlsv11 no-tlsv12 no-tlsv13 no-tls-tickets tls-tickets no-ca-names prefer-client-ciphers ssl-max-ver+1 ssl-min-ver+1
    tls-ticket-keys+1 no-strict-sni no-alpn allow-0rtt`,
  ),
  ...inertWords<BindDraft>(
    'QUIC is not available yet, and this bind line does not ask for it',
    'quic-cc-algo+1 quic-force-retry quic-socket+1',
  ),
  ...trueWords<BindDraft>('Holds already.', 'no-tfo no-defer-accept'),
  ...unsupportedWords<BindDraft>(`accept-netscaler-cip+1 alpn+1 ca-file+1 ca-sign-file+1 ca-sign-pass+1 ca-verify-file+1 crl-file+1
    crt+1 crt-list+1 default-crt+1 ech+1 generate-certificates idle-ping+1 ktls+1 namespace+1 nbconn+1 npn+1 proto+1
    ssl strict-sni tcp-md5sig+1 verify+1`),
]);
