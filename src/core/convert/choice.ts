import { toText, typeOf } from '../compile/cast.js';
import type { Arg } from '../../config/model.js';
import { clearVariable, conditionProblem, storeIf } from '../action/set_var.js';
import type { ConverterRow, SampleType } from '../row.js';
import { parseVariable } from '../variable.js';
import { checkVariable, given, optional, required, variableText } from './row.js';

const DESTINATIONS: Readonly<Record<string, () => NodeJS.WritableStream>> = { stdout: () => process.stdout, stderr: () => process.stderr };

/** HAProxy's names of types where they are not ours. */
const TYPE_NAMES: Readonly<Record<SampleType, string>> = {
  bool: 'bool', int: 'sint', addr: 'addr', ipv4: 'ipv4', ipv6: 'ipv6', str: 'str', bin: 'bin', meth: 'meth', any: 'any',
};

const conditionsOf = (args: readonly Arg[]): string[] => args.slice(1).filter(given).map(String);

export const choiceConverters: readonly ConverterRow[] = [
  {
    name: 'iif', args: [required('true'), required('false')], in: 'bool', out: 'str', doc: 'one string for true, another for false',
    compile(args) {
      const yes = String(args[0] ?? '');
      const no = String(args[1] ?? '');
      return (value) => (value === true ? yes : no);
    },
  },
  {
    name: 'strcmp', args: [required('var', 'var')], in: 'str', out: 'int', doc: 'order of the sample and a variable: below, at or above 0',
    compile(args) {
      const other = variableText(args[0]);
      return (value, tx) => {
        const text = other(tx);
        return text === undefined ? undefined : compare(value as string, text);
      };
    },
    check: (args) => checkVariable(args[0], 0),
  },
  {
    name: 'set-var', args: [required('var', 'var'), optional('cond1'), optional('cond2'), optional('cond3'), optional('cond4')],
    in: 'any', out: 'same', impure: true, doc: 'stores the sample in a variable and passes it on',
    compile(args) {
      const store = storeIf(parseVariable(String(args[0]))!, conditionsOf(args));
      return (value, tx) => {
        store(tx, value);
        return value;
      };
    },
    check(args) {
      const wrong = checkVariable(args[0], 0);
      if (wrong !== null) return wrong;
      const at = args.findIndex((arg, i) => i > 0 && given(arg) && conditionProblem(String(arg)) !== null);
      return at < 0 ? null : { arg: at, problem: conditionProblem(String(args[at]))! };
    },
  },
  {
    name: 'unset-var', args: [required('var', 'var')], in: 'any', out: 'same', impure: true, doc: 'removes a variable and passes the sample on',
    compile(args) {
      const clear = clearVariable(parseVariable(String(args[0]))!);
      return (value, tx) => {
        clear(tx);
        return value;
      };
    },
    check: (args) => checkVariable(args[0], 0),
  },
  {
    name: 'debug', args: [optional('prefix'), optional('destination')], in: 'any', out: 'same', impure: true,
    doc: 'writes type and value of the sample to stdout or stderr and passes it on; other destinations keep nothing',
    compile(args) {
      const prefix = given(args[0]) ? String(args[0]) : '';
      const stream = DESTINATIONS[given(args[1]) ? String(args[1]) : '']?.();
      if (stream === undefined) return (value) => value;
      return (value) => {
        stream.write(Buffer.from(`[debug] ${prefix}: type=${TYPE_NAMES[typeOf(value)]} <${toText(value)}>\n`, 'latin1'));
        return value;
      };
    },
  },
];

/** As strcmp(3) on bytes: the difference of the first bytes that differ, else of the lengths. */
function compare(a: string, b: string): number {
  const both = Math.min(a.length, b.length);
  for (let i = 0; i < both; i++) if (a[i] !== b[i]) return a.charCodeAt(i) - b.charCodeAt(i);
  return Math.sign(a.length - b.length);
}
