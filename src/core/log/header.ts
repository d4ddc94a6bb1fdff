/** What stands before the text of a message, by the format of its receiver (manual: log). */
import type { MessageFormat } from '../../config/log.js';
import { LEVELS } from './level.js';
import type { LogSink } from './sink.js';

/** What headers name. */
export interface HeaderNames {
  /** null: none is to be sent. */
  readonly hostname: string | null;
  readonly tag: string;
  readonly pid: number | string;
  readonly facility: number;
}

/** Writes a header. `micros` is the time, microseconds since 1970; `data` is structured data, '' = none. */
export type WriteHeader = (sink: LogSink, level: number, micros: number, data: string) => void;

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (value: number): string => String(value).padStart(2, '0');

/** Text that changes once a second. */
class EachSecond {
  private second = -1;
  private text = '';

  constructor(private readonly make: (date: Date) => string) {}

  at(micros: number): string {
    const second = Math.floor(micros / 1e6);
    if (second !== this.second) {
      this.second = second;
      this.text = this.make(new Date(second * 1000));
    }
    return this.text;
  }
}

/** The date of RFC 3164, in local time. */
const oldDate = (date: Date): string =>
  `${MONTHS[date.getMonth()]} ${String(date.getDate()).padStart(2)} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;

const isoSeconds = (date: Date): string =>
  `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.`;

function offset(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Writes dates of RFC 3339 with microseconds, in local time. */
function isoDate(): (sink: LogSink, micros: number) => void {
  const seconds = new EachSecond(isoSeconds);
  const zone = new EachSecond(offset);
  return (sink, micros) => {
    sink.put(seconds.at(micros));
    sink.put(String(Math.floor(micros) % 1e6).padStart(6, '0'));
    sink.put(zone.at(micros));
  };
}

/** `<n>` for each level. */
const marks = (facility: number): readonly string[] => LEVELS.map((_name, level) => `<${facility * 8 + level}>`);

type Make = (names: HeaderNames) => WriteHeader;

/** `<134>Nov 25 03:06:59 [host ]haproxy[17073]: `. */
const syslog = (host: (names: HeaderNames) => string): Make => (names) => {
  const mark = marks(names.facility);
  const rest = new EachSecond((date) => `${oldDate(date)} ${host(names)}${names.tag}[${names.pid}]: `);
  return (sink, level, micros) => {
    sink.put(mark[level]!);
    sink.put(rest.at(micros));
  };
};

const rfc5424: Make = ({ hostname, tag, pid, facility }) => {
  const mark = marks(facility);
  const date = isoDate();
  const names = ` ${hostname ?? '-'} ${tag === '' ? '-' : tag} ${pid === '' ? '-' : pid} - `;
  return (sink, level, micros, data) => {
    sink.put(mark[level]!);
    sink.put('1 ');
    date(sink, micros);
    sink.put(names);
    sink.put(data === '' ? '-' : data);
    sink.put(' ');
  };
};

const marked = (facility: (names: HeaderNames) => number): Make => (names) => {
  const mark = marks(facility(names));
  return (sink, level) => sink.put(mark[level]!);
};

const dated = (mark: readonly string[] | null): Make => () => {
  const date = isoDate();
  return (sink, level, micros) => {
    if (mark !== null) sink.put(mark[level]!);
    date(sink, micros);
    sink.put(' ');
  };
};

const MAKERS: Readonly<Record<MessageFormat, Make>> = {
  local: syslog(() => ''),
  rfc3164: syslog(({ hostname }) => `${hostname ?? 'localhost'} `),
  rfc5424,
  priority: marked(({ facility }) => facility),
  short: marked(() => 0),
  timed: dated(marks(0)),
  iso: dated(null),
  raw: () => () => undefined,
};

export function headerWriter(format: MessageFormat, names: HeaderNames): WriteHeader {
  return MAKERS[format](names);
}

let shift = 0;
/** Clocks that run apart by more than this are set right, ms. */
const APART = 2;

/** Microseconds since 1970: never far from the wall clock, and going on between its milliseconds. */
export function nowMicros(): number {
  const wall = Date.now();
  const fine = performance.timeOrigin + performance.now() + shift;
  if (Math.abs(fine - wall) > APART) {
    shift += wall - fine;
    return wall * 1000;
  }
  return fine * 1000;
}
