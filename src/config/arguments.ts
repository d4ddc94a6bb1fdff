/** Arguments in parentheses, `name(arg1,arg2)`: the second level of quoting (manual, 2.2). */

/** One argument after unquoting; `from` and `to` delimit its raw text, quotes included, within the text it was split from. */
export interface RawArgument {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export type ArgumentList =
  | { readonly args: readonly RawArgument[]; /** Just behind the closing parenthesis. */ readonly end: number }
  | { readonly problem: string; readonly at: number };

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n', r: '\r', t: '\t', ' ': ' ', '\t': '\t', '\\': '\\', "'": "'", '"': '"',
};

/**
 * Splits the arguments that open with the parenthesis at `open`. The list ends at the first `)` outside quotes; quotes protect `,`
 * and `)`, a backslash does not. Spaces belong to the arguments. `()` is no argument at all.
 */
export function splitArguments(text: string, open: number): ArgumentList {
  const args: RawArgument[] = [];
  let from = open + 1;
  let value = '';
  let quote = '';
  let quotedAt = open;
  for (let i = from; i < text.length; i++) {
    const char = text[i] as string;
    const escaped = char === '\\' && quote !== "'" ? ESCAPES[text[i + 1] ?? ''] : undefined;
    if (escaped !== undefined) {
      value += escaped;
      i++;
    } else if (char === quote) {
      quote = '';
    } else if (quote === '' && (char === '"' || char === "'")) {
      quote = char;
      quotedAt = i;
    } else if (quote === '' && (char === ',' || char === ')')) {
      args.push({ text: value, from, to: i });
      value = '';
      from = i + 1;
      if (char === ')') return { args: args.length === 1 && i === open + 1 ? [] : args, end: i + 1 };
    } else {
      value += char;
    }
  }
  return quote === ''
    ? { problem: "expected ')' at the end of the arguments", at: open }
    : { problem: 'unmatched quote in the arguments', at: quotedAt };
}
