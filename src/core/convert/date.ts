import { checkUnit, inUnit } from '../fetch/process.js';
import type { Arg } from '../../config/model.js';
import type { ConverterRow } from '../row.js';
import { given, onText, optional, required } from './row.js';

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

const two = (value: number, fill = '0'): string => String(value).padStart(2, fill);

/** A moment with its calendar fields, in UTC or local time. */
export interface Moment {
  readonly seconds: number;
  readonly microseconds: number;
  readonly utc: boolean;
}

/** Calendar fields of a moment as a UTC Date: local time is shifted by its offset. */
function calendar(moment: Moment): { date: Date; offset: number } {
  const ms = moment.seconds * 1000;
  const offset = moment.utc ? 0 : -new Date(ms).getTimezoneOffset();
  return { date: new Date(ms + offset * 60_000), offset };
}

type Field = (date: Date, moment: Moment, offset: number) => string;

const dayOfYear = (date: Date): number => Math.floor((Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
const zone: Field = (_date, _moment, offset) => `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`;
const hour12 = (date: Date): number => date.getUTCHours() % 12 || 12;

const FIELDS: Readonly<Record<string, Field>> = {
  Y: (d) => String(d.getUTCFullYear()), y: (d) => two(d.getUTCFullYear() % 100), C: (d) => two(Math.floor(d.getUTCFullYear() / 100)),
  m: (d) => two(d.getUTCMonth() + 1), d: (d) => two(d.getUTCDate()), e: (d) => two(d.getUTCDate(), ' '),
  H: (d) => two(d.getUTCHours()), k: (d) => two(d.getUTCHours(), ' '), I: (d) => two(hour12(d)), l: (d) => two(hour12(d), ' '),
  M: (d) => two(d.getUTCMinutes()), S: (d) => two(d.getUTCSeconds()), p: (d) => (d.getUTCHours() < 12 ? 'AM' : 'PM'),
  a: (d) => DAYS[d.getUTCDay()]!.slice(0, 3), A: (d) => DAYS[d.getUTCDay()]!, b: (d) => MONTHS[d.getUTCMonth()]!.slice(0, 3),
  h: (d) => MONTHS[d.getUTCMonth()]!.slice(0, 3), B: (d) => MONTHS[d.getUTCMonth()]!,
  j: (d) => String(dayOfYear(d)).padStart(3, '0'), u: (d) => String(d.getUTCDay() || 7), w: (d) => String(d.getUTCDay()),
  s: (_d, m) => String(m.seconds), z: zone, Z: (_d, m, offset) => (m.utc || offset === 0 ? 'GMT' : zone(_d, m, offset)),
  n: () => '\n', t: () => '\t', '%': () => '%',
};

const COMPOSED: Readonly<Record<string, string>> = { T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y', F: '%Y-%m-%d', c: '%a %b %e %H:%M:%S %Y', r: '%I:%M:%S %p', x: '%m/%d/%y', X: '%H:%M:%S' };

/** strftime(3) in the C locale; `%3N` gives milliseconds, `%6N` microseconds. */
export function formatDate(format: string, moment: Moment): string {
  const { date, offset } = calendar(moment);
  return format.replace(/%([0-9]?N|.)/g, (all, name: string) => {
    if (name.endsWith('N')) return String(moment.microseconds * 1000).padStart(9, '0').slice(0, Number(name[0]) || 9);
    const composed = COMPOSED[name];
    return composed === undefined ? (FIELDS[name]?.(date, moment, offset) ?? all) : formatDate(composed, moment);
  });
}

/** A date as in HTTP header fields (RFC 9110, section 5.6.7). */
export function httpDate(seconds: number): string {
  return formatDate('%a, %d %b %Y %H:%M:%S GMT', { seconds, microseconds: 0, utc: true });
}

/** Ticks a second by the prefix of the converter's name. */
const SCALES: Readonly<Record<string, number>> = { '': 1, ms_: 1000, us_: 1_000_000 };

function formatted(prefix: string, utc: boolean): ConverterRow {
  const scale = SCALES[prefix]!;
  return {
    name: `${prefix}${utc ? 'utime' : 'ltime'}`, args: [required('format'), optional('offset', 'int')], in: 'int', out: 'str',
    doc: `a date by a strftime format, in ${utc ? 'UTC' : 'local time'}`,
    compile(args) {
      const format = String(args[0]);
      const offset = given(args[1]) ? Number(args[1]) : 0;
      return (value) => {
        const ticks = (value as number) + offset;
        const seconds = Math.floor(ticks / scale);
        return formatDate(format, { seconds, microseconds: (ticks - seconds * scale) * (1_000_000 / scale), utc });
      };
    },
  };
}

const PER_SECOND: Readonly<Record<string, number>> = { s: 1, ms: 1000, us: 1_000_000 };

const toHttpDate: ConverterRow = {
  name: 'http_date', args: [optional('offset', 'int'), optional('unit')], in: 'int', out: 'str', doc: 'a date as in HTTP header fields',
  compile(args: readonly Arg[]) {
    const offset = given(args[0]) ? Number(args[0]) : 0;
    const scale = PER_SECOND[given(args[1]) ? String(args[1]) : 's']!;
    return (value) => {
      const ticks = (value as number) + offset;
      const seconds = Math.floor(ticks / scale);
      // HAProxy writes what is left of a second behind it, without zeros in front.
      return scale === 1 ? httpDate(seconds) : httpDate(seconds).replace(/ GMT$/, `.${ticks - seconds * scale} GMT`);
    };
  },
  check: (args) => checkUnit(args, 1),
};

export const dateConverters: readonly ConverterRow[] = [
  toHttpDate,
  ...Object.keys(SCALES).flatMap((prefix) => [formatted(prefix, true), formatted(prefix, false)]),
  onText('date', 'int', 'seconds since 1970 of an HTTP date', (text) => {
    const ms = Date.parse(/GMT$|[+-][0-9]{4}$/.test(text) ? text : `${text} GMT`);
    return Number.isNaN(ms) ? undefined : inUnit(ms * 1000, 's');
  }),
];
