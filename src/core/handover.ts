/**
 * Listening sockets that go from one process to the next, so that no connection is refused in between: `expose-fd listeners` and `-x`.
 * The format on the wire is HAProxy's. The new process sends `_getsocks`; the old one answers with the number of sockets (int32), then
 * up to 252 descriptors a message with a note for each: u8 length and name of its network namespace, u8 length and name of its
 * interface, int32 of options. The new process says after each message how many it had before that (int32), the old one waits for it.
 */
import type { SocketAddress } from '../config/model.js';
import type { Addon, BoundAddress } from './addon.js';
import { sockaddr } from './address.js';
import { errnoText } from './errno.js';

const DESCRIPTORS_PER_MESSAGE = 252;
/** Bytes of a note with the longest names. */
const LONGEST_NOTE = 1 + 255 + 1 + 255 + 4;
/** ms that the other process may take for one step. */
const PATIENCE = 2000;
const EPROTO = 71;

type Sender = Pick<Addon, 'sendDescriptors' | 'receiveDescriptors' | 'boundAddress'>;
type Receiver = Sender & Pick<Addon, 'connectUnix' | 'closeFd'>;

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

function note({ interface: name }: BoundAddress): Buffer {
  const text = Buffer.from(name, 'latin1');
  return Buffer.concat([Buffer.from([0, text.length]), text, int32(0)]);
}

/** The old process's side: hands over those of the descriptors that listen. Returns 0 or -errno. */
export function sendListeners(addon: Sender, socket: number, fds: readonly number[]): number {
  const listeners = fds.flatMap((fd) => {
    const bound = addon.boundAddress(fd);
    return bound === null ? [] : [{ fd, note: note(bound) }];
  });
  let failed = addon.sendDescriptors(socket, int32(listeners.length), [], PATIENCE);
  for (let at = 0; at < listeners.length && failed === 0; at += DESCRIPTORS_PER_MESSAGE) {
    const some = listeners.slice(at, at + DESCRIPTORS_PER_MESSAGE);
    failed = addon.sendDescriptors(socket, Buffer.concat(some.map((one) => one.note)), some.map(({ fd }) => fd), PATIENCE);
    if (failed !== 0 || at + some.length === listeners.length) continue;
    const heard = addon.receiveDescriptors(socket, 4, PATIENCE);
    failed = typeof heard === 'number' ? heard : heard.bytes.length === 0 ? -EPROTO : 0;
  }
  return failed;
}

/** Takes over the listening sockets of the process behind a runtime socket. Throws an Error with a sentence for people. */
export function takeListeners(addon: Receiver, path: string): Handover {
  const socket = addon.connectUnix(path);
  if (socket < 0) throw new Error(`cannot take over listening sockets from '${path}' (${errnoText(-socket)})`);
  try {
    const fds = receiveAll(addon, socket);
    if (typeof fds === 'number') throw new Error(`cannot take over listening sockets from '${path}' (${errnoText(-fds)}): does its stats socket have 'level admin' and 'expose-fd listeners'?`);
    return new Handover(addon, fds);
  } finally {
    addon.closeFd(socket);
  }
}

function receiveAll(addon: Receiver, socket: number): number[] | number {
  const asked = addon.sendDescriptors(socket, Buffer.from('_getsocks\n'), [], PATIENCE);
  if (asked !== 0) return asked;
  const fds: number[] = [];
  const fail = (errno: number): number => {
    for (const fd of fds) addon.closeFd(fd);
    return errno;
  };
  const head = addon.receiveDescriptors(socket, 4, PATIENCE);
  if (typeof head === 'number') return head;
  fds.push(...head.fds);
  // Text instead of a small number: an answer in words, a refusal.
  const count = head.bytes.length === 4 ? head.bytes.readInt32LE() : -1;
  if (count < 0 || count > 0xff_ffff) return fail(-EPROTO);
  while (fds.length < count) {
    const some = addon.receiveDescriptors(socket, DESCRIPTORS_PER_MESSAGE * LONGEST_NOTE, PATIENCE);
    if (typeof some === 'number') return fail(some);
    if (some.bytes.length === 0) return fail(-EPROTO);
    const before = fds.length;
    fds.push(...some.fds);
    if (some.fds.length > 0) addon.sendDescriptors(socket, int32(before), [], PATIENCE);
  }
  return fds;
}

interface Offer extends BoundAddress {
  readonly fd: number;
  /** Path of a unix socket; null for others. */
  readonly path: string | null;
  taken: boolean;
}

const AF_UNIX = 1;

/** HAProxy and tsproxy bind unix sockets as `path.pid.tmp` and rename them. */
function pathOf(address: Buffer): string | null {
  if (address.readUInt16LE(0) !== AF_UNIX || address.length < 3 || address[2] === 0) return null;
  const end = address.indexOf(0, 2);
  return address.subarray(2, end < 0 ? undefined : end).toString().replace(/\.\d+\.tmp$/, '');
}

/** Sockets of another process, as long as nobody has asked for them. */
export class Handover {
  private readonly offers: Offer[];

  constructor(private readonly addon: Pick<Addon, 'boundAddress' | 'closeFd'>, fds: readonly number[]) {
    this.offers = fds.flatMap((fd) => {
      const bound = addon.boundAddress(fd);
      if (bound !== null) return [{ ...bound, fd, path: pathOf(bound.address), taken: false }];
      addon.closeFd(fd);
      return [];
    });
  }

  /** Up to `most` sockets that are bound to this address. */
  take(address: SocketAddress, device: string | null, v6only: boolean | null, most: number): number[] {
    if (address.kind === 'fd') return [];
    const wanted = address.kind === 'unix' ? null : sockaddr(address);
    const fits = (offer: Offer): boolean => {
      if (address.kind === 'unix') return offer.path === address.path;
      return offer.address.equals(wanted!) && offer.interface === (device ?? '') && (v6only === null || offer.v6only === v6only);
    };
    const found = this.offers.filter((offer) => !offer.taken && fits(offer)).slice(0, most);
    for (const offer of found) offer.taken = true;
    return found.map(({ fd }) => fd);
  }

  /** A socket that was taken is not needed after all. False: it is not one of these. */
  giveBack(fd: number): boolean {
    const offer = this.offers.find((one) => one.fd === fd);
    if (offer !== undefined) offer.taken = false;
    return offer !== undefined;
  }

  /** Closes what nobody has taken: it belongs to no bind line of this configuration. */
  closeRest(): void {
    for (const { fd, taken } of this.offers) if (!taken) this.addon.closeFd(fd);
  }
}
