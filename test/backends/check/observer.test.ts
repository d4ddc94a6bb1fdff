/** `observe`: what follows from errors that traffic meets. The lines are HAProxy's. */
import { describe, expect, test } from '@jest/globals';
import { HEALTH_ANALYSIS, L4_OK } from '../../../src/backends/check/status.js';
import { HANA_HTTP_STATUS, HANA_L4_ERROR, SRV_DOWN, SRV_UP, SS_ERRORS_LAST, SS_ERRORS_TRIPS, SS_STATE } from '../../../src/core/abi.js';
import { serverCell } from '../../../src/core/cells.js';
import type { Observe } from '../../../src/config/check_rules.js';
import { at, house } from './house.js';

function observed(onError: Observe['onError'], check = {}) {
  const rig = house(() => [L4_OK, 1], {}, {
    name: 'obs', servers: [{ ...at(1, { inter: 10_000, fastinter: 100, rise: 2, fall: 3, ...check }), observe: { layer: 4, errorLimit: 2, onError } }],
  });
  const cell = (which: number): number => serverCell(rig.m.proxies.length, 0, which);
  /** The engine has met `errorLimit` errors in a row. */
  const trip = (code = HANA_L4_ERROR): void => {
    Atomics.store(rig.p.state, cell(SS_ERRORS_LAST), code);
    Atomics.add(rig.p.state, cell(SS_ERRORS_TRIPS), 1);
  };
  return { ...rig, trip };
}

describe('observe', () => {
  test('mark-down: at once', () => {
    const { clock, trip, said, cell, checks } = observed('mark-down');
    clock.to(1000);
    trip();
    clock.to(1060);
    expect(said[0]).toBe(
      'warning: Server obs/s1 is DOWN, reason: Health analyze, info: "Detected 2 consecutive errors, last one was: L4 unsuccessful connection". '
      + '0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.',
    );
    expect([cell(0, SS_STATE), checks.health(0)?.status, checks.failures[0]]).toEqual([SRV_DOWN, HEALTH_ANALYSIS, 1]);
  });

  test('sudden-death: one more failure is enough', () => {
    const { clock, trip, cell, checks } = observed('sudden-death');
    clock.to(1000);
    trip(HANA_HTTP_STATUS);
    clock.to(1060);
    expect([cell(0, SS_STATE), checks.health(0)?.health, checks.health(0)?.info]).toEqual([SRV_UP, 2, 'Detected 2 consecutive errors, last one was: Wrong http response']);
  });

  test('fail-check: as a failed check', () => {
    const { clock, trip, cell, checks } = observed('fail-check', { fall: 2 });
    clock.to(1000);
    expect(checks.health(0)?.health).toBe(3);
    trip();
    clock.to(1060);
    expect([cell(0, SS_STATE), checks.health(0)?.health]).toEqual([SRV_UP, 2]);
  });

  test('whatever the mode, the next check comes soon', () => {
    for (const mode of ['fastinter', 'fail-check', 'sudden-death'] as const) {
      const { clock, trip, attempts } = observed(mode);
      clock.to(1000);
      expect(attempts).toHaveLength(1);
      trip();
      clock.to(1160);
      expect(attempts).toHaveLength(2);
    }
  });

  test('fastinter changes nothing else', () => {
    const { clock, trip, said, checks } = observed('fastinter');
    clock.to(1000);
    trip();
    clock.to(1060);
    expect([said, checks.health(0)?.status, checks.failures[0]]).toEqual([[], L4_OK, 0]);
  });

  test('a server that is down is left to its checks', () => {
    const { clock, trip, said, states } = observed('mark-down');
    clock.to(1000);
    states.health(0, 'down');
    said.length = 0;
    trip();
    clock.to(1090);
    expect(said).toEqual([]);
  });
});
