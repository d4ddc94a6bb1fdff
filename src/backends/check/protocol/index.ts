import { ldap } from './ldap.js';
import { mysql } from './mysql.js';
import { pgsql } from './pgsql.js';
import { redis } from './redis.js';
import type { ProtocolRow } from './row.js';
import { smtp } from './smtp.js';
import { spop } from './spop.js';
import { sslHello } from './ssl_hello.js';

/** Protocols that servers can be checked by, beside HTTP and what tcp-check rules describe. */
export const protocols: readonly ProtocolRow[] = [smtp, mysql, pgsql, redis, ldap, spop, sslHello];
