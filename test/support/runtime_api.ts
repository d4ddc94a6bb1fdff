/** A client of the runtime API on a unix socket. */
import { connect } from 'node:net';

/** Sends one line, and a payload behind it, and gives all that comes back until the server closes. */
export function ask(path: string, line: string): Promise<string> {
  return new Promise((answer, failed) => {
    const socket = connect(path);
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (more: string) => (text += more));
    socket.on('error', failed);
    socket.on('close', () => answer(text));
    socket.end(`${line}\n`);
  });
}
