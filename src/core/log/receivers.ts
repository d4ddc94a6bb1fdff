/** Where the messages of a Model's log lines go, seen from one thread. */
import type { LogDestination, LogTarget } from '../../config/log.js';
import type { Model, SocketAddress } from '../../config/model.js';
import type { LogReceiver } from '../addon.js';
import { sockaddr } from '../address.js';
import type { LogSink } from './sink.js';

/** A thread's two ways out: sockets and descriptors, and the rings, which live in the main thread. */
export interface Ways {
  readonly output: LogSink;
  readonly rings: LogSink;
}

/** One way with the number of a receiver on it. */
export interface Route {
  readonly sink: LogSink;
  readonly receiver: number;
}

const keyOf = (address: SocketAddress): string => JSON.stringify(address);

/** All targets of a Model. */
function targetsOf(model: Model): LogTarget[] {
  return [...model.global.log.targets, ...model.proxies.flatMap(({ log }) => log.targets), ...model.logForwards.flatMap(({ targets }) => targets)];
}

/** Sockets and descriptors that the log lines of a Model name, each once; those of servers in mode log too. */
export class Receivers {
  readonly list: LogReceiver[] = [];
  private readonly index = new Map<string, number>();

  constructor(model: Model) {
    for (const { to } of targetsOf(model)) {
      if (to.kind === 'fd') this.add(`fd ${to.fd}`, { fd: to.fd });
      else if (to.kind === 'datagram') this.add(keyOf(to.address), { address: sockaddr(to.address) });
    }
    for (const { address, log } of model.servers) if (log?.datagram === true) this.add(keyOf(address), { address: sockaddr(address) });
  }

  private add(key: string, receiver: LogReceiver): void {
    if (!this.index.has(key)) this.index.set(key, this.list.push(receiver) - 1);
  }

  /** The way to a destination that is neither a proxy nor unknown. */
  route(to: Exclude<LogDestination, { kind: 'backend' }>, ways: Ways): Route {
    if (to.kind === 'ring') return { sink: ways.rings, receiver: to.ring };
    const receiver = this.index.get(to.kind === 'fd' ? `fd ${to.fd}` : keyOf(to.address));
    if (receiver === undefined) throw new Error('a log line without a receiver');
    return { sink: ways.output, receiver };
  }

  /** The receiver of a server's address. */
  ofAddress(address: SocketAddress): number | undefined {
    return this.index.get(keyOf(address));
  }
}
