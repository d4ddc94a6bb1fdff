import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { VERDICT_YIELD } from '../../src/core/abi.js';
import { bench, type RuleBench } from '../support/rules.js';

const sample = (): Promise<RuleBench> => bench(readFileSync(new URL('../../conf/rules.cfg', import.meta.url), 'latin1'));

const get = (path: string, host = 'www.example.com'): string => `GET ${path} HTTP/1.1\nHost: ${host}\nX-Debug: 1\nX-Internal-User: root\n\n`;

test.each([
  ['/', 'app'], ['/images/x', 'media'], ['/a/logo.png', 'media'], ['/api/v1/users', 'api-v1'], ['/api/v2/users', 'api-v2'], ['/api/v9/users', 'app'],
])('%s goes to %s', async (path, backend) => {
  expect((await sample()).request(get(path)).backend).toBe(backend);
});

test.each([
  ['/docs', 'www.example.com', '301 Moved Permanently'], ['/x', 'EXAMPLE.com', '301 Moved Permanently'], ['/admin/x', 'h', '403 Forbidden'], ['/metrics', 'h', '404 Not Found'], ['/hello', 'h', '200 OK'],
])('%s of %s is answered with %s', async (path, host, status) => {
  expect((await sample()).request(get(path, host)).response).toContain(`HTTP/1.1 ${status}\r\n`);
});

test('metrics are for the own network only', async () => {
  expect((await sample()).request(get('/metrics'), { src: '10.1.2.3' }).code).toBe(VERDICT_YIELD);
});

test('the servers see what the rules made of the request', async () => {
  const made = await sample();
  const { head } = made.request(get('/api/v2/users?x=1'));
  expect(head.slice(0, 3)).toEqual(['GET /users?x=1 HTTP/1.1', 'Host: www.example.com', 'x-forwarded-proto: http']);
  expect(head[3]).toMatch(/^x-request-start: t=[0-9]{13}$/);
  expect(head.slice(4)).toEqual(['x-api: USERS']);
  expect(made.request(get('/images/x')).head[0]).toBe('GET /media/images/x HTTP/1.1');
});

test('the client sees what the rules made of the response', async () => {
  const made = await sample();
  made.request(get('/images/x'));
  const place = { backend: 'media', server: 'media1' };
  expect(made.response('HTTP/1.1 200 OK\nServer: x\n\n', place).head).toEqual(['HTTP/1.1 200 OK', 'cache-control: public, max-age=3600']);
  expect(made.after('HTTP/1.1 200 OK\nA: b\n\n', place).head).toEqual(['HTTP/1.1 200 OK', 'A: b', 'x-path: /images/x']);
});
