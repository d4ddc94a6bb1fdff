import { describe, expect, test } from '@jest/globals';
import { Health } from '../../../src/backends/check/health.js';

const RULES = { rise: 2, fall: 3, inter: 1000, fastinter: 100, downinter: 5000 };

describe('Health', () => {
  test('init-state: where it begins, and how often it is asked', () => {
    const first = (state: ConstructorParameters<typeof Health>[1]) => {
      const health = new Health(RULES, state);
      return [health.value, health.up, health.interval(), health.progress()];
    };
    expect(first(null)).toEqual([2, true, 100, '1/3']);
    expect(first('up')).toEqual([2, true, 100, '1/3']);
    expect(first('fully-up')).toEqual([4, true, 1000, '3/3']);
    expect(first('down')).toEqual([1, false, 100, '1/2']);
    expect(first('fully-down')).toEqual([0, false, 5000, '0/2']);
  });

  test('fully up falls after `fall`, fully down rises after `rise`', () => {
    const up = new Health(RULES, 'fully-up');
    expect([up.take(false), up.take(false), up.up, up.take(false), up.up, up.value]).toEqual([true, true, true, true, false, 0]);
    expect([up.take(true), up.up, up.take(true), up.up, up.value]).toEqual([true, false, true, true, 4]);
    expect([up.take(true), up.value]).toEqual([false, 4]);
  });

  test('a failure on the way up begins anew, a success on the way down makes up for all', () => {
    const health = new Health(RULES, 'fully-down');
    health.take(true);
    expect([health.take(false), health.value]).toEqual([false, 0]);
    const falling = new Health(RULES, 'fully-up');
    falling.take(false);
    falling.take(false);
    falling.take(true);
    expect(falling.value).toBe(4);
  });

  test('what others make of it', () => {
    const health = new Health(RULES);
    health.force(true);
    health.lower(2);
    expect(health.value).toBe(3);
    health.lower(1);
    expect(health.value).toBe(2);
    health.force(false);
    health.lower(1);
    expect(health.value).toBe(0);
    health.restore(99);
    expect(health.value).toBe(4);
    health.restart();
    expect(health.value).toBe(2);
  });
});
