/** Every keyword that the tables know, as text: what `-dKall` prints, in the shape of HAProxy's own lists. */
import { converters } from '../core/convert/index.js';
import { fetches } from '../core/fetch/index.js';
import { DERIVED_KEYWORDS } from './acl.js';
import { actionNames, missingActions } from './keyword/actions.js';
import { bindTable } from './keyword/bind/index.js';
import { globalTable } from './keyword/global/index.js';
import { proxyTable } from './keyword/proxy/index.js';
import type { Support } from './keyword/row.js';
import { usageOf } from './keyword/row.js';
import { KNOWN_CONVERTERS, KNOWN_FETCHES } from './keyword/sample_names.js';
import { SECTIONS } from './keyword/section.js';
import { serverTable } from './keyword/server/index.js';
import { RULE_FAMILIES } from './keyword/families.js';
import type { ArgRow } from '../core/row.js';

interface Listed {
  readonly name: string;
  readonly support: Support;
  readonly usage: string;
}

const MARKS: Readonly<Record<Support, string>> = {
  yes: '',
  inert: ' [no effect]',
  unsupported: ' [not supported yet]',
  removed: ' [removed]',
};

function line({ name, support, usage }: Listed): string {
  return `\t${name}${support === 'yes' && usage !== '' ? ` ${usage}` : ''}${MARKS[support]}`;
}

function block(title: string, rows: readonly Listed[]): string[] {
  return [title, ...[...rows].sort((a, b) => (a.name < b.name ? -1 : 1)).map(line)];
}

function tableRows(
  table: { readonly rows: readonly (Parameters<typeof usageOf>[0] & { readonly name: string; readonly support: Support })[] },
  prefix = '',
): Listed[] {
  return table.rows.map((row) => ({ name: prefix + row.name, support: row.support, usage: usageOf(row) }));
}

function sampleRows(rows: readonly { readonly name: string; readonly args: readonly ArgRow[] }[], known: readonly string[]): Listed[] {
  const names = new Set(rows.map((row) => row.name));
  const missing = known.filter((name) => !names.has(name)).map((name): Listed => ({ name, support: 'unsupported', usage: '' }));
  const present = rows.map((row): Listed => ({
    name:
      row.args.length === 0
        ? row.name
        : `${row.name}(${row.args.map((arg) => (arg.optional === true ? `[${arg.name}]` : arg.name)).join(',')})`,
    support: 'yes',
    usage: '',
  }));
  return [...present, ...missing];
}

function actionRows(): Listed[] {
  return RULE_FAMILIES.flatMap((family) => [
    ...actionNames(family).map((name): Listed => ({ name: `${family} ${name}`, support: 'yes', usage: '' })),
    ...missingActions(family).map((name): Listed => ({ name: `${family} ${name}`, support: 'unsupported', usage: '' })),
  ]);
}

/** The lists, ending with a newline. */
export function knownKeywords(): string {
  const lines = [
    '# List of registered ACL keywords:',
    ...[...DERIVED_KEYWORDS].map(([name, { fetch, method }]) => `${name} = ${fetch} -m ${method}`).sort(),
    '# List of registered configuration keywords:',
    ...block('global', tableRows(globalTable)),
    ...block('listen', [
      ...tableRows(proxyTable),
      ...tableRows(bindTable, 'bind <addr> '),
      ...tableRows(serverTable, 'server <name> <addr> '),
      ...actionRows(),
    ]),
    ...block(
      'other sections',
      SECTIONS.map(({ name, support }) => ({ name, support, usage: '' })),
    ),
    ...block('# List of registered sample converter functions:', sampleRows(converters, KNOWN_CONVERTERS)),
    ...block('# List of registered sample fetch functions:', sampleRows(fetches, KNOWN_FETCHES)),
  ];
  return `${lines.join('\n')}\n`;
}
