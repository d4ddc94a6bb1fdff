/** Keywords of `crt-store` sections (manual, 12.7). Only what rules use is loaded: the rest waits for TLS. */
import { based } from '../../certificates.js';
import type { CrtStoreDraft } from '../../certificates.js';
import type { Word } from '../../source.js';
import { didYouMean } from '../../suggest.js';
import type { Walk } from '../../walk.js';
import type { KeywordRow } from '../row.js';
import { KeywordTable } from '../table.js';

type Row = KeywordRow<CrtStoreDraft>;

const PARAMETERS = ['crt', 'key', 'alias', 'ocsp', 'issuer', 'sctl', 'ocsp-update', 'acme', 'domains', 'ips', 'jwt', 'generate-dummy', 'keytype', 'bits', 'curves'];

const base = (side: 'crt' | 'key', what: string): Row => ({
  name: `${side}-base`,
  args: [{ name: 'dir', type: 'text' }],
  support: 'yes',
  doc: `Directory in which relative names of ${what} start, instead of the one in global.`,
  parse(walk, { own }) {
    const word = walk.need('<dir> as argument');
    if (word !== undefined) own[side] = word.text;
  },
});

/** The parameters of a load line by their names; undefined after an error. */
function parameters(walk: Walk): ReadonlyMap<string, Word> | undefined {
  const found = new Map<string, Word>();
  for (let word = walk.next(); word !== undefined; word = walk.next()) {
    if (!PARAMETERS.includes(word.text)) {
      walk.error(word, `'load' cannot handle unexpected argument '${word.text}'`, didYouMean(word.text, PARAMETERS) ?? undefined);
      return undefined;
    }
    const value = walk.next();
    if (value === undefined || value.text === '') {
      walk.error(word, `'load' expects a value for '${word.text}'`);
      return undefined;
    }
    if (found.has(word.text)) {
      walk.error(word, `'load' : '${word.text}' is already defined`, 'Keep one of them.');
      return undefined;
    }
    found.set(word.text, value);
  }
  return found;
}

const ON_OFF = ['on', 'off'];

function load(walk: Walk, { name, own }: CrtStoreDraft): void {
  const given = parameters(walk);
  if (given === undefined) return;
  const [crt, key, alias, jwt] = ['crt', 'key', 'alias', 'jwt'].map((parameter) => given.get(parameter)) as [Word?, Word?, Word?, Word?];
  if (crt === undefined) return void walk.error(walk.keywordSpan, "'load' expects a certificate", 'Write: load crt <filename> …');
  if (jwt !== undefined && !ON_OFF.includes(jwt.text)) return void walk.error(jwt, `'jwt' expects 'on' or 'off' (got '${jwt.text}')`);
  if (jwt?.text !== 'on') {
    walk.report({ severity: 'notice', summary: "'load' has no effect: TLS is not available yet", advice: null, span: walk.keywordSpan, related: [] });
    return;
  }
  const { bases, loaded } = walk.site.certificates;
  const path = based(own.crt ?? bases.crt, crt.text);
  const texts = [read(walk, crt, path)];
  if (key !== undefined) texts.push(read(walk, key, based(own.key ?? bases.key, key.text)));
  if (texts.includes(undefined)) return;
  const names = [name === '' ? path : `@${name}/${crt.text}`, ...(alias === undefined ? [] : [`@${name}/${alias.text}`])];
  // The key of the `key` file wins over one in the certificate's file: it comes first.
  loaded.push({ names, pem: texts.reverse().join('\n') });
}

function read(walk: Walk, word: Word, path: string): string | undefined {
  const contents = walk.site.files.read(path);
  if (typeof contents === 'string') return contents;
  walk.error(word, `unable to load '${path}' (${contents.problem})`, 'Check the path and the rights of the file.');
  return undefined;
}

export const crtStoreTable = new KeywordTable<Row>([
  base('crt', 'certificates'),
  base('key', 'private keys'),
  {
    name: 'load',
    args: [{ name: 'parameters', type: 'rest' }],
    usage: `crt <filename> ${PARAMETERS.slice(1).map((parameter) => `[ ${parameter} <value> ]`).join(' ')}`,
    support: 'yes',
    doc: "Loads a certificate and its key; with 'jwt on', rules may use them for tokens. The rest waits for TLS.",
    parse: load,
  },
]);
