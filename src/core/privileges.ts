/** Options that need rights beyond those of a user. */
import type { Model } from '../config/model.js';

/**
 * A sentence if the configuration presents addresses that are not this machine's (`usesrc`, `bind … transparent`) and the process
 * could not: IP_TRANSPARENT is for root, and is asked for with each connection, when the process has changed its user. null = all is well.
 */
export function missingPrivileges(model: Model, euid: number): string | null {
  const sources = [...model.servers, ...model.proxies].some(({ source }) => source !== null && source.transparent !== null);
  const transparent = sources || model.listeners.some((listener) => listener.transparent);
  if (!transparent) return null;
  if (euid !== 0) return "'usesrc' and 'transparent' need root: start the process as root, or remove them";
  if (sources && (model.global.uid ?? 0) !== 0) {
    return "some configuration options ('usesrc') require full privileges, so the user cannot be changed: remove 'user' and 'uid', or 'usesrc'";
  }
  return null;
}
