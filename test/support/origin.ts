import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** A server of the tests on a port of its own, on 127.0.0.1. */
export interface Origin {
  readonly port: number;
  /** Connections it has accepted so far. */
  accepted(): number;
  /** Closes it with all its connections. */
  close(): Promise<void>;
}

async function open(server: Server): Promise<Origin> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  server.on('connection', (socket: Socket) => {
    accepted++;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    port: (server.address() as AddressInfo).port,
    accepted: () => accepted,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((done) => server.close(() => done()));
    },
  };
}

/** A TCP server; half-closed connections stay open until it ends them. */
export function tcpOrigin(serve: (socket: Socket) => void): Promise<Origin> {
  return open(createTcpServer({ allowHalfOpen: true }, serve));
}

export function httpOrigin(serve: (request: IncomingMessage, response: ServerResponse) => void): Promise<Origin> {
  const server = createHttpServer(serve);
  server.keepAliveTimeout = 60_000;
  return open(server);
}
