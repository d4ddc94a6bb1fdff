/** Keywords of `peers` sections (manual, section 11.2). Their tables work; nothing is sent to other machines. */
import type { PeersDraft } from '../../stick.js';
import { flag, inert } from '../make.js';
import type { KeywordRow } from '../row.js';
import { parseStickTable, STICK_TABLE_USAGE } from '../stick_table.js';
import { KeywordTable } from '../table.js';

type Row = KeywordRow<PeersDraft>;
const ALONE = 'tables are not sent to other machines';

function peerRow(name: 'peer' | 'server'): Row {
  return {
    name,
    args: [
      { name: 'name', type: 'text' },
      { name: 'parameters', type: 'rest', optional: true },
    ],
    support: 'yes',
    doc: `Names this process (localpeer) without effect: ${ALONE}. Other peers are refused.`,
    parse(walk, { peers }) {
      const word = walk.need('<name> as argument');
      if (word !== undefined) peers.push({ name: word.text, span: word.span });
      walk.skip();
    },
  };
}

export const peersTable = new KeywordTable<Row>([
  {
    name: 'table',
    args: [{ name: 'name', type: 'text' }, { name: 'options', type: 'rest' }],
    usage: `<name> ${STICK_TABLE_USAGE}`,
    support: 'yes',
    doc: "A stick table, known to rules as '<section>/<name>'.",
    parse(walk, section) {
      const word = walk.need('<name> as argument');
      const table = word === undefined ? undefined : parseStickTable(walk, `${section.name}/${word.text}`, true);
      if (table !== undefined) walk.site.stick.tables.push(table);
    },
  },
  peerRow('peer'),
  peerRow('server'),
  flag('disabled', 'The section asks for no synchronisation: its peers are not looked at.', (section: PeersDraft) => {
    section.disabled = true;
  }),
  flag('enabled', 'Takes back disabled.', (section: PeersDraft) => {
    section.disabled = false;
  }),
  ...['bind', 'default-bind', 'default-server', 'log', 'shards'].map((name) => inert<PeersDraft>(name, ALONE, [])),
]);
