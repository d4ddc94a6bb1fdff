/**
 * Servers that follow a name while the process runs (manual, 5.3): addresses by A and AAAA records, whole sets of servers by SRV
 * records. A server without an address is in maintenance (ADMIN_RESOLUTION_MAINT) until it has one. Main thread.
 */
import { ADMIN_HOST_SET, ADMIN_RESOLUTION_MAINT } from '../../core/abi.js';
import type { LogLevel } from '../../core/log/level.js';
import type { Model, Resolution as Rules } from '../../config/model.js';
import { addressOf } from '../address.js';
import { serverPath } from '../server_message.js';
import { adminOf } from '../state.js';
import { chooseAddress, type Candidate } from './choose.js';
import type { Lookups } from './lookups.js';
import type { Listener, Outcome, Resolution, Status } from './resolution.js';
import { Services } from './services.js';

/** What following a name does to a server. */
export interface NameEffects {
  /** Sets or takes ADMIN_ bits, with HAProxy's messages (ServerStates.admin). */
  admin(server: number, bits: number, on: boolean, cause: string): void;
  /** The server's address, written and told to all who connect to it; null takes it. `news` is the log line. */
  move(server: number, ip: string | null, port: number, news: string | null): void;
  /** Sets the weight that an SRV record says, 0-256. */
  weigh(server: number, weight: number): void;
  /** A line about a server. */
  note(server: number, level: LogLevel, text: string): void;
  /** A line for the log only. */
  log(server: number, level: LogLevel, text: string): void;
}

/** Why a server has no address, as messages say it. */
const CAUSES: Readonly<Record<Exclude<Status, 'valid'>, string>> = {
  nx: 'DNS NX status', timeout: 'DNS timeout status', refused: 'DNS refused status', other: 'unspecified DNS error',
};
const NO_ADDRESS_LEFT = 'No IP for server ';
/** Who says the addresses that come with an SRV record. */
const ALONG = 'DNS additional record';

/** One server, as far as its name goes. */
export interface Follower {
  readonly server: number;
  readonly rules: Rules;
  /** The name that is looked up; null: an SRV server that no record stands for. */
  name: string | null;
  /** SRV servers have the port of their record. */
  port: number;
  readonly isService: boolean;
}

/** Servers of one backend that share a name, and so its addresses. */
interface Group {
  readonly resolution: Resolution;
  readonly members: Follower[];
  readonly listener: Listener;
}

export class ServerNames {
  private readonly followers = new Map<number, Follower>();
  private readonly groups = new Map<string, Group>();
  private readonly services: Services;

  constructor(
    private readonly model: Model, private readonly state: Int32Array, private readonly lookups: readonly Lookups[], private readonly effects: NameEffects,
  ) {
    this.services = new Services(this, model, lookups, effects);
    for (const { index } of model.servers) this.add(index);
  }

  /** Begins to follow the name of a server, if it has one to follow. */
  add(server: number): void {
    const { resolution, hostname, address, proxy, saved } = this.model.servers[server]!;
    if (resolution === null || hostname === null || this.model.proxies[proxy]!.disabled) return;
    const follower: Follower = { server, rules: resolution, name: null, port: address.kind === 'ip' ? address.port : 0, isService: hostname?.startsWith('_') === true };
    this.followers.set(server, follower);
    if (follower.isService) this.services.add(hostname, follower, saved);
    else if (saved?.fqdn != null && (saved.adminState & ADMIN_HOST_SET) !== 0) {
      // An operator had given it another name in an earlier process.
      this.effects.admin(server, ADMIN_HOST_SET, true, '');
      this.follow(follower, saved.fqdn);
    } else this.follow(follower, hostname);
  }

  /** The name of a server now; null if it has none. */
  nameOf(server: number): string | null {
    const follower = this.followers.get(server);
    return follower === undefined ? this.model.servers[server]!.hostname : follower.name;
  }

  /** Gives a server another name (`set server fqdn`). False if it doesn't follow names. `by` ends the message. */
  rename(server: number, name: string, by: string): boolean {
    const follower = this.followers.get(server) ?? this.newcomer(server);
    if (follower === undefined) return false;
    this.effects.log(server, 'notice', `${serverPath(this.model, server)} changed its FQDN from ${follower.name ?? '(null)'} to ${name} by '${by}'`);
    this.unfollow(follower);
    this.effects.admin(server, ADMIN_HOST_SET, true, '');
    this.follow(follower, name);
    return true;
  }

  /** A server that has an address in the configuration, but resolvers too. */
  private newcomer(server: number): Follower | undefined {
    const { resolution, hostname, address } = this.model.servers[server]!;
    if (resolution === null) return undefined;
    const follower: Follower = { server, rules: resolution, name: null, port: address.kind === 'ip' ? address.port : 0, isService: hostname?.startsWith('_') === true };
    this.followers.set(server, follower);
    return follower;
  }

  /** Asks for the name of a server now: it doesn't answer any more. */
  trigger(server: number): void {
    const follower = this.followers.get(server);
    if (follower?.name != null) this.groups.get(this.keyOf(follower, follower.name))?.resolution.trigger();
  }

  /** A server stands for a record's target: its addresses came along with the record, or they are looked up. */
  stand(follower: Follower, target: string, known: readonly Candidate[]): void {
    const isFollowing = follower.name !== null && this.groups.get(this.keyOf(follower, follower.name))?.members.includes(follower) === true;
    if (known.length === 0) {
      if (!isFollowing) this.follow(follower, target);
      return;
    }
    if (isFollowing) this.unfollow(follower);
    follower.name = target;
    this.assign([follower], known, ALONG);
  }

  /** Looks up `name` for a server from now on. */
  follow(follower: Follower, name: string): void {
    follower.name = name;
    const key = this.keyOf(follower, name);
    let group = this.groups.get(key);
    if (group !== undefined) {
      group.members.push(follower);
      const outcome = group.resolution.outcome();
      if (outcome !== null) this.apply(group, { ...outcome, by: null });
      return;
    }
    const resolution = this.lookups[follower.rules.resolvers]!.addresses(name, follower.rules.prefer);
    if (resolution === undefined) return this.lose(follower, CAUSES.other);
    const listener: Listener = (outcome) => this.apply(group!, outcome);
    group = { resolution, members: [follower], listener };
    this.groups.set(key, group);
    resolution.follow(listener);
  }

  /** The name of a server is looked up no more; its address stays. */
  unfollow(follower: Follower): void {
    if (follower.name === null) return;
    const key = this.keyOf(follower, follower.name);
    const group = this.groups.get(key);
    follower.name = null;
    if (group === undefined) return;
    const at = group.members.indexOf(follower);
    if (at < 0) return;
    group.members.splice(at, 1);
    if (group.members.length > 0) return;
    group.resolution.unfollow(group.listener);
    this.groups.delete(key);
  }

  /** Ends all following of a server that is deleted. */
  remove(server: number): void {
    const follower = this.followers.get(server);
    if (follower === undefined) return;
    this.unfollow(follower);
    this.services.remove(follower);
    this.followers.delete(server);
  }

  /** A server has no address any more. */
  lose(follower: Follower, cause: string): void {
    const { server } = follower;
    if (addressOf(this.model, this.state, server) !== null) this.effects.move(server, null, follower.port, null);
    this.effects.admin(server, ADMIN_RESOLUTION_MAINT, true, cause);
  }

  private keyOf({ server, rules }: Follower, name: string): string {
    return `${this.model.servers[server]!.proxy} ${rules.resolvers} ${rules.prefer} ${name.toLowerCase()}`;
  }

  private apply({ members }: Group, { status, found, by }: Outcome): void {
    const addresses = found.filter((each) => each.kind === 'address');
    if (addresses.length === 0) {
      for (const member of members) this.lose(member, status === 'valid' ? NO_ADDRESS_LEFT : CAUSES[status]);
    } else if (status === 'valid') this.assign(members, addresses, by === null ? null : by.conf.name);
  }

  /** `by`: who said so, as messages have it; null = it was known. */
  private assign(members: readonly Follower[], addresses: readonly Candidate[], by: string | null): void {
    let source = by;
    for (const member of members) {
      const current = this.addressOf(member.server);
      // Two ports of one target are two places of a service.
      const isRival = (other: Follower): boolean => other !== member && (!member.isService || other.port === member.port);
      const used = new Set(members.filter(isRival).map(({ server }) => this.addressOf(server)).filter((address) => address !== null));
      const chosen = chooseAddress(addresses, member.rules, current, used);
      if (chosen === null) {
        this.lose(member, NO_ADDRESS_LEFT);
        continue;
      }
      if (chosen !== current || this.portOf(member.server) !== member.port) {
        this.moveTo(member, current, chosen, source);
        // The first server tells who said it, the others have it from there.
        source = null;
      }
      this.comeBack(member, by === ALONG);
    }
  }

  private moveTo({ server, rules, port }: Follower, from: string | null, to: string, by: string | null): void {
    const section = this.model.resolvers[rules.resolvers]!.name;
    const source = by === null ? 'DNS cache' : by === ALONG ? by : `${section}/${by}`;
    const news = from === to ? null : `${serverPath(this.model, server)} changed its IP from ${from ?? '(none)'} to ${to} by ${source}.`;
    this.effects.move(server, to, port, news);
  }

  private comeBack({ server, name }: Follower, along: boolean): void {
    if ((adminOf(this.model, this.state, server) & ADMIN_RESOLUTION_MAINT) === 0) return;
    this.effects.admin(server, ADMIN_RESOLUTION_MAINT, false, name ?? '');
    if (!along) this.effects.note(server, 'notice', `Server ${serverPath(this.model, server)} administratively READY thanks to valid DNS answer.`);
  }

  private addressOf(server: number): string | null {
    const address = addressOf(this.model, this.state, server);
    return address?.kind === 'ip' ? address.address : null;
  }

  private portOf(server: number): number {
    const address = addressOf(this.model, this.state, server);
    return address?.kind === 'ip' ? address.port : 0;
  }
}
