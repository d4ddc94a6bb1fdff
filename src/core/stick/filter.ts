import type { StickTable } from '../../config/stick.js';
import type { StickEntry } from '../addon.js';
import { COLUMNS, REPLACED } from './column.js';

/** A number of an entry, as commands name it: `conn_rate`, `gpt[1]`. */
export interface DataPlace {
  readonly column: number;
  /** Element of an array, else 0. */
  readonly index: number;
  /** Place among the values of a StickEntry. */
  readonly at: number;
}

/** Where the table stores what a name stands for, or what is wrong with it. */
export function dataPlace({ columns }: StickTable, text: string): DataPlace | { readonly problem: 'unknown' | 'not stored' } {
  const found = /^([a-z0-9_]+)(?:\[([0-9]+)\])?$/.exec(text);
  const row = COLUMNS.find(({ name }) => name === found?.[1]);
  if (row === undefined) return { problem: 'unknown' };
  let { column } = row;
  let index = Number(found?.[2] ?? 0);
  if (columns.every((other) => other.column !== column)) {
    // The first elements of arrays have the names of single counters, too.
    const array = REPLACED.find((replaced) => replaced.columns.includes(column));
    if (array === undefined) return { problem: 'not stored' };
    index = array.columns.indexOf(column);
    column = array.array;
  }
  let at = 0;
  for (const other of columns) {
    if (other.column === column) return index < other.count ? { column, index, at: at + index } : { problem: 'not stored' };
    at += other.count;
  }
  return { problem: 'not stored' };
}

export const OPERATORS = ['eq', 'ne', 'le', 'ge', 'lt', 'gt'] as const;
export type Operator = (typeof OPERATORS)[number];

/** One `data.<type> <operator> <value>`. */
export interface Filter {
  readonly place: DataPlace;
  readonly operator: Operator;
  readonly value: number;
}

const HOLDS: Readonly<Record<Operator, (a: number, b: number) => boolean>> = {
  eq: (a, b) => a === b, ne: (a, b) => a !== b, le: (a, b) => a <= b, ge: (a, b) => a >= b, lt: (a, b) => a < b, gt: (a, b) => a > b,
};

/** True if an entry passes all filters. */
export function passes({ values }: StickEntry, filters: readonly Filter[]): boolean {
  return filters.every(({ place, operator, value }) => HOLDS[operator](values[place.at]!, value));
}
