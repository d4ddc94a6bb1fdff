import { describe, expect, test } from '@jest/globals';
import { bindTable } from '../../../src/config/keyword/bind/index.js';
import { globalTable } from '../../../src/config/keyword/global/index.js';
import { proxyTable } from '../../../src/config/keyword/proxy/index.js';
import { serverTable } from '../../../src/config/keyword/server/index.js';
import type { KeywordTable } from '../../../src/config/keyword/table.js';
import type { KeywordRow } from '../../../src/config/keyword/row.js';
import { messages, modelOf } from '../loaded.js';
import { BIND, GLOBAL, PROXY, SERVER } from './manual.js';

const families: readonly (readonly [string, KeywordTable<KeywordRow<never>>, readonly string[]])[] = [
  ['global', globalTable, GLOBAL], ['proxies', proxyTable, PROXY], ['bind', bindTable, BIND], ['server', serverTable, SERVER],
];

describe.each(families)('%s', (_, table, manual) => {
  test("every keyword of HAProxy's manual has a row", () => {
    const missing = manual.filter((name) => table.find(name.split(' ').map((text) => ({ text })), 0) === null);
    expect(missing).toEqual([]);
  });

  test('every row says in one line what it is for', () => {
    for (const { name, doc, args } of table.rows) {
      expect([name, doc.endsWith('.'), doc.includes('\n'), doc.length > 10]).toEqual([name, true, false, true]);
      // An argument that may be missing is not followed by one that may not.
      const optional = args.map((arg) => arg.optional === true);
      expect([name, optional.lastIndexOf(false) <= (optional.indexOf(true) === -1 ? args.length : optional.indexOf(true))]).toEqual([name, true]);
    }
  });
});

describe('rows', () => {
  const bare = (row: { name: string; args: KeywordRow<never>['args'] }): boolean => row.args.length === 0 || row.args[0]?.optional === true;

  test('an inert keyword of global is a notice, an unsupported one an alert at its own words', async () => {
    const wanted = globalTable.rows.filter((row) => row.support === 'inert' || row.support === 'unsupported');
    const text = `global\n${wanted.map((row) => ` ${row.name} x\n`).join('')}`;
    expect(await messages(text)).toEqual(wanted.map(({ name, support }) => (
      support === 'inert' ? expect.stringMatching(`^notice: '${name}' has no effect: .* <${name}>$`) : `alert: '${name}' is not supported yet <${name}>`
    )));
  });

  test('in a proxy too', async () => {
    const wanted = proxyTable.rows.filter((row) => row.support === 'inert' || row.support === 'unsupported');
    const text = `defaults\n${wanted.map((row) => ` ${row.name} x\n`).join('')}`;
    expect(await messages(text)).toEqual(wanted.map(({ name, support }) => (
      support === 'inert' ? expect.stringMatching(`^notice: '${name}' has no effect: .* <${name}>$`) : `alert: '${name}' is not supported yet <${name}>`
    )));
  });

  test.each([['bind 127.0.0.1:80', bindTable, 'frontend f'], ['server s 127.0.0.1:80', serverTable, 'backend b']] as const)('and behind %s', async (line, table, section) => {
    for (const { name, args, support } of table.rows as readonly KeywordRow<never>[]) {
      if (support === 'yes') continue;
      const found = await messages(`${section}\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n ${line} ${name} ${args.map(() => 'x').join(' ')}\n`);
      const expected = support === 'inert' ? `notice: '${name}' has no effect` : `alert: '${name}' is not supported yet <${name}>`;
      expect([name, found.filter((message) => message.includes(expected)).length]).toEqual([name, 1]);
      expect([name, found.some((message) => message.startsWith('alert'))]).toEqual([name, support === 'unsupported']);
    }
  });

  test('a working word without arguments takes none', async () => {
    for (const row of proxyTable.rows.filter((row) => row.support === 'yes' && row.args.length === 0 && row.defaults !== 'no')) {
      const refused = `alert: '${row.name}' cannot handle unexpected argument 'surplus' <surplus>`;
      const ignored = `warning: '${row.name}' takes no argument 'surplus', it is ignored <surplus>`;
      // HAProxy does not look at what follows the words about its statistics page.
      expect(await messages(`defaults\n ${row.name} surplus\n`)).toEqual([row.name.startsWith('stats ') ? ignored : refused]);
    }
  });

  test('a keyword that needs an argument says so', async () => {
    for (const row of globalTable.rows.filter((row) => row.support === 'yes' && !bare(row))) {
      expect(await messages(`global\n ${row.name}\n`)).toEqual([expect.stringMatching(`^alert: '${row.name}' (expects|requires) .* <${row.name}>$`)]);
    }
  });

  test('no and default take options back', async () => {
    const model = await modelOf('defaults\n option nolinger\n option splice-auto\n option httpclose\n option redispatch\nbackend b\n no option nolinger\n default option splice-auto\n no option httpclose\n no option redispatch\n');
    expect(model.proxies[0]?.options).toEqual({ flags: [], connectionMode: 'http-keep-alive', reuse: 'safe', redispatch: 0 });
  });

  test('the last of the three connection modes wins', async () => {
    const mode = async (lines: string): Promise<string | undefined> => (await modelOf(`backend b\n${lines}`)).proxies[0]?.options.connectionMode;
    expect(await mode(' option httpclose\n option http-server-close\n')).toBe('http-server-close');
    expect(await mode(' option http-server-close\n no option httpclose\n')).toBe('http-server-close');
  });

  test('option forwardfor and redispatch keep their arguments', async () => {
    const [proxy] = (await modelOf('listen l\n bind :80\n mode http\n option forwardfor except 10.0.0.0/255.0.0.0 header X-Client if-none\n option redispatch 3\n')).proxies;
    expect(proxy?.forwardFor).toEqual({ header: 'X-Client', ifNone: true, except: { family: 4, bytes: [10, 0, 0, 0], prefix: 8 } });
    expect(proxy?.options.redispatch).toBe(3);
  });

  test('all twelve timeouts, in milliseconds unless a unit follows', async () => {
    const names = ['client', 'server', 'connect', 'check', 'queue', 'http-request', 'http-keep-alive', 'tunnel', 'tarpit', 'client-fin', 'server-fin', 'client-hs'];
    const [proxy] = (await modelOf(`listen l\n bind :80\n${names.map((name, i) => ` timeout ${name} ${i % 2 === 0 ? `${i + 1}s` : (i + 1) * 1000}\n`).join('')}`)).proxies;
    expect(proxy?.timeouts).toEqual({
      client: 1000, server: 2000, connect: 3000, check: 4000, queue: 5000, httpRequest: 6000, httpKeepAlive: 7000, tunnel: 8000,
      tarpit: 9000, clientFin: 10000, serverFin: 11000, clientHs: 12000,
    });
  });
});
