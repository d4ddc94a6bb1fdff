import { createServer, type Server, type Socket } from 'node:net';
import type { RuntimeSocket } from '../../config/model.js';
import type { BoundListener } from '../bind.js';
import { Client } from './client.js';
import type { Master } from '../master.js';
import { print } from '../print.js';
import { commands } from './index.js';
import type { Runtime } from './runtime.js';
import type { CommandTable } from './table.js';

/** The sockets of the runtime API, all on the main thread. Connections beyond `stats maxconn` wait in the listen queue. */
export class RuntimeSockets {
  private readonly clients = new Set<Client>();
  private readonly servers: Server[] = [];

  constructor(private readonly table: CommandTable, private readonly runtime: Runtime) {}

  /** Takes over bound sockets; they listen when the promise is fulfilled. */
  async open(sockets: readonly RuntimeSocket[], bound: readonly BoundListener[]): Promise<void> {
    for (const one of bound) {
      const socket = sockets.find(({ listener }) => listener === one.listener)!;
      const server = createServer({ allowHalfOpen: true }, (stream) => this.accept(stream, socket));
      server.maxConnections = this.runtime.model.global.runtime.maxconn;
      this.servers.push(server);
      await new Promise<void>((done, failed) => {
        server.once('error', failed);
        server.listen({ fd: one.fds[0]! }, () => {
          server.off('error', failed);
          server.on('error', (error) => this.runtime.report(`stats socket: ${error.message}`));
          done();
        });
      });
    }
  }

  private accept(stream: Socket, socket: RuntimeSocket): void {
    const { runtime, tune } = this.runtime.model.global;
    const limits = { line: tune.bufsize, payload: runtime.payload };
    const client = new Client(stream, this.table, this.runtime, limits, socket.level, runtime.timeout, socket.severity);
    this.clients.add(client);
    stream.on('close', () => this.clients.delete(client));
  }

  close(): void {
    for (const server of this.servers) server.close();
    for (const client of this.clients) client.destroy();
  }
}

/** Serves the runtime API of a running process on its bound sockets. `startTime`: ms since 1970. */
export async function openRuntimeApi(master: Master, startTime: number, bound: readonly BoundListener[]): Promise<RuntimeSockets> {
  const report = (line: string): void => {
    print('alert', line);
    master.parts.log('alert', line);
  };
  const runtime: Runtime = { ...master.parts, checks: master.checks, startTime, now: Date.now, report };
  const sockets = new RuntimeSockets(commands, runtime);
  await sockets.open(master.parts.model.global.runtime.sockets, bound);
  return sockets;
}
