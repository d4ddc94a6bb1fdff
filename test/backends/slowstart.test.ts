import { describe, expect, test } from '@jest/globals';
import { ADMIN_FORCED_MAINT, OP_RUNNING, OP_STARTING, OP_STOPPED, SRV_UP, SS_MAXCONN, SS_OP_STATE, SS_STATE, SS_THROTTLE, SS_WEIGHT } from '../../src/core/abi.js';
import { serverCell } from '../../src/core/cells.js';
import { initState, setAdmin, setOperation, setUserWeight } from '../../src/backends/state.js';
import { SlowStarts } from '../../src/backends/slowstart.js';
import { model, pages, type ProxyShape } from './model.js';
import { ManualClock } from './resolver/clock.js';

function house(shape: ProxyShape) {
  const m = model(shape);
  const { state } = pages(m);
  initState(m, state, 1);
  const clock = new ManualClock();
  const told: number[] = [];
  const starts = new SlowStarts({ model: m, state, clock, tell: (server) => told.push(server) });
  const cell = (which: number): number => state[serverCell(1, 0, which)]!;
  const operate = (op: number): void => {
    setOperation(m, state, 0, op, 2);
    starts.look(0);
  };
  return { m, state, clock, told, starts, cell, operate };
}

const SERVER = { servers: [{ weight: 10, slowstart: 16_000 }] };

describe('slow start', () => {
  test('at the start of the process there is none', () => {
    const { cell } = house(SERVER);
    expect([cell(SS_OP_STATE), cell(SS_WEIGHT), cell(SS_THROTTLE)]).toEqual([OP_RUNNING, 160, 0]);
  });

  test('weight and share grow in sixteenths until the server runs', () => {
    const { clock, cell, operate, told } = house(SERVER);
    operate(OP_STOPPED);
    operate(OP_RUNNING);
    expect([cell(SS_OP_STATE), cell(SS_STATE), cell(SS_WEIGHT), cell(SS_THROTTLE)]).toEqual([OP_STARTING, SRV_UP, 10, 1]);
    clock.pass(8000);
    expect([cell(SS_OP_STATE), cell(SS_WEIGHT), cell(SS_THROTTLE)]).toEqual([OP_STARTING, 90, 50]);
    const weights: number[] = [];
    for (let i = 0; i < 8; i++) {
      clock.pass(1000);
      weights.push(cell(SS_WEIGHT));
    }
    expect(weights).toEqual([...weights].sort((x, y) => x - y));
    expect([cell(SS_OP_STATE), cell(SS_WEIGHT), cell(SS_THROTTLE), cell(SS_MAXCONN)]).toEqual([OP_RUNNING, 160, 0, 0]);
    expect(told.length).toBe(17);
  });

  test('a health report within it does not end it, going down does', () => {
    const { clock, cell, operate } = house(SERVER);
    operate(OP_STOPPED);
    operate(OP_RUNNING);
    clock.pass(4000);
    operate(OP_RUNNING);
    expect(cell(SS_OP_STATE)).toBe(OP_STARTING);
    operate(OP_STOPPED);
    expect([cell(SS_WEIGHT), cell(SS_THROTTLE)]).toEqual([160, 0]);
    clock.pass(20_000);
    expect(cell(SS_OP_STATE)).toBe(OP_STOPPED);
  });

  test('it begins when the server leaves maintenance, too; a weight set within it is scaled', () => {
    const { m, state, clock, cell, starts } = house(SERVER);
    setAdmin(m, state, 0, ADMIN_FORCED_MAINT, true, 3);
    setAdmin(m, state, 0, ADMIN_FORCED_MAINT, false, 4);
    starts.look(0);
    clock.pass(8000);
    setUserWeight(m, state, 0, 20);
    expect([cell(SS_OP_STATE), cell(SS_WEIGHT)]).toEqual([OP_STARTING, 180]);
  });

  test('a static algorithm keeps the weight', () => {
    const { cell, operate } = house({ ...SERVER, balance: { algorithm: 'static-rr', args: [] } as never });
    operate(OP_STOPPED);
    operate(OP_RUNNING);
    expect([cell(SS_WEIGHT), cell(SS_THROTTLE)]).toEqual([160, 1]);
  });

  test('the rest of one that began in an earlier process', () => {
    const { m, state, clock, cell, starts } = house(SERVER);
    setOperation(m, state, 0, OP_STOPPED, 2);
    setOperation(m, state, 0, OP_RUNNING, 2);
    starts.look(0, 12_000);
    expect(cell(SS_THROTTLE)).toBe(75);
    clock.pass(4000);
    expect(cell(SS_OP_STATE)).toBe(OP_RUNNING);
    starts.stop();
  });
});
