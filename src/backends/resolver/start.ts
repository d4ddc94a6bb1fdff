import { SS_ADDR_PORT } from '../../core/abi.js';
import { serverCell } from '../../core/cells.js';
import type { SystemLog } from '../../core/log/system_log.js';
import type { Model } from '../../config/model.js';
import { setAddress } from '../address.js';
import { systemClock, type Clock } from '../clock.js';
import type { ServerStates } from '../server_states.js';
import { refreshBackend, setUserWeight } from '../state.js';
import { upServers } from '../server_message.js';
import { lookupsOf, type KnownAddress, type Lookups } from './lookups.js';
import { ServerNames, type NameEffects } from './names.js';
import type { NameserverState } from './section.js';
import type { MakeTransport } from './transport.js';

export interface ResolverParts {
  readonly model: Model;
  readonly state: Int32Array;
  readonly states: ServerStates;
  readonly log: SystemLog;
  /** A server's weight or address changed: workers look again. */
  tell(server: number): void;
  /** A server's address changed: its checks go to the new one. */
  moved?(server: number): void;
  readonly clock?: Clock;
  readonly transport?: MakeTransport;
}

/** A question of a rule (do-resolve). */
export interface AddressQuestion {
  /** Index into Model.resolvers. */
  readonly resolvers: number;
  readonly name: string;
  readonly prefer: 4 | 6;
}

/** Names at work: those of servers, and those that rules ask for. */
export interface Resolver {
  readonly names: ServerNames;
  /** Name servers with their figures, by section. */
  readonly sections: readonly { readonly name: string; readonly servers: readonly NameserverState[] }[];
  address(question: AddressQuestion): Promise<KnownAddress>;
  stop(): void;
}

function effectsOf({ model, state, states, log, tell, moved }: ResolverParts): NameEffects {
  const proxyOf = (server: number): number => model.servers[server]!.proxy;
  return {
    admin: (server, bits, on, cause) => void states.admin(server, bits, on, cause),
    note: (server, level, text) => states.note(server, level, level, text),
    log: (server, level, text) => log(level, text, proxyOf(server)),
    move(server, ip, port, news) {
      setAddress(model, state, server, ip, port === 0 ? Atomics.load(state, serverCell(model.proxies.length, server, SS_ADDR_PORT)) : port);
      if (news !== null) states.note(server, 'notice', 'notice', news);
      // Hashes and cookies may be made of addresses.
      refreshBackend(model, state, proxyOf(server));
      tell(server);
      moved?.(server);
    },
    weigh(server, weight) {
      const before = upServers(model, state, proxyOf(server));
      setUserWeight(model, state, server, weight);
      tell(server);
      states.weighed(server, before);
    },
  };
}

/** Starts to follow the names of a Model's servers. Nothing is sent in a Model without resolvers. Main thread. */
export function startResolver(parts: ResolverParts): Resolver {
  const { model, state } = parts;
  const lookups: readonly Lookups[] = lookupsOf(model, parts.clock ?? systemClock, parts.transport);
  const names = new ServerNames(model, state, lookups, effectsOf(parts));
  return {
    names,
    sections: lookups.map(({ section }) => ({ name: section.conf.name, servers: section.servers })),
    address: ({ resolvers, name, prefer }) => lookups[resolvers]?.once(name, prefer) ?? Promise.resolve({ address: null, valid: 0 }),
    stop: () => lookups.forEach((each) => each.stop()),
  };
}
