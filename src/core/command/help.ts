import { editDistance } from '../../config/suggest.js';
import type { ClientState, CommandRow } from './row.js';
import type { CommandTable } from './table.js';

const COLUMN = 40;
const MOST_SUGGESTED = 5;
/** They end every list, whatever was asked. */
const ALWAYS = ['help', 'prompt', 'quit'];

const helpLine = (row: CommandRow): string => {
  const left = row.usage === undefined ? row.words : `${row.words} ${row.usage}`;
  return `  ${left.padEnd(COLUMN)}: ${row.doc}\n`;
};

function list(title: string, table: CommandTable, client: ClientState, chosen: readonly CommandRow[]): string {
  const ends = table.allowed(client).filter(({ words }) => ALWAYS.includes(words));
  return `${title}\n${[...chosen.filter((row) => !ends.includes(row)), ...ends].map(helpLine).join('')}`;
}

/** `help`, and `help <words>`: the commands that begin with them. */
export function help(table: CommandTable, client: ClientState, words: readonly string[]): string {
  const wanted = words.join(' ');
  const chosen = table.allowed(client).filter((row) => row.words.startsWith(wanted));
  if (words.length > 0 && chosen.length === 0) return unknown(table, client, words);
  return list('The following commands are valid at this level:', table, client, chosen);
}

/** The answer to words that are no command: those that begin alike, else those that are spelt alike, else all. */
export function unknown(table: CommandTable, client: ClientState, words: readonly string[]): string {
  const allowed = table.allowed(client);
  const alike = beginAlike(allowed, words);
  const close = alike.length > 0 ? alike : speltAlike(allowed, words);
  if (close.length > 0) return list('Unknown command, but maybe one of the following ones is a better match:', table, client, close);
  return list('Unknown command. Please enter one of the following commands only:', table, client, allowed);
}

function beginAlike(rows: readonly CommandRow[], words: readonly string[]): CommandRow[] {
  for (let n = words.length; n > 0; n--) {
    const found = rows.filter((row) => `${row.words} `.startsWith(`${words.slice(0, n).join(' ')} `));
    if (found.length > 0) return found;
  }
  return [];
}

function speltAlike(rows: readonly CommandRow[], words: readonly string[]): CommandRow[] {
  return rows
    .map((row) => {
      const own = row.words.split(' ');
      const asked = words.slice(0, own.length).join(' ');
      const most = Math.floor(row.words.length / 3);
      return { row, apart: editDistance(asked, row.words, most), most };
    })
    .filter(({ apart, most }) => apart <= most)
    .sort((a, b) => a.apart - b.apart)
    .slice(0, MOST_SUGGESTED)
    .map(({ row }) => row);
}
