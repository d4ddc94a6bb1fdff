/**
 * How long a big configuration takes to load: about 1 MB, 20,000 lines, 2,000 backends unless told otherwise.
 *   node bench/config_load.mjs [backends] [runs]
 * Prints milliseconds from text to the frozen Model. Needs dist/ (npm run build).
 */
import { loadText } from '../dist/config/load.js';

const backends = Number(process.argv[2] ?? 2000);
const runs = Number(process.argv[3] ?? 5);

const lines = [
  'global', '  maxconn 20000', 'defaults', '  mode http', '  timeout client 30s', '  timeout server 30s', '  timeout connect 5s',
  'frontend web', '  bind 127.0.0.1:8080-8090',
];
for (let i = 0; i < backends; i++) lines.push(`  use_backend application_${i} if { req.hdr(host) -i host${i}.example.com www.host${i}.example.com }`);
for (let i = 0; i < backends; i++) {
  lines.push(
    `backend application_${i}`, '  balance roundrobin', '  option forwardfor header X-Client', `  acl is_api path_beg /api/v${i} /rpc`,
    '  http-request set-header X-Forwarded-Proto https if { ssl_fc } is_api', '  http-request deny if { src 10.0.0.0/8 } !is_api',
    '  default-server inter 2s fall 3 rise 2 maxconn 100',
    `  server first 10.1.${i >> 8}.${i & 255}:8080 check weight 10`, `  server second 10.2.${i >> 8}.${i & 255}:8080 check weight 20 backup`,
  );
}
const text = `${lines.join('\n')}\n`;

const times = [];
for (let run = 0; run < runs; run++) {
  const start = performance.now();
  const { model, diagnostics } = await loadText(text);
  times.push(performance.now() - start);
  if (model === null) throw new Error(`the configuration is not valid: ${diagnostics[0]?.summary}`);
}
const sorted = [...times].sort((a, b) => a - b);
console.log(`${lines.length} lines, ${text.length} bytes, ${backends} backends`);
console.log(`first ${times[0].toFixed(0)} ms, median ${sorted[sorted.length >> 1].toFixed(0)} ms, range ${sorted[0].toFixed(0)}-${sorted.at(-1).toFixed(0)} ms`);
