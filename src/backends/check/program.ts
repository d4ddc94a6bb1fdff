/** Plans of health checks as programs: steps that run.ts plays over one connection after the other. */
import type { CheckPlan, ConnectRule, ExpectRule, HttpSend, HttpSendRule, SendRule } from '../../config/check_rules.js';
import type { LogFormat, SampleExpression } from '../../config/model.js';
import { setVar, setVarFormat, unsetVar } from '../../core/action/variable.js';
import { toNumber } from '../../core/compile/cast.js';
import type { Act, ActionRow, CompileEnv } from '../../core/row.js';
import type { Tx } from '../../core/tx.js';
import { bytesMatcher, httpMatcher, type BodyMatcher, type BytesMatcher, type HeadMatcher } from './expect.js';
import { requestBytes } from './http_message.js';
import type { ByteJudge } from './judge.js';
import { protocols } from './protocol/index.js';
import { L7_CONDITIONAL, L7_OK, L7_RESPONSE, L7_STATUS, L7_TIMEOUT, statusNamed, type CheckStatus } from './status.js';

/** Gives the samples of the check that runs. */
export type TxSource = () => Tx;

interface StepBase {
  /** Number in messages, from 1 on; 0 = one that nobody wrote. */
  readonly number: number;
  /** What messages call it: `connect port 1`, `expect regex`. */
  readonly label: string;
  readonly comment: string | null;
}

export interface ConnectStep extends StepBase {
  readonly kind: 'connect';
  /** null: as the server's line says. */
  readonly rule: ConnectRule | null;
  readonly port: ((tx: TxSource) => number | undefined) | null;
  /** An orderly end instead of a reset. */
  readonly linger: boolean;
}

export interface SendStep extends StepBase {
  readonly kind: 'send';
  /** `state` is the header about the server, where it is asked for. */
  make(tx: TxSource, state: () => string): Buffer;
  /** Method of an HTTP request. */
  readonly method: string | null;
}

interface Texts {
  readonly ok: CheckStatus;
  readonly error: CheckStatus;
  readonly timeout: CheckStatus;
  readonly onSuccess: ((tx: Tx) => string) | null;
  readonly onError: ((tx: Tx) => string) | null;
  readonly code: ((tx: Tx) => number | undefined) | null;
}

export interface ExpectStep extends StepBase, Texts {
  readonly kind: 'expect';
  readonly matcher: BytesMatcher | HeadMatcher | BodyMatcher;
  readonly inverse: boolean;
  readonly minRecv: number;
}

export interface ProtocolStep extends StepBase {
  readonly kind: 'protocol';
  readonly judge: ByteJudge;
  readonly empty: CheckStatus;
  readonly timeout: CheckStatus;
}

export interface ActStep extends StepBase {
  readonly kind: 'act';
  readonly act: Act;
}

export type Step = ConnectStep | SendStep | ExpectStep | ProtocolStep | ActStep;

export interface Program {
  readonly steps: readonly Step[];
  readonly http: boolean;
  /** Messages tell the step, as in "at step 2 of tcp-check". */
  readonly tellsSteps: boolean;
  readonly disableOn404: boolean;
}

const SERVER_CONNECT: ConnectStep = { kind: 'connect', number: 0, label: 'connect', comment: null, rule: null, port: null, linger: false };

/** The program of a server without a plan: connect. */
export const CONNECT_ONLY: Program = { steps: [SERVER_CONNECT], http: false, tellsSteps: false, disableOn404: false };

const isFormat = (value: string | LogFormat): value is LogFormat => typeof value !== 'string';

/** A text or a format as a function. */
function maker(value: string | LogFormat, env: CompileEnv): (tx: TxSource) => string {
  if (!isFormat(value)) return () => value;
  const make = env.logFormat(value, 'raw');
  return (tx) => make(tx());
}

function connectStep(rule: ConnectRule, env: CompileEnv): ConnectStep {
  const { port, step, comment } = rule;
  const label = typeof port === 'number' ? `connect port ${port}` : 'connect';
  return { kind: 'connect', number: step, label, comment, rule, port: port === null || typeof port === 'number' ? null : portOf(port, env), linger: rule.linger };
}

function portOf(expression: SampleExpression, env: CompileEnv): ConnectStep['port'] {
  const read = env.typed(expression, 'int');
  return (tx) => {
    const value = read(tx());
    const port = value === undefined ? 0 : Number(toNumber(value));
    return port >= 1 && port <= 65535 ? port : undefined;
  };
}

function sendStep({ step, comment, data, hexadecimal }: SendRule, env: CompileEnv): SendStep {
  const base = { kind: 'send', number: step, label: 'send', comment, method: null } as const;
  if (!isFormat(data)) {
    const bytes = Buffer.from(data, 'latin1');
    return { ...base, make: () => bytes };
  }
  const make = maker(data, env);
  return { ...base, make: (tx) => Buffer.from(make(tx), hexadecimal ? 'hex' : 'latin1') };
}

const METHOD = 'OPTIONS';
const STATE_HEADER = 'x-haproxy-server-state';

function httpStep(rule: HttpSend & Partial<Pick<HttpSendRule, 'step' | 'comment'>>, sendState: boolean, env: CompileEnv): SendStep {
  const method = rule.method ?? METHOD;
  const version = rule.version ?? 'HTTP/1.0';
  const uri = maker(rule.uri ?? '/', env);
  const body = rule.body === null ? null : maker(rule.body, env);
  const headers = rule.headers.map(({ name, value }) => ({ name, make: env.logFormat(value, 'http') }));
  const fixed = headers.length === 0 && !sendState && typeof (rule.uri ?? '/') === 'string' && typeof (rule.body ?? '') === 'string';
  const make: SendStep['make'] = (tx, state) => {
    const fields = headers.map((header): readonly [string, string] => [header.name, header.make(tx())]);
    if (sendState) fields.unshift([STATE_HEADER, state()]);
    return requestBytes({ method, uri: uri(tx), version, headers: fields, body: body === null ? null : body(tx) });
  };
  const bytes = fixed ? make(undefined as never, undefined as never) : null;
  return { kind: 'send', number: rule.step ?? 0, label: 'send', comment: rule.comment ?? null, method, make: bytes === null ? make : () => bytes };
}

function texts(rule: ExpectRule, error: CheckStatus, env: CompileEnv): Texts {
  const read = rule.statusCode === null ? null : env.typed(rule.statusCode, 'int');
  return {
    ok: rule.okStatus === null ? L7_OK : statusNamed(rule.okStatus),
    error: rule.errorStatus === null ? error : statusNamed(rule.errorStatus),
    timeout: rule.timeoutStatus === null ? L7_TIMEOUT : statusNamed(rule.timeoutStatus),
    onSuccess: rule.onSuccess === null ? null : env.logFormat(rule.onSuccess, 'raw'),
    onError: rule.onError === null ? null : env.logFormat(rule.onError, 'raw'),
    code: read === null ? null : (tx) => {
      const value = read(tx);
      return value === undefined ? undefined : Number(toNumber(value));
    },
  };
}

function expectStep(rule: ExpectRule, http: boolean, env: CompileEnv): ExpectStep {
  const matcher = http ? httpMatcher(rule, env) : bytesMatcher(rule, env);
  const label = matcher.kind === 'bytes' ? `expect ${matcher.label}` : 'expect';
  const { step, comment, inverse, minRecv } = rule;
  return { kind: 'expect', number: step, label, comment, matcher, inverse, minRecv, ...texts(rule, matcher.kind === 'head' ? L7_STATUS : L7_RESPONSE, env) };
}

/** What is expected when nobody says otherwise. */
const GOOD_STATUS: ExpectStep = {
  kind: 'expect', number: 0, label: 'expect', comment: null, inverse: false, minRecv: -1, ok: L7_OK, error: L7_STATUS, timeout: L7_TIMEOUT,
  onSuccess: null, onError: null, code: null, matcher: { kind: 'head', test: ({ status }) => status >= 200 && status < 400 },
};

const ACTIONS: Readonly<Record<string, ActionRow<never>>> = { 'set-var': setVar, 'set-var-fmt': setVarFormat, 'unset-var': unsetVar } as never;

function compileRules(plan: CheckPlan, env: CompileEnv): Step[] {
  const http = plan.type === 'httpchk';
  let first = true;
  return plan.rules.map((rule): Step => {
    switch (rule.kind) {
      case 'connect': return connectStep(rule, env);
      case 'send': return sendStep(rule, env);
      case 'http-send': {
        // The first one says what the option's line left out.
        const asked = first ? plan.request : null;
        first = false;
        return httpStep(merged(asked, rule), plan.sendState, env);
      }
      case 'expect': return expectStep(rule, http, env);
      case 'action': return { kind: 'act', number: rule.step, label: rule.action, comment: null, act: ACTIONS[rule.action]!.compile(rule.data as never, env) };
    }
  });
}

function merged(asked: HttpSend | null, rule: HttpSendRule): HttpSendRule {
  if (asked === null) return rule;
  return {
    ...rule, method: rule.method ?? asked.method, uri: rule.uri ?? asked.uri, version: rule.version ?? asked.version, headers: [...asked.headers, ...rule.headers],
    body: rule.body ?? asked.body,
  };
}

const NO_REQUEST: HttpSend = { method: null, uri: null, version: null, headers: [], body: null };

/** HTTP rules with what nobody had to write: the connection, the request, and that its status is good. */
function completed(steps: Step[], plan: CheckPlan, env: CompileEnv): Step[] {
  const all = [...steps];
  if (!all.some(({ kind }) => kind === 'connect')) all.unshift(SERVER_CONNECT);
  if (!all.some(({ kind }) => kind === 'send')) {
    const connect = all.findIndex(({ kind }) => kind === 'connect');
    all.splice(connect + 1, 0, httpStep(plan.request ?? NO_REQUEST, plan.sendState, env));
  }
  const lastSend = all.reduce((last, { kind }, i) => (kind === 'send' ? i : last), -1);
  if (!all.slice(lastSend).some(({ kind }) => kind === 'expect')) all.push(GOOD_STATUS);
  return all;
}

function protocolSteps(plan: CheckPlan): Step[] {
  const row = protocols.find(({ type }) => type === plan.type);
  if (row === undefined) throw new Error(`there is no check of type '${plan.type}'`);
  const steps = row.steps(plan.options).map((step, i): Step => {
    const base = { number: row.first + i, comment: null };
    if ('send' in step) return { ...base, kind: 'send', label: 'send', method: null, make: () => step.send };
    return { ...base, kind: 'protocol', label: 'expect', judge: step.expect, empty: step.empty, timeout: step.timeout };
  });
  return [{ ...SERVER_CONNECT, linger: row.linger === true }, ...steps];
}

/** Compiles a plan that is played over connections; external programs have no steps. */
export function compileProgram(plan: CheckPlan, env: CompileEnv): Program {
  const { disableOn404 } = plan;
  if (plan.type === 'httpchk') return { steps: completed(compileRules(plan, env), plan, env), http: true, tellsSteps: false, disableOn404 };
  if (plan.type !== 'tcp-check') return { steps: protocolSteps(plan), http: false, tellsSteps: false, disableOn404: false };
  const rules = compileRules(plan, env);
  const steps = rules.some(({ kind }) => kind === 'connect') ? rules : [SERVER_CONNECT, ...rules];
  return { steps, http: false, tellsSteps: true, disableOn404: false };
}

/** Plans that end well with less than all is known to be well. */
export const isConditional = (status: CheckStatus): boolean => status === L7_CONDITIONAL;
