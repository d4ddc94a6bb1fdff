import { describe, expect, test } from '@jest/globals';
import {
  CB_COUNT, CF_COUNT, CL_COUNT, CS_COUNT, CW_COUNT, GS_COUNT, LS_COUNT, PS_COUNT, RR_COUNT, SS_COUNT,
} from '../../src/core/abi.js';
import {
  backendCounter, counterCells, frontendCounter, listenerCell, listenerCounter, proxyCell, serverCell, serverCounter, stateCells,
} from '../../src/core/cells.js';

/** Cells of `count` things of `size` from `first` on: [first, end). */
function range(count: number, size: number, cellOf: (index: number, cell: number) => number): number[] {
  return Array.from({ length: count * size }, (_, i) => cellOf(Math.floor(i / size), i % size));
}

describe('cells of the shared pages', () => {
  const [proxies, servers, listeners] = [3, 4, 2];

  test('state: process, proxies, servers, listeners, without gaps or overlaps', () => {
    const cells = [
      ...range(proxies, PS_COUNT, proxyCell),
      ...range(servers, SS_COUNT, (s, cell) => serverCell(proxies, s, cell)),
      ...range(listeners, LS_COUNT, (l, cell) => listenerCell(proxies, servers, l, cell)),
    ];
    expect(cells).toEqual(cells.map((_, i) => GS_COUNT + i));
    const queues = 3 * (proxies + servers);
    expect(stateCells(proxies, servers, listeners, 3)).toBeGreaterThanOrEqual(GS_COUNT + cells.length + RR_COUNT + 2 * queues);
  });

  test('counters: worker, then both sides of each proxy, servers, listeners', () => {
    const cells = [
      ...range(proxies, CF_COUNT + CB_COUNT, (p, cell) => (cell < CF_COUNT ? frontendCounter(p, cell) : backendCounter(p, cell - CF_COUNT))),
      ...range(servers, CS_COUNT, (s, cell) => serverCounter(proxies, s, cell)),
      ...range(listeners, CL_COUNT, (l, cell) => listenerCounter(proxies, servers, l, cell)),
    ];
    expect(cells).toEqual(cells.map((_, i) => CW_COUNT + i));
    expect(counterCells(proxies, servers, listeners)).toBe(CW_COUNT + cells.length);
  });
});
