/** `log-forward` sections at work: messages come over UDP and TCP and leave by log lines (manual, 12.6). Main thread. */
import { createSocket, type Socket as DatagramSocket } from 'node:dgram';
import { createServer, type Server, type Socket } from 'node:net';
import type { LogForward, LogTarget, MessageFormat } from '../../../config/log.js';
import type { Model, SocketAddress } from '../../../config/model.js';
import { sampler, type LogShared } from '../target.js';
import { Framing, FramingError } from './framing.js';
import { hostOf, parseMessage, writeMessage, type Message } from './message.js';

type Send = (message: Message, host: string | undefined) => void;

/** IPv4 addresses as such, though they come over an IPv6 socket. */
const plainAddress = (address: string | undefined): string | undefined => address?.replace(/^::ffff:(?=[0-9]+\.)/, '');

export class ForwardSection {
  private readonly sends: readonly Send[];
  private readonly servers: Server[] = [];
  private readonly sockets: DatagramSocket[] = [];
  private readonly connections = new Set<Socket>();

  constructor(private readonly section: LogForward, model: Model, shared: Pick<LogShared, 'route' | 'seen'>) {
    this.sends = section.targets.map((target) => compileSend(target, section, model, shared));
  }

  /** Opens all sockets; rejects with what is wrong with one. */
  async open(): Promise<void> {
    const { listeners, datagrams } = this.section;
    await Promise.all([...listeners.map(({ address }) => this.listen(address)), ...datagrams.map(({ address }) => this.bind(address))]);
  }

  close(): void {
    for (const server of this.servers) server.close();
    for (const socket of this.sockets) socket.close();
    for (const connection of this.connections) connection.destroy();
  }

  /** One message as it came, from a sender. */
  take(raw: string, sender: string | undefined): void {
    const { dontParse, host } = this.section;
    const message = dontParse ? { ...parseMessage(''), raw, text: raw } : parseMessage(raw);
    const named = hostOf(message.host, sender, host);
    for (const send of this.sends) send(message, named);
  }

  private listen(address: SocketAddress): Promise<void> {
    const server = createServer((connection) => this.serve(connection));
    server.maxConnections = Math.max(1, this.section.maxconn);
    this.servers.push(server);
    const backlog = this.section.backlog === 0 ? {} : { backlog: this.section.backlog };
    return new Promise((done, fail) => {
      server.once('error', fail);
      server.listen({ ...listenAddress(address), ...backlog, exclusive: true }, () => {
        server.off('error', fail);
        server.on('error', () => undefined);
        done();
      });
    });
  }

  private serve(connection: Socket): void {
    const sender = plainAddress(connection.remoteAddress);
    const framing = new Framing((message) => this.take(message, sender), this.section.assumeNewline);
    this.connections.add(connection);
    if (this.section.clientTimeout !== null) connection.setTimeout(this.section.clientTimeout, () => connection.destroy());
    connection.on('error', () => undefined);
    connection.on('close', () => this.connections.delete(connection));
    connection.on('end', () => framing.end());
    connection.on('data', (chunk: Buffer) => {
      try {
        framing.feed(chunk);
      } catch (error) {
        if (!(error instanceof FramingError)) throw error;
        connection.destroy();
      }
    });
  }

  private bind(address: SocketAddress): Promise<void> {
    if (address.kind !== 'ip') return Promise.reject(new Error('datagrams are taken over IP only'));
    const socket = createSocket({ type: address.family === 4 ? 'udp4' : 'udp6' });
    this.sockets.push(socket);
    socket.on('message', (bytes, from) => this.take(bytes.toString('latin1').replace(/[\r\n\0]+$/, ''), plainAddress(from.address)));
    return new Promise((done, fail) => {
      socket.once('error', fail);
      socket.bind({ address: address.address, port: address.port, exclusive: true }, () => {
        socket.off('error', fail);
        socket.on('error', () => undefined);
        done();
      });
    });
  }
}

function listenAddress(address: SocketAddress): { host: string; port: number } | { path: string } | { fd: number } {
  switch (address.kind) {
    case 'ip': return { host: address.address, port: address.port };
    case 'unix': return { path: address.path };
    case 'abstract': return { path: `\0${address.name}` };
    case 'fd': return { fd: address.fd };
  }
}

function compileSend(target: LogTarget, { dontParse }: LogForward, model: Model, { route, seen }: Pick<LogShared, 'route' | 'seen'>): Send {
  const ring = target.to.kind === 'ring' ? model.rings[target.to.ring]! : null;
  // The format of a ring is for messages that are made here.
  const format: MessageFormat | null = dontParse ? 'raw' : target.format;
  const length = ring === null ? target.length : Math.min(target.length, ring.maxlen);
  const wanted = sampler(target, seen);
  const routeOf = route(target);
  return (message, host) => {
    if (message.level > target.maxLevel || !wanted()) return;
    const way = routeOf();
    if (way === undefined) return;
    const level = Math.max(message.level, target.minLevel);
    const { sink, receiver } = way;
    sink.open(receiver, length);
    sink.put(writeMessage(message, format, { facility: message.facility ?? target.facility, level, host, now: new Date() }));
    sink.close();
  };
}
