import type { FetchRow } from '../row.js';
import { authorizationFetches } from './authorization.js';
import { clientFetches } from './client.js';
import { constantFetches } from './constant.js';
import { cookieFetches } from './cookie.js';
import { headerFetches } from './header.js';
import { parameterFetches } from './parameter.js';
import { payloadFetches } from './payload.js';
import { processFetches } from './process.js';
import { proxyFetches } from './proxy.js';
import { requestFetches } from './request.js';
import { responseFetches } from './response.js';
import { serverFetches } from './server.js';
import { variableFetches } from './variable.js';

/** All sample fetches (manual, sections 7.3.2 to 7.3.6). */
export const fetches: readonly FetchRow[] = [
  ...constantFetches, ...processFetches, ...proxyFetches, ...serverFetches, ...clientFetches, ...requestFetches, ...headerFetches,
  ...cookieFetches, ...parameterFetches, ...responseFetches, ...variableFetches, ...authorizationFetches, ...payloadFetches,
];
