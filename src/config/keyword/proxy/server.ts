import type { ServerDraft } from '../../draft.js';
import { subspan } from '../../source.js';
import type { Word } from '../../source.js';
import type { Walk } from '../../walk.js';
import { parseServerAddress, takesDatagrams } from '../address.js';
import { on } from '../make.js';
import { parseWords } from '../parse_words.js';
import type { ProxyRow } from '../row.js';
import { serverTable } from '../server/index.js';
import type { ServerTarget } from '../server/target.js';

const SERVER_NAME = /^[A-Za-z0-9_.:-]+$/;
const MAX_TEMPLATE = 65536;

function checkName(walk: Walk, word: Word): boolean {
  if (SERVER_NAME.test(word.text)) return true;
  const bad = [...word.text].findIndex((char) => !SERVER_NAME.test(char));
  walk.error(
    subspan(word, bad, bad + 1),
    `character '${word.text[bad] ?? ''}' is not permitted in server name '${word.text}'`,
    "Use letters, digits, '-', '_', '.' and ':'.",
  );
  return false;
}

const server: ProxyRow = on(
  'backend',
  {
    name: 'server',
    args: [
      { name: 'name', type: 'text' },
      { name: 'address', type: 'text' },
    ],
    usage: '<name> <address>[:<port>] [ <option>... ]',
    support: 'yes',
    doc: 'A server to connect to; options follow.',
    parse(walk, target) {
      const name = walk.need('<name> and <addr>[:<port>] as arguments');
      const address = name === undefined ? undefined : walk.need('<name> and <addr>[:<port>] as arguments');
      if (name === undefined || address === undefined || !checkName(walk, name)) return;
      const parsed = parseServerAddress(walk, address);
      if (parsed === undefined) return;
      const words: ServerTarget = { line: 'server', settings: { ...target.settings.server }, id: null, guid: null };
      words.settings.log = { ...words.settings.log, datagram: takesDatagrams(walk, address) };
      parseWords(walk, serverTable, words, `'server ${target.name}/${name.text}'`);
      if (!walk.failed)
        target.servers.push({
          name: name.text,
          address: parsed,
          settings: words.settings,
          id: words.id,
          guid: words.guid,
          span: name.span,
          addressSpan: address.span,
        });
    },
  },
  'no',
  { strict: true },
);

/** `<n>` or `<low>-<high>`; undefined after an error. */
function templateRange(walk: Walk, word: Word): { low: number; high: number } | undefined {
  const match = /^([0-9]{1,6})(?:-([0-9]{1,6}))?$/.exec(word.text);
  const low = match?.[2] === undefined ? 1 : Number(match[1]);
  const high = Number(match?.[2] ?? match?.[1] ?? -1);
  if (match !== null && high >= low && high >= 1 && high <= MAX_TEMPLATE) return { low, high };
  return walk.error(word, `wrong server-template number or range arg '${word.text}'`, 'Write how many servers, or <low>-<high>.');
}

const serverTemplate: ProxyRow = on(
  'backend',
  {
    name: 'server-template',
    usage: '<prefix> { <count> | <low>-<high> } <address>:<port> [ <option>... ]',
    support: 'yes',
    args: [
      { name: 'prefix', type: 'text' },
      { name: 'range', type: 'text' },
      { name: 'address', type: 'text' },
    ],
    doc: 'Several servers that differ in the number that ends their names; options follow.',
    parse(walk, target) {
      const what = '<prefix> <nb | range> <addr>[:<port>] as arguments';
      const prefix = walk.need(what);
      const count = prefix === undefined ? undefined : walk.need(what);
      const address = count === undefined ? undefined : walk.need(what);
      if (prefix === undefined || count === undefined || address === undefined || !checkName(walk, prefix)) return;
      const range = templateRange(walk, count);
      const parsed = range === undefined ? undefined : parseServerAddress(walk, address);
      if (range === undefined || parsed === undefined) return;
      const words: ServerTarget = { line: 'server-template', settings: { ...target.settings.server }, id: null, guid: null };
      parseWords(walk, serverTable, words, `'server-template ${target.name}/${prefix.text}'`);
      if (walk.failed) return;
      for (let i = range.low; i <= range.high; i++) {
        const id: ServerDraft['id'] = words.id === null ? null : { value: words.id.value + i - range.low, span: words.id.span };
        target.servers.push({
          name: `${prefix.text}${i}`,
          address: parsed,
          settings: words.settings,
          id,
          guid: null,
          span: prefix.span,
          addressSpan: address.span,
        });
      }
    },
  },
  'no',
  { strict: true },
);

const defaultServer: ProxyRow = on(
  'backend',
  {
    name: 'default-server',
    args: [{ name: 'option', type: 'rest' }],
    support: 'yes',
    doc: 'Presets options for the server lines below.',
    parse(walk, target) {
      if (walk.done()) walk.error(walk.keywordSpan, "'default-server' expects at least one option");
      parseWords(
        walk,
        serverTable,
        { line: 'default-server', settings: target.settings.server, id: null, guid: null } as ServerTarget,
        `'default-server'`,
      );
    },
  },
  'yes',
  { strict: true },
);

export const serverRows: readonly ProxyRow[] = [server, serverTemplate, defaultServer];
