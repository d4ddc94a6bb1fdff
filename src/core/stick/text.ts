/** Tables and entries as the runtime API writes them (management guide: show table). */
import type { StickTable } from '../../config/stick.js';
import { STICK_SERVER_KEY } from '../abi.js';
import type { StickEntry } from '../addon.js';
import { formatIp } from '../ip.js';
import { COLUMNS } from './column.js';

const names = new Map(COLUMNS.map((row) => [row.column, row]));

/** `# table: t, type: ip, size:1024, used:1`. */
export function tableLine({ name, key, size }: Pick<StickTable, 'name' | 'key' | 'size'>, used: number): string {
  return `# table: ${name}, type: ${key}, size:${size}, used:${used}`;
}

/** `0x7f…: key=127.0.0.1 use=0 exp=59987 shard=0 conn_cnt=1`; `serverName` turns the number of a server_key into its text. */
export function entryLine(table: StickTable, entry: StickEntry, serverName: (number: number) => string): string {
  const { address, uses, expire, values } = entry;
  let line = `0x${address.toString(16)}: key=${keyText(table, entry.key)} use=${uses} exp=${expire} shard=0`;
  let at = 0;
  for (const { column, count, period } of table.columns) {
    for (let i = 0; i < count; i++) {
      const value = values[at++]!;
      const shown = column === STICK_SERVER_KEY ? (value > 0 ? serverName(value) : '-') : value;
      line += ` ${elementName(column, i)}${period > 0 ? `(${period})` : ''}=${shown}`;
    }
  }
  return line;
}

/** Elements of arrays have their number in their name: gpc2_rate. */
function elementName(column: number, index: number): string {
  const { name, array } = names.get(column)!;
  return array ? name.replace(/^(gp[ct])/, `$1${index}`) : name;
}

/** A key as commands show and take it. */
export function keyText({ key, keySize }: StickTable, bytes: Uint8Array): string {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, keySize);
  switch (key) {
    case 'ip': return formatIp({ family: 4, bytes: view.subarray(0, 4) });
    case 'ipv6': return formatIp({ family: 6, bytes: view.subarray(0, 16) });
    case 'integer': return String(view.readUInt32LE());
    case 'binary': return view.toString('hex').toUpperCase();
    case 'string': {
      const end = view.indexOf(0);
      return escaped(view.toString('latin1', 0, end < 0 ? keySize : end));
    }
  }
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\x1b': '\\e', '\\': '\\\\', ' ': '\\ ', '=': '\\=' };

function escaped(text: string): string {
  return text.replace(/[^!-<>-[\]-~]/g, (char) => ESCAPES[char] ?? `\\x${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`);
}
