import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { join } from 'node:path';
import { request, type Reply } from '../support/client.js';
import { config, defaults, section } from '../support/config.js';
import { httpOrigin } from '../support/origin.js';
import { temporaryDirectory, waitFor } from '../support/proxy.js';
import { ask } from '../support/runtime_api.js';
import { Stage } from '../support/stage.js';

const stage = new Stage();
const directory = temporaryDirectory();
const api = join(directory.path, 's');
const ports = { page: 0, locked: 0, web: 0, plain: 0 };

/** A line of the CSV by its column names. */
function lineOf(csv: string, proxy: string, name: string): Record<string, string> {
  const [head = '', ...lines] = csv.split('\n');
  const names = head.slice(2).split(',');
  const line = lines.find((one) => one.startsWith(`${proxy},${name},`));
  return Object.fromEntries((line ?? '').split(',').map((value, at) => [names[at]!, value]));
}

const page = (path = '', port = ports.page): Promise<Reply> => request(port, { path: `/s${path}` });
const text = async (path: string): Promise<string> => (await page(path)).body.toString();
const post = (form: string, more: { readonly path?: string; readonly headers?: Record<string, string>; readonly port?: number } = {}): Promise<Reply> =>
  request(more.port ?? ports.page, { method: 'POST', path: more.path ?? '/s', body: Buffer.from(form), headers: { 'content-type': 'application/x-www-form-urlencoded', ...more.headers } });
const basic = (pair: string): Record<string, string> => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });

beforeAll(async () => {
  const origin = await stage.origin(httpOrigin((_, response) => void response.end('small')));
  for (const name of Object.keys(ports) as (keyof typeof ports)[]) ports[name] = stage.port();
  await stage.proxy(config(
    section('global', 'nbthread 2', `stats socket ${api} level admin`, 'description <b>bold</b>'),
    defaults('http'),
    section('frontend page', `bind 127.0.0.1:${ports.page}`, 'stats uri /s', 'stats refresh 7s', 'stats admin if !{ hdr(x-reader) yes }', 'stats show-desc', 'stats show-legends', 'default_backend app'),
    section('frontend locked', `bind 127.0.0.1:${ports.locked}`, 'stats uri /s', 'stats realm the\\ page', 'stats auth me:secret', 'stats scope app', 'stats admin if TRUE'),
    section('frontend plain', `bind 127.0.0.1:${ports.plain}`, 'stats uri /s', 'stats http-request deny if { hdr(x-bad) yes }', 'default_backend app'),
    section('frontend web', `bind 127.0.0.1:${ports.web}`, 'option socket-stats', 'http-request deny if { path /no }', 'default_backend app'),
    section('backend app', `server s1 127.0.0.1:${origin.port} cookie secret-cookie`, `server s2 127.0.0.1:${origin.port} weight 9`),
    section('backend other', `server s1 127.0.0.1:${origin.port}`)));
});

afterAll(async () => {
  await stage.strike();
  directory.remove();
});

describe('the page', () => {
  test('is one answer that may do nothing but run its own script', async () => {
    const { status, headers, body } = await page();
    const html = body.toString();
    expect([status, headers['content-type'], headers['cache-control']]).toEqual([200, 'text/html; charset=utf-8', 'no-cache']);
    expect(headers['content-security-policy']).toMatch(/^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; /);
    expect(html).toContain('&lt;b&gt;bold&lt;/b&gt;');
    expect(html).not.toContain('<b>bold');
    expect(html).not.toMatch(/(src|href)="(https?:)?\/\//);
    // Without scripts the browser loads it again; with them it does not.
    expect(html).toContain('<noscript><meta http-equiv="refresh" content="7"></noscript>');
    expect(await text(';norefresh')).not.toContain('http-equiv="refresh"');
  });

  test('has lines, forms and legends for those who may see them', async () => {
    const html = await text('');
    expect(html.match(/<tr id="s\d+-\d+"/g)).toHaveLength(3);
    expect(html).toContain('cookie secret-cookie');
    expect(html).toContain('<input type="hidden" name="b" value="#');
    const reader = (await request(ports.page, { path: '/s', headers: { 'x-reader': 'yes' } })).body.toString();
    expect(reader).not.toContain('<form');
    expect((await page('', ports.plain)).body.toString()).not.toContain('secret-cookie');
  });

  test('words in its address choose what is shown', async () => {
    const csv = await text(';csv;norefresh');
    expect(csv.split('\n').slice(1, -1).map((line) => line.split(',').slice(0, 2).join('/'))).toEqual([
      'page/FRONTEND', 'locked/FRONTEND', 'plain/FRONTEND', 'web/FRONTEND', 'web/sock-1', 'app/s1', 'app/s2', 'app/BACKEND', 'other/s1', 'other/BACKEND',
    ]);
    expect((await page(';csv')).headers).toMatchObject({ 'content-type': 'text/plain', refresh: '7' });
    expect((await text('?;csv;scope=OTH')).split('\n').slice(1, -1)).toHaveLength(2);
    expect(JSON.parse(await text(';json;scope=other'))).toHaveLength(2);
    expect(JSON.parse(await text(';json-schema'))).toMatchObject({ definitions: {} });
    expect(await text(';typed;scope=other')).toMatch(/^S\.\d+\.1\.0\.pxname\.1:KNSV:str:other$/m);
    const live = JSON.parse(await text(';live;scope=app')) as { summary: string[]; lines: [string, string, number, string[], string[]][] };
    expect(live.lines.map(([, state]) => state)).toEqual(['none', 'none', 'up']);
    expect(await text(`;st=DONE`)).toContain('The action was done.');
  });

  test('leaves other requests and methods alone', async () => {
    expect((await request(ports.page, { path: '/x' })).body.toString()).toBe('small');
    expect((await request(ports.page, { path: '/s', method: 'PUT', body: Buffer.from('x') })).body.toString()).toBe('small');
    const head = await request(ports.page, { path: '/s', method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
  });

  test('accounts, rules and the scope keep people out', async () => {
    const asked = await page('', ports.locked);
    expect([asked.status, asked.headers['www-authenticate']]).toEqual([401, 'Basic realm="the page"']);
    expect((await request(ports.locked, { path: '/s', headers: basic('me:wrong') })).status).toBe(401);
    const csv = await request(ports.locked, { path: '/s;csv', headers: basic('me:secret') });
    expect([...new Set(csv.body.toString().split('\n').slice(1, -1).map((line) => line.split(',')[0]))]).toEqual(['app']);
    expect((await post('s=s1&action=maint&b=other', { port: ports.locked, headers: basic('me:secret') })).headers.location).toBe('/s;st=DENY');
    expect((await request(ports.plain, { path: '/s', headers: { 'x-bad': 'yes' } })).status).toBe(403);
    expect((await page('', ports.plain)).status).toBe(200);
  });
});

describe('the form', () => {
  const status = async (name: string): Promise<string | undefined> => lineOf(await text(';csv'), 'other', name)['status'];

  test('changes servers and leads back to the page', async () => {
    const done = await post('s=s1&action=maint&b=other', { path: '/s;up;norefresh?scope=other' });
    expect([done.status, done.headers.location, await status('s1')]).toEqual([303, '/s;st=DONE;up;norefresh?scope=other', 'MAINT']);
    await post('s=s1&action=ready&b=other', { headers: { origin: `http://127.0.0.1:${ports.page}` } });
    expect(await status('s1')).toBe('no check');
  });

  test('is refused without the right, and from the page of another site', async () => {
    expect((await post('s=s1&action=maint&b=other', { headers: { 'x-reader': 'yes' } })).headers.location).toBe('/s;st=DENY');
    expect((await post('s=s1&action=maint&b=other', { port: ports.plain })).headers.location).toBe('/s;st=DENY');
    for (const headers of [{ origin: 'http://evil.example' }, { origin: 'null' }, { referer: 'http://evil.example/127.0.0.1' }] as Record<string, string>[]) {
      expect((await post('s=s1&action=maint&b=other', { headers })).status).toBe(403);
    }
    expect(await status('s1')).toBe('no check');
  });

  test('that is longer than a buffer is not looked at, and its bytes are counted once', async () => {
    const before = Number(lineOf(await text(';csv'), 'page', 'FRONTEND')['bin']);
    expect((await post(`s=${'a'.repeat(30_000)}&action=maint&b=other`)).headers.location).toBe('/s;st=EXCD');
    const after = Number(lineOf(await text(';csv'), 'page', 'FRONTEND')['bin']);
    expect(after - before).toBeGreaterThan(10_000);
    expect(after - before).toBeLessThan(100_000);
  });
});

describe('statistics', () => {
  test('of listeners, and times, come and go', async () => {
    for (const path of ['/', '/no', '/']) await request(ports.web, { path });
    await waitFor(async () => lineOf(await text(';csv'), 'web', 'sock-1')['stot'] === '3');
    const csv = await text(';csv');
    const line = lineOf(csv, 'web', 'sock-1');
    const whole = lineOf(csv, 'web', 'FRONTEND');
    expect([line['dreq'], line['bin'], line['bout'], line['status'], line['addr']]).toEqual(['1', whole['bin'], whole['bout'], 'OPEN', `127.0.0.1:${ports.web}`]);
    expect(Number(line['smax'])).toBeGreaterThan(0);
    const typed = await ask(api, 'show stat web 8 -1 typed');
    expect(typed).toMatch(/^L\.\d+\.1\.7\.stot\.1:MCP.:u64:3$/m);
    await ask(api, 'clear counters all');
    const cleared = lineOf(await text(';csv'), 'web', 'sock-1');
    expect([cleared['stot'], cleared['dreq'], cleared['bin'], cleared['smax']]).toEqual(['0', '0', '0', '0']);
    const backend = lineOf(await text(';csv'), 'app', 'BACKEND');
    expect(['qtime_max', 'ctime_max', 'rtime_max', 'ttime_max'].map((name) => backend[name])).toEqual(['0', '0', '0', '0']);
  });

  test('words of show stat', async () => {
    expect(await ask(api, 'show stat domain dns')).toBe('Invalid statistics domain.\n\n');
    expect(await ask(api, 'show stat domain resolvers')).toMatch(/^# id,pid,sent,send_error,valid,update,cname,cname_error,any_err,nx,timeout,refused,other,invalid,too_big,truncated,outdated,\n/);
    expect(JSON.parse(await ask(api, 'show schema json'))).toHaveProperty('$schema');
    expect(await ask(api, 'show stat')).toContain('secret-cookie');
  });
});
