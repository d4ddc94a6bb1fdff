// A syslog receiver on a port of this process: what the proxies of a case with `log` send their lines to.
import { createSocket } from 'node:dgram';

let opened = null;

// Its port; the socket is opened at the first call and does not keep the process alive.
export function logSink() {
  opened ??= new Promise((resolve, reject) => {
    const socket = createSocket('udp4', () => {}).once('error', reject);
    socket.bind(0, '127.0.0.1', () => resolve(socket.unref().address().port));
  });
  return opened;
}
