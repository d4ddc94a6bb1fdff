/**
 * One `resolvers` section at work (manual, 5.3): its name servers are all asked at the same time, the first good answer counts; of bad
 * ones only the last. Names are resolved by Resolution objects, which share the section's sockets and its figures.
 */
import { randomInt } from 'node:crypto';
import type { Nameserver, Resolvers } from '../../config/model.js';
import type { Clock } from '../clock.js';
import { newFigures, type Counter, type NameserverFigures } from './figures.js';
import { decodeAnswer, encodeQuestion, type Answer, type Question } from './message.js';
import { makeTransport, type MakeTransport, type Transport } from './transport.js';

/** Who gets the answers to one question. */
export interface Asker {
  readonly name: string;
  readonly type: Question;
  /** An answer of a name server to this very question; null: it is no DNS message. */
  answered(server: NameserverState, answer: Answer | null): void;
}

export class NameserverState {
  readonly figures: NameserverFigures = newFigures();

  constructor(readonly conf: Nameserver) {}

  count(counter: Counter): void {
    this.figures[counter]++;
  }
}

/** Questions of the recent past whose late answers are told from forged ones. */
const REMEMBERED = 1024;

export class Section {
  readonly servers: readonly NameserverState[];
  private readonly transports: readonly Transport[];
  private readonly open = new Map<number, Asker>();
  private readonly past = new Map<number, string>();

  constructor(readonly conf: Resolvers, readonly clock: Clock, make: MakeTransport = makeTransport) {
    this.servers = conf.nameservers.map((server) => new NameserverState(server));
    this.transports = this.servers.map((server) => make(server.conf, (message) => this.receive(server, message)));
  }

  close(): void {
    for (const transport of this.transports) transport.close();
    this.open.clear();
  }

  /** Asks all name servers; returns the question's number, and how many servers it went to. */
  ask(asker: Asker): { id: number; sent: number } {
    let id = randomInt(0x10000);
    while (this.open.has(id)) id = (id + 1) & 0xffff;
    this.open.set(id, asker);
    this.past.delete(id);
    const question = encodeQuestion(id, asker.name, asker.type, this.conf.payloadSize);
    let sent = 0;
    this.transports.forEach((transport, i) => {
      const ok = transport.send(question);
      this.servers[i]!.count(ok ? 'sent' : 'send_error');
      if (ok) sent++;
    });
    return { id, sent };
  }

  /** No more answers to this question are wanted. */
  forget(id: number): void {
    const asker = this.open.get(id);
    if (asker === undefined) return;
    this.open.delete(id);
    this.past.set(id, `${asker.type} ${asker.name}`);
    if (this.past.size > REMEMBERED) this.past.delete(this.past.keys().next().value!);
  }

  private receive(server: NameserverState, message: Buffer): void {
    if (message.length > this.conf.payloadSize) return this.refuse(server, message, 'too_big');
    const answer = decodeAnswer(message);
    if (answer === null) return this.refuse(server, message, 'invalid');
    const asker = this.open.get(answer.id);
    if (asker === undefined) return server.count(this.past.has(answer.id) ? 'outdated' : 'invalid');
    // Another question under the same number: forged, or very late.
    if (!isAbout(answer, asker)) return server.count('invalid');
    asker.answered(server, answer);
  }

  /** A message that can't be used: if its number is that of an open question, its server has answered that one badly. */
  private refuse(server: NameserverState, message: Buffer, why: 'too_big' | 'invalid'): void {
    server.count(why);
    if (message.length >= 2) this.open.get(message.readUInt16BE(0))?.answered(server, null);
  }
}

const TYPES: Readonly<Record<Question, number>> = { A: 1, AAAA: 28, SRV: 33 };

function isAbout({ question }: Answer, { name, type }: Asker): boolean {
  return question.type === TYPES[type] && question.name === name.toLowerCase().replace(/\.$/, '');
}
