/** `npm start`: two small servers and the proxy in front of them, on conf/proxy.cfg, until Ctrl-C. */
import { spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const BIG_BYTES = 64 * 1024 * 1024;
const BIG = Buffer.alloc(256 * 1024, 'All work and no play makes Jack a dull boy.\n');

/** Answers everything with its name and what it got; /big with 64 MiB. */
function serve(name: string): RequestListener {
  return (request, response) => {
    request.resume();
    if (request.url === '/big') {
      response.writeHead(200, { 'content-type': 'text/plain', 'content-length': BIG_BYTES });
      let left = BIG_BYTES;
      const more = (): void => {
        while (left > 0) {
          left -= BIG.length;
          if (!response.write(BIG)) return void response.once('drain', more);
        }
        response.end();
      };
      return more();
    }
    const headers = Object.entries(request.headers).map(([header, value]) => `  ${header}: ${String(value)}`);
    response.writeHead(200, { 'content-type': 'text/plain' });
    response.end(`Hello from server ${name}. You asked for ${request.method} ${request.url} with\n${headers.join('\n')}\n`);
  };
}

function origin(name: string): Promise<string> {
  const server = createServer(serve(name));
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
  });
}

function explain(http: string, tcp: string, metrics: string): string {
  return `
Two servers and the proxy are running. In another terminal:

  curl -i http://127.0.0.1:${http}/               one server, and the other one the next time
  curl -i http://127.0.0.1:${http}/private        a rule denies it
  curl -o /dev/null http://127.0.0.1:${http}/big  64 MiB, spliced
  curl http://127.0.0.1:${tcp}/                  the same server through the TCP relay
  curl http://127.0.0.1:${metrics}/metrics           what Prometheus scrapes

The configuration is conf/proxy.cfg. Ctrl-C ends all of it.
`;
}

const [one, two] = await Promise.all([origin('one'), origin('two')]);
const proxy = spawn(process.execPath, [`${root}bin/tsproxy`, '-d', '-f', `${root}conf/proxy.cfg`], {
  stdio: ['inherit', 'inherit', 'pipe'],
  env: { ...process.env, ORIGIN_ONE: one, ORIGIN_TWO: two },
});
proxy.stderr.setEncoding('utf8').on('data', (text: string) => {
  process.stderr.write(text);
  if (!text.includes(' accept on ')) return;
  const { HTTP_PORT, TCP_PORT, METRICS_PORT } = process.env;
  process.stdout.write(explain(HTTP_PORT ?? '8080', TCP_PORT ?? '8090', METRICS_PORT ?? '8404'));
});
// The terminal sends Ctrl-C to both; whoever stops only this process means the proxy too.
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => proxy.kill(signal));
proxy.on('exit', (code) => process.exit(code ?? 0));
