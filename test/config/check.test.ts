import { describe, expect, test } from '@jest/globals';
import { messages } from './loaded.js';

const TIMEOUTS = ' timeout client 1s\n timeout server 1s\n timeout connect 1s\n';

describe('timeouts', () => {
  test('each side needs its own', async () => {
    expect(await messages('listen l\n bind :80\n server s 127.0.0.1:80\n')).toEqual(["warning: missing timeouts for proxy 'l' <listen l>"]);
    expect(await messages('frontend f\n bind :80\n timeout client 1s\n')).toEqual([]);
    expect(await messages('backend b\n server s 127.0.0.1:80\n timeout server 1s\n')).toEqual(["warning: missing timeouts for backend 'b' <backend b>"]);
    expect(await messages('backend b\n')).toEqual([]);
  });

  test('zero is no timeout, a disabled proxy needs none', async () => {
    expect(await messages('frontend f\n bind :80\n timeout client 0\n')).toEqual(["warning: missing timeouts for frontend 'f' <frontend f>"]);
    expect(await messages('frontend f\n bind :80\n disabled\n')).toEqual([]);
  });
});

describe('sides and modes', () => {
  test('a frontend without bind, a listen section with servers that get nothing', async () => {
    expect(await messages('frontend f\n')).toEqual(["warning: frontend 'f' has no 'bind' directive <frontend f>"]);
    expect(await messages(`listen l\n bind :80\n${TIMEOUTS} server s 127.0.0.1:80\n default_backend b\nbackend b\n`)).toEqual([
      "warning: proxy 'l' has servers and a 'default_backend': the servers get nothing <b>",
    ]);
  });

  test('what only HTTP has is pointed at in tcp proxies', async () => {
    expect(await messages(`listen l\n bind :80\n${TIMEOUTS} http-request deny\n http-response deny\n option forwardfor\n`)).toEqual([
      "warning: 'http-request' rules ignored for proxy 'l' as they require HTTP mode <http-request deny>",
      "warning: 'http-response' rules ignored for proxy 'l' as they require HTTP mode <http-response deny>",
      "warning: 'option forwardfor' ignored for proxy 'l' as it requires HTTP mode <option forwardfor>",
    ]);
  });

  test('rules below an unconditional final one of the same section are useless', async () => {
    const text = `defaults d\n mode http\n${TIMEOUTS} http-request deny\nfrontend f from d\n bind :80\n http-request deny\n http-request deny\n`;
    expect((await messages(text)).filter((message) => message.includes('NOOP'))).toHaveLength(1);
  });
});
