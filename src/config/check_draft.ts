/** Health checks while the configuration is being read: what keyword rows write to. */
import type { Agent, CheckRule, CheckType, HttpSend, InitState, Observe } from './check_rules.js';
import type { Span } from './diagnostic.js';
import type { DraftAddress, Reference } from './draft.js';

export interface DraftTarget {
  readonly address: DraftAddress;
  readonly span: Span;
}

/** Rules of one family, replaced as a whole by the first line of a section that has its own. */
export interface CheckRulesDraft {
  readonly rules: CheckRule[];
  /** A `comment` line that waits for the rule it speaks of. */
  comment: string | null;
  /** Lines seen, which number the rules. */
  steps: number;
  /** What the `option httpchk` line asks for. */
  request: HttpSend | null;
  sendState: boolean;
  disableOn404: boolean;
  /** Of the first line, for warnings. */
  readonly span: Span | null;
}

/** How a section checks servers. Copied to sections that inherit it; the rules are shared until one of them writes its own. */
export interface CheckDraft {
  /** null = no `option` chose one: servers are connected to. */
  type: CheckType | null;
  options: Readonly<Record<string, string>>;
  http: CheckRulesDraft;
  tcp: CheckRulesDraft;
  externalCommand: string | null;
  externalPath: string | null;
}

export function newCheckRules(span: Span | null): CheckRulesDraft {
  return { rules: [], comment: null, steps: 0, request: null, sendState: false, disableOn404: false, span };
}

export function newCheckDraft(): CheckDraft {
  return { type: null, options: {}, http: newCheckRules(null), tcp: newCheckRules(null), externalCommand: null, externalPath: null };
}

/** `email-alert` lines of a section; any of them asks for the others. */
export interface EmailAlertDraft {
  readonly mailers: Reference | null;
  readonly from: string | null;
  readonly to: string | null;
  readonly hostname: string | null;
  readonly level: number | null;
}

export const NO_EMAIL: EmailAlertDraft = { mailers: null, from: null, to: null, hostname: null, level: null };

/** What a server line says of its health. Never written to: replaced as a whole, since settings are copied. */
export interface HealthSettings {
  readonly sendProxy: boolean;
  readonly viaSocks4: boolean;
  readonly proto: { readonly name: string; readonly span: Span } | null;
  readonly healthcheck: Reference | null;
  readonly track: Reference | null;
  readonly agent: boolean;
  readonly agentAddress: DraftTarget | null;
  readonly agentPort: number;
  readonly agentInter: number;
  readonly agentSend: Agent['send'];
  readonly observe: { readonly layer: 4 | 7; readonly span: Span } | null;
  readonly errorLimit: number;
  readonly onError: Observe['onError'];
  /** `on-marked-down shutdown-sessions`, `on-marked-up shutdown-backup-sessions`. */
  readonly shutdownOnDown: boolean;
  readonly shutdownBackups: boolean;
  readonly initState: InitState | null;
  readonly socks4: DraftTarget | null;
}

export const NEW_HEALTH: HealthSettings = {
  sendProxy: false, viaSocks4: false, proto: null, healthcheck: null, track: null, agent: false, agentAddress: null, agentPort: 0,
  agentInter: 2000, agentSend: null, observe: null, errorLimit: 10, onError: 'fail-check', shutdownOnDown: false, shutdownBackups: false,
  initState: null, socks4: null,
};

/** A `healthcheck` section. */
export interface HealthcheckDraft {
  readonly name: string;
  readonly span: Span;
  readonly check: CheckDraft;
}

/** A `mailers` section. */
export interface MailersDraft {
  readonly name: string;
  readonly span: Span;
  readonly mailers: { readonly name: string; readonly target: DraftTarget }[];
  timeout: number;
}
