import { createSocket } from 'node:dgram';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { answer, questionOf, type AnswerShape } from '../backends/resolver/packet.js';

export interface DnsQuestion {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'SRV';
  readonly over: 'udp' | 'tcp';
}

/** What is answered to a question; null = nothing. */
export type DnsScript = (question: DnsQuestion) => Omit<AnswerShape, 'id' | 'name' | 'type'> | null;

export interface DnsServer {
  readonly port: number;
  readonly asked: DnsQuestion[];
  close(): Promise<void>;
}

/** A name server on the loopback, for UDP and TCP on the same port, that answers by a script. */
export async function dnsServer(script: DnsScript): Promise<DnsServer> {
  const asked: DnsQuestion[] = [];
  const reply = (message: Buffer, over: 'udp' | 'tcp'): Buffer | null => {
    const { id, name, type } = questionOf(message);
    asked.push({ name, type, over });
    const shape = script({ name, type, over });
    return shape === null ? null : answer({ ...shape, id, name, type });
  };
  const sockets = new Set<Socket>();
  const tcp = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    let ahead = Buffer.alloc(0);
    socket.on('data', (bytes) => {
      ahead = Buffer.concat([ahead, bytes]);
      while (ahead.length >= 2 && ahead.length >= 2 + ahead.readUInt16BE(0)) {
        const length = ahead.readUInt16BE(0);
        const sent = reply(ahead.subarray(2, 2 + length), 'tcp');
        ahead = ahead.subarray(2 + length);
        if (sent !== null) socket.write(Buffer.concat([Buffer.of(sent.length >> 8, sent.length & 255), sent]));
      }
    });
  });
  await new Promise<void>((done) => tcp.listen(0, '127.0.0.1', done));
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket('udp4');
  udp.on('message', (message, { address, port: from }) => {
    const sent = reply(message, 'udp');
    if (sent !== null) udp.send(sent, from, address);
  });
  await new Promise<void>((done) => udp.bind(port, '127.0.0.1', done));
  return {
    port, asked,
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all([new Promise((done) => tcp.close(done)), new Promise<void>((done) => udp.close(done))]);
    },
  };
}
