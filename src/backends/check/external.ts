/** `option external-check`: a program says how a server is doing. Main thread. */
import { spawn, type ChildProcess } from 'node:child_process';
import { SS_MAXCONN, SS_SESSIONS } from '../../core/abi.js';
import { serverCell } from '../../core/cells.js';
import type { Model, SocketAddress } from '../../config/model.js';
import type { RunResult } from './run.js';
import { PROCESS_ERROR, PROCESS_OK, PROCESS_TIMEOUT } from './status.js';

const NOT_USED = 'NOT_USED';

/** An address as its program sees it: address and port. */
function parts(address: SocketAddress | undefined): readonly [string, string] {
  if (address === undefined || address.kind === 'fd') return [NOT_USED, NOT_USED];
  if (address.kind === 'ip') return [address.address, String(address.port)];
  return [address.kind === 'unix' ? address.path : `@${address.name}`, NOT_USED];
}

/** What a program is told in its arguments and environment (manual: external-check command). */
export function externalCall(model: Model, state: Int32Array, server: number, address: SocketAddress, path: string): { readonly args: string[]; readonly env: Record<string, string> } {
  const { proxy, id, name } = model.servers[server]!;
  const { listeners, name: proxyName, id: proxyId, mode } = model.proxies[proxy]!;
  const [proxyAddress, proxyPort] = parts(listeners.length === 0 ? undefined : model.listeners[listeners[0]!]!.address);
  const [serverAddress, serverPort] = parts(address);
  const cell = (which: number): string => String(Atomics.load(state, serverCell(model.proxies.length, server, which)));
  const known = (text: string): string => (text === NOT_USED ? '' : text);
  return {
    args: [proxyAddress, proxyPort, serverAddress, serverPort],
    env: {
      HAPROXY_PROXY_ADDR: known(proxyAddress), HAPROXY_PROXY_PORT: known(proxyPort), HAPROXY_PROXY_NAME: proxyName, HAPROXY_PROXY_ID: String(proxyId),
      HAPROXY_SERVER_ADDR: serverAddress, HAPROXY_SERVER_PORT: known(serverPort), HAPROXY_SERVER_NAME: name, HAPROXY_SERVER_ID: String(id),
      HAPROXY_SERVER_CURCONN: cell(SS_SESSIONS), HAPROXY_SERVER_MAXCONN: cell(SS_MAXCONN), HAPROXY_SERVER_SSL: '0',
      HAPROXY_SERVER_PROTO: mode === 'http' ? 'h1' : 'tcp', PATH: path,
    },
  };
}

export interface ExternalParts {
  readonly model: Model;
  readonly state: Int32Array;
  readonly server: number;
  readonly command: string;
  readonly path: string;
  address(): SocketAddress | null;
  done(result: RunResult): void;
}

/** One check by a program, again and again. */
export class ExternalRun {
  private child: ChildProcess | null = null;
  private readonly parts: ExternalParts;

  constructor(parts: ExternalParts) {
    this.parts = parts;
  }

  begin(): void {
    const { model, state, server, command, path } = this.parts;
    const address = this.parts.address();
    if (address === null) return this.end({ status: PROCESS_ERROR, code: 0, info: 'No address to check', local: true });
    if (!model.global.insecureFork) return this.end({ status: PROCESS_ERROR, code: 0, info: 'Resource temporarily unavailable', local: false });
    const { args, env } = externalCall(model, state, server, address, path);
    const inherited = model.global.externalCheck === 'preserve-env' ? process.env : {};
    const child = spawn(command, args, { stdio: 'ignore', env: { ...inherited, ...env } });
    this.child = child;
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (this.child === child) this.end({ status: PROCESS_ERROR, code: 0, info: error.message, local: false });
    });
    child.on('exit', (code, signal) => {
      if (this.child !== child) return;
      if (code === 0) this.end({ status: PROCESS_OK, code: 0, info: '', local: false });
      else this.end({ status: PROCESS_ERROR, code: code ?? 0, info: signal === null ? '' : `Terminated by ${signal}`, local: false });
    });
  }

  timedOut(): void {
    this.kill();
    this.end({ status: PROCESS_TIMEOUT, code: 0, info: '', local: false });
  }

  cancel(): void {
    this.kill();
  }

  private kill(): void {
    const { child } = this;
    this.child = null;
    child?.kill('SIGKILL');
  }

  private end(result: RunResult): void {
    this.child = null;
    this.parts.done(result);
  }
}
