/** A plan over a scripted engine: rules run on messages given as text, as the engine would show them in its window. */
import { loadText } from '../../src/config/load.js';
import type { Model } from '../../src/config/model.js';
import { render } from '../../src/config/render.js';
import type { Backends } from '../../src/backends/backend.js';
import { createBackends, initState } from '../../src/backends/index.js';
import {
  CB_COUNT, CF_COUNT, CL_COUNT, CS_COUNT, CW_COUNT, EDIT_APPEND, EDIT_DELETE, EDIT_END, EDIT_REPLACE, EDIT_START_LINE, FACT_ACCEPT_SEC, FACT_BACKEND,
  FACT_BODY_LEN, FACT_BODY_OFF, FACT_BODY_SIZE_HI, FACT_BODY_SIZE_LO, FACT_COUNT, FACT_DST_ADDR, FACT_DST_FAMILY, FACT_DST_PORT, FACT_FLAGS,
  FACT_FRONTEND, FACT_HEADER_COUNT, FACT_HEADER_TABLE, FACT_HEAD_LEN, FACT_HEAD_OFF, FACT_METHOD, FACT_METHOD_LEN, FACT_METHOD_OFF, FACT_REASON_LEN,
  FACT_REASON_OFF, FACT_REQUESTS, FACT_SERVER, FACT_SESSION, FACT_SRC_ADDR, FACT_SRC_FAMILY, FACT_SRC_PORT, FACT_STATUS, FACT_URI_LEN, FACT_URI_OFF,
  FACT_VERSION, FF_RESPONSE, PHASE_AFTER, PHASE_REQUEST, PHASE_RESPONSE, PS_CLOSED, PS_SERVERS_UP, SRV_UP, SS_SESSIONS, SS_STATE, VERDICT_ERROR,
  VERDICT_REPLY, VERDICT_RESPOND, VERDICT_SERVER,
} from '../../src/core/abi.js';
import type { Engine } from '../../src/core/addon.js';
import { proxyCell, serverCell, serverRows, stateCells } from '../../src/core/cells.js';
import { parseIp } from '../../src/core/ip.js';
import { compile, type Plan } from '../../src/core/plan.js';
import { initialVariables } from '../../src/core/process_variables.js';
import { METHODS } from '../../src/core/tx.js';
import { verdictArgument, verdictCode } from '../../src/core/verdict.js';

const MAX_HEADERS = 101;
const EDIT_SIZE = 4096;
const TABLE = FACT_COUNT * 4;
const EDITS = TABLE + MAX_HEADERS * 16;
const BYTES = EDITS + EDIT_SIZE;
const WINDOW = BYTES + 65536;

/** Where a message comes from; what is left out has these values. */
export interface Place {
  readonly phase?: number;
  readonly frontend?: string;
  readonly backend?: string | null;
  readonly server?: string;
  /** Instead of its name, which several may have. */
  readonly serverIndex?: number;
  readonly src?: string;
  readonly srcPort?: number;
  readonly dst?: string;
  readonly dstPort?: number;
  /** Session handle. */
  readonly session?: number;
  /** Number of the request on its connection. */
  readonly requests?: number;
  readonly accepted?: number;
  readonly flags?: number;
  /** Method of the request, for responses. */
  readonly method?: string;
}

export interface Outcome {
  readonly code: number;
  readonly argument: number;
  /** Name of the backend that was chosen, null if none was. */
  readonly backend: string | null;
  /** The response sent, as on the wire; null if none is. */
  readonly response: string | null;
  /** The head after its edits, line by line without the empty line. */
  readonly head: readonly string[];
}

interface Staged {
  head: string;
  body: string;
}

/** A compiled configuration and everything the engine would hold for it. */
export class RuleBench {
  readonly window = new ArrayBuffer(WINDOW);
  readonly facts = new Int32Array(this.window);
  readonly bytes = Buffer.from(this.window);
  readonly state: Int32Array;
  readonly counters: BigUint64Array;
  readonly plan: Plan;
  /** What was told to the main thread, and how it is answered. */
  answer: (topic: string, request: unknown) => unknown = () => ({ status: 200, type: 'text/plain', body: '' });
  readonly resumed: { session: number; verdict: number; staged: Staged | null }[] = [];
  readonly logged: string[] = [];
  readonly assigned: number[] = [];
  readonly forgotten: number[] = [];
  readonly slots: number[] = [];
  /** Overrides the verdict of the choice of a server. */
  assign: ((backend: number) => number) | null = null;
  /** How a server that a rule names is taken. */
  use: (server: number, force: boolean) => number = (server) => VERDICT_SERVER | (server << 8);
  private staged: Staged | null = null;

  /** `real`: servers are chosen by src/backends over cells as they are at start, not by the first of each backend. */
  constructor(readonly model: Model, real = false) {
    const { proxies, servers, listeners } = model;
    this.state = new Int32Array(stateCells(proxies.length, serverRows(model), listeners.length));
    if (real) initState(model, this.state);
    for (const { index, unpublished, disabled } of proxies) this.state[proxyCell(index, PS_CLOSED)] = unpublished || disabled ? 1 : 0;
    for (const server of real ? [] : servers) {
      this.state[serverCell(proxies.length, server.index, SS_STATE)] = SRV_UP;
      this.state[proxyCell(server.proxy, PS_SERVERS_UP)]!++;
    }
    this.counters = new BigUint64Array(CW_COUNT + proxies.length * (CF_COUNT + CB_COUNT) + servers.length * CS_COUNT + listeners.length * CL_COUNT);
    this.plan = compile(model, {
      state: this.state, counters: this.counters, worker: 3, backends: real ? this.realBackends() : this.backends(), engine: () => this.engine,
      ask: async (topic, request) => this.answer(topic, request), log: (line) => void this.logged.push(line),
    });
    this.plan.attach(this.engine, initialVariables(model));
  }

  private realBackends(): Backends {
    const counters = new Uint32Array(this.counters.buffer);
    return createBackends(this.model, { state: this.state, counters, engine: () => this.engine });
  }

  private backends(): Backends {
    return {
      assign: (backend) => {
        this.assigned.push(backend);
        if (this.assign !== null) return this.assign(backend);
        const server = this.model.proxies[backend]?.servers[0];
        return server === undefined ? VERDICT_ERROR | (503 << 8) : VERDICT_SERVER | (server << 8);
      },
      use: (server, _tx, force) => this.use(server, force),
      slotFree: (server) => void this.slots.push(server),
      forget: (session) => void this.forgotten.push(session),
      changed: () => undefined,
      giveBack: () => undefined,
      hashBy: () => undefined,
      grow: () => undefined,
    };
  }

  readonly engine = {
    window: this.window, editOffset: EDITS, editSize: EDIT_SIZE, bytesOffset: BYTES,
    reply: (_session: number, head: Uint8Array, body: Uint8Array): boolean => {
      this.staged = { head: Buffer.from(head).toString('latin1'), body: Buffer.from(body).toString('latin1') };
      return true;
    },
    resume: (session: number, verdict: number): void => void this.resumed.push({ session, verdict, staged: this.staged }),
  } as unknown as Engine;

  /** Gives a slot back, as the engine does. */
  release(server: number): void {
    this.state[serverCell(this.model.proxies.length, server, SS_SESSIONS)]!--;
  }

  counter(cell: number): number {
    return Number(this.counters[cell]);
  }

  proxy(name: string): number {
    const found = this.model.proxies.find((proxy) => proxy.name === name);
    if (found === undefined) throw new Error(`no proxy ${name}`);
    return found.index;
  }

  /** Runs a request (lines with \n) through PHASE_REQUEST, or another phase. */
  request(text: string, place: Place = {}): Outcome {
    return this.run(text, { phase: PHASE_REQUEST, ...place });
  }
  response(text: string, place: Place = {}): Outcome {
    return this.run(text, { phase: PHASE_RESPONSE, ...place });
  }
  after(text: string, place: Place = {}): Outcome {
    return this.run(text, { phase: PHASE_AFTER, ...place });
  }

  /** A decision without a message in the window: raw bytes only. */
  raw(phase: number, bytes = '', place: Place = {}): Outcome {
    this.place(place, phase);
    this.facts.fill(0, FACT_METHOD, FACT_BODY_OFF);
    this.facts[FACT_HEADER_TABLE] = FACT_COUNT;
    this.facts[FACT_BODY_OFF] = this.facts[FACT_HEAD_OFF] = BYTES;
    this.facts[FACT_BODY_LEN] = this.bytes.write(bytes, BYTES, 'latin1');
    return this.decide(phase, []);
  }

  private run(text: string, place: Place): Outcome {
    const phase = place.phase ?? PHASE_REQUEST;
    this.place(place, phase);
    return this.decide(phase, this.show(text, place));
  }

  private place(place: Place, phase: number): void {
    const { facts, model } = this;
    facts.fill(0, 0, FACT_COUNT);
    const frontend = place.frontend === undefined ? model.proxies.find((proxy) => proxy.isFrontend)!.index : this.proxy(place.frontend);
    const response = phase === PHASE_RESPONSE || phase === PHASE_AFTER;
    const chosen = response ? (model.proxies[frontend]!.defaultBackend ?? -1) : -1;
    facts[FACT_SESSION] = place.session ?? 0x101;
    facts[FACT_FRONTEND] = frontend;
    facts[FACT_BACKEND] = place.backend === undefined ? chosen : place.backend === null ? -1 : this.proxy(place.backend);
    facts[FACT_SERVER] = place.server === undefined ? (place.serverIndex ?? -1) : model.servers.findIndex((server) => server.name === place.server);
    facts[FACT_FLAGS] = (place.flags ?? 0) | (response ? FF_RESPONSE : 0);
    this.address(FACT_SRC_FAMILY, FACT_SRC_PORT, FACT_SRC_ADDR, place.src ?? '192.0.2.7', place.srcPort ?? 40000);
    this.address(FACT_DST_FAMILY, FACT_DST_PORT, FACT_DST_ADDR, place.dst ?? '198.51.100.1', place.dstPort ?? 80);
    facts[FACT_REQUESTS] = place.requests ?? 1;
    facts[FACT_ACCEPT_SEC] = place.accepted ?? 1_000_000_000;
    facts[FACT_METHOD] = Math.max(0, METHODS.indexOf((place.method ?? '') as (typeof METHODS)[number]));
  }

  private address(family: number, port: number, cells: number, address: string, number: number): void {
    const ip = parseIp(address);
    this.facts[family] = ip?.family ?? 1;
    this.facts[port] = number;
    if (ip !== undefined) this.bytes.set(ip.bytes, cells * 4);
  }

  /** Writes a message into the window and fills its facts; returns its lines. */
  private show(text: string, place: Place): string[] {
    const { facts } = this;
    const [head = '', body = ''] = text.replace(/\r?\n/g, '\r\n').split('\r\n\r\n', 2);
    const lines = head.split('\r\n');
    this.bytes.write(`${head}\r\n\r\n${body}`, BYTES, 'latin1');
    const start = lines[0]!;
    facts[FACT_HEAD_OFF] = BYTES;
    facts[FACT_HEAD_LEN] = head.length + 4;
    facts[FACT_BODY_OFF] = BYTES + head.length + 4;
    facts[FACT_BODY_LEN] = body.length;
    if (start.startsWith('HTTP/')) this.showStatus(start);
    else this.showRequest(start, place);
    this.showHeaders(lines);
    return lines;
  }

  private showStatus(start: string): void {
    const { facts } = this;
    const [version = '', status = ''] = start.split(' ');
    facts[FACT_VERSION] = Number(version.at(-1));
    facts[FACT_STATUS] = Number(status);
    facts[FACT_REASON_OFF] = version.length + status.length + 2;
    facts[FACT_REASON_LEN] = Math.max(0, start.length - facts[FACT_REASON_OFF]!);
  }

  private showRequest(start: string, _place: Place): void {
    const { facts } = this;
    const [method = '', uri = '', version = ''] = start.split(' ');
    facts[FACT_METHOD] = Math.max(0, METHODS.indexOf(method as (typeof METHODS)[number]));
    facts[FACT_METHOD_LEN] = method.length;
    facts[FACT_METHOD_OFF] = 0;
    facts[FACT_URI_OFF] = method.length + 1;
    facts[FACT_URI_LEN] = uri.length;
    facts[FACT_VERSION] = Number(version.at(-1));
  }

  private showHeaders(lines: readonly string[]): void {
    const { facts } = this;
    facts[FACT_HEADER_TABLE] = FACT_COUNT;
    facts[FACT_HEADER_COUNT] = lines.length - 1;
    facts[FACT_BODY_SIZE_LO] = facts[FACT_BODY_SIZE_HI] = -1;
    let at = lines[0]!.length + 2;
    lines.slice(1).forEach((line, row) => {
      const colon = line.indexOf(':');
      const value = line.slice(colon + 1);
      const trimmed = value.trim();
      facts.set([at, colon, at + colon + 1 + (value.length - value.trimStart().length), trimmed.length], FACT_COUNT + row * 4);
      if (line.slice(0, colon).toLowerCase() === 'content-length') {
        facts[FACT_BODY_SIZE_LO] = Number(trimmed);
        facts[FACT_BODY_SIZE_HI] = 0;
      }
      at += line.length + 2;
    });
  }

  private decide(phase: number, lines: readonly string[]): Outcome {
    this.staged = null;
    this.bytes[EDITS] = EDIT_END;
    const verdict = this.plan.decide(phase, this.facts[FACT_SESSION]!);
    const code = verdictCode(verdict);
    const argument = verdictArgument(verdict);
    const backend = this.facts[FACT_BACKEND]!;
    const response = code === VERDICT_RESPOND ? Buffer.from(this.plan.responses[argument]!).toString('latin1')
      : code === VERDICT_REPLY ? `${this.staged!.head}\r\n${this.staged!.body}` : null;
    return { code, argument, backend: backend < 0 ? null : this.model.proxies[backend]!.name, response, head: this.edited(lines) };
  }

  /** Applies the edit page as addon/http1_write.h describes. */
  private edited(lines: readonly string[]): string[] {
    const out: (string | null)[] = [...lines];
    for (let at = EDITS; this.bytes[at] !== EDIT_END;) {
      const op = this.bytes[at]!;
      const row = this.bytes.readUInt16LE(at + 2);
      const length = this.bytes.readUInt32LE(at + 4);
      const text = this.bytes.toString('latin1', at + 8, at + 8 + length);
      if (op === EDIT_START_LINE) out[0] = text;
      else if (op === EDIT_DELETE) out[row + 1] = null;
      else if (op === EDIT_REPLACE) out[row + 1] = text;
      else if (op === EDIT_APPEND) out.push(text);
      else throw new Error(`unknown edit ${op}`);
      at += 8 + ((length + 3) & ~3);
    }
    return out.filter((line): line is string => line !== null);
  }
}

/** Loads and compiles a configuration; all alerts are thrown as one text. */
export async function bench(text: string, real = false): Promise<RuleBench> {
  const { model, diagnostics, sources } = await loadText(text);
  if (model === null) throw new Error(diagnostics.map((diagnostic) => render(diagnostic, sources, 1)).join('\n'));
  return new RuleBench(model, real);
}

/** A frontend `fe` with these lines in front of a backend `be` with these and one server `s1`. */
export function rules(frontend: readonly string[], backend: readonly string[] = [], mode = 'http'): Promise<RuleBench> {
  return bench([
    'defaults', `  mode ${mode}`, '  timeout client 5s', '  timeout server 5s', '  timeout connect 5s',
    'frontend fe', '  bind 127.0.0.1:8080', ...frontend.map((line) => `  ${line}`), '  default_backend be',
    'backend be', ...backend.map((line) => `  ${line}`), '  server s1 127.0.0.1:8081', '',
  ].join('\n'));
}

/** What a log-format string gives for a request: the header that a `return` rule makes of it; undefined if it is empty. */
export async function evaluate(formats: readonly string[], request: string, place: Place = {}): Promise<(string | undefined)[]> {
  const made = await rules(formats.map((format, i) => `http-request return hdr x-r '${format}' if { req.hdr(x-n) ${i} }`));
  return formats.map((_format, i) => {
    const outcome = made.request(request.replace('\n\n', `\nx-n: ${i}\n\n`), place);
    return /\r\nx-r: (.*)\r\n/.exec(outcome.response ?? '')?.[1];
  });
}
