import { describe, expect, test } from '@jest/globals';
import { loadText } from '../../src/config/load.js';
import { lookup, messages, modelOf, show } from './loaded.js';

describe('section headers', () => {
  test('the caret stands under the words to blame, the other place is named', async () => {
    const text = 'backend a\nfrontend a/b\nbackend a\nlisten l from x\n';
    const { diagnostics } = await loadText(text, { env: {}, lookup });
    expect(diagnostics.filter(({ severity }) => severity === 'alert').map((diagnostic) => [show(diagnostic, text), diagnostic.related.map(({ span }) => text.slice(span.start, span.end))])).toEqual([
      ["alert: character '/' is not permitted in 'frontend' name 'a/b' <a/b>", []],
      ["alert: backend 'a' has the same name as backend 'a' <a>", ['backend a']],
      ["alert: defaults section 'x' not found for listen 'l' <x>", []],
    ]);
  });

  test('a broken header does not hide the errors below it', async () => {
    expect(await messages('backend\n foo\n server s 127.0.0.1:80 bar\n')).toEqual([
      "alert: 'backend' expects an <id> argument <backend>", "alert: unknown keyword 'foo' in 'backend' section <foo>",
      "alert: 'server /s' : unknown keyword 'bar' <bar>",
    ]);
  });

  test('a defaults section may be called from, and named ones may be anonymous uses of the last', async () => {
    const model = await modelOf('defaults from\n retries 9\nbackend a\nbackend b from from\n');
    expect(model.proxies.map(({ retries }) => retries)).toEqual([9, 9]);
  });
});

describe('lines', () => {
  test('unknown keywords come with the nearest of the same section, or with the section they belong to', async () => {
    const advice = async (text: string): Promise<(string | null)[]> => (await loadText(text, { env: {}, lookup })).diagnostics.filter(({ severity }) => severity === 'alert').map((diagnostic) => diagnostic.advice);
    expect(await advice('backend b\n retires 3\n')).toEqual(["Did you mean 'retries'?"]);
    expect(await advice('backend b\n option httpcloze\n')).toEqual(["Did you mean 'httpclose'?"]);
    expect(await advice('backend b\n timeout conect 3\n')).toEqual(["Did you mean 'connect'?"]);
    expect(await advice('backend b\n server s 127.0.0.1:80 chekc\n')).toEqual(["Did you mean 'check'?"]);
    expect(await advice('frontend f\n bind :80 acept-proxy\n')).toEqual(["Did you mean 'accept-proxy'?"]);
    expect(await advice('backend b\n nbthread 3\n')).toEqual(['It is a keyword of the global section.']);
    expect(await advice('frontend f\n bind :80\n mode http\n http-request dney\n')).toEqual(["Did you mean 'deny'?"]);
  });

  test('a keyword in a section without its side is ignored with a warning, or refused where HAProxy does', async () => {
    expect(await messages('backend b\n maxconn 5\n use_backend x\n')).toEqual([
      "warning: 'maxconn' ignored because backend 'b' has no frontend capability <maxconn>",
      "warning: 'use_backend' ignored because backend 'b' has no frontend capability <use_backend>",
    ]);
    expect(await messages('frontend f\n bind :80\n timeout client 1s\n server s 127.0.0.1:80\n')).toEqual(["alert: 'server' not allowed in 'frontend' section <server>"]);
  });

  test('no and default stand only before what takes them', async () => {
    expect(await messages('backend b\n no balance roundrobin\n default retries 3\n no\n')).toEqual([
      "alert: negation/default is not supported for 'balance' <no>", "alert: negation/default is not supported for 'retries' <default>", "alert: 'no' expects a keyword <no>",
    ]);
  });
});
