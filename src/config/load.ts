/** Reads a configuration: files in, a frozen Model and all diagnostics out. */
import { hostname } from 'node:os';
import { Builder } from './builder.js';
import { checkProxies } from './check.js';
import type { Diagnostic } from './diagnostic.js';
import { hasSrvName } from './draft.js';
import type { DraftAddress, HostAddress } from './draft.js';
import { fileReader, readSources } from './files.js';
import type { FileReader } from './files.js';
import type { LogLineDraft } from './log_draft.js';
import { AddressBook, systemLookup } from './lookup.js';
import type { Lookup } from './lookup.js';
import type { Global, Model } from './model.js';
import { parseSources } from './parser.js';
import { resolve } from './resolve.js';
import { SavedStates } from './server_state.js';
import { lineStarts } from './source.js';
import type { Source } from './source.js';
import { Environment } from './variables.js';

export interface LoadOptions {
  /** The environment that `${NAME}` sees. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** From `-L`; the host's name unless given. */
  readonly localpeer?: string;
  /** For tests: how files that the configuration names are read, and how host names are looked up. */
  readonly files?: FileReader;
  readonly lookup?: Lookup;
}

export interface Loaded {
  /** null after an alert. Deeply frozen, structured-cloneable. */
  readonly model: Model | null;
  /** In the order of the files and their lines. */
  readonly diagnostics: readonly Diagnostic[];
  readonly sources: readonly Source[];
}

/** Loads files and directories in the order given. Never rejects for bad input: all errors of all files are diagnostics. */
export async function load(paths: readonly string[], options: LoadOptions): Promise<Loaded> {
  const diagnostics: Diagnostic[] = [];
  const sources = readSources(paths, (diagnostic) => diagnostics.push(diagnostic));
  return loadSources(sources, options, diagnostics);
}

/** Loads one text, as if it were a file of that name. */
export function loadText(text: string, options: LoadOptions = { env: {} }, name = 'test.cfg'): Promise<Loaded> {
  return loadSources([{ index: 0, name, text }], options, []);
}

async function loadSources(sources: readonly Source[], options: LoadOptions, diagnostics: Diagnostic[]): Promise<Loaded> {
  const report = (diagnostic: Diagnostic): void => void diagnostics.push(diagnostic);
  const localpeer = options.localpeer ?? hostname();
  const environment = Environment.ofProcess({ ...options.env }, localpeer);
  const before = new Map(environment.entries());
  const files = options.files ?? fileReader();
  const builder = new Builder(report, files, environment);
  for (const section of parseSources(sources, { report }, environment)) builder.section(section);
  const book = await AddressBook.of(hostsOf(builder), options.lookup ?? systemLookup);
  await builder.lookUpPatterns(options.lookup ?? systemLookup);
  builder.global.localpeer ??= localpeer;
  const drafts = {
    global: builder.global,
    proxies: builder.proxies,
    named: builder.named,
    environment: changes(before, environment),
    saved: new SavedStates(builder.global, files, report),
    files,
    sources: sources.map((source) => ({ name: source.name, lineStarts: lineStarts(source) })),
  };
  const model = resolve(drafts, book, report);
  checkProxies(builder.proxies, report);
  if (builder.global.zeroWarning && diagnostics.some(({ severity }) => severity === 'warning')) {
    report({
      severity: 'alert',
      summary: "some warnings were found and 'zero-warning' is set",
      advice: 'Correct them, or remove zero-warning.',
      span: null,
      related: [],
    });
  }
  const failed = diagnostics.some(({ severity }) => severity === 'alert');
  return { model: failed ? null : deepFreeze(model), diagnostics: diagnostics.sort(byPlace), sources };
}

/** In the order of the files; what has no place in one comes last. */
function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.span === null || b.span === null) return Number(a.span === null) - Number(b.span === null);
  return a.span.source - b.span.source || a.span.start - b.span.start;
}

/** The host names that servers, listeners, sources and checks ask for. */
function hostsOf({ proxies, global, named }: Builder): HostAddress[] {
  const hosts: HostAddress[] = [];
  const add = (address: DraftAddress | undefined): void => {
    if (address?.kind === 'host') hosts.push(address);
  };
  const addLines = (lines: readonly (LogLineDraft | 'global')[]): void => {
    for (const line of lines) if (line !== 'global' && 'address' in line.to) add(line.to.address);
  };
  for (const { binds, servers, settings } of proxies) {
    for (const bind of binds) for (const { address } of bind.addresses) add(address);
    for (const server of servers) {
      if (server.settings.initAddress.includes('libc') && !hasSrvName(server)) add(server.address);
      add(server.settings.source?.address);
      add(server.settings.checkAddress?.address);
      add(server.settings.health.agentAddress?.address);
      add(server.settings.health.socks4?.address);
    }
    add(settings.source?.address);
    addLines(settings.log.lines);
  }
  addLines(global.log.lines);
  for (const { mailers } of named.mailers) for (const { target } of mailers) add(target.address);
  for (const { servers } of named.logs.rings) for (const { address } of servers) add(address);
  for (const { listeners, datagrams, lines } of named.logs.forwards) {
    for (const { address } of [...listeners, ...datagrams]) add(address);
    addLines(lines);
  }
  return hosts;
}

/** What lines of `global` did to the environment; the parser keeps values as latin1. */
function changes(before: ReadonlyMap<string, string>, environment: Environment): Global['environment'] {
  const after = new Map(environment.entries());
  const names = new Set([...before.keys(), ...after.keys()]);
  return [...names]
    .filter((name) => before.get(name) !== after.get(name))
    .map((name) => {
      const value = after.get(name);
      return { name, value: value === undefined ? null : Buffer.from(value, 'latin1').toString('utf8') };
    });
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
