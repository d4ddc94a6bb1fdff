import { formatIp, parseIpv4, parseIpv6 } from '../ip.js';
import { isInt } from '../int64.js';
import { isIp, toText } from '../compile/cast.js';
import type { ConverterRow, Ip, Value } from '../row.js';
import { onText, required } from './row.js';

/** Values of the Forwarded header field (RFC 7239): parameters of one proxy, nodes and their parts. */

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const PAIR = new RegExp(`^(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\\\x00-\\x08\\x0a-\\x1f\\x7f]|\\\\[\\t\\x20-\\xff])*)")`);

/** Parameters of one element by their lower-case names, quotes taken off; undefined if it is malformed or names one twice. */
function parameters(text: string): Map<string, string> | undefined {
  const found = new Map<string, string>();
  for (let rest = text.trim(); rest !== '';) {
    const pair = PAIR.exec(rest);
    if (pair !== null) {
      const name = pair[1]!.toLowerCase();
      const value = pair[2] ?? pair[3]!.replace(/\\(.)/g, '$1');
      if (found.has(name) || VALUES[name]?.(value) !== true) return undefined;
      found.set(name, value);
      rest = rest.slice(pair[0].length);
    }
    if (rest === '') break;
    if (rest[0] !== ';') return undefined;
    rest = rest.slice(1);
  }
  return found.size === 0 ? undefined : found;
}

interface Node {
  readonly name: Ip | string;
  readonly port: number | string | undefined;
}

const OBFUSCATED = /^_[A-Za-z0-9._-]+$/;

/** An address, `unknown` or an obfuscated name, and perhaps a port (RFC 7239, section 6). */
function parseNode(text: string): Node | undefined {
  const found = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(text);
  const name = found === null ? undefined : nodeName(found[1]!);
  if (found === null || name === undefined) return undefined;
  const port = found[2] === undefined ? undefined : nodePort(found[2]);
  return found[2] !== undefined && port === undefined ? undefined : { name, port };
}

function nodeName(text: string): Ip | string | undefined {
  if (text === 'unknown' || OBFUSCATED.test(text)) return text;
  if (text.startsWith('[')) {
    const v6 = parseIpv6(text.slice(1, -1));
    return v6 === undefined ? undefined : { family: 6, bytes: v6 };
  }
  const v4 = parseIpv4(text);
  return v4 === undefined ? undefined : { family: 4, bytes: v4 };
}

function nodePort(text: string): number | string | undefined {
  if (OBFUSCATED.test(text)) return text;
  return /^[0-9]{1,5}$/.test(text) && Number(text) <= 65535 ? Number(text) : undefined;
}

const isNode = (text: string): boolean => parseNode(text) !== undefined;
const isHost = (text: string): boolean => {
  const found = /^(\[[^\]]*\]|[A-Za-z0-9._~%!$&'()*+,;=-]+)(?::[0-9]*)?$/.exec(text);
  return found !== null && (!found[1]!.startsWith('[') || parseIpv6(found[1]!.slice(1, -1)) !== undefined);
};

/** What each parameter may hold; HAProxy takes no others. */
const VALUES: Readonly<Record<string, (value: string) => boolean>> = {
  proto: (value) => /^https?$/i.test(value), host: isHost, for: isNode, by: isNode,
};

/** Characters of an obfuscated identifier, behind its underscore. */
const HIDDEN = /^[A-Za-z0-9._-]+$/;

function toNodeName(value: Value): string | undefined {
  if (isIp(value)) return value.family === 4 ? formatIp(value) : `[${formatIp(value)}]`;
  const text = toText(value);
  return text === '' ? 'unknown' : HIDDEN.test(text) ? `_${text}` : undefined;
}

function toNodePort(value: Value): string | undefined {
  if (isInt(value)) return value >= 0 && value <= 65535 ? String(value) : undefined;
  const text = toText(value);
  return HIDDEN.test(text) ? `_${text}` : undefined;
}

const build = (name: string, doc: string, convert: (value: Value) => string | undefined): ConverterRow => ({
  name, args: [], in: 'any', out: 'str', doc, compile: () => convert,
});

export const rfc7239Converters: readonly ConverterRow[] = [
  onText('rfc7239_is_valid', 'bool', 'true for a value of a Forwarded header as RFC 7239 has it', (text) => parameters(text) !== undefined),
  {
    name: 'rfc7239_field', args: [required('field')], in: 'str', out: 'str', doc: 'the parameter proto, host, for or by of a Forwarded header',
    compile(args) {
      const name = String(args[0]).toLowerCase();
      return (value) => parameters(value as string)?.get(name);
    },
    check: (args) => (Object.hasOwn(VALUES, String(args[0]).toLowerCase()) ? null : { arg: 0, problem: "expects 'proto', 'host', 'for' or 'by'" }),
  },
  onText('rfc7239_n2nn', 'any', 'the name of a node: an address, unknown or _name', (text) => parseNode(text)?.name),
  onText('rfc7239_n2np', 'any', 'the port of a node: a number or _name', (text) => parseNode(text)?.port),
  build('rfc7239_nn', 'an address or a name as the name of a node', toNodeName),
  build('rfc7239_np', 'a number or a name as the port of a node', toNodePort),
];
