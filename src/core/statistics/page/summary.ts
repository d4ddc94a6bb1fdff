import { CW_REQUESTS, GS_CONNECTIONS, GS_STOPPING } from '../../abi.js';
import { uptime } from '../info.js';
import type { PageRequest } from '../pages.js';
import { grouped, sizeText } from './text.js';

/** The tiles at the top: what the whole process does. */
export interface Tile {
  readonly title: string;
  readonly text: string;
}

export function summary({ source: { readings } }: PageRequest): readonly Tile[] {
  const { sampler, facts } = readings;
  const idle = Math.round(100 * Math.max(0, 1 - sampler.busy.now[0]! / 1e9 / readings.pages.workers));
  return [
    { title: 'Uptime', text: `${uptime(Math.floor((readings.now() - facts.startTime) / 1000))}${readings.global(GS_STOPPING) === 0 ? '' : ' · stopping'}` },
    { title: 'Connections', text: `${grouped(readings.global(GS_CONNECTIONS))} / ${grouped(facts.maxconn)}` },
    { title: 'Connections a second', text: grouped(sampler.connections.now[0]!) },
    { title: 'Requests', text: grouped(readings.total(CW_REQUESTS)) },
    { title: 'Bytes sent a second', text: sizeText(sampler.bytesOut.now[0]!) },
    { title: 'Idle', text: `${idle}\u202f%` },
  ];
}
