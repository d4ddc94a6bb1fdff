import { readFileSync } from 'node:fs';
import { FEATURES, HAPROXY_VERSION } from '../config/predicate.js';

/** The version in package.json, e.g. "0.1.0". */
export function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** What `-v` prints. */
export function shortVersion(): string {
  return `tsproxy version ${version()}, speaks the configuration language of HAProxy ${HAPROXY_VERSION}\n`;
}

/** What `-vv` prints: people are asked for it when they report a bug. */
export function longVersion(): string {
  const { node, v8, uv, openssl } = process.versions;
  const features = Object.entries(FEATURES).map(([name, there]) => `${there ? '+' : '-'}${name}`);
  return [
    shortVersion().trimEnd(),
    `Running on: Node ${node} (V8 ${v8}, libuv ${uv}), ${process.platform} ${process.arch}`,
    `Built with: OpenSSL ${openssl}, for samples and userlists`,
    `Executable: ${process.execPath}`,
    `Feature list: ${features.join(' ')}`,
    'Polling system: epoll, edge-triggered, one per worker',
    '',
  ].join('\n');
}
