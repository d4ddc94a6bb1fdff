/** From drafts to the Model: numbers instead of names, HAProxy's automatic ids, addresses looked up. */
import { defaultThreads } from './keyword/global/process.js';
import type { Diagnostic, Span } from './diagnostic.js';
import { hasBackend, hasFrontend, hasSrvName, proxyType } from './draft.js';
import type { BindDraft, GlobalDraft, ProxyDraft, Reference, RunningDraft, DraftSource, ServerDraft, ServerSettings } from './draft.js';
import type { FileReader } from './files.js';
import { CheckResolver, resolveTracks } from './resolve_checks.js';
import type { TrackingServer } from './resolve_checks.js';
import { ErrorResponses } from './error_responses.js';
import { LogResolver } from './resolve_log.js';
import { NO_ADDRESS, type AddressBook } from './lookup.js';
import type { Global, Listener, Model, Proxy, Resolution, Resolvers, RuntimeSocket, SavedCounters, SavedServer, Server, SourceAddress, TransparentSource, UseBackend, UseServer } from './model.js';
import { withDefault } from './resolvers.js';
import type { SavedStates } from './server_state.js';
import { parseStatsFile } from './stats_file.js';
import type { SampleReference, Site } from './site.js';
import { statisticsPageOf } from './statistics_page.js';
import { StickResolver } from './stick_resolve.js';
import { didYouMean } from './suggest.js';
import { patternListsOf } from './pattern_lists.js';
import { resolveUserlists } from './userlists.js';

export type Report = (diagnostic: Diagnostic) => void;

/** What resolve() works on. */
export interface Drafts {
  readonly global: GlobalDraft;
  readonly proxies: readonly RunningDraft[];
  readonly named: Pick<Site, 'references' | 'replies' | 'httpErrors' | 'userlists' | 'healthchecks' | 'mailers' | 'resolvers' | 'resolverUses' | 'certificates' | 'logs' | 'stick'>;
  readonly saved: SavedStates;
  readonly files: FileReader;
  readonly environment: Global['environment'];
  readonly sources: Model['sources'];
}

/** Numbers that are given out from 1 on, except those that lines ask for. */
class Ids {
  readonly #used = new Map<number, Span>();
  #next = 1;

  /** Reports an id that two lines ask for. */
  claim(wanted: { readonly value: number; readonly span: Span } | null, report: Report, summary: (value: number) => string): void {
    if (wanted === null) return;
    const other = this.#used.get(wanted.value);
    if (other === undefined) this.#used.set(wanted.value, wanted.span);
    else {
      report({
        severity: 'alert',
        summary: summary(wanted.value),
        advice: 'Choose another number.',
        span: wanted.span,
        related: [{ span: other, text: 'used here' }],
      });
    }
  }

  /** Things that ask for an id take a number of those given out, too: servers are numbered by their position (manual: server, id). */
  pass(): void {
    this.#next++;
  }

  next(): number {
    while (this.#used.has(this.#next)) this.#next++;
    return this.#next++;
  }
}

/** The Model of drafts whose host names are in `book`. Problems are reported; the result makes sense only without alerts. */
export function resolve(drafts: Drafts, book: AddressBook, report: Report): Model {
  return new Resolver(drafts, book, report).model();
}

class Resolver {
  readonly #drafts: Drafts;
  readonly #book: AddressBook;
  readonly #report: Report;
  readonly #proxyIndex = new Map<string, number>();
  readonly #serverIndex = new Map<string, number>();
  readonly #errors: ErrorResponses;
  readonly #servers: Server[] = [];
  readonly #checks: CheckResolver;
  readonly #tracking: TrackingServer[] = [];
  readonly #listeners: Listener[] = [];
  /** Servers that rules and samples name. */
  readonly #referenced = new Set<number>();
  /** Proxies that rules and samples name. */
  readonly #referencedProxies = new Set<number>();
  /** By proxy: how its servers are checked. */
  readonly #checkPlans: (number | null)[] = [];
  readonly #guids = new Map<string, Span>();
  readonly #resolvers: Resolvers[];
  readonly #stick: StickResolver;

  constructor(drafts: Drafts, book: AddressBook, report: Report) {
    this.#drafts = drafts;
    this.#book = book;
    this.#report = report;
    this.#errors = new ErrorResponses(drafts.named.httpErrors, report);
    this.#checks = new CheckResolver(drafts.named, book, report);
    this.#stick = new StickResolver(drafts.named.stick, report);
    this.#resolvers = withDefault(drafts.named.resolvers, drafts.files);
  }

  model(): Model {
    const { proxies, sources, named } = this.#drafts;
    const ids = new Ids();
    // The frontend of the runtime API takes a number too.
    if (this.#drafts.global.runtime.sockets.length > 0) ids.pass();
    proxies.forEach((proxy, index) => this.#proxyIndex.set(proxy.name, index));
    for (const proxy of proxies) ids.claim(proxy.id, this.#report, (value) => `proxy ${proxy.name} reuses custom id ${value}`);
    const numbers = proxies.map((proxy) => proxy.id?.value ?? ids.next());
    this.#checkGuids(proxies);
    const logs = this.#logResolver();
    const resolved = proxies.map((proxy, index) => ({ ...this.#proxy(proxy, index, numbers[index] as number), log: logs.proxy(proxy.settings.log, proxy) }));
    const serverRows = this.#servers.length + (resolved.some(({ isBackend }) => isBackend) ? ROWS_FOR_MORE : 0);
    this.#resolveTracks();
    const stickTables = this.#stick.tables(this.#drafts.global.localpeer);
    logs.addServers(resolved, this.#servers);
    for (const reference of named.references) this.#reference(reference);
    for (const use of named.resolverUses) this.#resolverUse(use);
    for (const reply of named.replies) this.#errors.reply(reply);
    return {
      sources,
      global: { ...this.#global(), log: logs.global(this.#drafts.global.log) },
      proxies: withFullconn(this.#withReferences(resolved), this.#drafts.global.maxconn),
      servers: this.#servers.map((server) => (this.#referenced.has(server.index) ? { ...server, referenced: true } : server)),
      listeners: this.#listeners,
      serverRows,
      resolvers: this.#resolvers,
      stickTables,
      checkPlans: this.#checks.plans,
      mailers: this.#checks.mailers,
      userlists: resolveUserlists(named.userlists, this.#report),
      patternLists: patternListsOf(this.#drafts.files).finished(),
      certificates: named.certificates.loaded,
      jwt: named.certificates.jwt,
      logForwards: named.logs.forwards.map((forward) => logs.forward(forward)),
      logProfiles: logs.profiles,
      rings: logs.rings,
    };
  }

  /** Marks the proxies that something of the configuration leads to. */
  #withReferences(proxies: readonly Proxy[]): Proxy[] {
    const led = proxies.flatMap(({ useBackend, defaultBackend }) => [defaultBackend, ...useBackend.map(({ backend }) => backend)]);
    const named = new Set([...this.#referencedProxies, ...led.filter((to) => typeof to === 'number')]);
    return proxies.map((proxy) => (named.has(proxy.index) ? { ...proxy, referenced: true } : proxy));
  }

  #resolveTracks(): void {
    const backends = this.#drafts.proxies.filter(hasBackend).map(({ name }) => name);
    const tracks = resolveTracks(this.#tracking, (name) => this.#serverIndex.get(name), backends, this.#report);
    tracks.forEach((track, index) => {
      if (track !== null) this.#servers[index] = { ...this.#servers[index]!, track };
    });
  }

  #logResolver(): LogResolver {
    const { global, named, proxies } = this.#drafts;
    return new LogResolver({
      sections: named.logs, global: global.log, book: this.#book, report: this.#report,
      backend: (name) => {
        const index = this.#proxyIndex.get(name);
        const found = index === undefined ? undefined : proxies[index];
        return index === undefined || found === undefined || !hasBackend(found) ? undefined : { index, mode: found.settings.mode };
      },
    });
  }

  #checkGuids(proxies: readonly RunningDraft[]): void {
    for (const { guid } of proxies) if (guid !== null) this.#claimGuid(guid);
  }

  /** No two things of a configuration have the same guid. */
  #claimGuid({ value, span }: { readonly value: string; readonly span: Span }): void {
    const other = this.#guids.get(value);
    if (other === undefined) this.#guids.set(value, span);
    else this.#alert(span, `'guid' : '${value}' is already used`, 'Choose another one.', [{ span: other, text: 'used here' }]);
  }

  #global(): Omit<Global, 'log'> {
    const { unixBind: _unixBind, stateBase: _stateBase, stateFile: _stateFile, statsFile, experimental: __, nbthread, tune, headerCases, errorCodes, failCodes, runtime, log: ___, ...global } = this.#drafts.global;
    return {
      ...global,
      runtime: { ...runtime, sockets: runtime.sockets.flatMap((bind) => this.#runtimeSockets(bind)) },
      nbthread: nbthread ?? defaultThreads(),
      savedCounters: statsFile === null ? [] : this.#savedCounters(statsFile),
      environment: this.#drafts.environment,
      errorCodes: [...errorCodes].sort((a, b) => a - b),
      failCodes: [...failCodes].sort((a, b) => a - b),
      headerCases: [...new Map([...headerCases.lines, ...headerCases.file])],
      // HAProxy readjusts it to half a buffer.
      tune: { ...tune, maxrewrite: Math.min(tune.maxrewrite, tune.bufsize >> 1) },
    };
  }

  #runtimeSockets(bind: BindDraft): RuntimeSocket[] {
    const { level, severity, exposeFd } = bind;
    return bind.addresses.map((entry) => ({ listener: this.#listener(bind, entry, -1, -1, 0), level, severity, exposeFd }));
  }

  #savedCounters({ name, span }: Reference): SavedCounters[] {
    const text = this.#drafts.files.read(name);
    if (typeof text === 'string') return parseStatsFile(text);
    this.#report({ severity: 'notice', summary: `can't open stats file '${name}' (${text.problem})`, advice: null, span, related: [] });
    return [];
  }

  #proxy(draft: RunningDraft, index: number, id: number): Omit<Proxy, 'log'> {
    const { settings, kind, name, span } = draft;
    const servers = hasBackend(draft) ? this.#serversOf(draft, index) : [];
    const listeners = hasFrontend(draft) ? this.#listenersOf(draft, index) : [];
    return {
      index,
      name,
      kind,
      isFrontend: hasFrontend(draft),
      isBackend: hasBackend(draft),
      span,
      mode: settings.mode,
      id,
      forcedId: draft.id !== null,
      description: draft.description,
      disabled: settings.disabled,
      maxconn: settings.maxconn,
      fullconn: settings.fullconn,
      backlog: settings.backlog,
      sessionRate: settings.sessionRate,
      keepAlive: settings.keepAlive,
      sessionServerConnections: settings.sessionServerConnections,
      retries: settings.retries,
      timeouts: settings.timeouts,
      options: {
        flags: [...settings.flags, ...(settings.abortOnClose ?? (settings.mode === 'http' && hasBackend(draft)) ? ['abortonclose'] : [])],
        connectionMode: settings.connectionMode,
        reuse: settings.reuse,
        redispatch: settings.redispatch,
      },
      listeners,
      servers,
      checkPlan: this.#checkPlans[index] ?? null,
      balance: settings.balance,
      hash: settings.hash,
      cookie: hasBackend(draft) ? settings.cookie : null,
      dynamicCookieKey: settings.dynamicCookieKey,
      persistRdpCookie: hasBackend(draft) ? settings.persistRdpCookie : null,
      defaultBackend: hasFrontend(draft) ? this.#defaultBackend(draft) : null,
      useBackend: draft.useBackend.flatMap((rule): UseBackend[] => {
        const backend = 'items' in rule.backend ? rule.backend : this.#backend(draft, rule.backend, 'use_backend');
        return backend === null ? [] : [{ backend, condition: rule.condition, span: rule.span }];
      }),
      rules:
        draft.redirects.length === 0
          ? settings.rules
          : { ...settings.rules, 'http-request': [...settings.rules['http-request'], ...draft.redirects] },
      inspectDelay: settings.inspectDelay,
      source: hasBackend(draft) ? this.#source(settings.source) : null,
      ...this.#errors.of(draft),
      forwardFor: settings.forwardFor,
      originalTo: settings.originalTo,
      forwarded: hasBackend(draft) ? settings.forwarded : null,
      headerNames: settings.headerNames,
      uniqueIdFormat: settings.uniqueIdFormat,
      uniqueIdHeader: hasFrontend(draft) ? settings.uniqueIdHeader : null,
      sendNameHeader: hasBackend(draft) ? settings.sendNameHeader : null,
      retryOn: settings.retryOn,
      captures: draft.captures,
      monitor: { uri: hasFrontend(draft) ? settings.monitorUri : null, fail: draft.monitorFail },
      stats: settings.mode === 'http' ? statisticsPageOf(settings.stats, name, this.#drafts.global) : null,
      useServer: draft.useServer.flatMap((rule): UseServer[] => {
        const server = 'items' in rule.server ? rule.server : this.#serverOf(draft, rule.server);
        return server === null ? [] : [{ ...rule, server }];
      }),
      persist: draft.persist,
      forceSwitch: draft.forceSwitch,
      stickTable: this.#stick.numbers.get(name) ?? null,
      stickRules: draft.stickRules,
      referenced: false,
      unpublished: draft.unpublished,
      guid: draft.guid?.value ?? null,
      email: this.#checks.email(draft),
    };
  }

  /** The number of a server that a `use-server` rule of its backend names. */
  #serverOf(draft: ProxyDraft, { name, span }: Reference): number | null {
    const index = this.#serverIndex.get(`${draft.name}/${name}`);
    if (index !== undefined) {
      this.#referenced.add(index);
      return index;
    }
    const names = draft.servers.map((server) => server.name);
    const summary = `${proxyType(draft)} '${draft.name}' : unable to find server '${name}' referenced in a 'use-server' rule`;
    return this.#alert(span, summary, didYouMean(name, names) ?? `Add 'server ${name} <address>' to the section.`);
  }

  #defaultBackend(draft: ProxyDraft): number | null {
    const { defaultBackend } = draft.settings;
    return defaultBackend === null ? null : this.#backend(draft, defaultBackend, 'default_backend');
  }

  /** The number of a backend that a frontend names; null after an error. */
  #backend(draft: ProxyDraft, { name, span }: Reference, keyword: 'default_backend' | 'use_backend'): number | null {
    const index = this.#proxyIndex.get(name);
    const found = index === undefined ? undefined : this.#drafts.proxies[index];
    if (index === undefined || found === undefined || !hasBackend(found)) {
      const backends = this.#drafts.proxies.filter(hasBackend).map((proxy) => proxy.name);
      const advice = found === undefined ? (didYouMean(name, backends) ?? `Add a section 'backend ${name}'.`) : `'${name}' is a frontend.`;
      return this.#alert(span, `${proxyType(draft)} '${draft.name}': unable to find required ${keyword}: '${name}'`, advice);
    }
    const mine = draft.settings.mode;
    const other = found.settings.mode;
    if (mine === other) return index;
    const where = keyword === 'default_backend' ? 'as its default backend' : "in a 'use_backend' rule";
    const related = [{ span: found.span, text: 'the backend' }];
    if (mine === 'tcp') {
      return this.#alert(
        span,
        `${mine} ${proxyType(draft)} '${draft.name}' with ${other} backend '${name}' is not supported yet`,
        "Give both the same 'mode': a connection is not upgraded from tcp to http.",
        related,
      );
    }
    return this.#alert(
      span,
      `${mine} ${proxyType(draft)} '${draft.name}' tries to use incompatible ${other} backend '${name}' ${where}`,
      "Give both the same 'mode'.",
      related,
    );
  }

  #source(source: ServerSettings['source']): SourceAddress | null {
    if (source === null) return null;
    const address = this.#book.find(source.address, source.span, 'source', this.#report);
    const { portHigh, interface: device } = source;
    const transparent = this.#transparent(source);
    return address === null ? null : { address, portHigh, transparent, interface: device };
  }

  #transparent({ transparent, span }: DraftSource): TransparentSource | null {
    if (transparent?.kind !== 'address') return transparent;
    return { kind: 'address', address: this.#book.find(transparent.address, span, 'usesrc', this.#report) ?? NOWHERE };
  }

  #serversOf(draft: RunningDraft, proxy: number): number[] {
    const ids = new Ids();
    const names = new Map<string, ServerDraft>();
    for (const server of draft.servers) {
      ids.claim(
        server.id,
        this.#report,
        (value) => `'server ${server.name}' : custom id ${value} already used in ${proxyType(draft)} '${draft.name}'`,
      );
      const other = names.get(server.name);
      if (other === undefined) names.set(server.name, server);
      else {
        this.#alert(
          server.span,
          `${proxyType(draft)} '${draft.name}', another server named '${server.name}' was already defined`,
          'Use distinct names.',
          [{ span: other.span, text: 'defined here' }],
        );
      }
    }
    const plan = this.#checks.planOf(draft, this.#drafts.global);
    this.#checkPlans[proxy] = plan;
    const { disableOn404 } = draft.settings.check.http;
    return draft.servers.map((server) => {
      const index = this.#servers.length;
      this.#serverIndex.set(`${draft.name}/${server.name}`, index);
      if (server.id !== null) ids.pass();
      const resolved = this.#server(draft, server, proxy, index, server.id?.value ?? ids.next(), plan);
      this.#servers.push(resolved);
      this.#tracking.push({ draft: server, backend: draft.name, disableOn404, server: resolved });
      return index;
    });
  }

  #server(draft: RunningDraft, server: ServerDraft, proxy: number, index: number, id: number, plan: number | null): Server {
    const { name, settings, span } = server;
    const { weight, backup, disabled, maxconn, minconn, maxqueue, nonStick, sendProxy, poolMaxConn, maxReuse, poolPurgeDelay } = settings;
    if (server.guid !== null) this.#claimGuid(server.guid);
    const saved = this.#drafts.saved.of(draft, name);
    const resolution = this.#resolution(draft, server);
    const address = this.#serverAddress(draft, server, saved);
    return {
      index,
      proxy,
      name,
      id,
      address,
      weight,
      backup,
      disabled,
      // A minconn alone, or above it, is the limit, as in HAProxy.
      maxconn: Math.max(maxconn, minconn),
      minconn,
      maxqueue,
      nonStick,
      cookie: settings.cookie,
      redir: settings.redir,
      hashKey: settings.hashKey,
      log: draft.settings.mode === 'log' ? settings.log : null,
      sendProxy,
      proxyTlvs: settings.proxyTlvs,
      source: this.#source(settings.source ?? null),
      userTimeout: settings.userTimeout,
      tfo: settings.tfo,
      cc: settings.cc,
      ...this.#checks.server(server, address, plan),
      rise: settings.rise,
      track: null,
      shutdownOnDown: settings.health.shutdownOnDown,
      shutdownBackups: settings.health.shutdownBackups,
      initState: settings.health.initState,
      hostname: server.address.kind === 'host' ? server.address.host : null,
      resolution,
      unresolved: server.address.kind === 'host' && address.kind === 'ip' && address.address === NO_ADDRESS.address,
      slowstart: settings.slowstart,
      guid: server.guid?.value ?? null,
      forcedId: server.id !== null,
      referenced: false,
      saved,
      poolLowConn: settings.poolLowConn,
      poolMaxConn,
      maxReuse,
      poolPurgeDelay,
      span,
    };
  }

  /** Where a server is at start: NO_ADDRESS if only its name will tell. */
  #serverAddress(draft: RunningDraft, server: ServerDraft, saved: SavedServer | null): Server['address'] {
    const { address, addressSpan, settings, name } = server;
    if (address.kind !== 'host') return address.kind === 'ip' && saved !== null && saved.port !== 0 ? { ...address, port: saved.port } : address;
    const what = `server ${draft.name}/${name}`;
    if (hasSrvName(server)) return { ...NO_ADDRESS, port: address.port };
    return this.#book.findFirst(address, addressSpan, what, this.#report, settings.initAddress, saved?.address ?? null) ?? NOWHERE;
  }

  #resolverUse({ name, span, keyword }: Drafts['named']['resolverUses'][number]): void {
    const names = this.#resolvers.map((section) => section.name);
    if (names.includes(name)) return;
    this.#alert(span, `'${keyword}' : unable to find resolvers section '${name}'`, didYouMean(name, names) ?? `Add a section 'resolvers ${name}'.`);
  }

  #resolution({ name: backend }: ProxyDraft, server: ServerDraft): Resolution | null {
    const { resolvers: wanted, ...rest } = server.settings.resolve;
    const what = `'server ${backend}/${server.name}'`;
    if (wanted === null) {
      if (hasSrvName(server))
        this.#alert(server.addressSpan, `${what} : SRV records are only looked up by a resolvers section`, "Add 'resolvers <id>'.");
      return null;
    }
    const resolvers = this.#resolvers.findIndex(({ name }) => name === wanted.name);
    if (resolvers >= 0) return { ...rest, resolvers };
    const names = this.#resolvers.map(({ name }) => name);
    return this.#alert(wanted.span, `${what} : unable to find required resolvers '${wanted.name}'`, didYouMean(wanted.name, names) ?? `Add a section 'resolvers ${wanted.name}'.`);
  }

  #listenersOf(draft: ProxyDraft, proxy: number): number[] {
    const ids = new Ids();
    for (const bind of draft.binds) {
      const id = bind.id === null ? null : { value: bind.id, span: bind.span };
      ids.claim(id, this.#report, (value) => `'bind' : custom id ${value} already used in ${proxyType(draft)} '${draft.name}'`);
    }
    return draft.binds.flatMap((bind) =>
      bind.addresses.map((entry) => {
        const index = this.#listeners.length;
        this.#listeners.push(this.#listener(bind, entry, proxy, index, bind.id ?? ids.next()));
        return index;
      }),
    );
  }

  #listener(bind: BindDraft, entry: BindDraft['addresses'][number], proxy: number, index: number, id: number): Listener {
    const { unixBind } = this.#drafts.global;
    const { name, maxconn, backlog, acceptProxy, v6only, tfo, deferAccept, cc, interface: device } = bind;
    const found = this.#book.find(entry.address, entry.span, 'bind', this.#report) ?? NOWHERE;
    const unix = found.kind === 'unix' ? unixBind : null;
    const guid = bind.guidPrefix === null ? null : { value: `${bind.guidPrefix.value}-${bind.addresses.indexOf(entry)}`, span: bind.guidPrefix.span };
    if (guid !== null) this.#claimGuid(guid);
    return {
      index,
      proxy,
      name,
      address: found.kind === 'unix' ? { ...found, path: unixBind.prefix + found.path } : found,
      maxconn,
      backlog,
      acceptProxy,
      v6only,
      interface: device,
      tfo,
      deferAccept,
      transparent: bind.transparent,
      saveSyn: bind.saveSyn,
      userTimeout: bind.userTimeout,
      mss: bind.mss,
      cc,
      mode: bind.mode ?? unix?.mode ?? null,
      uid: bind.uid ?? unix?.uid ?? null,
      gid: bind.gid ?? unix?.gid ?? null,
      guid: guid?.value ?? null,
      id,
      span: entry.span,
    };
  }

  /** Writes the number of a proxy or server into the arguments of the sample that names it. */
  #reference({ kind, name, span, keyword, args, at, proxy }: SampleReference): void {
    if (kind === 'table' && name === null) {
      const own = proxy?.kind === 'defaults' ? undefined : this.#stick.numbers.get(proxy?.name ?? '');
      if (own !== undefined) args[at] = own;
      else if (proxy?.kind === 'defaults') this.#alert(span, `'${keyword}' must name its table in a 'defaults' section`, 'Write the name in parentheses.');
      else this.#alert(span, `unable to find table '${proxy?.name ?? ''}' referenced in arg ${at + 1} of '${keyword}'`, "Add a 'stick-table' line to the section, or name another table.");
      return;
    }
    // Without a name the sample looks at the proxy that is running.
    if (name === null) return;
    const missing = (known: Iterable<string>): null =>
      this.#alert(span, `unable to find ${kind} '${name}' referenced in arg ${at + 1} of '${keyword}'`, didYouMean(name, known));
    if (kind === 'table') {
      const number = this.#stick.numbers.get(name);
      if (number === undefined) missing(this.#stick.numbers.keys());
      else args[at] = number;
      return;
    }
    if (kind === 'userlist') {
      const names = this.#drafts.named.userlists.map((list) => list.name);
      if (names.includes(name)) args[at] = names.indexOf(name);
      else missing(names);
      return;
    }
    if (kind === 'acl') {
      const inverted = name.startsWith('!');
      const condition = proxy?.acls.get(inverted ? name.slice(1) : name);
      if (condition === undefined) missing(proxy?.acls.names() ?? []);
      else args[at] = inverted ? { kind: 'not', term: condition } : condition;
      return;
    }
    if (kind === 'server') {
      const full = name.includes('/') ? name : `${proxy?.name ?? ''}/${name}`;
      const index = this.#serverIndex.get(full);
      if (index === undefined)
        this.#alert(
          span,
          `unable to find server '${name}' referenced in arg ${at + 1} of '${keyword}'`,
          didYouMean(full, this.#serverIndex.keys()),
        );
      else {
        args[at] = index;
        this.#referenced.add(index);
      }
      return;
    }
    const index = this.#proxyIndex.get(name);
    const found = index === undefined ? undefined : this.#drafts.proxies[index];
    const fits = found !== undefined && (kind === 'frontend' ? hasFrontend(found) : hasBackend(found));
    if (index !== undefined && fits) {
      args[at] = index;
      this.#referencedProxies.add(index);
    }
    else missing(this.#proxyIndex.keys());
  }

  #alert(span: Span, summary: string, advice: string | null, related: Diagnostic['related'] = []): null {
    this.#report({ severity: 'alert', summary, advice, span, related });
    return null;
  }
}

/** Room for servers that are added while the process runs; it takes no memory until then. */
const ROWS_FOR_MORE = 4096;

/** Stands for an address that could not be found; there is an alert then, and no Model comes out. */
const NOWHERE: Server['address'] = { kind: 'ip', family: 4, address: '0.0.0.0', port: 0 };

/** fullconn as HAProxy computes it where it is not set: a tenth of the maxconn of the frontends that lead to the backend. */
function withFullconn(proxies: readonly Proxy[], globalMaxconn: number): Proxy[] {
  const sums = proxies.map(() => 0);
  for (const proxy of proxies) {
    if (!proxy.isFrontend) continue;
    const targets = new Set(proxy.useBackend.map((rule) => rule.backend).filter((backend) => typeof backend === 'number'));
    if (proxy.defaultBackend !== null) targets.add(proxy.defaultBackend);
    if (proxy.isBackend) targets.add(proxy.index);
    for (const target of targets) sums[target] = (sums[target] ?? 0) + (proxy.maxconn === 0 ? globalMaxconn : proxy.maxconn);
  }
  return proxies.map((proxy) =>
    proxy.isBackend && proxy.fullconn === 0 ? { ...proxy, fullconn: Math.ceil((sums[proxy.index] ?? 0) / 10) } : proxy,
  );
}
