import { aliases } from '../../core/compile/alias.js';
import type { LogAlias } from '../log_alias.js';

/** True for log-format aliases that have a meaning here; `%o` only carries flags. */
export function supportsAlias({ name }: LogAlias): boolean {
  return name === 'o' || Object.hasOwn(aliases, name);
}
