import { afterEach, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { dial, request } from '../support/client.js';
import { waitFor } from '../support/proxy.js';
import { scrape } from '../support/scrape.js';
import { Stage } from '../support/stage.js';

const DEMO = fileURLToPath(new URL('../../dist/core/demo.js', import.meta.url));
const stage = new Stage();
afterEach(() => stage.strike());

test('npm start: two servers behind the proxy, the lines to try work, Ctrl-C ends all', async () => {
  const [http, tcp, metrics] = [stage.port(), stage.port(), stage.port()];
  const demo = spawn(process.execPath, [DEMO], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_OPTIONS: '', HTTP_PORT: String(http), TCP_PORT: String(tcp), METRICS_PORT: String(metrics) },
  });
  let printed = '';
  demo.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const ended = new Promise<number | null>((done) => demo.on('exit', done));
  await waitFor(() => printed.includes('Ctrl-C ends all of it.'));
  for (const port of [http, tcp, metrics]) expect(printed).toContain(`http://127.0.0.1:${port}/`);
  const answers = [await request(http), await request(http)].map(({ body }) => /server (one|two)/.exec(body.toString())?.[1]);
  expect(answers.sort()).toEqual(['one', 'two']);
  expect((await request(http, { path: '/private' })).status).toBe(403);
  expect((await request(http, { path: '/big' })).body.length).toBe(64 * 1024 * 1024);
  expect((await request(tcp)).status).toBe(200);
  expect((await scrape(metrics)).get('haproxy_server_status{proxy="app",server="one",state="UP"}')).toBe(1);
  demo.kill('SIGINT');
  expect(await ended).toBe(0);
  await expect(dial(http)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});
