import { createSocket } from 'node:dgram';
import { waitFor } from './proxy.js';
import type { Stage } from './stage.js';

/** A syslog receiver over UDP. */
export interface Syslog {
  readonly port: number;
  /** Messages so far, as they came. */
  readonly messages: readonly string[];
  /** Waits until so many messages have come, and takes them all. */
  take(count: number): Promise<string[]>;
}

export async function syslog(stage: Stage): Promise<Syslog> {
  const messages: string[] = [];
  const socket = createSocket('udp4', (bytes) => void messages.push(bytes.toString('latin1')));
  await new Promise<void>((done) => socket.bind(0, '127.0.0.1', done));
  stage.after(() => new Promise<void>((done) => socket.close(() => done())));
  return {
    port: socket.address().port,
    messages,
    async take(count) {
      await waitFor(() => messages.length >= count);
      return messages.splice(0);
    },
  };
}
