import type { FieldRow, Source, Subject, Value, ValueType } from './field.js';
import { fields } from './fields.js';

const LETTERS: Readonly<Record<Subject['kind'], string>> = { frontend: 'F', backend: 'B', server: 'S', listener: 'L' };
const OBJECTS: Readonly<Record<Subject['kind'], string>> = { frontend: 'Frontend', backend: 'Backend', server: 'Server', listener: 'Listener' };

/** Meanings of the letters of a row's tags, for JSON. */
const ORIGINS: Readonly<Record<string, string>> = { M: 'Metric', S: 'Status', K: 'Key', C: 'Config', P: 'Product' };
const NATURES: Readonly<Record<string, string>> = {
  A: 'Age', a: 'Avg', C: 'Counter', D: 'Duration', G: 'Gauge', L: 'Limit', M: 'Max', m: 'Min', N: 'Name', O: 'Output', R: 'Rate', T: 'Time',
};
const SCOPES: Readonly<Record<string, string>> = { C: 'Cluster', P: 'Process', S: 'Service', s: 'System' };

/** A value of a table of typed values: of `show stat` and of `show info`. */
interface Typed {
  readonly name: string;
  readonly doc: string;
  readonly type: ValueType;
  readonly tags: string;
}

/** Counters outlive a reload through the stats file; all else does not. */
const tagsOf = ({ tags }: Typed): string => `${tags}${tags[1] === 'C' && tags[0] === 'M' ? 'P' : 'V'}`;

/** Columns for those who may see how things are set up. */
const LEGENDS: readonly string[] = ['addr', 'cookie', 'algo'];

export const valueOf = (source: Source, row: FieldRow, { kind, index }: Subject): Value =>
  source.legends === false && LEGENDS.includes(row.name) ? null : (row[kind]?.(source, index) ?? null);

const quoted = (value: string): string => (/[",\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);

/** The line with the names of the columns. `-` ends those that tools may know by number. */
export const csvHead = (): string => `# ${fields.map(({ name }) => name).join(',')},-,\n`;

export function csvLine(source: Source, subject: Subject): string {
  let line = '';
  for (const row of fields) line += `${csvValue(valueOf(source, row, subject))},`;
  return `${line}-,\n`;
}

const csvValue = (value: Value): string => (value === null ? '' : typeof value === 'number' ? String(value) : quoted(value));

/** One value as `<object>.<proxy>.<id>.<position>.<name>.<process>:<tags>:<type>:<value>`. */
export function typedLines(source: Source, subject: Subject, describe: boolean): string {
  const { model } = source.readings;
  const place = `${LETTERS[subject.kind]}.${model.proxies[subject.proxy]!.id}.${idOf(source, subject)}`;
  let lines = '';
  for (const [position, row] of fields.entries()) {
    const value = valueOf(source, row, subject);
    if (value !== null) lines += `${place}.${typedLine(row, position, value, describe)}`;
  }
  return lines;
}

export function typedLine(row: Typed, position: number, value: number | string, describe: boolean): string {
  return `${position}.${row.name}.1:${tagsOf(row)}:${row.type}:${value}${describe ? `:${JSON.stringify(row.doc)}` : ''}\n`;
}

function idOf({ readings: { model } }: Source, { kind, index }: Subject): number {
  if (kind === 'server') return model.servers[index]!.id;
  return kind === 'listener' ? model.listeners[index]!.id : 0;
}

/** The values of a subject as one JSON array, as HAProxy's schema has them. */
export function jsonObject(source: Source, subject: Subject): string {
  const head = { objType: OBJECTS[subject.kind], proxyId: source.readings.model.proxies[subject.proxy]!.id, id: idOf(source, subject) };
  const values: object[] = [];
  for (const [position, row] of fields.entries()) {
    const value = valueOf(source, row, subject);
    if (value !== null) values.push({ ...head, ...jsonValue(row, position, value) });
  }
  return JSON.stringify(values);
}

export function jsonValue(row: Typed, position: number, value: number | string): object {
  const [origin, nature, scope] = row.tags as unknown as [string, string, string];
  return {
    field: { pos: position, name: row.name },
    processNum: 1,
    tags: { origin: ORIGINS[origin], nature: NATURES[nature], scope: SCOPES[scope] },
    value: { type: row.type, value },
  };
}
