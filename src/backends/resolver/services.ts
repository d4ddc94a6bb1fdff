/**
 * Sets of servers by SRV records (manual, 5.3.1; RFC 2782): each record (target and port) has one of the servers that name the
 * service; records beyond them have none, servers beyond the records are in maintenance.
 */
import { ADMIN_HOST_SET } from '../../core/abi.js';
import { serverPath } from '../server_message.js';
import type { Model, SavedServer } from '../../config/model.js';
import type { Candidate } from './choose.js';
import type { Lookups } from './lookups.js';
import type { SrvData } from './message.js';
import type { Follower, NameEffects, ServerNames } from './names.js';
import type { Listener, Outcome, Resolution, Status } from './resolution.js';

/** A server of a service, and the record it stands for. */
interface Place {
  readonly follower: Follower;
  /** `target:port` in lower case; null = free. */
  key: string | null;
  weight: number;
}

interface Service {
  readonly name: string;
  readonly resolution: Resolution;
  readonly listener: Listener;
  readonly places: Place[];
}

const REMOVED = 'entry removed from SRV record';
const CAUSES: Readonly<Record<Exclude<Status, 'valid'>, string>> = {
  nx: 'DNS NX status', timeout: 'DNS timeout status', refused: 'DNS refused status', other: 'unspecified DNS error',
};

/** Weights of SRV records are 16-bit numbers, those of servers go to 256. */
export function serverWeight(weight: number): number {
  return (weight + 255) >> 8;
}

/** The addresses of a record's target that came along with it. */
function known(along: Outcome['along'], { target }: SrvData): Candidate[] {
  return (along.get(target) ?? []).filter((each) => each.kind === 'address');
}

const keyOf = ({ target, port }: SrvData): string => `${target}:${port}`;

export class Services {
  private readonly services = new Map<string, Service>();

  constructor(
    private readonly names: ServerNames, private readonly model: Model, private readonly lookups: readonly Lookups[], private readonly effects: NameEffects,
  ) {}

  /** A server that waits for a record; `saved` says which one it had in an earlier process. */
  add(name: string, follower: Follower, saved: SavedServer | null): void {
    const service = this.serviceOf(name, follower);
    if (service === undefined) return;
    const place: Place = { follower, key: null, weight: -1 };
    service.places.push(place);
    if (saved !== null) this.restore(place, name, saved);
    if (service.places.length === 1) return service.resolution.follow(service.listener);
    const known = service.resolution.outcome();
    if (known !== null) this.apply(service, known);
  }

  private restore(place: Place, name: string, { srvRecord, fqdn, port, address }: SavedServer): void {
    if (srvRecord !== name || fqdn === null || port === 0) return;
    const record = { priority: 0, weight: 0, port, target: fqdn.toLowerCase() };
    this.fill(place, record, address === null ? [] : [{ family: address.includes(':') ? 6 : 4, address }], false);
  }

  remove(follower: Follower): void {
    for (const [key, service] of this.services) {
      const at = service.places.findIndex((place) => place.follower === follower);
      if (at < 0) continue;
      service.places.splice(at, 1);
      if (service.places.length > 0) return;
      service.resolution.unfollow(service.listener);
      this.services.delete(key);
    }
  }

  private serviceOf(name: string, { server, rules }: Follower): Service | undefined {
    const key = `${this.model.servers[server]!.proxy} ${rules.resolvers} ${name.toLowerCase()}`;
    let service = this.services.get(key);
    if (service !== undefined) return service;
    const resolution = this.lookups[rules.resolvers]!.services(name);
    if (resolution === undefined) return undefined;
    const listener: Listener = (outcome) => this.apply(service!, outcome);
    service = { name, resolution, listener, places: [] };
    this.services.set(key, service);
    return service;
  }

  private apply({ places }: Service, { status, found, along }: Outcome): void {
    const records = new Map<string, SrvData>();
    for (const each of found) if (each.kind === 'srv') records.set(keyOf(each.srv), each.srv);
    for (const place of places) {
      const record = place.key === null ? undefined : records.get(place.key);
      if (record !== undefined) {
        records.delete(place.key!);
        if (status !== 'valid') continue;
        this.weigh(place, record);
        this.names.stand(place.follower, record.target, known(along, record));
      } else if (place.key !== null) this.empty(place, status === 'valid' ? REMOVED : CAUSES[status]);
    }
    if (status !== 'valid') return;
    for (const record of records.values()) {
      const free = places.find(({ key }) => key === null);
      if (free === undefined) return;
      this.fill(free, record, known(along, record), true);
    }
  }

  private fill(place: Place, record: SrvData, addresses: readonly Candidate[], news: boolean): void {
    const { follower } = place;
    place.key = keyOf(record);
    follower.port = record.port;
    if (news) {
      this.effects.log(follower.server, 'notice', `${serverPath(this.model, follower.server)} changed its FQDN from (null) to ${record.target} by 'SRV record'`);
      this.weigh(place, record);
    }
    this.effects.admin(follower.server, ADMIN_HOST_SET, true, '');
    this.names.stand(follower, record.target, addresses);
  }

  private empty(place: Place, cause: string): void {
    place.key = null;
    place.weight = -1;
    this.names.unfollow(place.follower);
    this.names.lose(place.follower, cause);
  }

  private weigh(place: Place, { weight }: SrvData): void {
    if (place.follower.rules.ignoreWeight || place.weight === weight) return;
    place.weight = weight;
    this.effects.weigh(place.follower.server, serverWeight(weight));
  }
}
