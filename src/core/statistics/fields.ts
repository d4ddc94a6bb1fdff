import { longestOf } from '../metric/latency.js';
import { gauge, most, type FieldRow } from './field.js';
import {
  aggregateRows, checkRows, describedRows, failedByTrafficRow, lastTextRows, riseRows, stateRows, throttleRow, trackedRow, userWeightRow,
} from './health.js';
import { addressRow, nameRows, numberRows, protocolRow, revisionRow, settingRows, typeRow } from './identity.js';
import {
  balancedRow, byteRows, connectionRows, errorRow, idleRows, lastSessionRow, poolRows, protocolRows, requestRows, responseRows, sessionRateRows, sessionRows, timeRows,
} from './traffic.js';

const maxima: readonly FieldRow[] = [['q', 'the queue'], ['c', 'connect'], ['r', 'response'], ['t', 'total']].map(([letter, what], time) =>
  most(`${letter}time_max`, `Maximum observed ${what} time, in milliseconds`, {
    server: ({ readings }, v) => longestOf(readings, 'server', v, time), backend: ({ readings }, p) => longestOf(readings, 'backend', p, time),
  }));

/** The columns of `show stat` in their order (management guide, 9.1). Tools know them by number: new ones go to the end. */
export const fields: readonly FieldRow[] = [
  ...nameRows, ...sessionRows, ...stateRows, ...numberRows, throttleRow, balancedRow, trackedRow, typeRow, ...sessionRateRows, ...checkRows('health'), ...responseRows,
  failedByTrafficRow, ...requestRows, lastSessionRow, ...lastTextRows, ...timeRows, ...checkRows('agent'), ...describedRows, ...riseRows, addressRow, ...settingRows,
  ...connectionRows, ...idleRows, ...maxima, errorRow, ...poolRows, userWeightRow, ...aggregateRows, revisionRow, ...protocolRows, protocolRow,
  gauge('priv_idle_cur', 'Current number of private idle server connections', { server: () => 0 }), ...byteRows,
];
