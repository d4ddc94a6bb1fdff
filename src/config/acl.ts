import type { FetchRow } from '../core/row.js';
import type { Span } from './diagnostic.js';
import { castable } from './cast.js';
import { keywordAt, parseDerived, parseExpression } from './expression.js';
import type { ExpressionScope, ParsedExpression } from './expression.js';
import type { AclTest, Condition } from './model.js';
import { PatternReader } from './pattern_reader.js';
import type { PatternScope } from './pattern_reader.js';
import { defaultMethod, matchMethod } from './pattern.js';
import type { MatchMethod } from './pattern.js';
import type { Word } from './source.js';

/** ACLs: `acl NAME CRITERION FLAGS PATTERNS…` and their anonymous form (manual, 7.1). */

export interface AclScope extends ExpressionScope, PatternScope {
  readonly acls: AclTable;
}

/** The ACLs of one proxy. Lines of one name add up in one object, also after its first use. */
export class AclTable {
  readonly #named = new Map<string, { kind: 'any'; terms: Condition[] }>();

  /** Starts with copies of another table's ACLs (those of a defaults section). */
  constructor(inherited?: AclTable) {
    if (inherited === undefined) return;
    for (const [name, acl] of inherited.#named) this.#named.set(name, { kind: 'any', terms: [...acl.terms] });
  }

  get(name: string): Condition | undefined {
    return this.#named.get(name);
  }

  add(name: string, tests: readonly AclTest[]): void {
    let acl = this.#named.get(name);
    if (acl === undefined) {
      acl = { kind: 'any', terms: [] };
      this.#named.set(name, acl);
    }
    for (const test of tests) acl.terms.push({ kind: 'test', test });
  }

  names(): IterableIterator<string> {
    return this.#named.keys();
  }
}

/** Keywords that are a fetch and a matching method in one: `path_beg` is `path -m beg`. */
const SUFFIXES = ['beg', 'dir', 'dom', 'end', 'len', 'reg', 'sub'] as const;
const DERIVED: readonly { readonly fetch: string; readonly suffixes: readonly string[] }[] = [
  ...['base', 'cook', 'hdr', 'path', 'req.cook', 'res.hdr', 'scook', 'shdr', 'url', 'urlp'].map((fetch) => ({ fetch, suffixes: SUFFIXES })),
  { fetch: 'ssl_fc_sni', suffixes: ['end', 'reg'] },
];

export interface DerivedKeyword {
  readonly fetch: string;
  readonly method: string;
}

/** All derived ACL keywords by name. */
export const DERIVED_KEYWORDS: ReadonlyMap<string, DerivedKeyword> = new Map(
  DERIVED.flatMap(({ fetch, suffixes }) => suffixes.map((method): [string, DerivedKeyword] => [`${fetch}_${method}`, { fetch, method }])),
);

/** Adds an `acl` line (its words without the keyword) to the scope's table. */
export function parseAcl(words: readonly Word[], at: Span, scope: AclScope): void {
  const [name, ...rest] = words;
  if (name === undefined) return void report(scope, at, "'acl' expects a name and a criterion", "Write: acl NAME CRITERION [FLAGS] [PATTERNS].");
  const wrong = /[^A-Za-z0-9_.:-]/.exec(name.text);
  if (name.text === '' || wrong !== null) {
    const char = wrong?.[0] ?? '';
    return void report(scope, name.span, `character '${char}' is not permitted in acl name '${name.text}'`, "Names consist of letters, digits, '-', '_', '.' and ':'.");
  }
  if (name.text === 'or') {
    scope.sink.report({
      severity: 'warning', summary: "acl name 'or' will never match", advice: "'or' is used to express a logical disjunction within a condition.",
      span: name.span, related: [],
    });
  }
  const tests = parseAclTests(rest, name.text, at, scope);
  // A broken line still makes its name known: its uses are not to be reported as well.
  scope.acls.add(name.text, tests ?? []);
}

/** Criterion, flags and patterns. Several tests come out where `-i` starts in the middle of the patterns. */
export function parseAclTests(words: readonly Word[], name: string | null, at: Span, scope: AclScope): AclTest[] | undefined {
  const [criterion, ...rest] = words;
  if (criterion === undefined) return report(scope, at, 'missing fetch method in ACL expression', 'Name a sample fetch, such as src or path_beg.');
  if (criterion.text.startsWith('-')) {
    return report(scope, criterion.span, `unknown fetch method '${criterion.text}' in ACL expression`, 'Flags stand behind the sample fetch, before the patterns.');
  }
  const derived = derivedOf(criterion, scope);
  if (derived === undefined) return undefined;
  const parsed = derived === null ? parseExpression(criterion, scope) : derived.parsed;
  if (parsed === undefined) return undefined;
  // A converter behind a derived keyword makes the keyword's own method meaningless.
  const implied = derived === null || parsed.sample.converters.length > 0 ? defaultMethod(parsed.type) : derived.method;
  const reader = new PatternReader(rest, scope);
  if (!reader.flags()) return undefined;
  const method = reader.method ?? implied;
  if (method === null) {
    const summary = `matching method must be specified first (using '-m') when using a sample fetch of this type ('${parsed.type}')`;
    return report(scope, criterion.span, summary, "Add for example '-m str' or '-m bin' behind it.");
  }
  if (!castable(parsed.type, method.on)) {
    const summary = `matching method '${method.name}' cannot be used with fetch keyword '${parsed.sample.fetch}'`;
    return report(scope, reader.methodSpan ?? criterion.span, summary, null);
  }
  const groups = reader.patterns(method, parsed.type === 'meth');
  if (groups === undefined) return undefined;
  const empty = groups.every((group) => group.patterns.length === 0 && group.files.length === 0);
  if (method.patterns && empty && !reader.ended) warnOfNoPattern(criterion, scope);
  const span = { ...criterion.span, end: (rest[rest.length - 1] ?? criterion).span.end };
  if (reader.id !== null && scope.lists?.taken(reader.id) === true) return report(scope, criterion.span, `pattern id ${reader.id} is already used`, 'Choose another number for -u.');
  return groups.map(({ ignoreCase, patterns, files, special, sources, texts }) => {
    const use = { kind: 'acl', name: criterion.text, method: method.name, ignoreCase, span } as const;
    const lists = sources.map(({ file, keyed }) => scope.lists?.file(file, keyed, use) ?? -1);
    if (method.patterns) lists.push(scope.lists?.line(texts, reader.id, use) ?? -1);
    return { name, sample: parsed.sample, method: method.name, span, ignoreCase, patterns, files, special, lists };
  });
}

/** True if the tables have what the criterion starts with, directly or as the base of a derived keyword. */
export function isKnownCriterion(criterion: string, scope: ExpressionScope): boolean {
  const keyword = keywordAt(criterion, 0);
  return scope.tables.fetch(keyword) !== undefined || scope.tables.fetch(DERIVED_KEYWORDS.get(keyword)?.fetch ?? '') !== undefined;
}

/** null: no derived keyword; undefined after an error. */
function derivedOf(criterion: Word, scope: AclScope): { parsed: ParsedExpression; method: MatchMethod | null } | null | undefined {
  const keyword = keywordAt(criterion.text, 0);
  if (scope.tables.fetch(keyword) !== undefined) return null;
  const derived = DERIVED_KEYWORDS.get(keyword);
  if (derived === undefined) return null;
  const fetch: FetchRow | undefined = scope.tables.fetch(derived.fetch);
  if (fetch === undefined) return report(scope, criterion.span, `fetch method '${keyword}' is not supported yet`, null);
  const parsed = parseDerived(criterion, fetch, keyword.length, scope);
  return parsed === undefined ? undefined : { parsed, method: matchMethod(derived.method) ?? null };
}

function warnOfNoPattern(criterion: Word, scope: AclScope): void {
  scope.sink.report({
    severity: 'warning', summary: `parsing acl keyword '${criterion.text}' : no pattern to match against were provided, so this ACL will never match`,
    advice: "Add patterns, or '--' if this is what you want; '-m found' matches for existence only, '-m bool' takes an integer as a boolean.",
    span: criterion.span, related: [],
  });
}

function report(scope: AclScope, span: Span, summary: string, advice: string | null): undefined {
  scope.sink.report({ severity: 'alert', summary, advice, span, related: [] });
  return undefined;
}
