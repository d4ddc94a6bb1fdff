import type { Arg, User } from '../../config/model.js';
import type { ArgRow, CompileEnv, FetchRow } from '../row.js';
import { headerName, type HeaderName, type Tx } from '../tx.js';
import { Users } from '../userlist.js';

/** The schemes that HAProxy knows, as they should be written. */
const KNOWN: Readonly<Record<string, string>> = { basic: 'Basic', bearer: 'Bearer' };
const AUTHORIZATION = headerName('authorization');

/** Scheme and the rest of an Authorization header (RFC 9110, section 11.6.2). */
function credentials(tx: Tx, header: HeaderName = AUTHORIZATION): { scheme: string; rest: string } | undefined {
  const value = tx.hasRequest() ? tx.header(header) : undefined;
  const found = value === undefined ? null : /^([^ ]+) +(.+)$/.exec(value);
  return found === null ? undefined : { scheme: found[1]!, rest: found[2]! };
}

/** User and password of Basic authentication (RFC 7617). */
export function basic(tx: Tx): { user: string; password: string } | undefined {
  const found = credentials(tx);
  if (found === undefined || found.scheme.toLowerCase() !== 'basic') return undefined;
  const pair = Buffer.from(found.rest, 'base64').toString('latin1');
  const colon = pair.indexOf(':');
  return colon < 0 ? undefined : { user: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

const users = new WeakMap<CompileEnv, (Users | undefined)[]>();

/** The users of a list, by its place in Model.userlists. */
export function usersOf(env: CompileEnv, list: number): Users {
  let lists = users.get(env);
  if (lists === undefined) users.set(env, (lists = []));
  return (lists[list] ??= new Users(env.model.userlists![list]!));
}

function authenticated(args: readonly Arg[], env: CompileEnv): (tx: Tx) => User | undefined {
  const list = usersOf(env, Number(args[0]));
  return (tx) => {
    const pair = basic(tx);
    return pair === undefined ? undefined : list.authenticated(pair.user, pair.password);
  };
}

const userlist: ArgRow = { name: 'userlist', type: 'userlist' };
const header: ArgRow = { name: 'header', type: 'str', optional: true };

export const authorizationFetches: readonly FetchRow[] = [
  {
    name: 'http_auth_type', args: [], out: 'str', needs: 'request', doc: 'authentication scheme of the request',
    compile: () => (tx) => {
      const scheme = credentials(tx)?.scheme;
      return scheme === undefined ? undefined : KNOWN[scheme.toLowerCase()];
    },
  },
  { name: 'http_auth_user', args: [], out: 'str', needs: 'request', doc: 'user of Basic authentication', compile: () => (tx) => basic(tx)?.user },
  { name: 'http_auth_pass', args: [], out: 'str', needs: 'request', doc: 'password of Basic authentication', compile: () => (tx) => basic(tx)?.password },
  {
    name: 'http_auth_bearer', args: [header], out: 'str', needs: 'request', doc: 'token of Bearer authentication, or what another header holds',
    compile(args) {
      const name = args[0] === undefined || args[0] === null ? undefined : headerName(String(args[0]));
      return (tx) => {
        const found = credentials(tx, name);
        return found !== undefined && found.scheme.toLowerCase() === 'bearer' ? found.rest : undefined;
      };
    },
  },
  {
    name: 'http_auth', args: [userlist], out: 'bool', needs: 'request', doc: 'true if user and password are in the userlist',
    compile(args, env) {
      const find = authenticated(args, env);
      return (tx) => (tx.hasRequest() ? find(tx) !== undefined : undefined);
    },
  },
  {
    name: 'http_auth_group', args: [userlist], out: 'str', needs: 'request', doc: 'the user if the password is right; ACLs compare the groups of the user',
    compile(args, env) {
      const find = authenticated(args, env);
      return (tx) => find(tx)?.name;
    },
    each(args, visit, env) {
      const find = authenticated(args, env);
      return (tx) => {
        const user = find(tx);
        if (user === undefined) return false;
        // A user in no group at all is still found.
        return user.groups.length === 0 ? visit('', tx) : user.groups.some((group) => visit(group, tx));
      };
    },
  },
];
