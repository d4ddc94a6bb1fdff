import { createServer, type Server, type Socket } from 'node:net';
import type { RuntimeSocket } from '../../config/model.js';
import type { BoundListener } from '../bind.js';
import { sendListeners } from '../handover.js';
import { Client } from './client.js';
import type { Master } from '../master.js';
import { endStartup, print } from '../print.js';
import { commands } from './index.js';
import type { Runtime } from './runtime.js';
import type { CommandTable } from './table.js';

type Access = Pick<RuntimeSocket, 'level' | 'severity' | 'exposeFd'>;

/** Node's handle of a unix socket knows its descriptor, which only SCM_RIGHTS needs. */
function descriptorOf(stream: Socket): number {
  return (stream as Socket & { readonly _handle?: { readonly fd: number } })._handle?.fd ?? -1;
}

/** The sockets of the runtime API, all on the main thread. Connections beyond `stats maxconn` wait in the listen queue. */
export class RuntimeSockets {
  private readonly clients = new Set<Client>();
  private readonly servers: Server[] = [];
  private ofMaster: Server | null = null;

  /** `exposed`: descriptors that sockets with `expose-fd listeners` hand to a new process. */
  constructor(private readonly table: CommandTable, private readonly runtime: Runtime, private readonly exposed: readonly number[]) {}

  /** Takes over bound sockets; they listen when the promise is fulfilled. */
  async open(sockets: readonly RuntimeSocket[], bound: readonly BoundListener[]): Promise<void> {
    for (const one of bound) {
      const socket = sockets.find(({ listener }) => listener === one.listener)!;
      this.servers.push(await this.serve(one.fds[0]!, socket, this.runtime.model.global.runtime.maxconn));
    }
  }

  /** A listening socket that only the master process knows: its clients may do everything. */
  async openForMaster(fd: number): Promise<void> {
    this.ofMaster = await this.serve(fd, { level: 'admin', severity: 'none', exposeFd: true }, Infinity);
  }

  private async serve(fd: number, socket: Access, most: number): Promise<Server> {
    const server = createServer({ allowHalfOpen: true }, (stream) => this.accept(stream, socket));
    if (most !== Infinity) server.maxConnections = most;
    await new Promise<void>((done, failed) => {
      server.once('error', failed);
      server.listen({ fd }, () => {
        server.off('error', failed);
        server.on('error', (error) => this.runtime.report(`stats socket: ${error.message}`));
        done();
      });
    });
    return server;
  }

  private accept(stream: Socket, socket: Access): void {
    const { runtime, tune } = this.runtime.model.global;
    const limits = { line: tune.bufsize, payload: runtime.payload };
    const client = new Client(stream, this.table, this.runtime, limits, socket.level, runtime.timeout, socket.severity);
    if (socket.exposeFd) client.state.handOver = () => sendListeners(this.runtime.addon, descriptorOf(stream), this.exposed);
    this.clients.add(client);
    stream.on('close', () => this.clients.delete(client));
  }

  /** A soft stop: nobody new gets in but the master process. */
  leave(): void {
    for (const server of this.servers) server.close();
  }

  close(): void {
    this.leave();
    this.ofMaster?.close();
    for (const client of this.clients) client.destroy();
  }
}

/** Bound sockets: those of the runtime API, a listening one of the master process, and all that a new process may have. */
export interface ApiSockets {
  readonly ofApi: readonly BoundListener[];
  readonly masterSocket: number | null;
  readonly all: readonly BoundListener[];
}

/** Serves the runtime API of a running process on its bound sockets. `startTime`: ms since 1970. */
export async function openRuntimeApi(master: Master, startTime: number, { ofApi, masterSocket, all }: ApiSockets): Promise<RuntimeSockets> {
  const report = (line: string): void => {
    print('alert', line);
    master.parts.log('alert', line);
  };
  const runtime: Runtime = { ...master.parts, checks: master.checks, startTime, now: Date.now, report };
  endStartup();
  const sockets = new RuntimeSockets(commands, runtime, all.flatMap(({ fds }) => fds));
  await sockets.open(master.parts.model.global.runtime.sockets, ofApi);
  if (masterSocket !== null) await sockets.openForMaster(masterSocket);
  return sockets;
}
