import { newCertificates, openCrtStore } from './certificates.js';
import type { Diagnostic, Span } from './diagnostic.js';
import { hasBackend, hasFrontend, isRunning, newGlobal, newProxy, proxyType } from './draft.js';
import type { GlobalDraft, ProxyDraft, ProxyKind, RunningDraft } from './draft.js';
import type { FileReader } from './files.js';
import { healthcheckTable, mailersTable } from './keyword/check/section.js';
import { crtStoreTable } from './keyword/crt_store/index.js';
import { globalTable } from './keyword/global/index.js';
import { httpErrorsTable } from './keyword/http_errors/index.js';
import { logForwardTable } from './keyword/log_forward/index.js';
import { logProfileTable } from './keyword/log_profile/index.js';
import { peersTable } from './keyword/peers/index.js';
import { proxyTable } from './keyword/proxy/index.js';
import { ringTable } from './keyword/ring/index.js';
import type { KeywordRow, ProxyRow } from './keyword/row.js';
import { SECTIONS } from './keyword/section.js';
import { resolversTable } from './keyword/resolvers/index.js';
import { userlistTable } from './keyword/userlist/index.js';
import type { KeywordTable } from './keyword/table.js';
import { newLogSections } from './log_draft.js';
import { readLogFormats } from './log_formats.js';
import { openLogForward, openLogProfile, openRing } from './log_sections.js';
import type { Lookup } from './lookup.js';
import { newStickSections, openPeers } from './stick.js';
import { openResolvers } from './resolvers.js';
import { openHealthcheck, openHttpErrors, openMailers, openUserlist } from './named_section.js';
import type { Site } from './site.js';
import type { Line, Section, Word } from './source.js';
import { didYouMean } from './suggest.js';
import { Walk } from './walk.js';

const PROXY_NAME = /^[A-Za-z0-9_.:-]+$/;

/** Turns sections into drafts, line by line, by the rows of src/config/keyword. */
export class Builder {
  readonly global: GlobalDraft = newGlobal();
  readonly proxies: RunningDraft[] = [];
  readonly #defaults: ProxyDraft[] = [];
  /** Defaults sections that some proxy names with `from`, those that one uses because they are the last, and by kind of user. */
  readonly #explicit = new Set<ProxyDraft>();
  readonly #users = new Map<ProxyDraft, ProxyDraft>();
  readonly #byName = new Map<string, ProxyDraft>();
  readonly #site: Site;

  constructor(report: (diagnostic: Diagnostic) => void, files: FileReader, environment: Site['environment']) {
    this.#site = {
      section: 'global',
      mode: 'tcp',
      proxy: null,
      global: this.global,
      environment,
      sink: { report },
      files,
      references: [],
      hosts: [],
      httpErrors: [],
      userlists: [],
      resolvers: [],
      resolverUses: [],
      healthchecks: [],
      mailers: [],
      certificates: newCertificates(),
      logs: newLogSections(),
      stick: newStickSections(),
      replies: [],
    };
  }

  /** Names in samples and replies that are still to be resolved, and the sections that only name things. */
  get named(): Pick<Site, 'references' | 'replies' | 'httpErrors' | 'userlists' | 'healthchecks' | 'mailers' | 'resolvers' | 'resolverUses' | 'certificates' | 'logs' | 'stick'> {
    return this.#site;
  }

  /** Looks up the host names among address patterns and puts their addresses there. */
  async lookUpPatterns(lookup: Lookup): Promise<void> {
    await Promise.all(
      this.#site.hosts.map(async ({ name, span, patterns, at }) => {
        const address = await lookup(name, 0);
        if (address === null)
          this.#alert(span, `could not resolve address '${name}'`, 'Write an address, or check the resolver of this machine.');
        else patterns[at] = `${address}/${address.includes(':') ? 128 : 32}`;
      }),
    );
  }

  section(section: Section): void {
    const keyword = (section.header.words[0] as Word).text;
    const { httpErrors, userlists, resolvers, logs, stick, healthchecks, mailers, sink } = this.#site;
    if (keyword === 'global') this.#globalSection(section);
    else if (keyword === 'defaults' || keyword === 'frontend' || keyword === 'backend' || keyword === 'listen')
      this.#proxySection(keyword, section);
    else if (keyword === 'http-errors')
      this.#namedSection(keyword, section, httpErrorsTable, openHttpErrors(section.header, httpErrors, sink.report));
    else if (keyword === 'userlist') this.#namedSection(keyword, section, userlistTable, openUserlist(section.header, userlists, sink.report));
    else if (keyword === 'resolvers') this.#namedSection(keyword, section, resolversTable, openResolvers(section.header, resolvers, sink.report));
    else if (keyword === 'crt-store') this.#namedSection(keyword, section, crtStoreTable, openCrtStore(section.header, (summary, span) => this.#alert(span, summary, 'A store has one name.')));
    else if (keyword === 'healthcheck')
      this.#namedSection(keyword, section, healthcheckTable, openHealthcheck(section.header, healthchecks, sink.report));
    else if (keyword === 'mailers') this.#namedSection(keyword, section, mailersTable, openMailers(section.header, mailers, sink.report));
    else if (keyword === 'ring') this.#namedSection(keyword, section, ringTable, openRing(section.header, logs, sink.report));
    else if (keyword === 'log-profile') this.#namedSection(keyword, section, logProfileTable, openLogProfile(section.header, logs, sink.report));
    else if (keyword === 'log-forward') this.#namedSection(keyword, section, logForwardTable, openLogForward(section.header, logs, sink.report));
    else if (keyword === 'peers') this.#namedSection(keyword, section, peersTable, openPeers(section.header, stick, sink.report));
    else this.#otherSection(keyword, section);
  }

  #globalSection({ header, lines }: Section): void {
    const extra = header.words[1];
    if (extra !== undefined)
      this.#alert(extra.span, `'global' cannot handle unexpected argument '${extra.text}'`, 'Remove it: the section has no name.');
    Object.assign(this.#site, { section: 'global', mode: 'tcp', proxy: null });
    for (const line of lines) this.#line(line, globalTable, this.global);
  }

  #namedSection<Target>(keyword: 'healthcheck' | 'mailers' | 'ring' | 'log-profile' | 'log-forward' | 'http-errors' | 'userlist' | 'crt-store' | 'resolvers' | 'peers', { lines }: Section, table: KeywordTable<KeywordRow<Target>>, target: Target): void {
    Object.assign(this.#site, { section: keyword, mode: 'http', proxy: null });
    for (const line of lines) this.#line(line, table, target);
  }

  #otherSection(keyword: string, { header }: Section): void {
    const row = SECTIONS.find((section) => section.name === keyword);
    const span = header.span;
    if (row?.support === 'inert')
      this.#report({ severity: 'notice', summary: `section '${keyword}' has no effect: ${row.why}`, advice: null, span, related: [] });
    else
      this.#alert(
        span,
        `section '${keyword}' is not supported yet`,
        'It would change what happens to traffic, so it is refused rather than ignored.',
      );
  }

  #proxySection(kind: ProxyKind, { header, lines }: Section): void {
    const proxy = this.#open(kind, header);
    Object.assign(this.#site, { section: kind, mode: proxy.settings.mode, proxy });
    for (const line of lines) this.#line(line, proxyTable, proxy);
    if (isRunning(proxy)) this.#site.logs.formats.set(proxy, readLogFormats(this.#site, proxy));
  }

  /** The draft of a section header. A bad header is reported, and its lines are still checked, into a proxy that goes nowhere. */
  #open(kind: ProxyKind, header: Line): ProxyDraft {
    const words = header.words;
    const first = words[0] as Word;
    const hasName = words[1] !== undefined && !(kind === 'defaults' && words[1].text === 'from' && words.length === 3);
    const name = hasName ? (words[1] as Word) : null;
    const rest = words.slice(hasName ? 2 : 1);
    let good = this.#checkName(kind, first, name);
    let from: Word | null = null;
    if (rest[0]?.text === 'from' && rest[1] !== undefined && rest.length === 2) from = rest[1];
    else if (rest[0] !== undefined) {
      good = this.#alert(
        rest[0].span,
        rest[0].text === 'from'
          ? `'from' expects the name of one defaults section`
          : "please use the 'bind' keyword for listening addresses",
        `A header is '${kind} <name> [ from <defaults> ]'.`,
      );
    }
    const defaults = this.#defaultsFor(kind, name?.text ?? '', from);
    const proxy = newProxy(kind, name?.text ?? '', header.span, defaults);
    if (!isRunning(proxy)) {
      this.#defaults.push(proxy);
      if (defaults !== null && hasRules(defaults)) {
        this.#alert(proxy.span, 'a defaults section cannot inherit from a defaults section defining TCP/HTTP rules', 'Move the rules into this section.', [
          { span: defaults.span, text: 'the defaults section' },
        ]);
      }
    } else {
      if (good) good = this.#checkUnique(proxy, name as Word);
      if (defaults !== null) this.#checkDefaultsUse(proxy, defaults, from !== null);
      if (good) this.proxies.push(proxy);
    }
    return proxy;
  }

  #checkName(kind: ProxyKind, first: Word, name: Word | null): boolean {
    if (name === null || name.text === '') {
      return kind === 'defaults' || this.#alert(first.span, `'${kind}' expects an <id> argument`, 'Give the section a name.');
    }
    if (kind === 'defaults' || PROXY_NAME.test(name.text)) return true;
    const bad = [...name.text].find((char) => !PROXY_NAME.test(char)) ?? '';
    return this.#alert(
      name.span,
      `character '${bad}' is not permitted in '${kind}' name '${name.text}'`,
      "Use letters, digits, '-', '_', '.' and ':'.",
    );
  }

  #checkUnique(proxy: ProxyDraft, name: Word): boolean {
    const other = this.#byName.get(proxy.name);
    if (other === undefined) {
      this.#byName.set(proxy.name, proxy);
      return true;
    }
    return this.#alert(
      name.span,
      `${proxyType(proxy)} '${proxy.name}' has the same name as ${proxyType(other)} '${other.name}'`,
      'Names of frontend, backend and listen sections must all differ.',
      [{ span: other.span, text: 'declared here' }],
    );
  }

  /** The section to start from: the one named, or the last one for proxies. */
  #defaultsFor(kind: ProxyKind, name: string, from: Word | null): ProxyDraft | null {
    if (from === null) return kind === 'defaults' ? null : (this.#defaults[this.#defaults.length - 1] ?? null);
    const found = this.#defaults.filter((section) => section.name === from.text);
    if (found.length === 0) {
      this.#alert(
        from.span,
        `defaults section '${from.text}' not found for ${kind} '${name}'`,
        didYouMean(
          from.text,
          this.#defaults.map((section) => section.name),
        ) ?? 'It must stand above its first use.',
      );
    } else if (found.length > 1) {
      this.#alert(
        from.span,
        `ambiguous defaults section name '${from.text}' referenced by ${kind} '${name}'`,
        'Give the sections different names.',
        found.map((section) => ({ span: section.span, text: 'exists here' })),
      );
    } else if (!PROXY_NAME.test(from.text)) {
      this.#alert(
        from.span,
        `the name '${from.text}' can't be referenced`,
        "Use letters, digits, '-', '_', '.' and ':' in names of defaults sections.",
      );
    }
    return found[0] ?? null;
  }

  #checkDefaultsUse(proxy: ProxyDraft, defaults: ProxyDraft, explicit: boolean): void {
    if (explicit) this.#explicit.add(defaults);
    else if (this.#explicit.has(defaults)) {
      this.#report({
        severity: 'warning',
        summary: `defaults section '${defaults.name}' is explicitly referenced by another proxy and implicitly used here`,
        advice: "Add a last defaults section that isn't referenced, or always use 'from'.",
        span: proxy.span,
        related: [{ span: defaults.span, text: 'the defaults section' }],
      });
    }
    const rules = Object.entries(defaults.settings.rules)
      .filter(([, list]) => list.length > 0)
      .map(([family]) => family);
    if (rules.length === 0) return;
    const related = [{ span: defaults.span, text: 'the defaults section' }];
    const user = this.#users.get(defaults);
    if (proxy.kind === 'listen') {
      this.#alert(
        proxy.span,
        'a listen section cannot inherit from a defaults section defining TCP/HTTP rules',
        'Move the rules into the section.',
        related,
      );
    } else if (!hasFrontend(proxy) && rules.some((family) => family === 'tcp-request connection' || family === 'tcp-request session')) {
      this.#alert(
        proxy.span,
        "a backend section cannot inherit from a defaults section defining 'tcp-request connection' or 'tcp-request session' rules",
        'Use another defaults section for backends.',
        related,
      );
    } else if (!hasBackend(proxy) && rules.includes('tcp-response content')) {
      this.#alert(
        proxy.span,
        "a frontend section cannot inherit from a defaults section defining 'tcp-response content' rules",
        'Use another defaults section for frontends.',
        related,
      );
    } else if (user !== undefined && user.kind !== proxy.kind) {
      this.#alert(
        proxy.span,
        'frontends and backends cannot inherit from the same defaults section if it defines TCP/HTTP rules',
        'Use one defaults section for each.',
        related,
      );
    }
    this.#users.set(defaults, proxy);
  }

  #line<Target>({ words }: Line, table: KeywordTable<KeywordRow<Target>>, target: Target): void {
    const first = words[0] as Word;
    const prefix = first.text === 'no' || first.text === 'default' ? first.text : null;
    const from = prefix === null ? 0 : 1;
    const found = table.find(words, from);
    if (found === null) {
      this.#unknown(words, from, table);
      return;
    }
    const row: KeywordRow<Target> & Partial<Pick<ProxyRow, 'side' | 'conditional'>> = found.row;
    const walk = new Walk(this.#site, words, from + found.words, prefix);
    if (prefix !== null && row.prefixes?.includes(prefix) !== true) {
      walk.error(first, `negation/default is not supported for '${walk.keyword}'`, `Remove '${prefix}', or the line.`);
      return;
    }
    if (row.side !== undefined && this.#site.proxy !== null && !this.#allowed(walk, found.row as unknown as ProxyRow, this.#site.proxy))
      return;
    if (row.conditional === true) walk.stopAtCondition();
    row.parse(walk, target);
    if (!walk.failed && walk.peek() !== undefined) unexpected(walk);
  }

  /** HAProxy refuses most keywords in defaults sections they have no place in, and warns of a missing frontend or backend side. */
  #allowed(walk: Walk, row: ProxyRow, proxy: ProxyDraft): boolean {
    if (proxy.kind === 'defaults') {
      if (row.defaults === 'no')
        walk.error(walk.keywordSpan, `'${walk.keyword}' not allowed in 'defaults' section`, 'Move the line into the proxy sections.');
      if (row.defaults === 'named' && proxy.name === '') {
        walk.error(walk.keywordSpan, `'${walk.keyword}' not allowed in anonymous 'defaults' section`, 'Give the section a name.');
      }
      return !walk.failed;
    }
    const missing =
      row.side === 'frontend' && !hasFrontend(proxy) ? 'frontend' : row.side === 'backend' && !hasBackend(proxy) ? 'backend' : null;
    if (missing === null) return true;
    const advice = row.name === 'maxconn' ? "Maybe you want 'fullconn' instead." : `Move the line into a ${missing} or listen section.`;
    if (row.strict === true) walk.error(walk.keywordSpan, `'${walk.keyword}' not allowed in '${proxy.kind}' section`, advice);
    else
      walk.warn(walk.keywordSpan, `'${walk.keyword}' ignored because ${proxy.kind} '${proxy.name}' has no ${missing} capability`, advice);
    return false;
  }

  #unknown(words: readonly Word[], from: number, table: KeywordTable<KeywordRow<never>>): void {
    const word = words[from];
    if (word === undefined) {
      this.#alert((words[0] as Word).span, `'${words[0]?.text}' expects a keyword`, 'Write the keyword to negate behind it.');
      return;
    }
    if (!table.isGroup(word.text)) {
      const other = table === (globalTable as unknown) ? proxyTable : globalTable;
      const elsewhere =
        other.find(words, from) === null
          ? null
          : `It is a keyword of ${other === (globalTable as unknown) ? 'the global section' : 'proxy sections'}.`;
      this.#alert(
        word.span,
        `unknown keyword '${word.text}' in '${this.#site.section}' section`,
        didYouMean(word.text, table.candidates()) ?? elsewhere,
      );
      return;
    }
    const known = table.candidates(word.text);
    const sub = words[from + 1];
    const meant = sub === undefined ? null : didYouMean(sub.text, known);
    if (sub === undefined) this.#alert(word.span, `'${word.text}' expects one of ${quoted(known)}`, null);
    else if (word.text === 'option')
      this.#alert(sub.span, `unknown option '${sub.text}'`, meant ?? 'See docs/reference.md for the options.');
    else this.#alert(sub.span, `'${word.text}' supports ${quoted(known)} (got '${sub.text}')`, meant);
  }

  #report(diagnostic: Diagnostic): void {
    this.#site.sink.report(diagnostic);
  }

  #alert(span: Span, summary: string, advice: string | null, related: Diagnostic['related'] = []): false {
    this.#report({ severity: 'alert', summary, advice, span, related });
    return false;
  }
}

function hasRules({ settings }: ProxyDraft): boolean {
  return Object.values(settings.rules).some((list) => list.length > 0);
}

/** HAProxy's error for words left over. */
export function unexpected(walk: Walk): void {
  const word = walk.peek();
  if (word !== undefined)
    walk.error(
      word,
      `'${walk.keyword}' cannot handle unexpected argument '${word.text}'`,
      'Remove it, or quote the words that belong together.',
    );
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `'${name}'`).join(', ');
}
