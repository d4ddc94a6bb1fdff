// The proxies that are compared. One description ({ mode, port, origin, maxconn, maxpipes?, nosplice?, rules? }) becomes the configuration of each, written
// by its row; the rest is left at each one's defaults.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, serving, start, stop } from './process.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const NGINX_STREAM = '/usr/lib/nginx/modules/ngx_stream_module.so';

export function haproxyConfiguration({ mode, port, origin, maxconn, maxpipes, nosplice, rules = [] }) {
  return `global
  maxconn ${maxconn}
  nbthread 1
${maxpipes ? `  maxpipes ${maxpipes}\n` : ''}${nosplice ? '  nosplice\n' : ''}
defaults
  mode ${mode}
  timeout connect 10s
  timeout client 120s
  timeout server 120s
  option splice-response

frontend in
  bind 127.0.0.1:${port}
${rules.map((line) => `  ${line}\n`).join('')}  default_backend out

backend out
  server origin 127.0.0.1:${origin}
`;
}

export function nginxConfiguration({ mode, port, origin, maxconn }) {
  const main = `daemon off;
worker_processes 1;
worker_rlimit_nofile ${2 * maxconn + 1000};
error_log stderr crit;
pid nginx.pid;
events { worker_connections ${2 * maxconn + 100}; }
`;
  if (mode === 'tcp') {
    return `load_module ${NGINX_STREAM};
${main}stream {
  upstream out { server 127.0.0.1:${origin}; }
  server { listen 127.0.0.1:${port}; proxy_pass out; }
}
`;
  }
  return `${main}http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  keepalive_requests 1000000000;
  upstream out { server 127.0.0.1:${origin}; keepalive 256; keepalive_requests 1000000000; }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://out;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_max_temp_file_size 0;
    }
  }
}
`;
}

const has = (program) => spawnSync('which', [program]).status === 0;
const tsproxyMissing = () =>
  existsSync(`${root}dist/core/main.js`) && existsSync(`${root}build/Release/tsproxy.node`) ? null : 'it is not built: npm ci, or npm run build';
const haproxyMissing = () => (has('haproxy') ? null : 'haproxy is not installed: apt-get install haproxy');
const nginxMissing = (mode) => {
  if (!has('nginx')) return 'nginx is not installed: apt-get install nginx-light';
  return mode === 'tcp' && !existsSync(NGINX_STREAM) ? 'its stream module is missing: apt-get install libnginx-mod-stream' : null;
};

// missing(mode): null, or why this peer can't be measured. command(file, directory): what to run. rest: seconds at least until its
// memory has come to rest.
const tsproxy = { rest: 20, missing: tsproxyMissing, configuration: haproxyConfiguration, command: (file) => [process.execPath, `${root}bin/tsproxy`, '-f', file] };
const haproxy = { rest: 0, missing: haproxyMissing, configuration: haproxyConfiguration, command: (file) => ['haproxy', '-db', '-f', file] };
const nginx = { rest: 0, missing: nginxMissing, configuration: nginxConfiguration, command: (file, directory) => ['nginx', '-p', directory, '-c', file] };
const nosplice = (peer) => ({ ...peer, configuration: (what) => haproxyConfiguration({ ...what, nosplice: true }) });

export const peers = { tsproxy, haproxy, nginx, 'tsproxy nosplice': nosplice(tsproxy), 'haproxy nosplice': nosplice(haproxy) };

// Starts a peer on a port of its own, pinned. what: the description without the port. startedAfter: ms to the first answer.
export async function startPeer(name, what, core, request) {
  const peer = peers[name];
  const directory = mkdtempSync(join(tmpdir(), 'tsproxy-bench-'));
  const file = join(directory, 'proxy.cfg');
  const port = await freePort();
  writeFileSync(file, peer.configuration({ ...what, port }));
  const [command, ...args] = peer.command(file, directory);
  const from = performance.now();
  const child = start(command, args, core, { cwd: directory });
  child.stdout.resume();
  const end = async () => {
    await stop(child);
    rmSync(directory, { recursive: true, force: true });
  };
  try {
    return { name, pid: child.pid, port, rest: peer.rest, startedAfter: await serving(child, port, request, from), stop: end };
  } catch (error) {
    await end();
    throw error;
  }
}
