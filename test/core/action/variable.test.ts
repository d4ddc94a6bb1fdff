import { expect, test } from '@jest/globals';
import { PHASE_CONNECTION, PHASE_SESSION } from '../../../src/core/abi.js';
import { RuleBench, rules } from '../../support/rules.js';

const GET = 'GET /p HTTP/1.1\nHost: h\n\n';

test('a variable keeps its type and lives as long as its scope', async () => {
  const made = await rules([
    'http-request set-header before %[var(sess.n)]-%[var(txn.n)]-%[var(req.n)]',
    'http-request set-var(sess.n) int(1)', 'http-request set-var(txn.n) int(2)', 'http-request set-var(req.n) int(3)', 'http-request set-var(txn.src) src',
    'http-request set-header after %[var(sess.n),add(1)]-%[var(txn.n)]-%[var(req.n)]-%[var(txn.src),ipmask(8)]',
  ], ['http-response set-var(res.n) int(4)', 'http-response set-header seen %[var(sess.n)]-%[var(txn.n)]-%[var(req.n)]-%[var(res.n)]']);
  expect(made.request(GET).head.slice(2)).toEqual(['before: --', 'after: 2-2-3-192.0.0.0']);
  expect(made.response('HTTP/1.1 200 OK\n\n').head.at(-1)).toBe('seen: 1-2--4');
  expect(made.request(GET, { requests: 2 }).head[2]).toBe('before: 1--');
  expect(made.request(GET, { session: 0x102 }).head[2]).toBe('before: --');
});

test('a slot of another connection shows nothing of the one before', async () => {
  const made = await rules(['http-request set-header old %[var(sess.n)]', 'http-request set-var(sess.n) src']);
  made.request(GET);
  expect(made.request(GET, { requests: 2 }).head.at(-1)).toBe('old: 192.0.2.7');
  // The same handle, after its generation has come round.
  expect(made.request(GET, { accepted: 1_000_000_777 }).head.at(-1)).toBe('old: ');
});

test('a copy is kept of an address that is a view of the window', async () => {
  const made = await rules(['http-request set-var(proc.first) src if !{ var(proc.first) -m found }', 'http-request set-header f %[var(proc.first)]']);
  made.request(GET, { src: '1.1.1.1' });
  expect(made.request(GET, { src: '2.2.2.2' }).head.at(-1)).toBe('f: 1.1.1.1');
});

test('set-var takes conditions, unset-var removes', async () => {
  const made = await rules([
    'http-request set-var(txn.a) str(one)', 'http-request set-var(txn.a,ifnotexists) str(two)', 'http-request set-var(txn.b,ifexists) str(x)',
    'http-request set-var(txn.c) int(5)', 'http-request set-var(txn.c,ifgt) int(9)', 'http-request set-var(txn.c,iflt) int(7)', 'http-request set-var(txn.d,ifnotempty) str()',
    'http-request set-header r %[var(txn.a)]-%[var(txn.b)]-%[var(txn.c)]-%[var(txn.d,none)]', 'http-request unset-var(txn.a)', 'http-request set-header u %[var(txn.a,gone)]',
  ]);
  expect(made.request(GET).head.slice(2)).toEqual(['r: one--7-none', 'u: gone']);
});

test('set-var-fmt stores the text as it is', async () => {
  const made = await rules(['http-request set-var-fmt(txn.a) "%[bin(0a7f)]x%[req.hdr(nope)]"', 'http-request set-header r %[var(txn.a),hex]', 'http-request set-header q %[var(txn.a),length]']);
  expect(made.request(GET).head.slice(2)).toEqual(['r: 0A7F78', 'q: 3']);
});

test('converters read and write variables', async () => {
  const made = await rules([
    'http-request set-var(txn.n) int(3)', 'http-request set-header r %[int(4),add(txn.n)]-%[str(a),set-var(txn.s),concat(<,txn.n,>)]-%[var(txn.s)]',
    'http-request set-header c %[str(a),strcmp(txn.s)]-%[str(b),strcmp(txn.s)]-%[str(a),secure_memcmp(txn.s)]-%[str(abcdef),bytes(txn.n,2)]',
  ]);
  expect(made.request(GET).head.slice(2)).toEqual(['r: 7-a<3>-a', 'c: 0-1-1-de']);
});

test('variables of a connection are set before there is a request', async () => {
  const made = await rules([
    'tcp-request connection set-var(sess.c) src', 'tcp-request session set-var(sess.s) src_port', 'http-request set-header r %[var(sess.c)]-%[var(sess.s)]',
  ]);
  made.raw(PHASE_CONNECTION, '', { requests: 0 });
  made.raw(PHASE_SESSION, '', { requests: 0 });
  expect(made.request(GET).head.at(-1)).toBe('r: 192.0.2.7-40000');
});

test('variables of the process are there from the start', async () => {
  const { model } = await rules(['http-request return hdr r %[var(proc.name)]%[var(proc.fmt)]']);
  const span = { source: 0, start: 0, end: 0 };
  const made = new RuleBench({
    ...model,
    global: {
      ...model.global,
      variables: [
        { name: 'name', conditions: [], value: { fetch: 'str', args: ['start'], converters: [], text: 'str(start)' }, span },
        { name: 'fmt', conditions: [], value: { items: [{ kind: 'text', text: '<x>' }], text: '<x>' }, span },
      ],
    },
  });
  expect(made.request(GET).response).toContain('\r\nr: start<x>\r\n');
});
