import type { Nameserver } from '../../../src/config/model.js';
import type { MakeTransport } from '../../../src/backends/resolver/transport.js';
import { answer, questionOf, type AnswerShape } from './packet.js';

export interface Asked {
  readonly server: string;
  readonly id: number;
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'SRV';
  readonly payload: number | null;
  reply(shape: Omit<AnswerShape, 'id' | 'name' | 'type'> & { id?: number; name?: string; type?: 'A' | 'AAAA' }): void;
  replyBytes(bytes: Buffer): void;
}

/** Name servers of a test: questions come to `ask`, which answers at once, later, or not at all. */
export function fakeServers(ask: (asked: Asked) => void): { make: MakeTransport; asked: Asked[] } {
  const asked: Asked[] = [];
  const make: MakeTransport = (server: Nameserver, receive) => ({
    send(bytes) {
      const question = questionOf(bytes);
      const one: Asked = {
        ...question, server: server.name, replyBytes: receive,
        reply: (shape) => receive(answer({ id: question.id, name: question.name, type: question.type, ...shape })),
      };
      asked.push(one);
      ask(one);
      return true;
    },
    close: () => undefined,
  });
  return { make, asked };
}

export function nameserver(name: string, port = 53): Nameserver {
  return { name, address: { kind: 'ip', family: 4, address: '127.0.0.1', port }, transport: 'udp', maxconn: 0 };
}
