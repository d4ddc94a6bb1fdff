import { L7_STATUS } from '../status.js';
import { expect, firstLine, good, refused, text, type ProtocolRow } from './row.js';

const PONG = '+PONG\r\n';

/** `option redis-check`: PING. */
export const redis: ProtocolRow = {
  type: 'redis-check',
  first: 1,
  steps: () => [
    text('*1\r\n$4\r\nPING\r\n'),
    expect((data, last) => {
      if (data.includes(PONG, 0, 'latin1')) return good('Redis server is ok');
      return last ? refused(0, firstLine(data)) : null;
    }, L7_STATUS),
  ],
};
