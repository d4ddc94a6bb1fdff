/** A backend in mode log: each message goes to one of its servers (manual: mode log, balance). */
import type { Model } from '../../config/model.js';
import { SRV_UP, SS_STATE, SS_WEIGHT } from '../abi.js';
import { serverCell } from '../cells.js';
import type { Receivers, Route, Ways } from './receivers.js';

/** Gives the next of so many usable servers, by their places in `usable`. */
type Next = (usable: readonly number[]) => number;

/** One server after the other, from a start that differs between threads. */
function roundrobin(): Next {
  let turn = Math.floor(Math.random() * 0x10000);
  return (usable) => usable[turn++ % usable.length]!;
}

/** The same server as long as it is up; those that come back stand behind the others. */
function sticky(): Next {
  let order: number[] = [];
  return (usable) => {
    order = [...order.filter((server) => usable.includes(server)), ...usable.filter((server) => !order.includes(server))];
    return order[0]!;
  };
}

const random = (): Next => (usable) => usable[Math.floor(Math.random() * usable.length)]!;

/** Algorithms of mode log by their names. */
const ALGORITHMS: Readonly<Record<string, () => Next>> = { roundrobin, random };

export class LogBackend {
  private readonly routes = new Map<number, Route>();
  private readonly next: Next;
  private readonly servers: readonly number[];

  constructor(private readonly model: Model, proxy: number, receivers: Receivers, ways: Ways, private readonly state: Int32Array) {
    const { balance, servers, name } = model.proxies[proxy]!;
    this.next = balance.args.includes('sticky') ? sticky() : (ALGORITHMS[balance.algorithm] ?? roundrobin)();
    for (const index of servers) {
      const { address, log, name: server } = model.servers[index]!;
      const receiver = log?.datagram === true ? receivers.ofAddress(address) : undefined;
      const ring = model.rings.findIndex((one) => one.name === `${name}/${server}`);
      if (receiver !== undefined) this.routes.set(index, { sink: ways.output, receiver });
      else if (ring >= 0) this.routes.set(index, { sink: ways.rings, receiver: ring });
    }
    this.servers = [...this.routes.keys()];
  }

  /** Where the next message goes; undefined: no server is up. */
  route(): Route | undefined {
    const usable = this.servers.filter((server) => this.isUp(server));
    return usable.length === 0 ? undefined : this.routes.get(this.next(usable));
  }

  private isUp(server: number): boolean {
    const cell = (which: number): number => Atomics.load(this.state, serverCell(this.model.proxies.length, server, which));
    return cell(SS_STATE) === SRV_UP && cell(SS_WEIGHT) > 0;
  }
}
