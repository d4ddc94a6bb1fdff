/** Look-ups of the input in stick tables (manual, 7.3.1: in_table, table_conn_cnt …). */
import { STICK_ABSENT, STICK_EXPIRE, STICK_IDLE, STICK_SERVER_ID } from '../abi.js';
import type { ArgRow, CompileEnv, ConverterRow, Value } from '../row.js';
import { keyWriter } from '../stick/key.js';
import { LAST_ELEMENT, measured, MEASURES, type Measure } from '../stick/measure.js';

const OWN: ArgRow = { name: 'table', type: 'table', optional: true, own: true };
const INDEX: ArgRow = { name: 'idx', type: 'int' };

/** Leaves the input as a key of the table and gives its length, -1 if it makes none. */
function inputKey(table: number, env: CompileEnv): (value: Value) => number {
  const put = keyWriter(env.model.stickTables[table]!, 'any');
  return (value) => put(value, env.sticks().keys);
}

function measureConverter(measure: Measure): ConverterRow {
  const { name, converter = name, column, does, indexed, doc } = measure;
  const at = indexed === true ? 1 : 0;
  return {
    name: `table_${converter}`, args: [...(indexed === true ? [INDEX] : []), OWN], in: 'any', out: 'int', impure: true, doc: `of the entry of the input: ${doc}`,
    check: (args) => {
      const index = args[0];
      const good = indexed !== true || (typeof index === 'number' && index >= 0 && index <= LAST_ELEMENT);
      return good ? null : { arg: 1, problem: `it must be a number from 0 to ${LAST_ELEMENT}` };
    },
    compile(args, env) {
      const table = args[at] as number;
      const index = indexed === true ? (args[0] as number) : 0;
      const key = inputKey(table, env);
      return (value) => {
        const length = key(value);
        if (length < 0) return undefined;
        const { tables } = env.sticks();
        const answer =
          does === 'read' ? tables.read(table, length, column, index)
          : does === 'increase' ? tables.increase(table, length, column, index, 1)
          : tables.clear(table, length, column, index);
        return measured(measure, answer, 0);
      };
    },
  };
}

/** Of the entry itself; without one the second argument, if it is given. */
function timeConverter(name: string, column: number, doc: string): ConverterRow {
  return {
    name, args: [OWN, { name: 'default', type: 'time', optional: true }], in: 'any', out: 'int', impure: true, doc,
    compile([table, otherwise], env) {
      const key = inputKey(table as number, env);
      const absent = typeof otherwise === 'number' ? otherwise : undefined;
      return (value) => {
        const length = key(value);
        if (length < 0) return undefined;
        const answer = env.sticks().tables.read(table as number, length, column, 0);
        return answer === STICK_ABSENT ? absent : answer;
      };
    },
  };
}

const serverId: Measure = { name: 'server_id', column: STICK_SERVER_ID, does: 'read', doc: 'id of the server that it sticks to' };

const inTable: ConverterRow = {
  name: 'in_table', args: [OWN], in: 'any', out: 'bool', impure: true, doc: 'true if the table has an entry of the input',
  compile([table], env) {
    const key = inputKey(table as number, env);
    return (value) => {
      const length = key(value);
      return length < 0 ? undefined : env.sticks().tables.read(table as number, length, STICK_IDLE, 0) !== STICK_ABSENT;
    };
  },
};

export const stickConverters: readonly ConverterRow[] = [
  inTable, ...MEASURES.map(measureConverter), measureConverter(serverId),
  timeConverter('table_expire', STICK_EXPIRE, 'ms until the entry of the input expires'),
  timeConverter('table_idle', STICK_IDLE, 'ms since the entry of the input was refreshed'),
];
