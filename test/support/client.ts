import { request as httpRequest, type Agent, type IncomingHttpHeaders } from 'node:http';
import { connect, type Socket } from 'node:net';

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** The client's end: replies with the same one came over one connection. */
  readonly localPort: number;
}

export interface RequestOptions {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: Buffer;
  readonly agent?: Agent;
}

/** One HTTP request to 127.0.0.1 and its whole reply. */
export function request(port: number, { path = '/', method = 'GET', headers: sentHeaders = {}, body, agent }: RequestOptions = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port, path, method, headers: sentHeaders, agent: agent ?? false }, (response) => {
      const chunks: Buffer[] = [];
      const { statusCode: status = 0, headers, socket } = response;
      const localPort = socket.localPort ?? 0;
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => resolve({ status, headers, body: Buffer.concat(chunks), localPort }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** A connection on which both directions end on their own. */
export function dial(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    socket.once('error', reject).once('connect', () => resolve(socket));
  });
}

/** All that comes until the peer ends its side. Rejects if the connection is reset. */
export function readAll(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.once('end', () => resolve(Buffer.concat(chunks)));
    socket.once('error', reject);
  });
}

/** Reads until the text has been seen; the rest stays to be read. */
export async function readUntil(socket: Socket, text: string): Promise<string> {
  let seen = '';
  while (!seen.includes(text)) {
    const chunk = socket.read() as Buffer | null;
    if (chunk !== null) seen += chunk.toString('latin1');
    else if (socket.readableEnded || socket.destroyed) throw new Error(`ended after ${JSON.stringify(seen)}`);
    else await new Promise((done) => void socket.once('readable', done).once('close', done));
  }
  return seen;
}

/** Sends bytes as they are on a fresh connection, shuts its own side down if `end`, and returns all that comes back. */
export async function exchange(port: number, text: string | Buffer, end = false): Promise<string> {
  const socket = await dial(port);
  const reply = readAll(socket);
  if (end) socket.end(text);
  else socket.write(text);
  const bytes = await reply;
  socket.destroy();
  return bytes.toString('latin1');
}
