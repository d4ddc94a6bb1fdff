// The cases. kind says how a run goes (see measure.mjs); peers are in the order of comparison: the first against each other one.
import { rules } from './rules.mjs';

const three = ['tsproxy', 'haproxy', 'nginx'];
const splice = ['tsproxy', 'tsproxy nosplice'];

const bulk = (connections, peers = three) => ({ kind: 'bulk', mode: 'tcp', connections, peers, what: `bulk TCP, ${connections} streams, CPU per byte`, unit: 'CPU s/GB' });
const http = (size, name) => ({ kind: 'http', mode: 'http', connections: 64, size, peers: three, what: `keep-alive, 64 connections, ${name} bodies, CPU per request`, unit: 'CPU us/request' });
const connect = (mode) => ({ kind: 'connect', mode, connections: 64, size: 128, peers: three, what: `connect, one request, close, mode ${mode}, CPU per connection`, unit: 'CPU us/connection' });
const idle = (mode, size, what) => ({ kind: 'idle', mode, connections: 9000, size, peers: three, what: `9,000 idle connections, ${what}: user memory of each`, unit: 'B/connection' });

export const cases = {
  'tcp-bulk-8': bulk(8),
  'tcp-bulk-64': bulk(64),
  'splice-vs-nosplice-2000': bulk(2000, splice),
  'splice-vs-nosplice-3000': bulk(3000, splice),
  'http-1k': http(1 << 10, '1 KiB'),
  'http-1k-log': { ...http(1 << 10, '1 KiB'), peers: ['tsproxy', 'haproxy'], log: ['option httplog'], what: 'option httplog to a UDP receiver, 1 KiB bodies, CPU per request' },
  'http-32k': http(32 << 10, '32 KiB'),
  'http-256k': http(256 << 10, '256 KiB'),
  'http-4m': http(4 << 20, '4 MiB'),
  rules: { ...http(1 << 10, '1 KiB'), peers: ['tsproxy', 'haproxy'], rules, what: '20 path ACLs, six header rules, an added request id, 1 KiB bodies, CPU per request' },
  'connect-http': connect('http'),
  'connect-tcp': connect('tcp'),
  'idle-http': idle('http', null, 'nothing sent, mode http'),
  'idle-http-used': idle('http', 1024, 'after one request, mode http'),
  'idle-tcp': idle('tcp', null, 'both ends, mode tcp'),
  start: { kind: 'start', mode: 'http', connections: 1, size: 0, peers: three, what: 'from start to the first answer', unit: 'ms' },
};

// Names that stand for several.
export const groups = {
  all: Object.keys(cases),
  'splice-vs-nosplice': ['splice-vs-nosplice-2000', 'splice-vs-nosplice-3000'],
  http: ['http-1k', 'http-32k', 'http-256k', 'http-4m'],
  connect: ['connect-http', 'connect-tcp'],
  idle: ['idle-http', 'idle-http-used', 'idle-tcp'],
};
