/** Words of server lines about the connection itself: TCP options and what a PROXY header carries. */
import type { LogFormat, ProxyTlvs } from '../../model.js';
import { didYouMean } from '../../suggest.js';
import { flag, refuse, time } from '../make.js';
import type { KeywordRow } from '../row.js';
import type { ServerTarget } from './target.js';

type Row = KeywordRow<ServerTarget>;

/** Those that need no TLS, and what each sets. */
const PROXY_OPTIONS: Readonly<Record<string, Partial<ProxyTlvs>>> = {
  authority: { authority: true },
  crc32c: { crc32c: true },
  'unique-id': { uniqueId: true },
};
const TLS_OPTIONS = ['ssl', 'cert-cn', 'ssl-cipher', 'cert-sig', 'cert-key'];

const proxyOptions: Row = {
  name: 'proxy-v2-options',
  args: [{ name: 'options', type: 'text' }],
  usage: '{ authority | crc32c | unique-id },[...]*',
  support: 'yes',
  doc: 'What a PROXY header of version 2 carries: the name the client asked for, a checksum, the id of unique-id-format.',
  parse(walk, { settings }) {
    const word = walk.need('a list of options');
    if (word === undefined) return;
    for (const name of word.text.split(',')) {
      const option = Object.hasOwn(PROXY_OPTIONS, name) ? PROXY_OPTIONS[name] : undefined;
      if (option !== undefined) settings.proxyTlvs = { ...settings.proxyTlvs, ...option };
      else if (TLS_OPTIONS.includes(name)) refuse(walk, `proxy-v2-options ${name}`, word.span);
      else walk.error(word, `'proxy-v2-options' : option '${name}' is not implemented`, didYouMean(name, [...Object.keys(PROXY_OPTIONS), ...TLS_OPTIONS]) ?? undefined);
    }
  },
};

/** The type of a TLV in parentheses, 0 to 255, in decimal or with 0x. */
function tlvType(keyword: string): number | null {
  const text = /\((0x[0-9a-f]{1,2}|[0-9]{1,3})\)$/i.exec(keyword)?.[1];
  const type = text === undefined ? 256 : Number(text);
  return type <= 255 ? type : null;
}

const tlvFormat: Row = {
  name: 'set-proxy-v2-tlv-fmt',
  args: [{ name: 'format', type: 'text' }],
  usage: '(<type>) <format>',
  parens: true,
  support: 'yes',
  doc: 'A TLV of that type in PROXY headers of version 2, made by a log-format string for each connection.',
  parse(walk, { settings }) {
    const type = tlvType(walk.keyword);
    if (type === null) {
      walk.error(walk.keywordSpan, `'${walk.keyword}' : invalid TLV ID`, 'Write a number from 0 to 255, as in set-proxy-v2-tlv-fmt(0xE1).');
      return;
    }
    const word = walk.need('a log-format string');
    const format: LogFormat | undefined = word === undefined ? undefined : walk.logFormat(word);
    if (format === undefined) return;
    const formats = [...settings.proxyTlvs.formats.filter((tlv) => tlv.type !== type), { type, format }];
    settings.proxyTlvs = { ...settings.proxyTlvs, formats };
  },
};

export const transportRows: readonly Row[] = [
  time<ServerTarget>('tcp-ut', 'delay', 'How long sent bytes may stay unacknowledged before the connection is closed.', ({ settings }, ms) => {
    settings.userTimeout = ms;
  }),
  flag('tfo', 'Sends what is there with the SYN (TCP Fast Open).', ({ settings }: ServerTarget) => {
    settings.tfo = true;
  }),
  flag('no-tfo', 'Takes back tfo of a default-server line.', ({ settings }: ServerTarget) => {
    settings.tfo = false;
  }),
  proxyOptions,
  tlvFormat,
];
