import { isBin, toText } from '../compile/cast.js';
import type { FetchRow, Value } from '../row.js';
import type { Tx } from '../tx.js';
import { parseVariable, SCOPES, type Scope } from '../variable.js';

/** The order in which dump_all_vars visits scopes. */
const DUMPED: readonly Scope[] = ['sess', 'txn', 'req', 'res', 'proc'];

const ESCAPES: Readonly<Record<string, string>> = { '"': '\\"', '\\': '\\\\', '\r': '\\r', '\n': '\\n', '\b': '\\b', '\0': '\\0' };

/** Text in quotes, bytes in hexadecimal after an x, everything else as it is. */
function dumped(value: Value): string {
  if (typeof value === 'string') return `"${value.replace(/["\\\r\n\x08\0]/g, (char) => ESCAPES[char]!)}"`;
  if (typeof value === 'boolean') return String(value);
  return isBin(value) ? `x${Buffer.from(value.bin, 'latin1').toString('hex')}` : toText(value);
}

function dump(tx: Tx, scopes: readonly Scope[], prefix: string, delimiter: string): string {
  const lines: string[] = [];
  for (const scope of scopes) {
    for (const [name, value] of tx.variables.all(scope)) if (name.startsWith(prefix)) lines.push(`${scope}.${name}=${dumped(value)}`);
  }
  return lines.join(delimiter);
}

export const variableFetches: readonly FetchRow[] = [
  {
    name: 'var', args: [{ name: 'name', type: 'var' }, { name: 'default', type: 'str', optional: true }], out: 'any', needs: 'nothing',
    doc: 'a variable with the type it was stored with, or the default',
    compile(args) {
      const variable = parseVariable(String(args[0]))!;
      const fallback = args[1] === undefined || args[1] === null ? undefined : String(args[1]);
      return (tx) => tx.variables.get(variable) ?? fallback;
    },
    check: (args) => (parseVariable(String(args[0])) !== undefined ? null : { arg: 0, problem: 'expects a variable: proc, sess, txn, req or res, a dot, a name' }),
  },
  {
    name: 'dump_all_vars',
    args: [{ name: 'scope', type: 'str', optional: true }, { name: 'prefix', type: 'str', optional: true }, { name: 'delimiter', type: 'str', optional: true }],
    out: 'str', needs: 'nothing', doc: 'all variables of a scope, or of all, whose names start with a prefix',
    compile(args, { model }) {
      const scope = String(args[0] ?? '');
      const scopes = scope === '' ? DUMPED : [scope as Scope];
      const prefix = String(args[1] ?? '');
      const delimiter = args[2] === undefined || args[2] === null || args[2] === '' ? ', ' : String(args[2]);
      const { bufsize } = model.global.tune;
      return (tx) => {
        const text = dump(tx, scopes, prefix, delimiter);
        return text.length < bufsize ? text : undefined;
      };
    },
    check: (args) => (['', ...SCOPES].includes(String(args[0] ?? '')) ? null : { arg: 0, problem: `expects one of ${DUMPED.join(', ')}` }),
  },
];
