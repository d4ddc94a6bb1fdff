import type { Condition } from '../../config/model.js';
import type { ArgRow, FetchRow } from '../row.js';

/** As many as HAProxy takes. */
const ACLS = 12;
const args: readonly ArgRow[] = Array.from({ length: ACLS }, (_, i) => ({ name: `acl${i + 1}`, type: 'acl', optional: i > 0 }));

export const aclFetches: readonly FetchRow[] = [
  {
    name: 'acl', args, out: 'bool', needs: 'nothing', doc: 'true if all the named ACLs are; a name after ! is inverted',
    compile(names, env) {
      const terms = names.filter((arg): arg is Condition => typeof arg === 'object' && arg !== null && 'kind' in arg);
      return env.condition({ kind: 'all', terms });
    },
  },
];
