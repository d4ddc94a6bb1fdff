/** What is added to a request once its backend is known, after all rules: the unique id, Forwarded, X-Original-To. */
import type { IpNetwork, Model, Proxy } from '../config/model.js';
import { VERDICT_CONTINUE } from './abi.js';
import { rewritten } from './action/rewrite.js';
import { toText } from './compile/cast.js';
import { compileForwarded } from './forwarded.js';
import type { CompileEnv, Ip } from './row.js';
import type { Tx } from './tx.js';
import { isUniqueIdWanted, prepareUniqueIds, uniqueIdOf } from './unique_id.js';

/** True if requests through this proxy may need an addition, or a unique id that something asks for later. To be asked when all rules are compiled. */
export function departs(proxy: Proxy, env: CompileEnv): boolean {
  if (proxy.mode !== 'http') return false;
  return needsUniqueId(proxy, env) || proxy.forwarded !== null || proxy.originalTo !== null;
}

function needsUniqueId({ uniqueIdFormat, uniqueIdHeader }: Proxy, env: CompileEnv): boolean {
  return uniqueIdFormat !== null && (uniqueIdHeader !== null || isUniqueIdWanted(env));
}

function within(ip: Ip, network: IpNetwork): boolean {
  if (ip.family !== network.family) return false;
  for (let bit = 0; bit < network.prefix; bit += 8) {
    const mask = (0xff00 >> Math.min(8, network.prefix - bit)) & 0xff;
    if (((ip.bytes[bit >> 3]! ^ network.bytes[bit >> 3]!) & mask) !== 0) return false;
  }
  return true;
}

/** False if an addition did not fit. */
type Addition = (tx: Tx) => boolean;

function uniqueIdAddition(proxy: Proxy, env: CompileEnv): Addition | null {
  if (!needsUniqueId(proxy, env)) return null;
  const { uniqueIdHeader } = proxy;
  const make = uniqueIdOf(env);
  return (tx) => {
    const id = make(tx);
    return id === undefined || uniqueIdHeader === null || tx.addHeader(uniqueIdHeader, id);
  };
}

function forwardedAddition({ forwarded }: Proxy, env: CompileEnv): Addition | null {
  if (forwarded === null) return null;
  const make = compileForwarded(forwarded, env);
  return (tx) => {
    const text = make(tx);
    return text === '' || tx.addHeader('forwarded', text);
  };
}

/** Either side may ask for it; the backend's words win, and neither must except the address. */
function addOriginalTo(tx: Tx, frontend: Proxy, backend: Proxy): boolean {
  const asked = backend.originalTo ?? frontend.originalTo;
  const ip = asked === null ? undefined : tx.dst();
  if (asked === null || ip === undefined) return true;
  for (const { originalTo } of [frontend, backend]) if (originalTo?.except != null && within(ip, originalTo.except)) return true;
  return tx.addHeader(asked.header, toText(ip));
}

/** The step; null if no proxy of the configuration adds anything. */
export function departureStep(model: Model, env: CompileEnv): ((tx: Tx) => number) | null {
  const { proxies } = model;
  const asks = proxies.map((proxy) => departs(proxy, env));
  if (!asks.includes(true)) return null;
  const ids = proxies.map((proxy) => uniqueIdAddition(proxy, env));
  prepareUniqueIds(env);
  const forwarded = proxies.map((proxy) => forwardedAddition(proxy, env));
  const done = rewritten(env);
  return (tx) => {
    if (!asks[tx.frontend]! && !asks[tx.backend]!) return VERDICT_CONTINUE;
    const ok = (ids[tx.frontend]?.(tx) ?? true) && (forwarded[tx.backend]?.(tx) ?? true) && addOriginalTo(tx, proxies[tx.frontend]!, proxies[tx.backend]!);
    return ok ? VERDICT_CONTINUE : done(tx, false);
  };
}
