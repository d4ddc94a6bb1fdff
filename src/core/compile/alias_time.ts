/** Aliases of times (manual, section 8.4): ms, -1 for what never happened. */
import {
  FACT_ACCEPT_SEC, FACT_ACCEPT_USEC, FACT_CONNECT_MS, FACT_DATA_MS, FACT_HANDSHAKE_MS, FACT_IDLE_MS, FACT_QUEUE_MS, FACT_REQUEST_MS, FACT_RESPONSE_MS,
  FACT_TOTAL_MS,
} from '../abi.js';
import { isKnown, isTimed, wide } from '../fetch/known.js';
import type { CompileEnv, Fetch } from '../row.js';
import type { Tx } from '../tx.js';
import { DATE, dateText, milliseconds, plain, type Alias } from './alias_row.js';

/** True where `option logasap` has lines written before the end: what grows on has a '+' in front. */
export function isLoggedEarly({ model }: CompileEnv): (tx: Tx) => boolean {
  const early = model.proxies.map((proxy) => proxy.options.flags.includes('logasap'));
  return (tx) => early[tx.frontend]!;
}

/** A 64-bit count up to now; the engine gives those of streams that go on as negative numbers. */
export function asFarAs(tx: Tx, low: number): number {
  return isTimed(tx) ? Math.abs(wide(tx, low)) : 0;
}

const over = (cell: number) => (tx: Tx): number => (isTimed(tx) ? Math.max(-1, tx.facts[cell]!) : -1);
const handshake = (tx: Tx): number => (isKnown(tx) ? Math.max(0, tx.facts[FACT_HANDSHAKE_MS]!) : 0);
const idle = (tx: Tx): number => (isTimed(tx) ? Math.max(0, tx.facts[FACT_IDLE_MS]!) : 0);
const total = (tx: Tx): number => (isTimed(tx) ? Math.abs(tx.facts[FACT_TOTAL_MS]!) : 0);
const request = over(FACT_REQUEST_MS);

const growing = (read: (tx: Tx) => number): Alias => plain((env): Fetch => {
  const early = isLoggedEarly(env);
  return (tx) => (early(tx) ? `+${read(tx)}` : read(tx));
});

/** When the first byte of the request came, in ms since 1970. */
function requestMs(tx: Tx): number {
  return tx.facts[FACT_ACCEPT_SEC]! * 1000 + Math.floor(tx.facts[FACT_ACCEPT_USEC]! / 1000) + handshake(tx) + idle(tx);
}

function requestDate(zone: string, utc: boolean, withMs: boolean): Alias {
  return plain(() => {
    const write = dateText(DATE + zone, utc);
    return (tx) => {
      const ms = requestMs(tx);
      const date = write(Math.floor(ms / 1000));
      return withMs ? `${date}.${milliseconds(ms % 1000)}` : date;
    };
  });
}

export const timeAliases: Readonly<Record<string, Alias>> = {
  tr: requestDate('', false, true),
  trg: requestDate(' %z', true, false),
  trl: requestDate(' %z', false, false),
  Ta: growing(total),
  Tc: plain(() => over(FACT_CONNECT_MS)),
  Td: plain(() => (tx) => (isKnown(tx) ? Math.max(-1, tx.facts[FACT_DATA_MS]!) : -1)),
  Th: plain(() => handshake),
  Ti: plain(() => idle),
  Tq: plain(() => (tx) => (request(tx) < 0 ? -1 : request(tx) + handshake(tx) + idle(tx))),
  TR: plain(() => request),
  Tr: plain(() => over(FACT_RESPONSE_MS)),
  Tt: growing((tx) => total(tx) + handshake(tx) + idle(tx)),
  Tu: growing((tx) => total(tx) + handshake(tx)),
  Tw: plain(() => over(FACT_QUEUE_MS)),
};
