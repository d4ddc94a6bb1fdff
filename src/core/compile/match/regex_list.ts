import { lowered } from '../../latin1.js';
import { isProblem, literalOf, parseRegex } from '../regex.js';
import { Automaton } from './automaton.js';
import { FEW } from './method.js';

/** Expressions that one text makes worth trying: those whose literal it holds. */
interface Sieve {
  readonly automaton: Automaton;
  /** By literal: the expressions that need it. */
  readonly members: readonly (readonly number[])[];
}

function sieveOf(literals: ReadonlyMap<string, number[]>): Sieve | null {
  return literals.size === 0 ? null : { automaton: new Automaton([...literals.keys()]), members: [...literals.values()] };
}

/**
 * Many regular expressions. Most hold a text without which they can't match: one pass over the value finds which of these it has, and
 * only those expressions are run, besides the ones that have no such text.
 */
export class RegexList {
  private readonly expressions: readonly RegExp[];
  private readonly always: number[] = [];
  private readonly exact: Sieve | null;
  private readonly caseless: Sieve | null;
  /** Expressions run so far. */
  runs = 0;

  constructor(patterns: readonly string[], ignoreCase: boolean) {
    const never = /(?!)/;
    this.expressions = patterns.map((pattern) => {
      const regex = parseRegex(pattern, ignoreCase);
      return isProblem(regex) ? never : regex;
    });
    const exact = new Map<string, number[]>();
    const caseless = new Map<string, number[]>();
    patterns.forEach((pattern, number) => {
      const literal = patterns.length <= FEW ? null : literalOf(pattern, ignoreCase);
      if (literal === null) return void this.always.push(number);
      const key = literal.ignoreCase ? lowered(literal.text) : literal.text;
      const map = literal.ignoreCase ? caseless : exact;
      const members = map.get(key);
      if (members === undefined) map.set(key, [number]);
      else members.push(number);
    });
    this.exact = sieveOf(exact);
    this.caseless = sieveOf(caseless);
  }

  /** Place in the list of the first expression that matches, -1 if none does. */
  first(text: string): number {
    let found = this.firstOf(this.always, text, Infinity);
    if (this.exact !== null) found = this.sieved(this.exact, text, text, found);
    if (this.caseless !== null) found = this.sieved(this.caseless, lowered(text), text, found);
    return found === Infinity ? -1 : found;
  }

  private sieved({ automaton, members }: Sieve, sifted: string, text: string, before: number): number {
    let found = before;
    const seen = new Set<number>();
    automaton.each(sifted, (literal) => {
      if (seen.has(literal)) return;
      seen.add(literal);
      found = this.firstOf(members[literal]!, text, found);
    });
    return found;
  }

  /** The first of some that matches and comes before `limit`. */
  private firstOf(numbers: readonly number[], text: string, limit: number): number {
    for (const number of numbers) {
      if (number >= limit) break;
      this.runs++;
      if (this.expressions[number]!.test(text)) return number;
    }
    return limit;
  }
}
