/** Stick tables of a proxy, and stickiness (manual: stick match, stick on, stick store-request, stick store-response). */
import type { SampleExpression } from '../../model.js';
import type { StickRule } from '../../stick.js';
import type { ProxyDraft } from '../../draft.js';
import type { Walk } from '../../walk.js';
import { parseCondition } from '../condition.js';
import { on } from '../make.js';
import type { ProxyRow } from '../row.js';
import { parseStickTable, STICK_TABLE_USAGE } from '../stick_table.js';

type Kind = StickRule['kind'];

/** The key and the table that follow; the conditions too. One rule for each kind. */
function parseStick(walk: Walk, target: ProxyDraft, kinds: readonly Kind[]): void {
  const word = walk.next();
  if (word === undefined) {
    walk.error(walk.keywordSpan, `'${walk.keyword}' expects a fetch method`, 'Write what the key is made of, such as src.');
    return;
  }
  const key: SampleExpression | undefined = walk.expression(word);
  if (key === undefined) return;
  let table = null;
  if (walk.peek()?.text === 'table') {
    const option = walk.next();
    table = walk.next() ?? null;
    if (table === null) walk.error(option ?? word, `'${walk.keyword}' expects a table name after 'table'`);
  } else if (walk.peek() !== undefined) walk.error(walk.peek() ?? word, `'${walk.keyword}' : unknown keyword '${walk.peek()?.text ?? ''}'`, "Only 'table <name>' and a condition may follow.");
  if (walk.failed) return;
  const condition = parseCondition(walk, kinds.includes('store-response') ? 'stick store-response' : 'stick on');
  walk.skip();
  if (condition === undefined) return;
  const rules = kinds.map((kind) => ({ kind, key, table: -1, condition, span: walk.keywordSpan }));
  target.stickRules.push(...rules);
  walk.tableFor('stick', key, table, (number) => {
    for (const rule of rules) rule.table = number;
  });
}

function stickRow(word: string, kinds: readonly Kind[], doc: string): ProxyRow {
  return on(
    'backend',
    {
      name: `stick ${word}`,
      args: [{ name: 'pattern', type: 'text' }, { name: 'table', type: 'rest', optional: true }],
      usage: '<pattern> [ table <table> ] [ { if | unless } <condition> ]',
      support: 'yes',
      doc,
      parse: (walk, target) => parseStick(walk, target, kinds),
    },
    'no',
    { conditional: true },
  );
}

export const stickRows: readonly ProxyRow[] = [
  on(
    'both',
    {
      name: 'stick-table',
      args: [{ name: 'options', type: 'rest' }],
      usage: `${STICK_TABLE_USAGE} [ peers <section> ]`,
      support: 'yes',
      doc: 'The stick table of the section, shared by all workers.',
      parse(walk, target) {
        const table = parseStickTable(walk, target.name, false);
        if (table !== undefined) walk.site.stick.tables.push(table);
      },
    },
    'no',
  ),
  stickRow('match', ['match'], 'Sends a request to the server that the table has for its key.'),
  stickRow('on', ['match', 'store-request'], "As 'stick match' and 'stick store-request' with the same arguments."),
  stickRow('store-request', ['store-request'], 'Keeps the server that a request went to for its key, once the connection stands.'),
  stickRow('store-response', ['store-response'], 'Keeps the server for a key that is found in its response.'),
];
