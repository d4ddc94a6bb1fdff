/**
 * Changes of servers' states while the process runs: the only place that makes them. Health (checks, agents, traffic, the runtime
 * API) and administration (the runtime API, agents, names without addresses) meet here; tracking servers follow; what happened is
 * logged, printed, mailed and told to the workers. Main thread. Words and levels are HAProxy's.
 */
import {
  ADMIN_DRAIN, ADMIN_FORCED_DRAIN, ADMIN_FORCED_MAINT, ADMIN_INHERITED_DRAIN, ADMIN_INHERITED_MAINT, ADMIN_MAINT, ADMIN_RESOLUTION_MAINT, OP_RUNNING, OP_STARTING, OP_STOPPED,
  OP_STOPPING, SRV_DOWN, SRV_MAINT, SS_WEIGHT,
} from '../core/abi.js';
import { serverCell } from '../core/cells.js';
import { LEVELS, type LogLevel } from '../core/log/level.js';
import type { SystemLog } from '../core/log/system_log.js';
import type { Model } from '../config/model.js';
import { DownTimes } from './check/figures.js';
import { farmText, serverPath, serverTitle, upServers } from './server_message.js';
import { adminOf, operationOf, serverState, setAdmin, setOperation } from './state.js';

/** Why the sessions of a server are ended: it went down, or a better one came up. */
export type ShutdownCause = 'D' | 'U';

export interface StatesParts {
  readonly model: Model;
  readonly state: Int32Array;
  readonly log: SystemLog;
  /** One line for the administrator's terminal. */
  print(severity: 'alert' | 'warning', text: string): void;
  /** A server's state, weight or limit changed: the workers look again. */
  tell(server: number): void;
  /** Ends all sessions of a server. */
  shutdown(server: number, cause: ShutdownCause): void;
  /** ms since 1970. */
  now?(): number;
}

/** What those who follow a server hear. */
export interface StateListener {
  /** Its SRV_, OP_ or ADMIN_ state changed. */
  changed?(server: number): void;
  /** It left maintenance, or somebody said how it is: its checks begin anew from there. */
  restarted?(server: number, health: 'initial' | 'up' | 'stopping' | 'down'): void;
  /** It came up after it was down: a slow start begins. */
  cameUp?(server: number): void;
  /** A message about a server, for those who mail it. `level` is a syslog level by number. */
  message?(server: number, level: number, text: string): void;
}

const STATE_WORD = (op: number): string => (op === OP_STOPPED ? 'DOWN' : 'UP');

const NOBODY: readonly number[] = [];

function trackersOf(model: Model): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const index of model.proxies.flatMap(({ servers }) => servers)) {
    const { track } = model.servers[index]!;
    if (track === null) continue;
    const known = children.get(track);
    if (known === undefined) children.set(track, [index]);
    else known.unshift(index);   // the newest hears first, as in HAProxy
  }
  return children;
}

export class ServerStates {
  /** Times that servers were out, and backends without a server. */
  readonly servers: DownTimes;
  readonly backends: DownTimes;
  private readonly model: Model;
  private readonly state: Int32Array;
  private readonly parts: StatesParts;
  private readonly listeners: StateListener[] = [];
  private readonly now: () => number;
  /** Trackers by the server that they track. */
  private children: ReadonlyMap<number, readonly number[]>;

  constructor(parts: StatesParts) {
    this.parts = parts;
    this.model = parts.model;
    this.state = parts.state;
    this.now = parts.now ?? Date.now;
    this.servers = new DownTimes(parts.model.servers.length);
    this.backends = new DownTimes(parts.model.proxies.length);
    this.children = trackersOf(parts.model);
    for (const { index } of parts.model.servers) {
      if ((adminOf(this.model, this.state, index) & ADMIN_MAINT) === 0) continue;
      this.servers.begin(index, this.now());
      for (const tracker of this.trackers(index)) this.inherit(tracker);
    }
  }

  listen(listener: StateListener): void {
    this.listeners.push(listener);
  }

  /**
   * What its health makes of a server: an OP_ constant. `cause` follows the word in the message (", reason: …", ", changed from CLI").
   * True if that is news.
   */
  operational(server: number, op: number, cause: string): boolean {
    const before = operationOf(this.model, this.state, server);
    if (op === before || (op === OP_RUNNING && before === OP_STARTING)) return false;
    this.change(server, () => setOperation(this.model, this.state, server, op, this.seconds()), () => this.tellOperation(server, before, op, cause));
    for (const tracker of this.trackers(server)) this.operational(tracker, op, ` via ${serverPath(this.model, server)}`);
    this.afterOperation(server, before, op);
    return true;
  }

  /**
   * Sets or takes ADMIN_ bits. `cause` stands in parentheses behind the news; where a name has an address again, it is that name. True if
   * they were not so before.
   */
  admin(server: number, bits: number, on: boolean, cause = ''): boolean {
    return this.administer(server, bits, on, cause, '');
  }

  /** What an operator says of a server's health: checks go on from there. */
  health(server: number, to: 'up' | 'stopping' | 'down'): void {
    for (const listener of this.listeners) listener.restarted?.(server, to);
    this.operational(server, to === 'up' ? OP_RUNNING : to === 'down' ? OP_STOPPED : OP_STOPPING, ', changed from CLI');
  }

  /** A line about a server that is no change of state. */
  note(server: number, level: LogLevel, mailLevel: LogLevel, text: string): void {
    this.say(server, level, mailLevel, text);
  }

  /** Puts a server into a state before anything runs: nobody hears of it. */
  begin(server: number, op: number): void {
    setOperation(this.model, this.state, server, op, this.seconds());
    if (op === OP_STOPPED) this.servers.begin(server, this.now());
    for (const tracker of this.trackers(server)) this.begin(tracker, op);
  }

  /** To be called when a weight has changed: a backend may have lost its last server by it. */
  weighed(server: number, before: readonly [number, number]): void {
    this.noServerLeft(this.model.servers[server]!.proxy, before);
  }

  /** A weight or limit of a server changed. */
  touched(server: number): void {
    this.parts.tell(server);
    for (const listener of this.listeners) listener.changed?.(server);
  }

  /** A server was added or taken out. */
  grow(): void {
    this.servers.grow(this.model.servers.length);
    this.children = trackersOf(this.model);
  }

  private administer(server: number, bits: number, on: boolean, cause: string, via: string): boolean {
    const before = adminOf(this.model, this.state, server);
    if (((on ? before | bits : before & ~bits) & 0xff) === before) return false;
    const was = serverState(this.model, this.state, server);
    this.change(server, () => setAdmin(this.model, this.state, server, bits, on, this.seconds()), () => this.tellAdmin(server, bits, before, cause, via));
    const after = adminOf(this.model, this.state, server);
    for (const tracker of this.trackers(server)) this.follow(tracker, server, after);
    if (was !== SRV_MAINT && (after & ADMIN_MAINT) !== 0 && this.model.servers[server]!.shutdownOnDown) this.parts.shutdown(server, 'D');
    return true;
  }

  /** Does what changes a server and tells everybody. */
  private change(server: number, act: () => void, tellNews: () => void): void {
    const { proxy } = this.model.servers[server]!;
    const before = upServers(this.model, this.state, proxy);
    const from = serverState(this.model, this.state, server);
    act();
    const to = serverState(this.model, this.state, server);
    const down = (state: number): boolean => state === SRV_DOWN || state === SRV_MAINT;
    if (down(from) !== down(to)) this.servers.turn(server, !down(to), this.now());
    tellNews();
    this.noServerLeft(proxy, before);
    this.parts.tell(server);
    for (const listener of this.listeners) listener.changed?.(server);
  }

  private noServerLeft(proxy: number, [active, backup]: readonly [number, number]): void {
    const [left, backups] = upServers(this.model, this.state, proxy);
    const had = active + backup > 0;
    if (had === left + backups > 0) return;
    this.backends.turn(proxy, !had, this.now());
    if (!had) return;
    const { name } = this.model.proxies[proxy]!;
    this.parts.print('alert', `backend '${name}' has no server available!`);
    this.parts.log('emerg', `backend ${name} has no server available!`, proxy);
  }

  private tellOperation(server: number, before: number, op: number, cause: string): void {
    const title = serverTitle(this.model, server);
    const farm = farmText(this.model, this.state, server, op === OP_STOPPED);
    if (op === OP_STOPPED) {
      // One that had asked for no more sessions is no surprise (manual: http-check disable-on-404).
      const level = before === OP_STOPPING ? 'notice' : 'alert';
      this.say(server, level, level, `${title} is DOWN${cause}. ${farm}`);
    } else this.say(server, 'notice', 'notice', `${title} is ${op === OP_STOPPING ? 'stopping' : 'UP'}${cause}. ${farm}`);
  }

  private afterOperation(server: number, before: number, op: number): void {
    const { proxy, backup, shutdownOnDown, shutdownBackups } = this.model.servers[server]!;
    if (op === OP_STOPPED && shutdownOnDown) this.parts.shutdown(server, 'D');
    if (op !== OP_RUNNING || before !== OP_STOPPED) return;
    for (const listener of this.listeners) listener.cameUp?.(server);
    const weight = Atomics.load(this.state, serverCell(this.model.proxies.length, server, SS_WEIGHT));
    if (!shutdownBackups || backup || weight === 0) return;
    for (const other of this.model.proxies[proxy]!.servers) if (this.model.servers[other]!.backup) this.parts.shutdown(other, 'U');
  }

  /** `bits` were set or taken; `before` is what there was. */
  private tellAdmin(server: number, bits: number, before: number, cause: string, via: string): void {
    const title = serverTitle(this.model, server);
    const after = adminOf(this.model, this.state, server);
    const op = operationOf(this.model, this.state, server);
    const why = cause === '' ? '' : ` (${cause})`;
    const [maintained, maintains] = [(before & ADMIN_MAINT) !== 0, (after & ADMIN_MAINT) !== 0];
    if (!maintained && maintains) {
      if (op === OP_STOPPED) this.say(server, 'notice', 'notice', `${title} was DOWN and now enters maintenance${why}${via}.`);
      else this.say(server, 'alert', 'notice', `${title} is going DOWN for maintenance${why}${via}. ${farmText(this.model, this.state, server, true)}`);
    } else if (maintained && !maintains) this.leaveMaintenance(server, bits, after, cause, via);
    else if (maintained && (bits & ADMIN_MAINT) !== 0 && (before & ~after) !== 0) {
      this.say(server, 'notice', 'notice', `${title} is leaving ${(bits & ADMIN_FORCED_MAINT) !== 0 ? 'forced ' : ''}maintenance but remains in maintenance.`);
    } else if (!maintains) this.tellDrain(server, before, after, op, via);
  }

  private tellDrain(server: number, before: number, after: number, op: number, via: string): void {
    const title = serverTitle(this.model, server);
    if ((before & ADMIN_DRAIN) === 0 && (after & ADMIN_DRAIN) !== 0) {
      this.say(server, 'notice', 'notice', `${title} enters drain state${via}. ${farmText(this.model, this.state, server, op === OP_STOPPED)}`);
    } else if ((before & ADMIN_DRAIN) !== 0 && (after & ADMIN_DRAIN) === 0) this.say(server, 'notice', 'notice', `${title} is ${STATE_WORD(op)} (leaving forced drain).`);
    else if ((before & ~after & ADMIN_DRAIN) !== 0) this.say(server, 'notice', 'notice', `${title} is leaving forced drain but remains in drain mode.`);
  }

  private leaveMaintenance(server: number, bits: number, after: number, cause: string, via: string): void {
    for (const listener of this.listeners) listener.restarted?.(server, 'initial');
    const { hostname, track } = this.model.servers[server]!;
    // What it was before counts no more: it is as at the start, and its checks go on from there.
    if (track === null) setOperation(this.model, this.state, server, this.firstOperation(server), this.seconds());
    else setOperation(this.model, this.state, server, operationOf(this.model, this.state, track), this.seconds());
    const resolved = (bits & ADMIN_RESOLUTION_MAINT) !== 0;
    const how = resolved ? 'resolves again' : (bits & ADMIN_FORCED_MAINT) !== 0 ? 'leaving forced maintenance' : 'leaving maintenance';
    const name = cause === '' ? hostname : cause;
    const title = `${serverTitle(this.model, server)}${resolved && name !== null ? ` ('${name}')` : ''}`;
    const drains = (after & ADMIN_DRAIN) !== 0;
    this.say(server, 'notice', 'notice', `${title} is ${STATE_WORD(operationOf(this.model, this.state, server))}/${drains ? 'DRAIN' : 'READY'} (${how}).`);
    if (!drains) return;
    const forced = (after & ADMIN_FORCED_DRAIN) !== 0;
    this.say(server, 'notice', 'notice', forced ? `${serverTitle(this.model, server)} remains in forced drain mode.` : `${serverTitle(this.model, server)} remains in drain mode${via}.`);
  }

  /** What a server is before its first check: an OP_ constant (manual: init-state). */
  firstOperation(server: number): number {
    const { initState } = this.model.servers[server]!;
    return initState === 'down' || initState === 'fully-down' ? OP_STOPPED : OP_RUNNING;
  }

  /** A tracking server takes over the administrative state of the one it tracks. */
  private follow(tracker: number, tracked: number, admin: number): void {
    const via = ` via ${serverPath(this.model, tracked)}`;
    const maintains = (admin & ADMIN_MAINT) !== 0;
    // While the other is in maintenance nothing else counts.
    if (maintains) this.administer(tracker, ADMIN_INHERITED_MAINT, true, '', via);
    if (!maintains) {
      if ((admin & ADMIN_DRAIN) !== 0) this.administer(tracker, ADMIN_INHERITED_DRAIN, true, '', via);
      this.administer(tracker, ADMIN_INHERITED_MAINT, false, '', via);
      if ((admin & ADMIN_DRAIN) === 0) this.administer(tracker, ADMIN_INHERITED_DRAIN, false, '', via);
    }
  }

  /** At the start, silently. */
  private inherit(tracker: number): void {
    setAdmin(this.model, this.state, tracker, ADMIN_INHERITED_MAINT, true, this.seconds());
    this.servers.begin(tracker, this.now());
    for (const next of this.trackers(tracker)) this.inherit(next);
  }

  private trackers(server: number): readonly number[] {
    return this.children.get(server) ?? NOBODY;
  }

  private say(server: number, level: LogLevel, mailLevel: LogLevel, text: string): void {
    this.parts.print('warning', text);
    this.parts.log(level, text, this.model.servers[server]!.proxy);
    for (const listener of this.listeners) listener.message?.(server, LEVELS.indexOf(mailLevel), text);
  }

  private seconds(): number {
    return Math.floor(this.now() / 1000);
  }
}
