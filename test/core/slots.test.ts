import { expect, test } from '@jest/globals';
import { FACT_ACCEPT_SEC, FACT_ACCEPT_USEC, FACT_COUNT, FACT_REQUESTS, FACT_SESSION } from '../../src/core/abi.js';
import { NO_TENANT, Slots, type Tenant } from '../../src/core/slots.js';

interface Log extends Tenant {
  readonly events: string[];
}

function logged(): { slots: Slots<Log>; facts: Int32Array } {
  const slots = new Slots<Log>({
    make: () => ({ ...NO_TENANT, events: [] }), nextSession: (log) => void log.events.push('session'), nextRequest: (log) => void log.events.push('request'),
  });
  const facts = new Int32Array(FACT_COUNT);
  facts[FACT_SESSION] = 0x305;
  return { slots, facts };
}

test('nothing is made by looking', () => {
  const { slots, facts } = logged();
  expect(slots.of(facts, false)).toBeUndefined();
  expect(slots.of(facts, true).events).toEqual(['session', 'request']);
  expect(slots.of(facts, false)?.events).toHaveLength(2);
});

test.each([[FACT_SESSION, 0x306], [FACT_ACCEPT_SEC, 1], [FACT_ACCEPT_USEC, 1]])('another session in the slot (cell %i) is told', (cell, value) => {
  const { slots, facts } = logged();
  const { events } = slots.of(facts, true);
  facts[cell] = value;
  expect(slots.of(facts, true).events).toBe(events);
  expect(events).toEqual(['session', 'request', 'session', 'request']);
});

test('what was there before the first request is the first request\'s', () => {
  const { slots, facts } = logged();
  const { events } = slots.of(facts, true);
  for (const number of [1, 1, 2, 3]) {
    facts[FACT_REQUESTS] = number;
    slots.of(facts, true);
  }
  expect(events).toEqual(['session', 'request', 'request', 'request']);
});

test('slots are apart', () => {
  const { slots, facts } = logged();
  const first = slots.of(facts, true);
  facts[FACT_SESSION] = 0x405;
  expect(slots.of(facts, true)).not.toBe(first);
});
