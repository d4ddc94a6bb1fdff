/**
 * State files: what `show servers state` printed of an earlier process, version 1 (management guide). Read at load, so that servers
 * start where the earlier process left them. Whatever makes no sense is left out with a warning; nothing stops a start.
 */
import { based } from './certificates.js';
import { parseIp } from '../core/ip.js';
import type { Diagnostic } from './diagnostic.js';
import { hasBackend } from './draft.js';
import type { GlobalDraft, Reference, RunningDraft } from './draft.js';
import type { FileReader } from './files.js';
import type { SavedServer } from './model.js';

type Report = (diagnostic: Diagnostic) => void;

export const STATE_VERSION = 1;

/** The columns of version 1 in their order. */
export const STATE_FIELDS = [
  'be_id', 'be_name', 'srv_id', 'srv_name', 'srv_addr', 'srv_op_state', 'srv_admin_state', 'srv_uweight', 'srv_iweight',
  'srv_time_since_last_change', 'srv_check_status', 'srv_check_result', 'srv_check_health', 'srv_check_state', 'srv_agent_state',
  'bk_f_forced_id', 'srv_f_forced_id', 'srv_fqdn', 'srv_port', 'srvrecord', 'srv_use_ssl', 'srv_check_port', 'srv_check_addr',
  'srv_agent_addr', 'srv_agent_port',
] as const;
type Field = (typeof STATE_FIELDS)[number];

/** A server's line: whose it is, and its state. */
export interface StateLine {
  readonly backend: { readonly name: string; readonly id: number; readonly forced: boolean };
  readonly server: { readonly name: string; readonly id: number; readonly forced: boolean };
  readonly state: SavedServer;
}

/** Largest values of numeric columns; the others are 32-bit numbers. */
const MOST: Partial<Record<Field, number>> = {
  srv_op_state: 3, srv_admin_state: 0x7f, srv_uweight: 256, srv_iweight: 256, srv_port: 65535, srv_check_port: 65535, srv_agent_port: 65535,
  bk_f_forced_id: 1, srv_f_forced_id: 1, srv_check_result: 4,
};

/** One line of a file; the name of the column that makes no sense otherwise. Columns that newer versions add are left alone. */
export function parseStateLine(line: string): StateLine | { readonly problem: string } {
  const words = line.trim().split(/[ \t]+/);
  // Version 1 has grown: files of older processes end before the columns of checks.
  if (words.length < STATE_FIELDS.indexOf('srv_port') + 1) return { problem: `it has ${words.length} columns` };
  const text = (field: Field): string => words[STATE_FIELDS.indexOf(field)] ?? '-';
  let problem: string | null = null;
  const number = (field: Field): number => {
    const word = text(field);
    if (word === '-') return 0;
    const value = /^[0-9]{1,10}$/.test(word) ? Number(word) : NaN;
    if (!(value <= (MOST[field] ?? 2 ** 32 - 1))) problem ??= `'${word}' is no ${field}`;
    return value;
  };
  const maybe = (field: Field): string | null => (text(field) === '-' ? null : text(field));
  const address = (field: Field): string | null => {
    const word = maybe(field);
    return word !== null && parseIp(word) !== undefined ? word : null;
  };
  const parsed: StateLine = {
    backend: { name: text('be_name'), id: number('be_id'), forced: number('bk_f_forced_id') === 1 },
    server: { name: text('srv_name'), id: number('srv_id'), forced: number('srv_f_forced_id') === 1 },
    state: {
      address: address('srv_addr'), port: number('srv_port'), opState: number('srv_op_state'), adminState: number('srv_admin_state'),
      userWeight: number('srv_uweight'), initialWeight: number('srv_iweight'), sinceChange: number('srv_time_since_last_change'),
      checkStatus: number('srv_check_status'), checkResult: number('srv_check_result'), checkHealth: number('srv_check_health'),
      checkState: number('srv_check_state'), agentState: number('srv_agent_state'), fqdn: maybe('srv_fqdn'), srvRecord: maybe('srvrecord'),
      checkAddress: address('srv_check_addr'), checkPort: number('srv_check_port'), agentAddress: address('srv_agent_addr'), agentPort: number('srv_agent_port'),
    },
  };
  return problem === null ? parsed : { problem };
}

/** A whole file; null if it is of no version that is known. */
export function parseStateFile(text: string, bad: (line: number, problem: string) => void): StateLine[] | null {
  const lines = text.split('\n');
  if (lines[0]?.trim() !== String(STATE_VERSION)) return null;
  const found: StateLine[] = [];
  lines.forEach((line, i) => {
    if (i === 0 || line.trim() === '' || line.startsWith('#')) return;
    const parsed = parseStateLine(line);
    if ('problem' in parsed) bad(i + 1, parsed.problem);
    else found.push(parsed);
  });
  return found;
}

/** What the state files of a configuration say of its servers. */
export class SavedStates {
  readonly #files = new Map<string, Map<string, StateLine>>();
  readonly #global: Pick<GlobalDraft, 'stateBase' | 'stateFile'>;
  readonly #reader: FileReader;
  readonly #report: Report;

  constructor(global: Pick<GlobalDraft, 'stateBase' | 'stateFile'>, reader: FileReader, report: Report) {
    this.#global = global;
    this.#reader = reader;
    this.#report = report;
  }

  /** The state of a server of a backend, by their names; null if there is none. */
  of(proxy: RunningDraft, server: string): SavedServer | null {
    const file = this.#fileOf(proxy);
    if (file === null) return null;
    return this.#lines(file).get(`${proxy.name} ${server}`)?.state ?? null;
  }

  #fileOf(proxy: RunningDraft): Reference | null {
    if (!hasBackend(proxy) || proxy.settings.loadState === 'none') return null;
    const local = proxy.stateFileName ?? { name: proxy.name, span: proxy.span };
    const file = proxy.settings.loadState === 'global' ? this.#global.stateFile : local;
    return file === null ? null : { ...file, name: based(this.#global.stateBase ?? '', file.name) };
  }

  #lines({ name, span }: Reference): Map<string, StateLine> {
    let lines = this.#files.get(name);
    if (lines !== undefined) return lines;
    lines = new Map();
    this.#files.set(name, lines);
    const text = this.#reader.read(name);
    const notice = (summary: string): void => this.#report({ severity: 'notice', summary, advice: null, span, related: [] });
    const warn = (summary: string, advice: string): void => this.#report({ severity: 'warning', summary, advice, span, related: [] });
    // The first start has no file yet.
    if (typeof text !== 'string') notice(`can't open server state file '${name}' (${text.problem})`);
    else {
      const parsed = parseStateFile(text, (line, problem) => warn(`server state file '${name}', line ${line} is left out: ${problem}`, 'Write the file anew with "show servers state".'));
      if (parsed === null) warn(`can't get version of the server state file '${name}'`, `Its first line must be ${STATE_VERSION}.`);
      for (const line of parsed ?? []) lines.set(`${line.backend.name} ${line.server.name}`, line);
    }
    return lines;
  }
}
