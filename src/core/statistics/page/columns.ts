/** The columns of the statistics page. */
import { HT_TOTAL } from '../../abi.js';
import { histogramOf, quantile, TIMES, type Histogram } from '../../metric/latency.js';
import type { FieldRow, Source, Subject, Value } from '../field.js';
import { fields } from '../fields.js';
import { valueOf } from '../format.js';
import { ageText, grouped, sizeText, timeText } from './text.js';

const byName: ReadonlyMap<string, FieldRow> = new Map(fields.map((row) => [row.name, row]));

/** The figures of one line, by the names of `show stat`. */
export class Figures {
  constructor(readonly source: Source, readonly subject: Subject) {}

  get(name: string): Value {
    return valueOf(this.source, byName.get(name)!, this.subject);
  }
  number(name: string): number {
    const value = this.get(name);
    return typeof value === 'number' ? value : 0;
  }
  text(name: string): string {
    return String(this.get(name) ?? '');
  }
  has(name: string): boolean {
    return this.get(name) !== null;
  }
}

export interface ColumnRow {
  readonly head: string;
  /** What the figures are, for people that point at the head. */
  readonly doc: string;
  /** What stands in the cell, as text; '' where a line has nothing of the kind. */
  cell(line: Figures): string;
  /** More of it, for people that point at the cell. */
  detail?(line: Figures): string;
}

/** Figures with a slash between them; those that a line does not have are left out. */
const joined = (...names: readonly string[]): ColumnRow['cell'] => (line) => names.filter((name) => line.has(name)).map((name) => grouped(line.number(name))).join(' / ');

const titled = (parts: readonly (readonly [title: string, name: string])[], show: (value: number) => string = grouped) => (line: Figures): string =>
  parts.filter(([, name]) => line.has(name)).map(([title, name]) => `${title}: ${show(line.number(name))}`).join('\n');

function statusCell(line: Figures): string {
  const age = line.get('lastchg');
  return typeof age === 'number' ? `${line.text('status')} · ${ageText(age)}` : line.text('status');
}

function limitCell(line: Figures): string {
  const now = `${grouped(line.number('scur'))} / ${grouped(line.number('smax'))}`;
  return line.has('slim') && line.subject.kind !== 'backend' ? `${now} / ${grouped(line.number('slim'))}` : now;
}

function checkCell(line: Figures): string {
  if (!line.has('check_status')) return line.has('agent_status') ? `agent ${line.text('agent_status')}` : '';
  const code = line.has('check_code') ? `/${line.text('check_code')}` : '';
  const time = line.has('check_duration') ? ` in ${timeText(line.number('check_duration'))}` : '';
  return `${line.text('check_status')}${code}${time}`;
}

const checkDetail = (line: Figures): string => ['check_desc', 'last_chk', 'agent_desc', 'last_agt'].map((name) => line.text(name)).filter((text) => text !== '').join('\n');

function weightCell(line: Figures): string {
  if (!line.has('weight')) return '';
  const { kind } = line.subject;
  if (kind === 'backend') return `${line.text('weight')} (${line.text('act')}+${line.text('bck')})`;
  return `${line.text('weight')}/${line.text('uweight')}${line.number('bck') > 0 ? ' backup' : ''}`;
}

function downCell(line: Figures): string {
  if (!line.has('chkdown')) return '';
  const time = line.number('downtime');
  return `${grouped(line.number('chkdown'))}${time > 0 ? ` · ${ageText(time)}` : ''}`;
}

const RESPONSES = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'].map((code) => [`HTTP ${code}`, `hrsp_${code}`] as const);

/** The histogram of one of the line's times; undefined where there is none. */
function times(line: Figures, time: number): Histogram | undefined {
  const { kind, index } = line.subject;
  const { readings } = line.source;
  if (kind === 'listener' || readings.model.global.tune.latencyBuckets.length === 0) return undefined;
  return histogramOf(readings, kind, index, time);
}

/** Times that shares of the sessions did not exceed: `12 ms / 80 ms`. */
function quantiles(line: Figures, time: number, shares: readonly number[]): string {
  const histogram = times(line, time);
  const bounds = line.source.readings.model.global.tune.latencyBuckets;
  const values = histogram === undefined ? [] : shares.flatMap((share) => quantile(histogram, bounds, share) ?? []);
  return values.map(timeText).join(' / ');
}

function timeCell(line: Figures): string {
  const shown = quantiles(line, HT_TOTAL, [0.5, 0.99]);
  return shown !== '' || !line.has('ttime') || line.number('stot') === 0 ? shown : timeText(line.number('ttime'));
}

/** Lines with 50, 90, 99 percent for each time. */
function quantilesText(line: Figures): string {
  return TIMES.map(([name], time) => [name, quantiles(line, time, [0.5, 0.9, 0.99])] as const)
    .filter(([, shown]) => shown !== '').map(([name, shown]) => `${name} p50 / p90 / p99: ${shown}\n`).join('');
}

export const columns: readonly ColumnRow[] = [
  { head: 'Status', doc: 'State, and for how long', cell: statusCell, detail: checkDetail },
  {
    head: 'Rate', doc: 'Sessions a second: now / most', cell: joined('rate', 'rate_max'),
    detail: titled([['Limit', 'rate_lim'], ['Requests a second', 'req_rate'], ['Most requests a second', 'req_rate_max'], ['Connections a second', 'conn_rate'], ['Most connections a second', 'conn_rate_max']]),
  },
  { head: 'Sessions', doc: 'Sessions: now / most / limit', cell: limitCell, detail: titled([['Idle connections', 'srv_icur'], ['Used connections', 'used_conn_cur']]) },
  { head: 'Queue', doc: 'Waiting: now / most', cell: joined('qcur', 'qmax'), detail: titled([['Limit', 'qlimit']]) },
  {
    head: 'Total', doc: 'Sessions since the start', cell: joined('stot'),
    detail: titled([['Requests', 'req_tot'], ...RESPONSES, ['Connections made', 'connect'], ['Connections reused', 'reuse'], ['Answered by rules', 'intercepted'], ['Chosen by balancing', 'lbtot']]),
  },
  { head: 'In', doc: 'Bytes from clients', cell: (line) => sizeText(line.number('bin')), detail: titled([['Bytes', 'bin']]) },
  { head: 'Out', doc: 'Bytes to clients', cell: (line) => sizeText(line.number('bout')), detail: titled([['Bytes', 'bout']]) },
  { head: 'Denied', doc: 'Denied by rules: requests / responses', cell: joined('dreq', 'dresp'), detail: titled([['Connections', 'dcon'], ['Sessions', 'dses']]) },
  {
    head: 'Errors', doc: 'Errors: requests / connections to servers / responses', cell: joined('ereq', 'econ', 'eresp'),
    detail: titled([['Cut by clients', 'cli_abrt'], ['Cut by servers', 'srv_abrt'], ['Internal errors', 'eint'], ['Failed rewrites', 'wrew']]),
  },
  { head: 'Retries', doc: 'Connects tried again / sent to another server', cell: joined('wretr', 'wredis') },
  {
    head: 'Time', doc: 'Time of whole sessions since the start: half of them / 99 of 100 took no longer', cell: timeCell,
    detail: (line) => `${quantilesText(line)}${titled([['Queue', 'qtime'], ['Connect', 'ctime'], ['Response', 'rtime'], ['Total', 'ttime'], ['Most in the queue', 'qtime_max'], ['Longest connect', 'ctime_max'], ['Longest response', 'rtime_max'], ['Longest session', 'ttime_max']], timeText)(line)}`,
  },
  { head: 'Check', doc: 'Result of the last health check', cell: checkCell, detail: checkDetail },
  { head: 'Weight', doc: 'Weight now / configured; of a backend the sum (active + backup servers)', cell: weightCell },
  { head: 'Downs', doc: 'Times it went down, and for how long in all', cell: downCell, detail: titled([['Failed checks', 'chkfail']]) },
];

/** What a line is called: the server or socket, or what side of the proxy it is. */
export function lineName(line: Figures): string {
  const { kind } = line.subject;
  return kind === 'frontend' ? 'Frontend' : kind === 'backend' ? 'Backend' : line.text('svname');
}

/** The state of a line for its colour: a closed set of words. */
export function lineState(line: Figures): 'up' | 'going' | 'down' | 'maint' | 'drain' | 'none' {
  const status = line.text('status');
  if (status.startsWith('MAINT') || status === 'STOP' || status === 'PAUSED') return 'maint';
  if (status.startsWith('DRAIN') || status.startsWith('NOLB')) return 'drain';
  if (/\d+\/\d+/.test(status)) return 'going';
  if (status.startsWith('DOWN')) return 'down';
  return status === 'no check' ? 'none' : 'up';
}
