import { afterEach, expect, test } from '@jest/globals';
import { createServer } from 'node:http';
import { request } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { httpOrigin } from '../support/origin.js';
import { waitFor } from '../support/proxy.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
afterEach(() => stage.strike());

test('a dead server gets nothing, and gets its share again once it lives', async () => {
  const one = await stage.origin(httpOrigin((_, response) => response.end('one')));
  const two = await stage.origin(httpOrigin((_, response) => response.end('two')));
  const port = stage.port();
  const proxy = await stage.proxy(config(defaults('http', 'default-server check inter 50ms fall 2 rise 2', 'retries 0'),
    section('listen l', `bind 127.0.0.1:${port}`, `server one 127.0.0.1:${one.port}`, `server two 127.0.0.1:${two.port}`)));
  const answers = async (): Promise<string[]> => {
    const replies = [];
    for (let i = 0; i < 10; i++) replies.push((await request(port)).body.toString());
    return replies;
  };
  expect(new Set(await answers())).toEqual(new Set(['one', 'two']));
  await two.close();
  await waitFor(() => /Server l\/two is DOWN/.test(proxy.stderr()), proxy);
  expect(await answers()).toEqual(Array.from({ length: 10 }, () => 'one'));
  const again = createServer((_, response) => response.end('two'));
  stage.after(() => {
    again.closeAllConnections();
    again.close();
  });
  await new Promise<void>((done) => again.listen(two.port, '127.0.0.1', done));
  await waitFor(() => /Server l\/two is UP/.test(proxy.stderr()), proxy);
  expect(new Set(await answers())).toEqual(new Set(['one', 'two']));
});

test('with all servers down there is a 503 and a word, and a backup server takes over', async () => {
  const [dead, spare] = [await httpOrigin(() => undefined), await stage.origin(httpOrigin((_, response) => response.end('spare')))];
  await dead.close();
  const [alone, backed] = [stage.port(), stage.port()];
  const proxy = await stage.proxy(config(defaults('http', 'default-server check inter 50ms fall 1'),
    section('listen alone', `bind 127.0.0.1:${alone}`, `server a 127.0.0.1:${dead.port}`),
    section('listen backed', `bind 127.0.0.1:${backed}`, `server a 127.0.0.1:${dead.port}`, `server b 127.0.0.1:${spare.port} backup`)));
  await waitFor(() => /Server alone\/a is DOWN/.test(proxy.stderr()) && /Server backed\/a is DOWN/.test(proxy.stderr()), proxy);
  expect((await request(alone)).status).toBe(503);
  expect((await request(backed)).body.toString()).toBe('spare');
  expect(proxy.stderr()).toMatch(/'alone' has no server available!/);
});
