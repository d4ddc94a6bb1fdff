/** The action do-resolve: a name becomes an address, asked of the main thread's resolver while the session is parked. */
import type { Cursor } from '../../config/cursor.js';
import type { SampleExpression } from '../../config/model.js';
import { VERDICT_CONTINUE, VERDICT_MORE, VERDICT_YIELD } from '../abi.js';
import { parseIp } from '../ip.js';
import type { ActionRow, CompileEnv, Ip } from '../row.js';
import { parseVariable, type VariableName } from '../variable.js';
import { storeIf } from './set_var.js';
import { wanted } from './words.js';

interface Resolve {
  readonly variable: VariableName;
  readonly resolvers: string;
  readonly prefer: 4 | 6;
  readonly name: SampleExpression;
}

/** What the main thread answers (topic `resolve`). */
export interface ResolveAnswer {
  /** null = there is none. */
  readonly address: string | null;
  /** ms for which it need not be asked for again. */
  readonly valid: number;
}

const USAGE = "expects 'do-resolve(<var>,<resolvers>[,ipv4|ipv6]) <expr>'";
const FAMILIES: Readonly<Record<string, 4 | 6 | undefined>> = { ipv4: 4, ipv6: 6 };

/** What stands in the parentheses of the action's name. */
function parseHead(cursor: Cursor): Omit<Resolve, 'name'> | undefined {
  const inside = /\(([^)]*)\)$/.exec(cursor.keyword)?.[1];
  const [name = '', resolvers = '', family = 'ipv6', extra] = (inside ?? '').split(',').map((part) => part.trim());
  const prefer = Object.hasOwn(FAMILIES, family) ? FAMILIES[family] : undefined;
  if (name === '' || resolvers === '' || extra !== undefined) return cursor.error(cursor.keywordSpan, USAGE);
  if (prefer === undefined) return cursor.error(cursor.keywordSpan, `unknown family '${family}'`, "Write 'ipv4' or 'ipv6'.");
  const variable = parseVariable(name);
  if (variable === undefined) return cursor.error(cursor.keywordSpan, `invalid variable name '${name}'`, 'A variable has a scope, a dot and a name: txn.address.');
  cursor.resolvers(resolvers, cursor.keywordSpan);
  return { variable, resolvers, prefer };
}

/** Names that one worker remembers. */
const MOST_REMEMBERED = 4096;

/** Addresses that the main thread has said lately, and those that parked sessions wait for. */
class Known {
  private readonly names = new Map<string, { readonly ip: Ip | null; readonly until: number }>();
  /** By session slot: the answer for the session that waits there. */
  private readonly waiting: ({ readonly session: number; ip: Ip | null | undefined } | undefined)[] = [];

  constructor(private readonly env: CompileEnv, private readonly resolvers: number, private readonly prefer: 4 | 6) {}

  /** undefined: not known. */
  recall(name: string): Ip | null | undefined {
    const known = this.names.get(name);
    return known === undefined || known.until < Date.now() ? undefined : known.ip;
  }

  /** undefined: the session still waits. */
  arrived(session: number): Ip | null | undefined {
    const waits = this.waiting[session >>> 8];
    if (waits?.session !== session) return null;
    if (waits.ip !== undefined) this.waiting[session >>> 8] = undefined;
    return waits.ip;
  }

  async ask(name: string, session: number): Promise<void> {
    const waits: { readonly session: number; ip: Ip | null | undefined } = { session, ip: undefined };
    this.waiting[session >>> 8] = waits;
    waits.ip = await this.answer(name);
    this.env.engine().resume(session >>> 0, VERDICT_MORE);
  }

  private async answer(name: string): Promise<Ip | null> {
    try {
      const { address, valid } = (await this.env.ask('resolve', { resolvers: this.resolvers, name, prefer: this.prefer })) as ResolveAnswer;
      const ip = address === null ? null : (parseIp(address) ?? null);
      if (this.names.size >= MOST_REMEMBERED) this.names.clear();
      if (valid > 0) this.names.set(name, { ip, until: Date.now() + valid });
      return ip;
    } catch {
      return null;
    }
  }
}

export const doResolve: ActionRow<Resolve> = {
  name: 'do-resolve', families: ['tcp-request content', 'http-request'], final: false, doc: 'looks a name up and stores its address in a variable',
  parse(cursor) {
    const head = parseHead(cursor);
    const word = head === undefined ? undefined : wanted(cursor, USAGE);
    const name = word === undefined ? undefined : cursor.expression(word);
    return head === undefined || name === undefined ? undefined : { ...head, name };
  },
  compile({ variable, resolvers, prefer, name }, env) {
    const known = new Known(env, env.model.resolvers.findIndex((section) => section.name === resolvers), prefer);
    const text = env.text(name);
    const store = storeIf(variable, []);
    return (tx) => {
      const host = tx.resumed ? '' : text(tx);
      if (host === undefined) return VERDICT_CONTINUE;
      const ip = tx.resumed ? known.arrived(tx.session) : known.recall(host);
      if (ip === undefined) {
        if (!tx.resumed) void known.ask(host, tx.session);
        return VERDICT_YIELD;
      }
      if (ip !== null) store(tx, ip);
      return VERDICT_CONTINUE;
    };
  },
};
