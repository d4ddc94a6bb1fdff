import { HAPROXY_BRANCH, HAPROXY_VERSION } from './predicate.js';

/**
 * The environment as the configuration sees it: the process's own at the start, changed by `setenv`, `presetenv`, `unsetenv` and
 * `resetenv` for the lines that follow. Values are latin1 like the source text.
 */
export class Environment {
  readonly #values: Map<string, string>;

  constructor(values: Iterable<readonly [string, string]> = []) {
    this.#values = new Map(values);
  }

  /** The process's environment plus the variables that the proxy itself defines. */
  static ofProcess(env: NodeJS.ProcessEnv, localpeer: string): Environment {
    const environment = new Environment();
    for (const [name, value] of Object.entries(env)) {
      if (value !== undefined) environment.set(name, Buffer.from(value, 'utf8').toString('latin1'));
    }
    for (const [name, value] of Object.entries(INTERNAL_VARIABLES)) environment.set(name, value);
    environment.set('HAPROXY_LOCALPEER', localpeer);
    return environment;
  }

  get(name: string): string | undefined {
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  set(name: string, value: string): void {
    this.#values.set(name, value);
  }

  unset(name: string): void {
    this.#values.delete(name);
  }

  /** Removes every variable but those named. */
  keepOnly(names: ReadonlySet<string>): void {
    for (const name of this.#values.keys()) if (!names.has(name)) this.#values.delete(name);
  }

  entries(): IterableIterator<[string, string]> {
    return this.#values.entries();
  }
}

/** What the four environment keywords of `global` do; words after the keyword. Wrong numbers of words change nothing. */
const EDITS: Readonly<Record<string, (environment: Environment, words: readonly string[]) => void>> = {
  setenv: (environment, [name, value]) => {
    if (name !== undefined && value !== undefined) environment.set(name, value);
  },
  presetenv: (environment, [name, value]) => {
    if (name !== undefined && value !== undefined && !environment.has(name)) environment.set(name, value);
  },
  unsetenv: (environment, words) => words.forEach((name) => environment.unset(name)),
  resetenv: (environment, words) => environment.keepOnly(new Set(words)),
};

/** Applies a line of `global` to the environment if it is one of the four keywords; arity is checked by the keyword's row. */
export function editEnvironment(environment: Environment, keyword: string, words: () => readonly string[]): void {
  const edit = Object.hasOwn(EDITS, keyword) ? EDITS[keyword] : undefined;
  edit?.(environment, words());
}

/** Variables that the proxy defines before the first line (manual, 2.3): version and the default log formats (8.2). */
export const INTERNAL_VARIABLES: Readonly<Record<string, string>> = {
  HAPROXY_STARTUP_VERSION: HAPROXY_VERSION,
  HAPROXY_BRANCH,
  HAPROXY_TCP_LOG_FMT: '%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq',
  HAPROXY_TCP_CLF_LOG_FMT:
    '%{+Q}o %{-Q}ci - - [%T] "TCP " 000 %B "" "" %cp %ms %ft %b %s %Th %Tw %Tc %Tt %U %ts-- %ac %fc %bc %sc %rc %sq %bq "" "" ',
  HAPROXY_HTTP_LOG_FMT:
    '%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r',
  HAPROXY_HTTP_CLF_LOG_FMT:
    '%{+Q}o %{-Q}ci - - [%trg] %r %ST %B "" "" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc %ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl',
  HAPROXY_HTTPS_LOG_FMT:
    '%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs %{+Q}r ' +
    '%[fc_err]/%[ssl_fc_err,hex]/%[ssl_c_err]/%[ssl_c_ca_err]/%[ssl_fc_is_resumed] %[ssl_fc_sni]/%sslv/%sslc',
};
