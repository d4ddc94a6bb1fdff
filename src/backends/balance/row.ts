import type { Proxy } from '../../config/model.js';
import type { CompileEnv } from '../../core/row.js';
import type { Balancer, Farm, Key } from '../backend.js';
import type { Servers } from '../server.js';

/** A balancing algorithm as `balance <name>` names it. */
export interface BalancerRow {
  readonly name: string;
  /** One line for the reference docs. */
  readonly doc: string;
  /** What may follow the name, as the reference shows it. */
  readonly usage?: string;
  /** Only in backends of this mode. */
  readonly mode?: 'http' | 'tcp';
  /** Weights that change at run time take effect; undefined: as the hash-type has it. */
  readonly dynamic?: boolean;
  /** Once per backend and worker; `rebuild` follows before the first choice. */
  make(farm: Farm, servers: Servers, proxy: Proxy): Balancer;
  /** For algorithms that hash something of the request: compiled once per worker. */
  key?(proxy: Proxy, env: CompileEnv): Key;
}
