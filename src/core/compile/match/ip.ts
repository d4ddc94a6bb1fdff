import type { Ip } from '../../row.js';
import type { Match } from './method.js';
import { narrowest } from './network.js';

/** Addresses in networks (manual, section 7.1.6). */
export const ip: Match = {
  on: 'addr',
  compile(patterns) {
    const find = narrowest(patterns);
    return (value) => find(value as Ip) >= 0;
  },
};
