/** One check of one server: plays a program over its connections and tells what came out. All time limits are the caller's. */
import { constants } from 'node:os';
import type { Tx } from '../../core/tx.js';
import { connectionErrorText, isLocal, socksErrorText } from './error_text.js';
import { parseBody, parseHead, type ResponseHead } from './http_message.js';
import type { Judgement } from './judge.js';
import type { ConnectStep, ExpectStep, Program, ProtocolStep, SendStep, Step } from './program.js';
import { HANGUP, PEER_END, READABLE, WRITABLE, type CheckConnections, type ConnectOptions, type SocketOwner } from './sockets.js';
import { L4_CONNECT, L4_OK, L4_TIMEOUT, L7_CONDITIONAL, L7_OK, L7_RESPONSE, L7_TIMEOUT, SOCKET_ERROR, type CheckStatus } from './status.js';

export interface RunResult {
  readonly status: CheckStatus;
  /** Code of the protocol, where the status has one; 0 = none. */
  readonly code: number;
  /** "" if there is nothing to say. */
  readonly info: string;
  /** This machine was short of something: that says nothing about the server. */
  readonly local: boolean;
}

/** How a step connects. */
export interface Route extends ConnectOptions {
  /** Version of the PROXY header, 0 = none. */
  readonly proxy: 0 | 1 | 2;
  /** The request to the SOCKS4 proxy that `address` is of; null = none. */
  readonly socks4: Buffer | null;
  readonly linger: boolean;
}

/** What a run needs of its surroundings. */
export interface RunParts {
  readonly program: Program;
  readonly connections: CheckConnections;
  /** Most bytes of an answer that are looked at. */
  readonly bufsize: number;
  /** The way to the server; null = it has no address that can be connected to. `quiet`: nothing will be sent. */
  route(step: ConnectStep, port: number | undefined, quiet: boolean): Route | null;
  /** The samples of this check. */
  samples(run: Run): Tx;
  /** The header about the server's state. */
  stateHeader(): string;
  /** True unless the server is down. */
  isRunning(): boolean;
  /** A connection begins, or stands: from here on another time limit counts. */
  waits(for_: 'connect' | 'answer'): void;
  done(result: RunResult): void;
}

const { EAGAIN, ECONNRESET } = constants.errno;
const NOTHING = Buffer.alloc(0);
const SOCKS4_ANSWER = 8;
const SOCKS4_GRANTED = 0x5a;
/** The longest text that statistics and logs keep. */
const INFO_LENGTH = 1024;

/** Up to the first NUL: what follows could not be shown. */
function shown(text: string): string {
  const end = text.indexOf('\0');
  return (end < 0 ? text : text.slice(0, end)).slice(0, INFO_LENGTH);
}

export class Run implements SocketOwner {
  /** ms since 1970. */
  began = 0;
  input: Buffer = NOTHING;
  head: ResponseHead | null = null;
  private readonly parts: RunParts;
  private running = false;
  private at = 0;
  private handle = -1;
  /** Number of the step whose connection is open; -1 = none is. */
  private opened = -1;
  private phase: 'connecting' | 'socks4' | 'open' = 'open';
  private route: Route | null = null;
  private pending: Buffer = NOTHING;
  private readable = false;
  private ended = false;
  private error = 0;
  private method = 'GET';
  private last: Judgement | null = null;
  private readonly tx = (): Tx => this.parts.samples(this);

  constructor(parts: RunParts) {
    this.parts = parts;
  }

  get isRunning(): boolean {
    return this.running;
  }

  begin(now: number): void {
    this.began = now;
    this.running = true;
    this.at = 0;
    this.last = null;
    this.clear();
    this.advance();
  }

  /** The time is over. */
  timedOut(): void {
    const step = this.parts.program.steps[this.at];
    if (step === undefined || step.kind === 'connect') this.fail(L4_TIMEOUT, step === undefined ? '' : this.where(step));
    else this.fail('timeout' in step ? step.timeout : L7_TIMEOUT, this.where(step));
  }

  /** Ends it without a word. */
  cancel(): void {
    this.running = false;
    this.disconnect(true);
  }

  ready(what: number, errno: number): void {
    if (!this.running) return;
    if ((what & (READABLE | HANGUP | PEER_END)) !== 0) this.readable = true;
    if (errno !== 0) this.error = errno;
    if (this.phase !== 'open') {
      if (!this.shake(what)) return;
    } else if ((what & WRITABLE) !== 0 && this.pending.length > 0 && !this.flush()) return;
    this.advance();
  }

  private advance(): void {
    while (this.running) {
      const step = this.parts.program.steps[this.at];
      if (step === undefined) return this.succeed();
      if (!this.play(step)) return;
      this.at++;
    }
  }

  /** False: it waits, or all is over. */
  private play(step: Step): boolean {
    switch (step.kind) {
      case 'connect': return this.opened === this.at || this.connect(step);
      case 'send': return this.send(step);
      case 'expect': return this.expect(step);
      case 'protocol': return this.judge(step);
      case 'act':
        step.act(this.tx());
        return true;
    }
  }

  /** Begins to connect. False: it waits, or all is over. */
  private connect(step: ConnectStep): false {
    const port = step.port === null ? undefined : step.port(this.tx);
    this.disconnect(this.route?.linger !== true);
    this.clear();
    const next = this.parts.program.steps[this.at + 1];
    this.route = this.parts.route(step, port, next === undefined || next.kind === 'connect');
    if (this.route === null) {
      this.fail(SOCKET_ERROR, `No address to connect to${this.where(step)}`, 0, true);
      return false;
    }
    this.parts.waits('connect');
    this.phase = 'connecting';
    const handle = this.parts.connections.open(this.route, this);
    if (handle < 0) this.connectFailed(-handle, true);
    else this.handle = handle;
    return false;
  }

  private connectFailed(errno: number, atOnce: boolean): void {
    const text = `${connectionErrorText(errno, atOnce)}${this.where(this.parts.program.steps[this.at]!)}`;
    if (isLocal(errno)) this.fail(SOCKET_ERROR, text, 0, true);
    else this.fail(L4_CONNECT, text);
  }

  /** What comes before the data: the connection, and a SOCKS4 proxy's word. True: they may begin. */
  private shake(what: number): boolean {
    if (this.phase === 'connecting') {
      // A reset comes over a connection that stood: what comes next will meet it.
      const failed = this.error !== 0 && this.error !== ECONNRESET;
      if (failed) this.connectFailed(this.error, false);
      if (failed || (what & (WRITABLE | HANGUP)) === 0) return false;
      const { socks4 } = this.route!;
      if (socks4 === null) return this.stand();
      this.phase = 'socks4';
      return this.parts.connections.send(this.handle, socks4) === socks4.length ? false : this.socksFailed('SOCKS4_SEND');
    }
    this.fill();
    if (this.input.length < SOCKS4_ANSWER) return this.complete ? this.socksFailed(this.error === 0 ? 'SOCKS4_ABORT' : 'SOCKS4_RECV') : false;
    if (this.input[1] !== SOCKS4_GRANTED) return this.socksFailed('SOCKS4_DENY');
    this.input = this.input.subarray(SOCKS4_ANSWER);
    return this.stand();
  }

  /** The connection stands. */
  private stand(): boolean {
    const { proxy } = this.route!;
    if (proxy !== 0 && this.parts.connections.sendProxy(this.handle, proxy) < 0) {
      this.fail(SOCKET_ERROR, `Sending the PROXY header failed${this.where(this.parts.program.steps[this.at]!)}`);
      return false;
    }
    this.phase = 'open';
    this.opened = this.at;
    this.parts.waits('answer');
    return true;
  }

  private socksFailed(what: Parameters<typeof socksErrorText>[0]): false {
    this.fail(L4_CONNECT, `${socksErrorText(what)}${this.where(this.parts.program.steps[this.at]!)}`);
    return false;
  }

  /** Reads what there is. */
  private fill(): void {
    const { connections, bufsize } = this.parts;
    while (this.readable && this.input.length < bufsize) {
      const got = connections.receive(this.handle);
      if (typeof got === 'number') {
        this.readable = false;
        if (got !== -EAGAIN) this.error = -got;
        return;
      }
      if (got.length === 0) {
        this.readable = false;
        this.ended = true;
        return;
      }
      this.input = this.input.length === 0 ? Buffer.from(got.subarray(0, bufsize)) : Buffer.concat([this.input, got.subarray(0, bufsize - this.input.length)]);
    }
  }

  /** No byte will follow that could be looked at. */
  private get complete(): boolean {
    return this.ended || this.error !== 0 || this.input.length >= this.parts.bufsize;
  }

  private send(step: SendStep): boolean {
    if (this.pending.length === 0) {
      this.input = NOTHING;
      this.head = null;
      this.method = step.method ?? this.method;
      this.pending = step.make(this.tx, () => this.parts.stateHeader());
    }
    if (!this.flush()) return false;
    this.last = { ok: true, status: L7_OK, code: 0, info: '' };
    return true;
  }

  /** False: the socket takes no more now, or is broken. */
  private flush(): boolean {
    while (this.pending.length > 0) {
      const sent = this.parts.connections.send(this.handle, this.pending);
      if (sent === -EAGAIN) return false;
      if (sent < 0) {
        this.pending = NOTHING;
        // What the server has said before it closed counts more.
        if (sent !== -constants.errno.EPIPE) {
          this.fail(SOCKET_ERROR, `${connectionErrorText(this.error !== 0 ? this.error : -sent, false)}${this.where(this.parts.program.steps[this.at]!)}`);
          return false;
        }
        return true;
      }
      this.pending = this.pending.subarray(sent);
    }
    return true;
  }

  private judge(step: ProtocolStep): boolean {
    this.fill();
    if (this.input.length === 0) return this.nothing(step, step.empty);
    const judgement = step.judge(this.input, this.complete);
    if (judgement === null) return false;
    this.last = judgement;
    if (!judgement.ok) this.fail(judgement.status, judgement.info, judgement.code);
    return judgement.ok;
  }

  /** Not a byte has come yet. False. */
  private nothing(step: ProtocolStep | ExpectStep, status: CheckStatus): false {
    if (this.error !== 0) this.fail(SOCKET_ERROR, `${connectionErrorText(this.error, false)}${this.where(step)}`);
    else if (this.ended) this.fail(status, `TCPCHK got an empty response at step ${step.number}${spoken(step)}`, this.codeOf(step));
    return false;
  }

  private expect(step: ExpectStep): boolean {
    this.fill();
    if (step.matcher.kind !== 'bytes') return this.expectHttp(step);
    if (this.input.length === 0) return this.nothing(step, step.error);
    const { test, exact, shown: pattern } = step.matcher;
    const least = exact === 0 ? step.minRecv : step.minRecv < 0 ? exact : Math.min(exact, step.minRecv);
    if (this.input.length < least && !this.complete) return false;
    const found = test(this.input, this.tx);
    // Without a least number of bytes a match may still come.
    if (!found && !this.complete && step.minRecv < 0) return false;
    if (found !== step.inverse) return this.met(step, 0);
    const what = step.inverse ? 'matched unwanted content' : 'did not match content';
    return this.missed(step, step.error, `TCPCHK ${what} ${pattern} at step ${step.number}`, 0);
  }

  private expectHttp(step: ExpectStep): boolean {
    const { matcher } = step;
    const head = this.readHead();
    if (head === 'more') {
      if (this.error !== 0) this.fail(SOCKET_ERROR, connectionErrorText(this.error, false));
      else if (this.complete) this.fail(L7_RESPONSE, '');
      return false;
    }
    if (head === null || matcher.kind === 'bytes') {
      this.fail(L7_RESPONSE, '');
      return false;
    }
    if (this.parts.program.disableOn404 && head.status === 404 && this.parts.isRunning()) {
      this.finish({ status: L7_CONDITIONAL, code: 404, info: '', local: false });
      return false;
    }
    if (matcher.kind === 'head') {
      return matcher.test(head, this.tx) !== step.inverse ? this.met(step, head.status) : this.missed(step, step.error, head.reason, head.status);
    }
    const body = parseBody(head, this.input.toString('latin1'), this.complete, this.method);
    if (body === null) {
      this.fail(L7_RESPONSE, '');
      return false;
    }
    const whole = body.whole || this.complete;
    if (body.text === '') return whole ? this.missed(step, step.error, 'HTTP content check could not find a response body', head.status) : false;
    const found = matcher.test(body, this.tx);
    if (!found && !whole) return false;
    if (found !== step.inverse) return this.met(step, head.status);
    return this.missed(step, step.error, step.inverse ? 'HTTP check matched unwanted content' : 'HTTP content check did not match', head.status);
  }

  private readHead(): ResponseHead | 'more' | null {
    if (this.head !== null) return this.head;
    const head = this.input.length === 0 ? 'more' : parseHead(this.input.toString('latin1'));
    if (head !== null && head !== 'more') this.head = head;
    return head;
  }

  private codeOf(step: Step): number {
    return ('code' in step ? step.code?.(this.tx()) : undefined) ?? 0;
  }

  private met(step: ExpectStep, code: number): true {
    const info = step.onSuccess === null ? '' : step.onSuccess(this.tx());
    this.last = { ok: true, status: step.ok, code: step.code?.(this.tx()) ?? code, info };
    return true;
  }

  private missed(step: ExpectStep, status: CheckStatus, info: string, code: number): false {
    const text = step.onError === null ? info : step.onError(this.tx());
    this.fail(status, `${text}${spoken(step)}`, step.code?.(this.tx()) ?? code);
    return false;
  }

  private succeed(): void {
    const { tellsSteps } = this.parts.program;
    const { status, code, info } = this.last ?? { status: L4_OK, code: 0, info: '' };
    this.finish({ status, code, info: info === '' && tellsSteps ? '(tcp-check)' : info, local: false });
  }

  private fail(status: CheckStatus, info: string, code = 0, local = false): void {
    this.finish({ status, code, info, local });
  }

  private finish(result: RunResult): void {
    if (!this.running) return;
    this.running = false;
    this.disconnect(this.route?.linger !== true);
    this.parts.done({ ...result, info: shown(result.info) });
  }

  private disconnect(reset: boolean): void {
    if (this.handle >= 0) this.parts.connections.close(this.handle, reset);
    this.handle = -1;
    this.opened = -1;
    this.phase = 'open';
  }

  private clear(): void {
    this.input = NOTHING;
    this.pending = NOTHING;
    this.head = null;
    this.readable = this.ended = false;
    this.error = 0;
  }

  /** Where in a tcp-check ruleset it happened. */
  private where({ number, label, comment }: Step): string {
    if (!this.parts.program.tellsSteps) return '';
    if (number === 0) return ' at initial connection step of tcp-check';
    return ` at step ${number} of tcp-check (${label})${comment === null ? '' : ` comment: '${comment}'`}`;
  }
}

const spoken = ({ comment }: Step): string => (comment === null ? '' : ` comment: ${comment}`);
