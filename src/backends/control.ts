/**
 * What an operator does to servers while the process runs: the operations behind the runtime API's `set server`, `enable server`,
 * `disable server`, `set weight` and `set maxconn server` (management guide, 9.3), with HAProxy's words. Each returns what is wrong or
 * what there is to say, null if there is nothing. Main thread.
 */
import { ADMIN_FORCED_DRAIN, ADMIN_FORCED_MAINT, ADMIN_RESOLUTION_MAINT, SS_INITIAL_WEIGHT, SS_MAXCONN, SS_USER_WEIGHT } from '../core/abi.js';
import { serverCell } from '../core/cells.js';
import { parseIp } from '../core/ip.js';
import type { SystemLog } from '../core/log/system_log.js';
import type { Model } from '../config/model.js';
import { addressOf, setAddress } from './address.js';
import { isDnsName } from './resolver/message.js';
import type { Resolver } from './resolver/start.js';
import { serverPath, upServers } from './server_message.js';
import type { ServerStates } from './server_states.js';
import { isDynamic } from './balance/index.js';
import { refreshBackend, setUserWeight } from './state.js';

export interface ControlParts {
  readonly model: Model;
  readonly state: Int32Array;
  readonly states: ServerStates;
  readonly resolver: Resolver;
  readonly log: SystemLog;
  /** A server's weight or limit changed: workers look again. */
  tell(server: number): void;
}

const WEIGHT_MOST = 256;
const PORT_MOST = 65535;

/** Who changes things, as messages say it. */
const BY_COMMAND = 'stats socket command';

export type AdminWord = 'ready' | 'drain' | 'maint';
export type HealthWord = 'up' | 'stopping' | 'down';

export class ServerControl {
  constructor(private readonly parts: ControlParts) {}

  /** The server of `backend/server`, by names or numbers (`#3`); a message if there is none. */
  find(path: string): number | string {
    const [backend = '', name] = path.split('/', 2);
    if (name === undefined || name === '') return "Require 'backend/server'.";
    const { proxies, servers } = this.parts.model;
    const proxy = proxies.find((one) => one.isBackend && (one.name === backend || `#${one.id}` === backend));
    if (proxy === undefined) return 'No such backend.';
    const index = proxy.servers.find((one) => servers[one]!.name === name || `#${servers[one]!.id}` === name);
    return index ?? 'No such server.';
  }

  /** `set server … state`: ready, drain and maint. `enable server` and `disable server` are ready and maint without the drain. */
  administer(server: number, to: AdminWord): null {
    const { states } = this.parts;
    if (to === 'drain') states.admin(server, ADMIN_FORCED_DRAIN, true);
    states.admin(server, ADMIN_FORCED_MAINT, to === 'maint');
    if (to === 'ready') states.admin(server, ADMIN_FORCED_DRAIN, false);
    return null;
  }

  enable(server: number, on: boolean): null {
    this.parts.states.admin(server, ADMIN_FORCED_MAINT, !on);
    return null;
  }

  /** `set server … health`. */
  setHealth(server: number, to: HealthWord): string | null {
    const { model, states } = this.parts;
    if (model.servers[server]!.track !== null) return 'cannot change health on a tracking server.';
    states.health(server, to);
    return null;
  }

  /** `set server … weight` and `set weight`: 0-256, or a percentage of the configured weight. */
  setWeight(server: number, text: string): string | null {
    const { model, state, states, tell } = this.parts;
    const match = /^([+-]?[0-9]+)(.*)$/.exec(text);
    if (text === '') return 'Require <weight> or <weight%>.';
    if (match === null) return 'Empty weight string empty or preceded by garbage';
    const percent = match[2] === '%';
    if (match[2] !== '' && !percent) return 'Trailing garbage in weight string';
    const value = Number(match[1]);
    if (percent && value < 0) return 'Relative weight must be positive.';
    if (!percent && (value < 0 || value > WEIGHT_MOST)) return 'Absolute weight can only be between 0 and 256 inclusive.';
    const initial = this.cell(server, SS_INITIAL_WEIGHT);
    const weight = percent ? Math.min(WEIGHT_MOST, Math.floor((initial * value) / 100)) : value;
    const { proxy } = model.servers[server]!;
    if (weight !== 0 && weight !== initial && !isDynamic(model.proxies[proxy]!)) {
      return "Backend is using a static LB algorithm and only accepts weights '0%' and '100%'.";
    }
    const before = upServers(model, state, proxy);
    setUserWeight(model, state, server, weight);
    tell(server);
    states.weighed(server, before);
    return null;
  }

  /** `get weight`. */
  weightText(server: number): string {
    return `${this.cell(server, SS_USER_WEIGHT)} (initial ${this.cell(server, SS_INITIAL_WEIGHT)})`;
  }

  /** `set maxconn server`. */
  setMaxconn(server: number, text: string): string | null {
    const { model, state, tell } = this.parts;
    const match = /^([+-]?[0-9]+)(.*)$/.exec(text);
    if (text === '') return 'Require <maxconn>.';
    if (match === null) return 'maxconn string empty or preceded by garbage';
    if (match[2] !== '') return 'Trailing garbage in maxconn string';
    const value = Number(match[1]);
    if (value < 0 || value > 0x7fffffff) return 'Value out of range.';
    Atomics.store(state, serverCell(model.proxies.length, server, SS_MAXCONN), Math.max(value, value === 0 ? 0 : model.servers[server]!.minconn));
    tell(server);
    return null;
  }

  /** `set server … addr <ip> [port <port>]`; `ip` null leaves the address as it is. Tells what became of it. */
  setAddr(server: number, ip: string | null, port: string | null, by = BY_COMMAND): string {
    const now = addressOf(this.parts.model, this.parts.state, server);
    if (ip !== null && parseIp(ip) === undefined) return `Invalid addr '${ip}' by '${by}'`;
    if (now !== null && now.kind !== 'ip') return `Update for the current server address family is only supported through configuration file by '${by}'`;
    const configured = this.parts.model.servers[server]!.address;
    const oldPort = now?.port ?? (configured.kind === 'ip' ? configured.port : 0);
    const newPort = port === null ? oldPort : /^[0-9]{1,5}$/.test(port) ? Number(port) : NaN;
    if (!(newPort >= 0 && newPort <= PORT_MOST)) return `provided port is not an integer by '${by}'`;
    const newIp = ip ?? now?.address ?? null;
    const address = newIp === (now?.address ?? null) ? 'no need to change the addr' : `IP changed from '${now?.address ?? '(none)'}' to '${newIp}'`;
    const what = `${address}${newPort === oldPort ? '' : `, port changed from '${oldPort}' to '${newPort}'`}`;
    if (newIp !== (now?.address ?? null) || newPort !== oldPort) this.move(server, newIp, newPort, what, by);
    return `${what} by '${by}'`;
  }

  /** `set server … fqdn`. */
  setFqdn(server: number, name: string): string {
    const { model, resolver } = this.parts;
    if (model.servers[server]!.resolution === null) return 'set server <b>/<s> fqdn failed because no resolution is configured.';
    if (!isDnsName(name)) return 'invalid FQDN';
    const from = resolver.names.nameOf(server) ?? '(null)';
    if (from === name) return `no need to change the FDQN by '${BY_COMMAND}'`;
    resolver.names.rename(server, name, BY_COMMAND);
    return `${serverPath(model, server)} changed its FQDN from ${from} to ${name} by '${BY_COMMAND}'`;
  }

  private move(server: number, ip: string | null, port: number, what: string, by: string): void {
    const { model, state, states, log, tell } = this.parts;
    setAddress(model, state, server, ip, port);
    if (ip !== null) states.admin(server, ADMIN_RESOLUTION_MAINT, false);
    refreshBackend(model, state, model.servers[server]!.proxy);
    log('notice', `${serverPath(model, server)} changed its ${what.replace(/^no need to change the addr, /, '')} by '${by}'.`, model.servers[server]!.proxy);
    tell(server);
  }

  private cell(server: number, which: number): number {
    const { model, state } = this.parts;
    return Atomics.load(state, serverCell(model.proxies.length, server, which));
  }
}
