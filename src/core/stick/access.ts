import type { Model } from '../../config/model.js';
import type { StickKey } from '../../config/stick.js';
import { STICK_ABSENT, STICK_KEY_BINARY, STICK_KEY_INTEGER, STICK_KEY_IP, STICK_KEY_IPV6, STICK_KEY_STRING } from '../abi.js';
import type { Addon, Engine, StickSpec, StickTables } from '../addon.js';
import { KEY_ROOM } from './key.js';

/** The stick tables as a thread sees them. */
export interface StickAccess {
  readonly tables: StickTables;
  /** Where the key of the next call lies. */
  readonly keys: Buffer;
}

const KINDS: Readonly<Record<StickKey, number>> = {
  ip: STICK_KEY_IP, ipv6: STICK_KEY_IPV6, integer: STICK_KEY_INTEGER, string: STICK_KEY_STRING, binary: STICK_KEY_BINARY,
};

/** What the addon makes tables from, in the order of the Model. */
export function stickSpecs({ stickTables }: Model): StickSpec[] {
  return stickTables.map(({ key, keySize, size, expire, nopurge, bytesFactor, serverKey, columns }) => ({
    keyKind: KINDS[key], keySize, size, expireMs: expire, nopurge, bytesFactor, serverByAddress: serverKey === 'addr', columns,
  }));
}

/** The tables of some pages, for this thread; `engine` is that of a worker. */
export function accessSticks(addon: Addon, pages: number, engine: Engine | null): StickAccess {
  const keys = Buffer.from(new ArrayBuffer(KEY_ROOM));
  return { tables: addon.attachStickTables(pages, keys, engine), keys };
}

const absent = (): number => STICK_ABSENT;
const no = (): boolean => false;

/** For samples that are read where no tables are: before the start, and in the checks of servers. All tables seem empty there. */
export const NO_STICKS: StickAccess = {
  keys: Buffer.alloc(KEY_ROOM),
  tables: {
    used: () => 0, read: absent, increase: absent, clear: absent, write: no, touch: no, address: absent, match: absent, name: () => '', remove: absent,
    keyAt: absent, page: () => ({ next: 0, entries: [] }), track: no, trackedTable: absent, trackedKey: absent, readTracked: absent,
    increaseTracked: absent, clearTracked: absent, writeTracked: no, count: () => undefined, storeLater: no, store: () => undefined,
  },
};
