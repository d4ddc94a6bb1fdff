/**
 * Name servers on the wire. A transport sends questions and hands back whatever arrives from the server's address; which answer
 * belongs to which question is the asker's business (resolution.ts). Nothing here throws for what the network does.
 */
import { createSocket, type Socket as Datagram } from 'node:dgram';
import { connect, type Socket } from 'node:net';
import type { Nameserver } from '../../config/model.js';

export interface Transport {
  /** Sends a question; false if it can't be sent now. */
  send(question: Buffer): boolean;
  close(): void;
}

/** Makes the transport of a name server; `receive` gets each message that comes from it. */
export type MakeTransport = (server: Nameserver, receive: (message: Buffer) => void) => Transport;

export const makeTransport: MakeTransport = (server, receive) => (server.transport === 'udp' ? new Udp(server, receive) : new Tcp(server, receive));

/** One connected socket: the kernel drops what comes from anywhere else. Opened again after an error. */
class Udp implements Transport {
  private socket: Datagram | null = null;
  private ready = false;
  private waiting: Buffer[] = [];

  constructor(private readonly server: Nameserver, private readonly receive: (message: Buffer) => void) {}

  send(question: Buffer): boolean {
    const socket = (this.socket ??= this.open());
    if (this.ready) socket.send(question);
    else if (this.waiting.length < MOST_WAITING) this.waiting.push(question);
    else return false;
    return true;
  }

  close(): void {
    this.drop(this.socket);
  }

  private open(): Datagram {
    const { family, address, port } = this.server.address;
    const socket = createSocket({ type: family === 4 ? 'udp4' : 'udp6' });
    socket.unref();
    socket.on('message', (message) => this.receive(message));
    // ECONNREFUSED and the like: the question times out, the next one gets a new socket.
    socket.on('error', () => this.drop(socket));
    socket.on('connect', () => {
      this.ready = true;
      for (const question of this.waiting.splice(0)) socket.send(question);
    });
    socket.connect(port, address);
    return socket;
  }

  private drop(socket: Datagram | null): void {
    if (socket === null || socket !== this.socket) return;
    this.socket = null;
    this.ready = false;
    this.waiting = [];
    socket.removeAllListeners('message').removeAllListeners('connect');
    try {
      socket.close();
    } catch {
      // It had closed itself.
    }
  }
}

/** Questions kept for a socket that is not there yet. */
const MOST_WAITING = 1024;
/** Questions on their way on one connection before another one is opened (manual: nameserver). */
const PIPELINED = 4;
const IDLE_MS = 5000;
const LENGTH_BYTES = 2;

interface Line {
  readonly socket: Socket;
  /** Questions that were not answered yet. */
  asked: number;
  ahead: Buffer;
}

/** Connections with a length in front of each message (RFC 7766); idle ones close after 5 s. */
class Tcp implements Transport {
  private readonly lines = new Set<Line>();

  constructor(private readonly server: Nameserver, private readonly receive: (message: Buffer) => void) {}

  send(question: Buffer): boolean {
    const line = this.line();
    line.asked++;
    const length = Buffer.alloc(LENGTH_BYTES);
    length.writeUInt16BE(question.length, 0);
    return line.socket.write(Buffer.concat([length, question])) || line.socket.writableLength < MOST_WAITING * 300;
  }

  close(): void {
    for (const line of this.lines) line.socket.destroy();
    this.lines.clear();
  }

  /** The least busy connection, or a new one if it is busy and one more is allowed. */
  private line(): Line {
    let best: Line | null = null;
    for (const line of this.lines) if (best === null || line.asked < best.asked) best = line;
    const { maxconn } = this.server;
    if (best !== null && (best.asked < PIPELINED || (maxconn > 0 && this.lines.size >= maxconn))) return best;
    return this.open();
  }

  private open(): Line {
    const { address, port } = this.server.address;
    const socket = connect({ host: address, port, noDelay: true });
    const line: Line = { socket, asked: 0, ahead: Buffer.alloc(0) };
    this.lines.add(line);
    socket.unref();
    socket.setTimeout(IDLE_MS, () => socket.destroy());
    socket.on('data', (bytes) => this.take(line, bytes));
    socket.on('error', () => undefined);
    socket.on('close', () => this.lines.delete(line));
    socket.on('end', () => socket.destroy());
    return line;
  }

  private take(line: Line, bytes: Buffer): void {
    let ahead = line.ahead.length === 0 ? bytes : Buffer.concat([line.ahead, bytes]);
    while (ahead.length >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + ahead.readUInt16BE(0);
      if (ahead.length < end) break;
      line.asked = Math.max(0, line.asked - 1);
      this.receive(ahead.subarray(LENGTH_BYTES, end));
      ahead = ahead.subarray(end);
    }
    line.ahead = Buffer.from(ahead);
  }
}
