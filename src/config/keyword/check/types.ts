/** The kinds of checks and their arguments: `option <type> ...` of proxies, `type <type> ...` of healthcheck sections. */
import type { CheckType, HttpSend } from '../../check_rules.js';
import type { LogFormat } from '../../model.js';
import type { Word } from '../../source.js';
import type { Walk } from '../../walk.js';
import type { Argument, KeywordRow } from '../row.js';
import { ownRules, type CheckOwner } from './rules.js';
import { checkMethod, checkUri, checkVersion } from './send.js';

type Options = Readonly<Record<string, string>>;

interface TypeRow {
  readonly type: CheckType;
  readonly args: readonly Argument[];
  readonly usage?: string;
  readonly doc: string;
  /** Reads the arguments; undefined after an error. */
  parse(walk: Walk, owner: CheckOwner): Options | undefined;
}

const NONE: Options = {};

/** What old configurations write behind the version: header lines. */
function hiddenHeaders(walk: Walk, word: Word): readonly [Word, HttpSend['headers']] {
  const [version = '', ...lines] = word.text.split(/\r?\n/);
  if (lines.length === 0) return [word, []];
  walk.warn(word, `'${walk.keyword}' : hiding headers or body at the end of the version string is deprecated`, "Use 'http-check send hdr <name> <value>' instead.");
  const headers = lines.flatMap((line) => {
    const found = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*)$/.exec(line);
    if (found === null) return [];
    const value = found[2]!;
    return [{ name: found[1]!.toLowerCase(), value: { items: [{ kind: 'text' as const, text: value }], text: value } }];
  });
  return [{ ...word, text: version }, headers];
}

/** `[<method>] <uri> [<version> [<host>]]`: one word alone is the URI. */
function parseHttpchk(walk: Walk): HttpSend | undefined {
  const one = walk.peek(1) === undefined;
  const first = walk.next();
  const second = one ? first : walk.next();
  const whole = walk.next();
  const [version, hidden] = whole === undefined ? [undefined, []] : hiddenHeaders(walk, whole);
  const host = walk.next();
  const method = one || first === undefined ? null : checkMethod(walk, first);
  const uri = second === undefined ? null : checkUri(walk, second);
  const ver = version === undefined ? null : checkVersion(walk, version);
  const format: LogFormat | null | undefined = host === undefined ? null : walk.logFormat(host);
  if (method === undefined || uri === undefined || ver === undefined || format === undefined) return undefined;
  return { method, uri, version: ver, headers: format === null ? hidden : [{ name: 'host', value: format }, ...hidden], body: null };
}

function parseMysql(walk: Walk): Options | undefined {
  const word = walk.next();
  if (word === undefined) return NONE;
  if (word.text !== 'user') return walk.error(word, `'${walk.keyword}' only supports optional values: 'user' (got '${word.text}')`);
  const user = walk.next();
  if (user === undefined || user.text === '') return walk.error(word, `'${walk.keyword} user' expects <username> as argument`);
  const version = walk.next();
  if (version === undefined || VERSIONS.includes(version.text)) return { user: user.text, version: version?.text ?? 'post-41' };
  return walk.error(version, `keyword 'user' only supports 'post-41', 'pre-41' and 'post-80' (got '${version.text}')`);
}
const VERSIONS = ['post-41', 'pre-41', 'post-80'];

function parsePgsql(walk: Walk): Options | undefined {
  const word = walk.next();
  const user = word === undefined ? undefined : walk.next();
  if (word !== undefined && word.text !== 'user') return walk.error(word, `'${walk.keyword}' only supports optional values: 'user'`);
  if (user === undefined || user.text === '') return walk.error(word ?? walk.keywordSpan, `'${walk.keyword}' expects 'user <username>' as argument`);
  return { user: user.text };
}

/** Anything but both words is HAProxy's default. */
function parseSmtp(walk: Walk): Options {
  const hello = walk.next()?.text;
  const domain = walk.next()?.text;
  if (domain === undefined || (hello !== 'HELO' && hello !== 'EHLO')) return { hello: 'HELO', domain: 'localhost' };
  return { hello, domain };
}

const USER: Argument = { name: 'user', type: 'rest' };
const plain = (type: CheckType, doc: string): TypeRow => ({ type, args: [], doc, parse: () => NONE });

const TYPES: readonly TypeRow[] = [
  {
    type: 'httpchk', args: [{ name: 'request', type: 'rest', optional: true }], usage: '[ [<method>] <uri> [ <version> [ <host> ] ] ]',
    doc: 'Checks servers by an HTTP request.',
    parse(walk, owner) {
      const request = parseHttpchk(walk);
      if (request === undefined) return undefined;
      // A line of a section's own begins its rules anew.
      const rules = ownRules(owner, 'http', walk);
      rules.request = request;
      return NONE;
    },
  },
  plain('tcp-check', 'Checks servers by tcp-check rules; without any by a connection, which is the default.'),
  {
    type: 'smtpchk', args: [{ name: 'hello', type: 'rest', optional: true }], usage: '[ { HELO | EHLO } <domain> ]', doc: 'Checks servers by SMTP.',
    parse: parseSmtp,
  },
  {
    type: 'mysql-check', args: [{ ...USER, optional: true }], usage: '[ user <username> [ { post-41 | pre-41 | post-80 } ] ]', doc: 'Checks servers by a MySQL handshake.',
    parse: parseMysql,
  },
  { type: 'pgsql-check', args: [USER], usage: 'user <username>', doc: 'Checks servers by a PostgreSQL start-up message.', parse: parsePgsql },
  plain('redis-check', 'Checks servers by the Redis command PING.'),
  plain('ldap-check', 'Checks servers by an anonymous LDAPv3 bind.'),
  plain('spop-check', 'Checks servers by an SPOP handshake.'),
  plain('ssl-hello-chk', 'Checks servers by an SSLv3 client hello.'),
  plain('external-check', 'Checks servers by a program; see external-check command.'),
];

function choose(walk: Walk, owner: CheckOwner, row: TypeRow): void {
  const options = row.parse(walk, owner);
  if (options === undefined) return;
  owner.check.type = row.type;
  owner.check.options = options;
}

/** `option <type>` rows. */
export function checkOptionRows<Target>(owner: (target: Target) => CheckOwner): KeywordRow<Target>[] {
  return TYPES.map(({ type, args, usage, doc, ...row }) => ({
    name: `option ${type}`, args, doc, support: 'yes', ...(usage === undefined ? {} : { usage }),
    parse: (walk, target) => choose(walk, owner(target), { type, args, doc, ...row }),
  }));
}

/** `type <type>` rows: external programs are for proxies only (manual, 12.9). */
export function checkTypeRows<Target>(owner: (target: Target) => CheckOwner): KeywordRow<Target>[] {
  return TYPES.filter(({ type }) => type !== 'external-check').map((row) => ({
    name: `type ${row.type}`, args: row.args, doc: row.doc, support: 'yes', ...(row.usage === undefined ? {} : { usage: row.usage }),
    parse: (walk, target) => choose(walk, owner(target), row),
  }));
}
