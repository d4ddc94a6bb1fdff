/** Health checks from drafts to the Model: names become numbers, addresses are looked up, what doesn't fit together is reported. */
import type { Agent, Check, CheckPlan, EmailAlert, Mailers, Observe } from './check_rules.js';
import type { CheckDraft, DraftTarget, HealthcheckDraft, MailersDraft } from './check_draft.js';
import type { Diagnostic, Span } from './diagnostic.js';
import { proxyType } from './draft.js';
import type { GlobalDraft, RunningDraft, ServerDraft } from './draft.js';
import type { AddressBook } from './lookup.js';
import type { Server, SocketAddress } from './model.js';
import { didYouMean } from './suggest.js';

type Report = (diagnostic: Diagnostic) => void;

export interface CheckSections {
  readonly healthchecks: readonly HealthcheckDraft[];
  readonly mailers: readonly MailersDraft[];
}

/** What a server line says of its health, resolved but for the server it tracks. */
export interface ServerHealth {
  readonly check: Check | null;
  readonly agent: Agent | null;
  readonly observe: Observe | null;
  readonly socks4: SocketAddress | null;
}

const ANY = ['0.0.0.0', '::'];

const ALERT_LEVEL = 1;

export class CheckResolver {
  readonly plans: CheckPlan[] = [];
  readonly mailers: readonly Mailers[];
  readonly #sections = new Map<string, number>();
  readonly #book: AddressBook;
  readonly #report: Report;

  constructor({ healthchecks, mailers }: CheckSections, book: AddressBook, report: Report) {
    this.#book = book;
    this.#report = report;
    for (const section of healthchecks) this.#section(section);
    this.mailers = mailers.map(({ name, timeout, mailers: list }) => ({
      name, timeout,
      mailers: list.flatMap((mailer) => {
        const address = this.#address(mailer.target, 'mailer');
        return address === null ? [] : [{ name: mailer.name, address }];
      }),
    }));
  }

  #section({ name, span, check }: HealthcheckDraft): void {
    if (check.type === null) {
      this.#alert(span, `healthcheck section '${name}' has no 'type'`, "Add 'type <type>'.");
      return;
    }
    this.#sections.set(name, this.#plan(check) ?? this.#connectOnly());
  }

  /** A plan that only connects, for a section that says no more. */
  #connectOnly(): number {
    return this.plans.push({ type: 'tcp-check', options: {}, request: null, rules: [], sendState: false, disableOn404: false }) - 1;
  }

  /** Number of the plan; null if servers are only connected to. */
  #plan({ type, options, http, tcp, externalCommand, externalPath }: CheckDraft): number | null {
    if (type === null) return null;
    const own = type === 'httpchk' ? http : tcp;
    const rules = type === 'httpchk' || type === 'tcp-check' ? own.rules : [];
    if (type === 'tcp-check' && rules.length === 0) return null;
    const external = type === 'external-check' ? { command: externalCommand ?? '', path: externalPath ?? '' } : {};
    const { request, sendState, disableOn404 } = http;
    const isHttp = type === 'httpchk';
    return this.plans.push({
      type, options: { ...options, ...external }, request: isHttp ? request : null, rules, sendState: isHttp && sendState, disableOn404: isHttp && disableOn404,
    }) - 1;
  }

  /** The plan of a backend for its servers; to be called once for each. */
  planOf(draft: RunningDraft, global: GlobalDraft): number | null {
    const { check } = draft.settings;
    if (check.type === 'external-check' && !draft.settings.disabled) this.#external(draft, check, global);
    for (const family of ['http', 'tcp'] as const) {
      const { span, rules } = check[family];
      const option = family === 'http' ? 'httpchk' : 'tcp-check';
      if (span === null || rules.length === 0 || check.type === option) continue;
      const summary = `${proxyType(draft)} '${draft.name}' uses ${family}-check rules without 'option ${option}', so the rules are ignored`;
      this.#report({ severity: 'warning', summary, advice: `Add 'option ${option}', or remove the rules.`, span, related: [] });
    }
    return this.#plan(check);
  }

  #external(draft: RunningDraft, check: CheckDraft, global: GlobalDraft): void {
    const span = draft.seen.get('option external-check') ?? draft.span;
    const who = `Proxy '${draft.name}' : 'option external-check'`;
    if (global.externalCheck === 'no') this.#alert(span, `${who} unable to find required 'global.external-check'`, "Add 'external-check' to the global section.");
    if (check.externalCommand === null) this.#alert(span, `${who} unable to find required 'external-check command'`, "Add 'external-check command <program>'.");
    if (global.insecureFork) return;
    const summary = `Proxy '${draft.name}' : 'insecure-fork-wanted' not enabled in the global section, 'option external-check' will likely fail`;
    this.#report({ severity: 'warning', summary, advice: "Add 'insecure-fork-wanted' to the global section.", span, related: [] });
  }

  /** What a server's line says. `plan` is its backend's. */
  server(draft: ServerDraft, address: SocketAddress, plan: number | null): ServerHealth {
    const { settings } = draft;
    const { health } = settings;
    return {
      check: settings.check ? this.#check(draft, address, plan) : null,
      agent: health.agent ? this.#agent(draft) : null,
      observe: health.observe === null ? null : { layer: health.observe.layer, errorLimit: health.errorLimit, onError: health.onError },
      socks4: health.socks4 === null ? null : this.#address(health.socks4, 'socks4'),
    };
  }

  #check(draft: ServerDraft, server: SocketAddress, backendPlan: number | null): Check {
    const { settings, name, addressSpan } = draft;
    const { inter, fastinter, downinter, rise, fall, checkAddress, checkPort, health } = settings;
    const address = checkAddress === null ? null : this.#address(checkAddress, 'addr');
    const plan = health.healthcheck === null ? backendPlan : this.#sectionPlan(health.healthcheck);
    const found = address ?? server;
    const port = checkPort !== 0 ? checkPort : address?.kind === 'ip' && address.port !== 0 ? address.port : null;
    // The port of an address that stands for the client's destination is the client's too.
    const anywhere = found.kind === 'ip' && ANY.includes(found.address);
    if (found.kind === 'ip' && !anywhere && port === null && (server.kind !== 'ip' || server.port === 0) && !this.#saysPort(plan)) {
      this.#alert(addressSpan, `server ${name} has neither service port nor check port nor tcp_check rule 'connect' with port information`, "Add 'port <port>'.");
    }
    this.#protocol(draft, plan);
    const elsewhere = address !== null || port !== null;
    const sendProxy = health.sendProxy || (!elsewhere && settings.sendProxy !== 0) ? (settings.sendProxy === 2 ? 2 : 1) : 0;
    return { inter, fastinter, downinter, rise, fall, address, port, plan, sendProxy, viaSocks4: health.viaSocks4 };
  }

  #saysPort(plan: number | null): boolean {
    const first = plan === null ? undefined : this.plans[plan]!.rules.find(({ kind }) => kind !== 'action');
    return first?.kind === 'connect' && first.port !== null;
  }

  #protocol({ name, settings }: ServerDraft, plan: number | null): void {
    const { proto } = settings.health;
    if (proto === null) return;
    const http = plan !== null && this.plans[plan]!.type === 'httpchk';
    if ((proto.name === 'h1') !== http) {
      this.#alert(proto.span, `server '${name}' uses an incompatible MUX protocol for the selected check type`, http ? "Write 'check-proto h1'." : "Write 'check-proto none'.");
    }
  }

  #sectionPlan({ name, span }: { readonly name: string; readonly span: Span }): number | null {
    const plan = this.#sections.get(name);
    if (plan !== undefined) return plan;
    return this.#alert(span, `unable to find healthcheck section '${name}'`, didYouMean(name, this.#sections.keys()) ?? `Add a section 'healthcheck ${name}'.`);
  }

  #agent({ name, settings, span }: ServerDraft): Agent | null {
    const { agentAddress, agentPort, agentInter, agentSend } = settings.health;
    if (agentPort === 0) return this.#alert(span, `server ${name} does not have agent port. Agent check has been disabled`, "Add 'agent-port <port>'.");
    return { inter: agentInter, address: agentAddress === null ? null : this.#address(agentAddress, 'agent-addr'), port: agentPort, send: agentSend };
  }

  #address({ address, span }: DraftTarget, what: string): SocketAddress | null {
    return this.#book.find(address, span, what, this.#report);
  }

  /** The e-mails of a proxy; null if none are sent. */
  email(draft: RunningDraft): EmailAlert | null {
    const { email } = draft.settings;
    const { mailers, from, to, hostname, level } = email;
    const span = draft.seen.get('email-alert') ?? draft.span;
    if (mailers === null || from === null || to === null) {
      if (mailers !== null || from !== null || to !== null || hostname !== null || level !== null) {
        const summary = `'email-alert' will be ignored for ${proxyType(draft)} '${draft.name}' (each of 'email-alert from', 'email-alert mailers' and 'email-alert to' has to be present)`;
        this.#report({ severity: 'warning', summary, advice: 'Add the missing lines, or remove the others.', span, related: [] });
      }
      return null;
    }
    const names = this.mailers.map(({ name }) => name);
    const index = names.indexOf(mailers.name);
    if (index < 0) return this.#alert(mailers.span, `Proxy '${draft.name}': unable to find mailers '${mailers.name}'`, didYouMean(mailers.name, names) ?? `Add a section 'mailers ${mailers.name}'.`);
    return { mailers: index, from, to, hostname, level: level ?? ALERT_LEVEL };
  }

  #alert(span: Span, summary: string, advice: string | null): null {
    this.#report({ severity: 'alert', summary, advice, span, related: [] });
    return null;
  }
}

/** A server and where its line stands. */
export interface TrackingServer {
  readonly draft: ServerDraft;
  readonly backend: string;
  /** `http-check disable-on-404` of its backend. */
  readonly disableOn404: boolean;
  readonly server: Server;
}

/** The server that each one tracks, by index; null = none. */
export function resolveTracks(
  all: readonly TrackingServer[], indexOf: (name: string) => number | undefined, backends: Iterable<string>, report: Report,
): (number | null)[] {
  const known = new Set(backends);
  const alert = ({ draft, backend }: TrackingServer, span: Span, problem: string, advice: string): null => {
    report({ severity: 'alert', summary: `'server ${backend}/${draft.name}' : ${problem}`, advice, span, related: [] });
    return null;
  };
  const targets = all.map((entry): number | null => {
    const { track, initState } = entry.draft.settings.health;
    if (track === null) return null;
    const [backend, name] = track.name.includes('/') ? [track.name.slice(0, track.name.indexOf('/')), track.name.slice(track.name.indexOf('/') + 1)] : [entry.backend, track.name];
    if (!known.has(backend)) return alert(entry, track.span, `unable to find required proxy '${backend}' for tracking`, didYouMean(backend, known) ?? 'Name a backend.');
    const index = indexOf(`${backend}/${name}`);
    if (index === undefined) return alert(entry, track.span, `unable to find required server '${name}' for tracking`, `Name a server of '${backend}'.`);
    const { server } = entry;
    if (server.check !== null || server.agent !== null) return alert(entry, track.span, 'unable to enable checks and tracking at the same time!', 'Keep one of them.');
    if (initState !== null) return alert(entry, track.span, "'init-state' cannot be used with 'track'", 'The state is that of the tracked server.');
    return index;
  });
  return targets.map((target, index) => {
    if (target === null) return null;
    const entry = all[index]!;
    const { track } = entry.draft.settings.health;
    const seen = new Set([index]);
    let end = target;
    for (let next = targets[end]; next != null && !seen.has(end); next = targets[end]) {
      seen.add(end);
      end = next;
    }
    const last = all[end]!;
    const first = all[target]!;
    const names = `${first.backend}/${first.draft.name}`;
    if (seen.has(end)) return alert(entry, track!.span, `unable to track ${names} as it belongs to a tracking chain looping back to ${entry.backend}/${entry.draft.name}`, 'End the chain at a server with a check.');
    if (last.server.check === null && last.server.agent === null) {
      return alert(entry, track!.span, `unable to use ${last.backend}/${last.draft.name} for tracking as it does not have any check nor agent enabled`, "Add 'check' to it.");
    }
    if (first.disableOn404 !== entry.disableOn404) return alert(entry, track!.span, `unable to use ${names} for tracking: disable-on-404 option inconsistency`, "Add 'http-check disable-on-404' to both backends.");
    return target;
  });
}
