/** `email-alert`: what happens to servers, sent to mailers by SMTP. Main thread; mails that can't be delivered are dropped. */
import { hostname } from 'node:os';
import { sockaddr } from '../../core/address.js';
import type { EmailAlert, Mailers } from '../../config/check_rules.js';
import type { Model, SocketAddress } from '../../config/model.js';
import type { StateListener } from '../server_states.js';
import type { Program, Step } from './program.js';
import { Run, type Route } from './run.js';
import type { Clock } from './scheduler.js';
import type { CheckConnections } from './sockets.js';
import { L7_OK, L7_RESPONSE, L7_TIMEOUT } from './status.js';

/** Mails that wait for one mailer at most: a server that flaps must not fill the memory. */
const WAITING_MOST = 1000;

const connect: Step = { kind: 'connect', number: 0, label: 'connect', comment: null, rule: null, port: null, linger: false };

const say = (line: string): Step => {
  const bytes = Buffer.from(line, 'latin1');
  return { kind: 'send', number: 0, label: 'send', comment: null, method: null, make: () => bytes };
};

/** A whole answer, of one line or more, with this code. */
const hear = (code: string): Step => ({
  kind: 'protocol', number: 0, label: 'expect', comment: null, empty: L7_RESPONSE, timeout: L7_TIMEOUT,
  judge(data, last) {
    const text = data.toString('latin1');
    const whole = /(?:^|\r?\n)[0-9]{3}(?: [^\n]*)?\r?\n$/.test(text);
    if (!whole && !last) return null;
    return whole && text.startsWith(code) ? { ok: true, status: L7_OK, code: 0, info: '' } : { ok: false, status: L7_RESPONSE, code: 0, info: text };
  },
});

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] as const;
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** RFC 5322, in local time. */
export function mailDate(date: Date): string {
  const two = (value: number): string => String(Math.abs(value)).padStart(2, '0');
  const offset = -date.getTimezoneOffset();
  const zone = `${offset < 0 ? '-' : '+'}${two(Math.trunc(offset / 60))}${two(offset % 60)}`;
  const day = `${DAYS[date.getDay()]}, ${two(date.getDate())} ${MONTHS[date.getMonth()]} ${date.getFullYear()}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())} ${zone}`;
}

function mailProgram({ from, to, hostname: name }: EmailAlert, text: string, date: Date): Program {
  const line = text.replace(/[^\x20-\x7e]/g, ' ');
  const lines = [`From: ${from}`, `To: ${to}`, `Date: ${mailDate(date)}`, `Subject: [tsproxy Alert] ${line}`, '', line.replace(/^\./, '..'), '.', ''];
  const steps = [
    connect, hear('220'), say(`EHLO ${name ?? hostname()}\r\n`), hear('250'), say(`MAIL FROM:<${from}>\r\n`), hear('250'), say(`RCPT TO:<${to}>\r\n`), hear('250'),
    say('DATA\r\n'), hear('354'), say(lines.join('\r\n')), hear('250'), say('QUIT\r\n'), hear('221'),
  ];
  return { steps, http: false, tellsSteps: false, disableOn404: false };
}

/** One mailer: its mails go one after the other. */
class Mailer {
  private readonly waiting: Program[] = [];
  private busy = false;
  private readonly route: Route;

  constructor(address: SocketAddress, private readonly timeout: number, private readonly connections: CheckConnections, private readonly clock: Clock) {
    this.route = { address: sockaddr(address), source: null, device: null, quiet: false, proxy: 0, socks4: null, linger: true };
  }

  send(program: Program): void {
    if (this.waiting.length >= WAITING_MOST) this.waiting.shift();
    this.waiting.push(program);
    this.next();
  }

  private next(): void {
    const program = this.busy ? undefined : this.waiting.shift();
    if (program === undefined) return;
    this.busy = true;
    let cancel = (): void => undefined;
    const run = new Run({
      program, connections: this.connections, bufsize: 16384, route: () => this.route, stateHeader: () => '', isRunning: () => true, waits: () => undefined,
      samples() {
        throw new Error('mails have no samples');
      },
      done: () => {
        cancel();
        this.busy = false;
        this.next();
      },
    });
    cancel = this.clock.after(this.timeout, () => run.timedOut());
    run.begin(this.clock.now());
  }
}

/** Mails messages about the servers of proxies that ask for it. */
export class EmailAlerts implements StateListener {
  private readonly mailers = new Map<number, readonly Mailer[]>();

  constructor(private readonly model: Model, private readonly connections: () => CheckConnections, private readonly clock: Clock) {}

  message(server: number, level: number, text: string): void {
    const email = this.model.proxies[this.model.servers[server]!.proxy]!.email;
    if (email === null || level > email.level) return;
    const program = mailProgram(email, text, new Date(this.clock.now()));
    for (const mailer of this.mailersOf(email.mailers)) mailer.send(program);
  }

  private mailersOf(index: number): readonly Mailer[] {
    let known = this.mailers.get(index);
    if (known === undefined) {
      const section: Mailers = this.model.mailers[index]!;
      known = section.mailers.map(({ address }) => new Mailer(address, section.timeout, this.connections(), this.clock));
      this.mailers.set(index, known);
    }
    return known;
  }
}
