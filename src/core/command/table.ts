import { LEVELS, type ClientState, type CommandRow, type Level } from './row.js';

/** Rows by their words. */
export class CommandTable {
  private readonly rows: ReadonlyMap<string, CommandRow>;
  private readonly longest: number;
  readonly sorted: readonly CommandRow[];

  constructor(rows: readonly CommandRow[]) {
    this.rows = new Map(rows.map((row) => [row.words, row]));
    if (this.rows.size !== rows.length) throw new Error(`two commands have the same words: ${rows.map(({ words }) => words).join(', ')}`);
    this.longest = Math.max(...rows.map(({ words }) => words.split(' ').length));
    this.sorted = [...rows].sort((a, b) => (a.words < b.words ? -1 : 1));
  }

  /** The row with the most words that `words` begins with, and the words behind it. */
  find(words: readonly string[]): { readonly row: CommandRow; readonly args: readonly string[] } | null {
    for (let n = Math.min(this.longest, words.length); n > 0; n--) {
      const row = this.rows.get(words.slice(0, n).join(' '));
      if (row !== undefined) return { row, args: words.slice(n) };
    }
    return null;
  }

  /** What the client may use. */
  allowed(client: ClientState): CommandRow[] {
    return this.sorted.filter((row) => row.hidden !== true && permits(client.level, row.level) && (row.mode === undefined || client[row.mode]));
  }
}

export const permits = (has: Level, needs: Level): boolean => LEVELS.indexOf(has) >= LEVELS.indexOf(needs);
