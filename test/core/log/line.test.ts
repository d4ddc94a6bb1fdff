import { expect, test } from '@jest/globals';
import { loadText } from '../../../src/config/load.js';
import type { LogFormat, Model } from '../../../src/config/model.js';
import {
  FACT_ACCEPT_SEC, FACT_ACCEPT_USEC, FACT_ATTEMPT, FACT_BACKEND, FACT_BYTES_OUT_HI, FACT_BYTES_OUT_LO, FACT_CONNECT_MS, FACT_FLAGS, FACT_HANDSHAKE_MS, FACT_IDLE_MS,
  FACT_QUEUE_MS, FACT_REQUEST_MS, FACT_RESPONSE_MS, FACT_SERVER, FACT_SRC_ADDR, FACT_SRC_FAMILY, FACT_SRC_PORT, FACT_STATUS, FACT_TERM, FACT_TOTAL_MS,
  FF_KNOWN, FF_REDISPATCH, PHASE_END,
} from '../../../src/core/abi.js';
import { compileLogFormat } from '../../../src/core/compile/log_format.js';
import type { CompileEnv, Encoding } from '../../../src/core/compile/env.js';
import { lineWriter } from '../../../src/core/log/line.js';
import { eachRecord, LogSink } from '../../../src/core/log/sink.js';
import type { Tx } from '../../../src/core/tx.js';
import { envOf, txOf } from '../fetch/fixture.js';

const FORMATS = [
  'option httplog', 'option tcplog', 'option httplog clf', 'option tcplog clf', 'option httpslog', 'log-format "%{+Q}o %ci %cp %r %HM %b %s"',
  'log-format "%hr %hs %{+Q}r"', 'log-format " a  %hr  b %[var(txn.no)] %{+X}cp"', 'log-format "%{+json}o %(a)ci %(b)ST"',
];

async function model(line: string): Promise<Model> {
  const loaded = await loadText(`defaults
  mode ${line.includes('tcplog') ? 'tcp' : 'http'}
  timeout client 1s
  timeout connect 1s
  timeout server 1s
frontend fe
  bind 127.0.0.1:1
  log 127.0.0.1 local0
  ${line.includes('json') ? line : `${line}`}
  ${line.includes('tcplog') ? '' : 'capture request header host len 10'}
  default_backend be
backend be
  server s1 127.0.0.1:80
`);
  expect(loaded.diagnostics.filter(({ severity }) => severity === 'alert')).toEqual([]);
  return loaded.model!;
}

const BASE = { [FACT_SRC_FAMILY]: 4, [FACT_SRC_PORT]: 4711, [FACT_SRC_ADDR]: 0x0100007f, [FACT_ACCEPT_SEC]: 1_700_000_000, [FACT_ACCEPT_USEC]: 45_999 };
const CASES: readonly Readonly<Record<number, number>>[] = [
  BASE,
  { ...BASE, [FACT_SRC_FAMILY]: 1 },
  { ...BASE, [FACT_SRC_FAMILY]: 6 },
  { ...BASE, [FACT_BACKEND]: 1, [FACT_SERVER]: 0, [FACT_REQUEST_MS]: 3, [FACT_QUEUE_MS]: 0, [FACT_CONNECT_MS]: 12, [FACT_RESPONSE_MS]: 345, [FACT_TOTAL_MS]: 99999, [FACT_STATUS]: 200,
    [FACT_BYTES_OUT_LO]: -1, [FACT_BYTES_OUT_HI]: 3, [FACT_TERM]: 0x2d2d, [FACT_FLAGS]: FF_KNOWN, [FACT_HANDSHAKE_MS]: 7, [FACT_IDLE_MS]: 1100 },
  { ...BASE, [FACT_BACKEND]: 1, [FACT_REQUEST_MS]: -1, [FACT_QUEUE_MS]: -1, [FACT_CONNECT_MS]: -1, [FACT_RESPONSE_MS]: -1, [FACT_ATTEMPT]: 3, [FACT_TERM]: 0x4353, [FACT_FLAGS]: FF_KNOWN | FF_REDISPATCH },
];

test('bytes are what the formatter of all formats makes as text', async () => {
  for (const line of FORMATS) {
    const made = await model(line);
    const format = made.proxies[0]!.log.format!;
    const env = envOf({ model: made, state: new Int32Array(1000), worker: 0, counters: { workers: 1 } }) as CompileEnv & { logFormat(format: LogFormat, encoding: Encoding): (tx: Tx) => string };
    Object.assign(env, { logFormat: (one: LogFormat, encoding: Encoding) => compileLogFormat(one, encoding, env) });
    const [write, text] = [lineWriter(format, env), compileLogFormat(format, 'log', env)];
    for (const facts of CASES) {
      for (const request of [null, { method: 'GET', uri: '/a"b#c?\xe9', version: 1 }, { method: 'POST', uri: '*', version: 0 }]) {
        const tx = txOf(PHASE_END, facts);
        if (request !== null) Object.assign(tx.stream(), request, { requestCookie: request.version === 0 ? 'a=b' : undefined, cookieState: 'NI' });
        const lines: string[] = [];
        const sink = new LogSink((records, length) => eachRecord(records, length, (_receiver, bytes) => lines.push(Buffer.from(bytes).toString('latin1'))));
        sink.open(0, 4096);
        write(tx, sink);
        sink.close();
        sink.flush();
        expect([line, lines[0]]).toEqual([line, `${text(tx)}\n`]);
      }
    }
  }
});
