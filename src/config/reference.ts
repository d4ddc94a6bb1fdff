/** The reference of all keywords, made from the rows: docs/reference.md. Run `node dist/config/reference.js` to write it. */
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { actions } from '../core/action/index.js';
import { converters } from '../core/convert/index.js';
import { fetches } from '../core/fetch/index.js';
import { DERIVED_KEYWORDS } from './acl.js';
import { signature } from './expression.js';
import { missingActions } from './keyword/actions.js';
import { bindTable } from './keyword/bind/index.js';
import { RULE_FAMILIES } from './keyword/families.js';
import { globalTable } from './keyword/global/index.js';
import { httpErrorsTable } from './keyword/http_errors/index.js';
import { logForwardTable } from './keyword/log_forward/index.js';
import { logProfileTable } from './keyword/log_profile/index.js';
import { proxyTable } from './keyword/proxy/index.js';
import { resolversTable } from './keyword/resolvers/index.js';
import { ringTable } from './keyword/ring/index.js';
import { usageOf } from './keyword/row.js';
import type { KeywordRow, ProxyRow, Support } from './keyword/row.js';
import { KNOWN_CONVERTERS, KNOWN_FETCHES } from './keyword/sample_names.js';
import { SECTIONS } from './keyword/section.js';
import { serverTable } from './keyword/server/index.js';
import { userlistTable } from './keyword/userlist/index.js';

type Row = Pick<KeywordRow<never>, 'name' | 'args' | 'usage' | 'prefixes' | 'doc' | 'support'>;

const INTRODUCTION = `# Reference

Made from the keyword tables by \`node dist/config/reference.js\`; a test compares the two.
The meaning is HAProxy's (its configuration manual); a line here says what works and in a few words what it does.
`;

function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

function byName<T extends { readonly name: string }>(rows: readonly T[]): T[] {
  return [...rows].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function keyword(row: Row): string {
  const usage = usageOf(row);
  const prefixes = row.prefixes ?? [];
  const prefix = prefixes.length === 0 ? '' : `[${prefixes.join(' | ')}] `;
  return `\`${prefix}${row.name}${usage === '' ? '' : ` ${usage}`}\``;
}

/** Names that do not work, in two paragraphs. */
function others(rows: readonly Pick<Row, 'name' | 'support'>[]): string {
  const names = (support: Support): string =>
    byName(rows.filter((row) => row.support === support))
      .map((row) => `\`${row.name}\``)
      .join(', ');
  const inert = names('inert');
  const unsupported = names('unsupported');
  return [
    ...(inert === '' ? [] : [`Accepted without effect, listed at notice level: ${inert}.`]),
    ...(unsupported === '' ? [] : [`Refused as not supported yet: ${unsupported}.`]),
  ].join('\n\n');
}

function wordTable(title: string, rows: readonly Row[]): string {
  const working = byName(rows.filter((row) => row.support === 'yes'));
  return `## ${title}\n\n${table(
    ['Keyword', 'Meaning'],
    working.map((row) => [keyword(row), row.doc]),
  )}\n\n${others(rows)}\n`;
}

function sections(row: ProxyRow): string[] {
  const mark = (there: boolean): string => (there ? 'yes' : '-');
  const defaults = row.defaults === 'named' ? 'named' : mark(row.defaults === 'yes');
  return [defaults, mark(row.side !== 'backend'), 'yes', mark(row.side !== 'frontend')];
}

function proxyKeywords(): string {
  const working = byName(proxyTable.rows.filter((row) => row.support === 'yes'));
  const rows = working.map((row) => [keyword(row), ...sections(row), row.doc]);
  return `## Keywords of proxies\n\n${table(['Keyword', 'defaults', 'frontend', 'listen', 'backend', 'Meaning'], rows)}\n\n${others(proxyTable.rows)}\n`;
}

function actionTables(): string {
  const rows = byName(actions).map((row) => [`\`${row.name}\``, row.families.join(', '), row.final ? 'yes' : '-', row.doc]);
  const missing = RULE_FAMILIES.map(
    (family) =>
      `Refused in \`${family}\`: ${
        missingActions(family)
          .map((name) => `\`${name}\``)
          .join(', ') || 'none'
      }.`,
  );
  return `## Actions\n\n${table(['Action', 'Rules', 'Ends the rules', 'Meaning'], rows)}\n\n${missing.join('\n\n')}\n`;
}

function sampleTables(): string {
  const missing = (rows: readonly { readonly name: string }[], known: readonly string[]): string => {
    const names = new Set(rows.map((row) => row.name));
    return others(known.filter((name) => !names.has(name)).map((name) => ({ name, support: 'unsupported' })));
  };
  const fetchRows = byName(fetches).map((row) => [`\`${signature(row)}\``, row.out, row.needs, row.doc]);
  const converterRows = byName(converters).map((row) => [`\`${signature(row)}\``, row.in, row.out, row.doc]);
  const derived = [...DERIVED_KEYWORDS].sort().map(([name, { fetch, method }]) => `\`${name}\` = \`${fetch} -m ${method}\``);
  return [
    `## Sample fetches\n\n${table(['Fetch', 'Type', 'Needs', 'Meaning'], fetchRows)}\n\n${missing(fetches, KNOWN_FETCHES)}\n`,
    `## Converters\n\n${table(['Converter', 'From', 'To', 'Meaning'], converterRows)}\n\n${missing(converters, KNOWN_CONVERTERS)}\n`,
    `## Derived ACL keywords\n\n${derived.join(', ')}.\n`,
  ].join('\n');
}

/** The whole page. */
export function reference(): string {
  return [
    INTRODUCTION,
    wordTable('Keywords of `global`', globalTable.rows),
    proxyKeywords(),
    wordTable('Words of `bind` lines', bindTable.rows),
    wordTable('Words of `server`, `server-template` and `default-server` lines', serverTable.rows),
    wordTable('Keywords of `http-errors` sections', httpErrorsTable.rows),
    wordTable('Keywords of `userlist` sections', userlistTable.rows),
    wordTable('Keywords of `resolvers` sections', resolversTable.rows),
    wordTable('Keywords of `ring` sections', ringTable.rows),
    wordTable('Keywords of `log-profile` sections', logProfileTable.rows),
    wordTable('Keywords of `log-forward` sections', logForwardTable.rows),
    actionTables(),
    sampleTables(),
    `## Other sections\n\n${others(SECTIONS)}\n`,
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  writeFileSync(new URL('../../docs/reference.md', import.meta.url), reference());
}
