/** Words of server lines about names: how a name becomes an address while the process runs, and what the server itself is called. */
import { subspan } from '../../source.js';
import type { Word } from '../../source.js';
import type { IpNetwork } from '../../model.js';
import type { Walk } from '../../walk.js';
import { didYouMean } from '../../suggest.js';
import { parseGuid } from '../guid.js';
import { parseNetwork } from '../address.js';
import type { KeywordRow } from '../row.js';
import type { ServerTarget } from './target.js';

type Row = KeywordRow<ServerTarget>;
type Resolve = ServerTarget['settings']['resolve'];

/** The options of resolve-opts, and what each sets. */
const OPTIONS: Readonly<Record<string, Partial<Resolve>>> = {
  'allow-dup-ip': { allowDuplicates: true },
  'prevent-dup-ip': { allowDuplicates: false },
  'ignore-weight': { ignoreWeight: true },
};

/** The parts of a word between commas, each with its place. */
function parts(word: Word): Word[] {
  let at = 0;
  return word.text.split(',').map((text) => {
    const part = { ...word, text, span: subspan(word, at, at + text.length) };
    at += text.length + 1;
    return part;
  });
}

function optionsOf(walk: Walk, word: Word): Partial<Resolve> | undefined {
  const found: Partial<Resolve> = {};
  for (const part of parts(word)) {
    const option = Object.hasOwn(OPTIONS, part.text) ? OPTIONS[part.text] : undefined;
    if (option === undefined) {
      const names = Object.keys(OPTIONS);
      return walk.error(part, `unknown resolve-opts option '${part.text}'`, didYouMean(part.text, names) ?? `Options are ${names.join(', ')}.`);
    }
    Object.assign(found, option);
  }
  return found;
}

function networksOf(walk: Walk, word: Word): IpNetwork[] | undefined {
  const found: IpNetwork[] = [];
  for (const part of parts(word)) {
    const network = parseNetwork(walk, part);
    if (network === undefined) return undefined;
    found.push(network);
  }
  return found;
}

export const serverNameRows: readonly Row[] = [
  {
    name: 'resolvers',
    args: [{ name: 'id', type: 'text' }],
    support: 'yes',
    doc: "The resolvers section by which the server's name is looked up while the process runs.",
    parse(walk, { settings }) {
      const word = walk.need("the name of a 'resolvers' section");
      if (word !== undefined) settings.resolve = { ...settings.resolve, resolvers: { name: word.text, span: word.span } };
    },
  },
  {
    name: 'resolve-prefer',
    args: [{ name: 'family', type: 'enum', values: ['ipv4', 'ipv6'] }],
    support: 'yes',
    doc: 'The kind of address that is preferred; ipv6 unless set.',
    parse(walk, { settings }) {
      const family = walk.oneOf(['ipv4', 'ipv6']);
      if (family !== undefined) settings.resolve = { ...settings.resolve, prefer: family === 'ipv4' ? 4 : 6 };
    },
  },
  {
    name: 'resolve-net',
    args: [{ name: 'networks', type: 'text' }],
    usage: '<network>[,<network>...]',
    support: 'yes',
    doc: 'Networks whose addresses are preferred.',
    parse(walk, { settings }) {
      const word = walk.need('a list of networks');
      const networks = word === undefined ? undefined : networksOf(walk, word);
      if (networks !== undefined) settings.resolve = { ...settings.resolve, networks };
    },
  },
  {
    name: 'resolve-opts',
    args: [{ name: 'options', type: 'text' }],
    usage: '{ allow-dup-ip | prevent-dup-ip | ignore-weight }[,...]',
    support: 'yes',
    doc: 'Whether servers of one name may have the same address, and whether weights of SRV records are left alone.',
    parse(walk, { settings }) {
      const word = walk.need('a list of options');
      const options = word === undefined ? undefined : optionsOf(walk, word);
      if (options !== undefined) settings.resolve = { ...settings.resolve, ...options };
    },
  },
  {
    name: 'slowstart',
    args: [{ name: 'time', type: 'time' }],
    support: 'yes',
    doc: 'Time in which weight and maxconn of a server that came up grow to their full size; 0 = at once.',
    parse(walk, { settings }) {
      const value = walk.time('a time');
      if (value !== undefined) settings.slowstart = value;
    },
  },
  {
    name: 'guid',
    args: [{ name: 'string', type: 'text' }],
    support: 'yes',
    doc: 'Name of the server that is unique in the whole configuration: what statistics are kept by over a restart.',
    parse(walk, target) {
      const guid = parseGuid(walk);
      if (guid === undefined) return;
      if (target.line === 'server') target.guid = guid;
      else walk.error(guid.span, `'guid' option is not accepted in ${target.line} sections`, 'Write it on the server lines.');
    },
  },
];
