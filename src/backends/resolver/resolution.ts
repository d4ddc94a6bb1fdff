/**
 * The resolution of one name: questions, retries, and what is known of the name (manual, 5.3.2). One round goes
 *   question to all servers -> first good answer: valid
 *                           -> all answered badly: the other family, then the first one again, `resolve_retries` times
 *                           -> no answer within `timeout retry`: the same question, `resolve_retries` times
 * and ends with a status that all listeners are told.
 */
import { finalName, RCODE, type Answer, type DnsRecord, type Question } from './message.js';
import { Records, type Found } from './records.js';
import type { Asker, NameserverState, Section } from './section.js';

export type Status = 'valid' | 'nx' | 'refused' | 'timeout' | 'other';

/** Families of addresses that are asked for, the preferred one first. */
export type Families = readonly (4 | 6)[];

/** What a name is looked up for: addresses of these families, or the places of a service. */
export type Wanted = { readonly kind: 'addresses'; readonly families: Families } | { readonly kind: 'services' };

/** The end of a round. */
export interface Outcome {
  readonly status: Status;
  /** What the name stands for now, older answers included as far as they are kept; in the order in which it was first seen. */
  readonly found: readonly Found[];
  /** Addresses that came along with places of a service, by name. */
  readonly along: ReadonlyMap<string, readonly Found[]>;
  /** Name of the server whose answer it was; null after a bad end. */
  readonly by: NameserverState | null;
}

export type Listener = (outcome: Outcome) => void;

const NOTHING_ALONG: ReadonlyMap<string, readonly Found[]> = new Map();

export class Resolution implements Asker {
  type: Question;
  /** ms since 1970 of the last good answer; -Infinity = never. */
  lastValid = -Infinity;
  private readonly records: Records;
  private readonly questions: readonly Question[];
  private readonly periodic = new Set<Listener>();
  private readonly once = new Set<Listener>();
  /** The round that is on; null between rounds. */
  private round: { id: number; tries: number; step: number; missing: Set<NameserverState>; error: Status | null } | null = null;
  private cancelTimer: (() => void) | null = null;
  private status: Status | null = null;
  private by: NameserverState | null = null;
  private along: Outcome['along'] = NOTHING_ALONG;

  constructor(private readonly section: Section, readonly name: string, wanted: Wanted) {
    this.questions = wanted.kind === 'services' ? ['SRV'] : wanted.families.map((family) => (family === 4 ? 'A' : 'AAAA'));
    this.type = this.questions[0]!;
    this.records = new Records(section.conf.hold.obsolete);
  }

  /** Tells `listener` of each round; a round begins each `timeout resolve`. */
  follow(listener: Listener): void {
    this.periodic.add(listener);
    if (this.round === null) this.begin();
  }

  unfollow(listener: Listener): void {
    this.periodic.delete(listener);
  }

  /** Tells `listener` of the end of this round, or of the one that begins now. */
  next(listener: Listener): void {
    this.once.add(listener);
    if (this.round === null) this.begin();
  }

  /** Begins a round now, unless one is on. */
  trigger(): void {
    if (this.round === null) this.begin();
  }

  /** What the last round has left; null before its end. */
  outcome(): Outcome | null {
    return this.status === null ? null : { status: this.status, found: this.records.list(), along: this.along, by: this.by };
  }

  /** Nobody waits for it. */
  get idle(): boolean {
    return this.round === null && this.periodic.size === 0 && this.once.size === 0;
  }

  stop(): void {
    this.cancelTimer?.();
    if (this.round !== null) this.section.forget(this.round.id);
    this.round = null;
    this.periodic.clear();
    this.once.clear();
  }

  answered(server: NameserverState, answer: Answer | null): void {
    const { round } = this;
    if (round === null || !round.missing.delete(server)) return;
    const judged = answer === null ? { error: 'other' as const } : this.judge(server, answer);
    if ('found' in judged) {
      server.count('valid');
      if (this.records.take(judged.found, this.section.clock.now())) server.count('update');
      this.lastValid = this.section.clock.now();
      this.along = judged.along;
      return this.end('valid', server);
    }
    round.error = judged.error;
    if (round.missing.size === 0) this.failed(judged.error);
  }

  private begin(): void {
    this.cancelTimer?.();
    this.round = { id: -1, tries: this.section.conf.retries, step: 0, missing: new Set(), error: null };
    this.ask();
  }

  private ask(): void {
    const { round, section } = this;
    if (round === null) return;
    this.type = this.questions[round.step % this.questions.length]!;
    round.error = null;
    round.missing = new Set(section.servers);
    round.id = section.ask(this).id;
    this.cancelTimer = section.clock.after(section.conf.timeout.retry, () => this.late());
  }

  /** The time for answers is over. */
  private late(): void {
    const { round } = this;
    if (round === null) return;
    for (const server of round.missing) server.count('timeout');
    const { error } = round;
    if (error !== null) return this.failed(error);
    this.section.forget(round.id);
    if (--round.tries > 0) this.ask();
    else this.end('timeout', null);
  }

  /** All servers have answered badly, or those that have. */
  private failed(error: Status): void {
    const { round } = this;
    if (round === null) return;
    this.cancelTimer?.();
    this.section.forget(round.id);
    round.step++;
    if (round.step % this.questions.length === 0 && --round.tries <= 0) this.end(error, null);
    else this.ask();
  }

  private judge(server: NameserverState, answer: Answer): { found: Found[]; along: Outcome['along'] } | { error: Status } {
    const error = (counter: Parameters<NameserverState['count']>[0], status: Status): { error: Status } => {
      server.count(counter);
      return { error: status };
    };
    if (answer.truncated) return error('truncated', 'other');
    if (answer.rcode === RCODE.NXDOMAIN) return error('nx', 'nx');
    if (answer.rcode === RCODE.REFUSED) return error('refused', 'refused');
    if (answer.rcode !== RCODE.NOERROR) return error('other', 'other');
    if (answer.answers.length === 0) return error('any_err', 'other');
    const name = finalName(answer.question.name, answer.answers);
    if (name === null) return error('cname_error', 'other');
    const found = answer.answers.filter((record) => record.name === name).flatMap(foundIn).filter((each) => this.wants(each));
    const isAlias = name !== answer.question.name;
    if (isAlias) server.count('cname');
    if (found.length === 0) return error(isAlias ? 'cname_error' : 'other', 'other');
    return { found, along: this.type === 'SRV' ? addressesIn(answer.additional) : NOTHING_ALONG };
  }

  private wants(found: Found): boolean {
    if (found.kind === 'srv') return this.type === 'SRV' && found.srv.target !== '';
    return this.type === (found.family === 4 ? 'A' : 'AAAA');
  }

  private end(status: Status, by: NameserverState | null): void {
    this.cancelTimer?.();
    if (this.round !== null) this.section.forget(this.round.id);
    this.round = null;
    this.status = status;
    this.by = by;
    const { conf, clock } = this.section;
    if (status !== 'valid' && clock.now() - this.lastValid > conf.hold[status]) this.records.clear();
    this.cancelTimer = clock.after(conf.timeout.resolve, () => {
      if (this.periodic.size > 0 && this.round === null) this.begin();
    });
    const outcome = this.outcome()!;
    const told = [...this.periodic, ...this.once];
    this.once.clear();
    for (const listener of told) listener(outcome);
  }
}

function foundIn(record: DnsRecord): Found[] {
  if (record.kind === 'address') return [{ kind: 'address', family: record.family, address: record.address }];
  return record.kind === 'srv' ? [{ kind: 'srv', srv: record.srv }] : [];
}

function addressesIn(records: readonly DnsRecord[]): Map<string, Found[]> {
  const found = new Map<string, Found[]>();
  for (const record of records) {
    if (record.kind !== 'address') continue;
    const list = found.get(record.name);
    if (list === undefined) found.set(record.name, foundIn(record));
    else list.push(...foundIn(record));
  }
  return found;
}
