import { isKnownCriterion, parseAclTests } from './acl.js';
import type { AclScope } from './acl.js';
import type { Span } from './diagnostic.js';
import type { Condition } from './model.js';
import type { Word } from './source.js';
import { didYouMean } from './suggest.js';

/** Conditions behind `if` and `unless`: named and anonymous ACLs, `!`, implicit and, `or` (manual, 7.2). */

/** ACLs that are always there (manual, 7.4), as the words of their definition. */
export const PREDEFINED_ACLS: Readonly<Record<string, readonly string[]>> = {
  TRUE: ['always_true'],
  FALSE: ['always_false'],
  LOCALHOST: ['src', '127.0.0.1/8', '::1'],
  HTTP: ['req.proto_http'],
  'HTTP_1.0': ['req.ver', '1.0'],
  'HTTP_1.1': ['req.ver', '1.1'],
  'HTTP_2.0': ['req.ver', '2.0'],
  'HTTP_3.0': ['req.ver', '3.0'],
  HTTP_CONTENT: ['req.hdr_val(content-length)', 'gt', '0'],
  HTTP_URL_ABS: ['url_reg', '^[^/:]*://'],
  HTTP_URL_SLASH: ['url_beg', '/'],
  HTTP_URL_STAR: ['url', '*'],
  METH_CONNECT: ['method', 'CONNECT'],
  METH_DELETE: ['method', 'DELETE'],
  METH_GET: ['method', 'GET', 'HEAD'],
  METH_HEAD: ['method', 'HEAD'],
  METH_OPTIONS: ['method', 'OPTIONS'],
  METH_POST: ['method', 'POST'],
  METH_PUT: ['method', 'PUT'],
  METH_TRACE: ['method', 'TRACE'],
  RDP_COOKIE: ['req.rdp_cookie_cnt', 'gt', '0'],
  REQ_CONTENT: ['req.len', 'gt', '0'],
  WAIT_END: ['wait_end'],
};

/**
 * The condition of a rule from its words, `if` or `unless` included. undefined after an error, which has been reported; all terms
 * are looked at. Terms are kept in the order of the text: they are evaluated from left to right.
 */
export function parseCondition(words: readonly Word[], scope: AclScope): Condition | undefined {
  const [keyword, ...rest] = words;
  if (keyword === undefined) return undefined;
  const parser = new ConditionWords(rest, keyword.span, scope);
  const condition = parser.any();
  if (condition === undefined) return undefined;
  return keyword.text === 'unless' ? { kind: 'not', term: condition } : condition;
}

class ConditionWords {
  readonly #words: readonly Word[];
  readonly #keyword: Span;
  readonly #scope: AclScope;
  #at = 0;
  #failed = false;

  constructor(words: readonly Word[], keyword: Span, scope: AclScope) {
    this.#words = words;
    this.#keyword = keyword;
    this.#scope = scope;
  }

  any(): Condition | undefined {
    const terms: Condition[] = [];
    let first = true;
    while (this.#at < this.#words.length) {
      const word = this.#words[this.#at] as Word;
      if (isOr(word)) {
        this.#at++;
        const next = this.#words[this.#at];
        // HAProxy takes an alternative without terms for none at all.
        if (first || next === undefined || isOr(next)) this.#warn(word.span, `'${word.text}' has no term on both sides and is ignored`);
        continue;
      }
      first = false;
      const all = this.#all();
      if (all !== undefined) terms.push(all);
    }
    if (this.#failed) return undefined;
    if (terms.length === 0) this.#warn(this.#keyword, 'condition without any term: it never holds');
    return terms.length === 1 ? terms[0] : { kind: 'any', terms };
  }

  /** Terms up to the next `or`; undefined if there is none. */
  #all(): Condition | undefined {
    const terms: Condition[] = [];
    let negated = false;
    for (let word = this.#words[this.#at]; word !== undefined && !isOr(word); word = this.#words[this.#at]) {
      const bangs = /^!*/.exec(word.text)?.[0].length ?? 0;
      if (bangs % 2 === 1) negated = !negated;
      const name = word.text.slice(bangs);
      this.#at++;
      if (name === '') {
        if (this.#words[this.#at] === undefined) this.#warn(word.span, "'!' without a term after it is ignored");
        continue;
      }
      const term = name.startsWith('{') ? this.#anonymous(name, word) : this.#named(name, word, bangs);
      if (term === undefined) this.#failed = true;
      else terms.push(negated ? { kind: 'not', term } : term);
      negated = false;
    }
    return terms.length <= 1 ? terms[0] : { kind: 'all', terms };
  }

  #anonymous(brace: string, open: Word): Condition | undefined {
    const close = this.#words.findIndex((word, i) => i >= this.#at && word.text === '}');
    const inner = this.#words.slice(this.#at, close === -1 ? undefined : close);
    this.#at = close === -1 ? this.#words.length : close + 1;
    if (brace !== '{') return this.#error(open.span, `no such ACL : '${brace}'`, "Put a space behind the '{': braces are words of their own.");
    if (close === -1) {
      const glued = inner.find((word) => word.text.endsWith('}'));
      const advice = glued === undefined ? "End it with ' }'." : "Put a space before the '}': braces are words of their own.";
      return this.#error(glued?.span ?? open.span, "missing closing '}' in condition", advice);
    }
    const end = (this.#words[close] as Word).span.end;
    const tests = parseAclTests(inner, null, { ...open.span, end }, this.#scope);
    if (tests === undefined) return undefined;
    const terms = tests.map((test): Condition => ({ kind: 'test', test }));
    return terms.length === 1 ? terms[0] : { kind: 'any', terms };
  }

  #named(name: string, word: Word, bangs: number): Condition | undefined {
    const { acls } = this.#scope;
    const known = acls.get(name);
    if (known !== undefined) return known;
    const span = { ...word.span, start: word.offsets?.[bangs] ?? word.span.start + bangs };
    const predefined = Object.hasOwn(PREDEFINED_ACLS, name) ? PREDEFINED_ACLS[name] : undefined;
    if (predefined === undefined) return this.#error(span, `no such ACL : '${name}'`, this.#adviceFor(name));
    // Each definition is parsed once for the table that it is used with; its messages, if any, blame the place of use.
    if (!isKnownCriterion(predefined[0] ?? '', this.#scope)) return this.#error(span, `predefined ACL '${name}' is not supported yet`, null);
    const tests = parseAclTests(predefined.map((text) => placed(text, span)), name, span, this.#scope);
    if (tests === undefined) return undefined;
    acls.add(name, tests);
    return acls.get(name);
  }

  #adviceFor(name: string): string | null {
    if (name === '&&' || name === 'and') return "Leave it out: terms that follow each other must all hold.";
    const meant = didYouMean(name, [...this.#scope.acls.names(), ...Object.keys(PREDEFINED_ACLS)]);
    return meant ?? `Define it with 'acl ${/^[A-Za-z0-9_.:-]+$/.test(name) ? name : 'NAME'} ...' above this line.`;
  }

  #error(span: Span, summary: string, advice: string | null): undefined {
    this.#scope.sink.report({ severity: 'alert', summary, advice, span, related: [] });
    this.#failed = true;
    return undefined;
  }

  #warn(span: Span, summary: string): void {
    this.#scope.sink.report({ severity: 'warning', summary, advice: null, span, related: [] });
  }
}

/** A word that isn't in the text, standing for `span`. */
function placed(text: string, span: Span): Word {
  return { text, span, offsets: [...Array.from(text, () => span.start), span.end] };
}

function isOr(word: Word): boolean {
  return word.text === 'or' || word.text === '||';
}
