/**
 * Rows for configuration keywords: small typed values, listed by the `index.ts` of their family's folder. Parsing, messages, "did
 * you mean", `-dKall` and docs/reference.md read the same rows.
 */
import type { ProxyDraft } from '../draft.js';
import type { Walk } from '../walk.js';

/** One argument of a keyword, as data: shown in the reference, checked in the tests against what parse() takes. */
export interface Argument {
  /** Shown as `<name>`. */
  readonly name: string;
  /** `text`: one word; `rest`: all that follow; `enum`: one of `values`. */
  readonly type: 'int' | 'time' | 'size' | 'text' | 'enum' | 'rest';
  readonly min?: number;
  readonly max?: number;
  readonly values?: readonly string[];
  readonly optional?: boolean;
}

export interface KeywordRow<Target> {
  /** One or several words: "maxconn", "timeout client", "option forwardfor". */
  readonly name: string;
  readonly args: readonly Argument[];
  /** The arguments as the reference shows them, where `args` can't say it. */
  readonly usage?: string;
  /** Among the words behind an address: the word goes on with arguments in parentheses. */
  readonly parens?: true;
  /** Prefixes that may stand in front. */
  readonly prefixes?: readonly ('no' | 'default')[];
  /** One line for the reference docs. */
  readonly doc: string;
  /** What tsproxy does with it: works, is accepted without effect, or is refused. */
  readonly support: Support;
  /** Reads the words after the name and writes to the draft; reports problems to the walk. Words left over are an error. */
  parse(walk: Walk, target: Target): void;
}

/** `yes`: works. `inert`: accepted, listed at notice level. `unsupported`: refused. `removed`: HAProxy itself refuses it. */
export type Support = 'yes' | 'inert' | 'unsupported' | 'removed';

export type Side = 'frontend' | 'backend' | 'both';

/** A keyword of frontend, backend, listen and defaults sections. */
export interface ProxyRow extends KeywordRow<ProxyDraft> {
  readonly side: Side;
  /** In defaults sections: allowed, allowed in named ones, refused. */
  readonly defaults: 'yes' | 'named' | 'no';
  /** In a section without its side HAProxy warns and ignores the line; with `strict` it refuses it. */
  readonly strict?: true;
  /** May be followed by a condition: the arguments end before `if` and `unless`. */
  readonly conditional?: true;
}

/** `usage`, or the arguments written out: `<number>`, `[<time>]`, `{ tcp | http }`. */
export function usageOf(row: { readonly args: readonly Argument[]; readonly usage?: string }): string {
  if (row.usage !== undefined) return row.usage;
  return row.args
    .map((arg) => {
      const text = arg.values === undefined ? `<${arg.name}>` : `{ ${arg.values.join(' | ')} }`;
      const shown = arg.type === 'rest' ? `${text}...` : text;
      return arg.optional ? `[${shown}]` : shown;
    })
    .join(' ');
}
