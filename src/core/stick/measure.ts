import * as abi from '../abi.js';

/** What samples look up in an entry, or do to it (manual, 7.3.3: sc_conn_cnt and so on). */
export interface Measure {
  /** Behind `sc_` and `src_`. */
  readonly name: string;
  /** Behind `table_`, where that is another one. */
  readonly converter?: string;
  readonly column: number;
  readonly does: 'read' | 'increase' | 'clear';
  /** The first argument is the number of an element. */
  readonly indexed?: true;
  /** Bytes, told in kilobytes. */
  readonly kilo?: true;
  /** Only of what is tracked, or of a table, not of the source address. */
  readonly noSource?: true;
  /** Completes "the entry's ..."; `key` stands before it. */
  readonly doc: string;
}

const read = (name: string, column: number, doc: string, more: Partial<Measure> = {}): Measure => ({ name, column, does: 'read', doc, ...more });
const gpc = (name: string, column: number, which: string, indexed: boolean): Measure[] => [
  read(`get_${name}`, column, `${which} general purpose counter`, { converter: name, ...(indexed ? { indexed } : {}) }),
  { name: `inc_${name}`, column, does: 'increase', doc: `${which} general purpose counter, after adding one`, ...(indexed ? { indexed } : {}) },
  { name: `clr_${name}`, column, does: 'clear', doc: `${which} general purpose counter, which is set to zero`, ...(indexed ? { indexed } : {}) },
];

export const MEASURES: readonly Measure[] = [
  read('conn_cnt', abi.STICK_CONN_CNT, 'number of connections'),
  read('conn_cur', abi.STICK_CONN_CUR, 'number of connections that track it now'),
  read('conn_rate', abi.STICK_CONN_RATE, 'rate of connections'),
  read('sess_cnt', abi.STICK_SESS_CNT, 'number of sessions'),
  read('sess_rate', abi.STICK_SESS_RATE, 'rate of sessions'),
  read('http_req_cnt', abi.STICK_HTTP_REQ_CNT, 'number of requests'),
  read('http_req_rate', abi.STICK_HTTP_REQ_RATE, 'rate of requests'),
  read('http_err_cnt', abi.STICK_HTTP_ERR_CNT, 'number of errors of clients'),
  read('http_err_rate', abi.STICK_HTTP_ERR_RATE, 'rate of errors of clients'),
  read('http_fail_cnt', abi.STICK_HTTP_FAIL_CNT, 'number of failures of servers'),
  read('http_fail_rate', abi.STICK_HTTP_FAIL_RATE, 'rate of failures of servers'),
  read('kbytes_in', abi.STICK_BYTES_IN_CNT, 'kilobytes from clients', { kilo: true }),
  read('kbytes_out', abi.STICK_BYTES_OUT_CNT, 'kilobytes to clients', { kilo: true }),
  read('bytes_in_rate', abi.STICK_BYTES_IN_RATE, 'rate of bytes from clients'),
  read('bytes_out_rate', abi.STICK_BYTES_OUT_RATE, 'rate of bytes to clients'),
  read('glitch_cnt', abi.STICK_GLITCH_CNT, 'number of protocol glitches'),
  read('glitch_rate', abi.STICK_GLITCH_RATE, 'rate of protocol glitches'),
  ...gpc('gpc', abi.STICK_GPC, "element of the array gpc, a", true),
  ...gpc('gpc0', abi.STICK_GPC0, 'first', false),
  ...gpc('gpc1', abi.STICK_GPC1, 'second', false),
  read('gpc_rate', abi.STICK_GPC_RATE, 'rate at which an element of gpc grows', { indexed: true }),
  read('gpc0_rate', abi.STICK_GPC0_RATE, 'rate at which gpc0 grows'),
  read('gpc1_rate', abi.STICK_GPC1_RATE, 'rate at which gpc1 grows'),
  read('get_gpt', abi.STICK_GPT, 'element of the array gpt', { converter: 'gpt', indexed: true }),
  read('get_gpt0', abi.STICK_GPT0, 'first general purpose tag', { converter: 'gpt0' }),
  read('trackers', abi.STICK_TRACKERS, 'number of sessions and streams that track it', { noSource: true }),
];

/** The highest number of an element of gpc and gpt. */
export const LAST_ELEMENT = 99;

/** What an answer of the addon is as a sample; undefined: none. `absent` stands for an entry that is not there. */
export function measured({ does, kilo }: Measure, answer: number, absent: number | undefined): number | undefined {
  if (answer === abi.STICK_ABSENT) return absent;
  if (answer === abi.STICK_NOT_STORED) return does === 'increase' ? 0 : undefined;
  return kilo === true ? Math.floor(answer / 1024) : answer;
}

/** Names of fetches and converters that change what they look at: tests with them are made one by one, in their order. */
export function changesEntries(name: string): boolean {
  return /^(?:sc[0-9]*|src|table)_(?:inc|clr|updt)_/.test(name);
}
