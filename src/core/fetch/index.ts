import type { FetchRow } from '../row.js';
import { aclFetches } from './acl.js';
import { authorizationFetches } from './authorization.js';
import { clientFetches } from './client.js';
import { connectionFetches } from './connection.js';
import { constantFetches } from './constant.js';
import { cookieFetches } from './cookie.js';
import { distccFetches } from './distcc.js';
import { headerFetches } from './header.js';
import { parameterFetches } from './parameter.js';
import { payloadFetches } from './payload.js';
import { processFetches } from './process.js';
import { proxyFetches } from './proxy.js';
import { proxyTlvFetches } from './proxy_tlv.js';
import { rateFetches } from './rate.js';
import { rdpFetches } from './rdp.js';
import { reasonFetches } from './reason.js';
import { requestFetches } from './request.js';
import { responseFetches } from './response.js';
import { serverFetches } from './server.js';
import { stickFetches } from './stick.js';
import { streamFetches } from './stream.js';
import { tlsHelloFetches } from './tls_hello.js';
import { timerFetches } from './timer.js';
import { variableFetches } from './variable.js';

/** All sample fetches (manual, sections 7.3.2 to 7.3.6). */
export const fetches: readonly FetchRow[] = [
  ...constantFetches, ...processFetches, ...proxyFetches, ...serverFetches, ...clientFetches, ...requestFetches, ...headerFetches,
  ...cookieFetches, ...parameterFetches, ...responseFetches, ...variableFetches, ...authorizationFetches, ...payloadFetches,
  ...rateFetches, ...streamFetches, ...timerFetches, ...connectionFetches, ...proxyTlvFetches, ...rdpFetches, ...tlsHelloFetches, ...distccFetches, ...stickFetches, ...reasonFetches, ...aclFetches,
];
