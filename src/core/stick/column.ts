import {
  STICK_BYTES_IN_CNT, STICK_BYTES_IN_RATE, STICK_BYTES_OUT_CNT, STICK_BYTES_OUT_RATE, STICK_CONN_CNT, STICK_CONN_CUR, STICK_CONN_RATE, STICK_GLITCH_CNT,
  STICK_GLITCH_RATE, STICK_GPC, STICK_GPC0, STICK_GPC0_RATE, STICK_GPC1, STICK_GPC1_RATE, STICK_GPC_RATE, STICK_GPT, STICK_GPT0, STICK_HTTP_ERR_CNT,
  STICK_HTTP_ERR_RATE, STICK_HTTP_FAIL_CNT, STICK_HTTP_FAIL_RATE, STICK_HTTP_REQ_CNT, STICK_HTTP_REQ_RATE, STICK_SERVER_ID, STICK_SERVER_KEY,
  STICK_SESS_CNT, STICK_SESS_RATE,
} from '../abi.js';

/** What a stick table can store for a key (manual, section 11.1: store). */
export interface ColumnRow {
  readonly name: string;
  /** STICK_ number. */
  readonly column: number;
  /** Its first argument is the number of elements. */
  readonly array: boolean;
  /** Its last argument is the period. */
  readonly rate: boolean;
}

const counter = (name: string, column: number): ColumnRow => ({ name, column, array: false, rate: false });
const rate = (name: string, column: number): ColumnRow => ({ name, column, array: false, rate: true });

/** All data types, in the order in which HAProxy shows them. */
export const COLUMNS: readonly ColumnRow[] = [
  counter('server_id', STICK_SERVER_ID),
  counter('gpt0', STICK_GPT0),
  counter('gpc0', STICK_GPC0),
  rate('gpc0_rate', STICK_GPC0_RATE),
  counter('conn_cnt', STICK_CONN_CNT),
  rate('conn_rate', STICK_CONN_RATE),
  counter('conn_cur', STICK_CONN_CUR),
  counter('sess_cnt', STICK_SESS_CNT),
  rate('sess_rate', STICK_SESS_RATE),
  counter('http_req_cnt', STICK_HTTP_REQ_CNT),
  rate('http_req_rate', STICK_HTTP_REQ_RATE),
  counter('http_err_cnt', STICK_HTTP_ERR_CNT),
  rate('http_err_rate', STICK_HTTP_ERR_RATE),
  counter('bytes_in_cnt', STICK_BYTES_IN_CNT),
  rate('bytes_in_rate', STICK_BYTES_IN_RATE),
  counter('bytes_out_cnt', STICK_BYTES_OUT_CNT),
  rate('bytes_out_rate', STICK_BYTES_OUT_RATE),
  counter('gpc1', STICK_GPC1),
  rate('gpc1_rate', STICK_GPC1_RATE),
  counter('server_key', STICK_SERVER_KEY),
  counter('http_fail_cnt', STICK_HTTP_FAIL_CNT),
  rate('http_fail_rate', STICK_HTTP_FAIL_RATE),
  { name: 'gpt', column: STICK_GPT, array: true, rate: false },
  { name: 'gpc', column: STICK_GPC, array: true, rate: false },
  { name: 'gpc_rate', column: STICK_GPC_RATE, array: true, rate: true },
  counter('glitch_cnt', STICK_GLITCH_CNT),
  rate('glitch_rate', STICK_GLITCH_RATE),
];

/** The most elements of an array. */
export const MOST_ELEMENTS = 100;

/** Arrays, and the columns whose names they take over. */
export const REPLACED: readonly { readonly array: number; readonly by: string; readonly columns: readonly number[]; readonly names: string }[] = [
  { array: STICK_GPT, by: 'gpt', columns: [STICK_GPT0], names: 'gpt0' },
  { array: STICK_GPC, by: 'gpc', columns: [STICK_GPC0, STICK_GPC1], names: 'gpc[0/1]' },
  { array: STICK_GPC_RATE, by: 'gpc_rate', columns: [STICK_GPC0_RATE, STICK_GPC1_RATE], names: 'gpc[0/1]_rate' },
];
