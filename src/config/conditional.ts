import { splitArguments } from './arguments.js';
import { createToken, EmbeddedActionsParser, EOF, Lexer } from './chevrotain.js';
import type { IRecognitionException, IToken } from './chevrotain.js';
import { PREDICATES } from './predicate.js';
import type { PredicateFacts, PredicateRow } from './predicate.js';
import { didYouMean } from './suggest.js';

/** The condition language of `.if`, `.elif` and `-cc` (manual, 2.4): a small grammar over predicates. */

export type ConditionResult =
  | { readonly value: boolean }
  /** `from` and `to` delimit the words to blame within the text. */
  | { readonly problem: string; readonly advice: string | null; readonly from: number; readonly to: number };

const Blank = createToken({ name: 'Blank', pattern: /[ \t]+/, group: Lexer.SKIPPED });
const And = createToken({ name: 'And', pattern: '&&' });
const Or = createToken({ name: 'Or', pattern: '||' });
const Not = createToken({ name: 'Not', pattern: '!' });
const Open = createToken({ name: 'Open', pattern: '(' });
const Close = createToken({ name: 'Close', pattern: ')', label: "')'" });
const Integer = createToken({ name: 'Integer', pattern: /[-+]?[0-9]+/ });
/** A name and, in the same token, all its arguments: they have their own rules of quoting. */
const Predicate = createToken({
  name: 'Predicate',
  pattern: (text, offset) => {
    const name = /[A-Za-z_][A-Za-z0-9_]*/y;
    name.lastIndex = offset;
    const match = name.exec(text);
    if (match === null) return null;
    const end = name.lastIndex;
    if (text[end] !== '(') return match;
    const list = splitArguments(text, end);
    match[0] = text.slice(offset, 'end' in list ? list.end : text.length);
    return match;
  },
  line_breaks: true,
});
const Junk = createToken({ name: 'Junk', pattern: /[^ \t()!&|]+|[&|]/, line_breaks: true });
const TOKENS = [Blank, And, Or, Not, Open, Close, Integer, Predicate, Junk];

/** Thrown out of the grammar's actions by evaluatePredicate() and caught by evaluateCondition(); never leaves this file. */
class PredicateProblem extends Error {
  constructor(readonly problem: string, readonly advice: string | null, readonly from: number, readonly to: number) {
    super(problem);
  }
}

class ConditionParser extends EmbeddedActionsParser {
  #facts: PredicateFacts = { environment: { has: () => false }, enabled: {} };

  constructor() {
    super(TOKENS);
    this.performSelfAnalysis();
  }

  start(tokens: IToken[], facts: PredicateFacts): boolean {
    this.input = tokens;
    this.#facts = facts;
    return this.any();
  }

  readonly any: () => boolean = this.RULE('any', () => {
    let value = this.SUBRULE(this.all);
    this.MANY(() => {
      this.CONSUME(Or);
      const right = this.SUBRULE2(this.all);
      value ||= right;
    });
    return value;
  });

  readonly all: () => boolean = this.RULE('all', () => {
    let value = this.SUBRULE(this.term);
    this.MANY(() => {
      this.CONSUME(And);
      const right = this.SUBRULE2(this.term);
      value &&= right;
    });
    return value;
  });

  readonly term: () => boolean = this.RULE('term', () => this.OR([
    { ALT: () => { this.CONSUME(Not); return !this.SUBRULE(this.term); } },
    { ALT: () => { this.CONSUME(Open); const value = this.SUBRULE(this.any); this.CONSUME(Close); return value; } },
    { ALT: () => Number(this.CONSUME(Integer).image) !== 0 },
    { ALT: () => { const token = this.CONSUME(Predicate); return this.ACTION(() => evaluatePredicate(token, this.#facts)); } },
  ]));
}

const ROWS: ReadonlyMap<string, PredicateRow> = new Map(PREDICATES.map((row) => [row.name, row]));

function evaluatePredicate(token: IToken, facts: PredicateFacts): boolean {
  const image = token.image;
  const open = image.indexOf('(');
  const name = open === -1 ? image : image.slice(0, open);
  const start = token.startOffset;
  const row = ROWS.get(name);
  if (row === undefined) {
    throw new PredicateProblem(
      `unparsable conditional expression '${image}'`, didYouMean(name, ROWS.keys()) ?? `Known predicates: ${[...ROWS.keys()].join(', ')}.`,
      start, start + name.length,
    );
  }
  const list = open === -1 ? { args: [], end: 0 } : splitArguments(image, open);
  if ('problem' in list) {
    const text = `${list.problem} of predicate '${name}' used in conditional expression`;
    throw new PredicateProblem(text, null, start + list.at, start + image.length);
  }
  const got = list.args.length;
  if (got < row.args && row.args > 1) {
    const text = `missing arguments (got ${got}/${row.args}), type 'string' expected in argument ${got + 1} of predicate '${name}'`;
    throw new PredicateProblem(text, null, start, start + image.length);
  }
  const extra = list.args[row.args];
  if (extra !== undefined) {
    const text = `too many arguments (got ${got}/${row.args}) for predicate '${name}'`;
    throw new PredicateProblem(text, 'Put a comma that belongs to an argument between quotes.', start + extra.from, start + image.length - 1);
  }
  return row.evaluate(list.args.map((argument) => argument.text), facts);
}

let tools: { readonly lexer: InstanceType<typeof Lexer>; readonly parser: ConditionParser } | undefined;

/** Evaluates a condition; an empty one is false. Spaces inside the parentheses of a predicate belong to its arguments. */
export function evaluateCondition(text: string, facts: PredicateFacts): ConditionResult {
  tools ??= { lexer: new Lexer(TOKENS, { positionTracking: 'onlyOffset' }), parser: new ConditionParser() };
  if (text.trim() === '') return { value: false };
  const tokens = tools.lexer.tokenize(text).tokens;
  try {
    const value = tools.parser.start(tokens, facts);
    const error = tools.parser.errors[0];
    return error === undefined ? { value } : explain(error, text);
  } catch (error) {
    if (error instanceof PredicateProblem) return error;
    if (error instanceof RangeError) return { problem: 'conditional expression is nested too deeply', advice: null, from: 0, to: text.length };
    throw error;
  }
}

/** A syntax error in HAProxy's words. */
function explain(error: IRecognitionException, text: string): ConditionResult {
  const ended = error.token.tokenType === EOF;
  const from = ended ? text.length : error.token.startOffset;
  const to = ended ? text.length : from + error.token.image.length;
  const rest = text.slice(from).trim();
  if (error.name === 'NotAllInputParsedException') {
    const problem = `unexpected character '${rest[0] ?? ''}' at the end of conditional expression '${text}'`;
    return { problem, advice: "Combine conditions with '&&' and '||'.", from, to };
  }
  if (error.name === 'MismatchedTokenException') {
    return { problem: `expected ')' after conditional expression '${text.slice(0, from).trim()}'`, advice: null, from, to };
  }
  const problem = ended ? `conditional expression '${text}' ends too early` : `unparsable conditional expression '${rest}'`;
  return { problem, advice: 'A predicate, a number, or a condition between parentheses is expected here.', from, to };
}
