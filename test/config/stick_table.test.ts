import { describe, expect, test } from '@jest/globals';
import { STICK_BYTES_IN_RATE, STICK_CONN_RATE, STICK_GPC0, STICK_GPC_RATE, STICK_GPT, STICK_SERVER_ID, STICK_SERVER_KEY } from '../../src/core/abi.js';
import { messages, modelOf, proxyNamed } from './loaded.js';

const DEFAULTS = 'defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\n';
const frontend = (...lines: string[]): string => `${DEFAULTS}frontend f\n bind :80\n${lines.map((line) => ` ${line}\n`).join('')}`;
const said = async (...lines: string[]): Promise<string[]> => messages(frontend(...lines));

describe('stick-table', () => {
  test('keys, sizes, times and what is stored', async () => {
    const model = await modelOf(frontend('stick-table type string len 20 size 2k expire 1m nopurge recv-only brates-factor 8 srvkey addr store gpc0,conn_rate(10s) store bytes_in_rate(1h)'));
    expect(model.stickTables).toEqual([{
      index: 0, name: 'f', key: 'string', keySize: 20, size: 2048, expire: 60_000, nopurge: true, recvOnly: true, writeTo: null, serverKey: 'addr', bytesFactor: 8,
      span: expect.anything(),
      columns: [{ column: STICK_GPC0, count: 1, period: 0 }, { column: STICK_CONN_RATE, count: 1, period: 10_000 }, { column: STICK_BYTES_IN_RATE, count: 1, period: 3_600_000 }],
    }]);
    expect(proxyNamed(model, 'f').stickTable).toBe(0);
  });

  test.each([['ip', 'ip', 4], ['ipv4', 'ip', 4], ['ipv6', 'ipv6', 16], ['integer', 'integer', 4], ['string', 'string', 32], ['binary len 5', 'binary', 5]])('type %s', async (type, key, keySize) => {
    expect((await modelOf(frontend(`stick-table type ${type} size 10`))).stickTables[0]).toMatchObject({ key, keySize, expire: 0, columns: [] });
  });

  test('arrays', async () => {
    const { stickTables } = await modelOf(frontend('stick-table type ip size 10 store gpt(3),gpc_rate(2,5s)'));
    expect(stickTables[0]!.columns).toEqual([{ column: STICK_GPT, count: 3, period: 0 }, { column: STICK_GPC_RATE, count: 2, period: 5000 }]);
  });

  test.each([
    ['', "missing size <stick-table>"],
    ['type ip', 'missing size <stick-table>'],
    ['type ip size 0', 'missing size <stick-table>'],
    ['size 1k', 'missing type <stick-table>'],
    ['type ip size', "missing argument after 'size' <size>"],
    ['type ip size abc', "unexpected character 'a' in argument of 'size' <abc>"],
    ['type ip size 3g', 'size 3g is too large <3g>'],
    ['type foo size 1k', "unknown type 'foo' <foo>"],
    ['type string len 0 size 1k', "'0' is not a length <0>"],
    ['type ip len 5 size 1k', "unknown argument 'len' <len>"],
    ['type ip size 1k expire 30d', 'timer overflow in argument <30d> to <expire>, maximum value is 2147483647 ms (~24.8 days) <30d>'],
    ['type ip size 1k expire x', "unexpected character 'x' in argument of 'expire' <x>"],
    ['type ip size 1k store foo', "unknown store option 'foo' <foo>"],
    ['type ip size 1k store gpc0,', "unknown store option '' <gpc0,>"],
    ['type ip size 1k store gpc0,foo', "unknown store option 'foo' <foo>"],
    ['type ip size 1k store gpc0(3)', "unexpected argument to store option 'gpc0' <gpc0(3)>"],
    ['type ip size 1k store conn_rate', "missing argument to store option 'conn_rate' <conn_rate>"],
    ['type ip size 1k store conn_rate(0)', "error when processing store option 'conn_rate' <conn_rate(0)>"],
    ['type ip size 1k store gpc(101)', "array size is out of allowed range (1-100) for store option 'gpc' <gpc(101)>"],
    ['type ip size 1k store gpc_rate(3)', "missing argument to store option 'gpc_rate' <gpc_rate(3)>"],
    ['type ip size 1k store gpc(2),gpc1', "simultaneous usage of 'gpc' and 'gpc[0/1]' in a same table is not permitted as 'gpc' overrides 'gpc[0/1]' <stick-table>"],
    ['type ip size 1k srvkey foo', "unknown server key type 'foo' <foo>"],
    ['type ip size 1k brates-factor 1025', 'brates-factor must be greater than 0 and lower or equal to 1024 <1025>'],
  ])('refuses: %s', async (options, message) => {
    expect(await said(`stick-table ${options}`)).toEqual([expect.stringMatching(/^alert: 'stick-table' : /)]);
    expect((await said(`stick-table ${options}`))[0]).toContain(message);
  });

  test('what is stored twice is told', async () => {
    expect(await said('stick-table type ip size 1k store gpc0,gpc0')).toEqual(["warning: 'stick-table' : store option 'gpc0' already enabled, ignored <gpc0,gpc0>"]);
  });

  test('a section has one table; those of peers sections have names of their own', async () => {
    expect(await said('stick-table type ip size 1k', 'stick-table type ip size 2k')).toEqual(["alert: stick-table name 'f' conflicts with table declared in frontend 'f' <stick-table>"]);
    const model = await modelOf(`peers p\n table f type ip size 10\n table t type ipv6 size 10\n${frontend('stick-table type ip size 1k')}`);
    expect(model.stickTables.map(({ name }) => name)).toEqual(['p/f', 'p/t', 'f']);
  });

  test('write-to and peers name what is there and fits', async () => {
    expect(await said('stick-table type ip size 1k peers nope')).toEqual(["alert: frontend 'f': unable to find sync peers 'nope' <nope>"]);
    expect(await said('stick-table type ip size 1k write-to nope')).toEqual(["alert: stick-table 'f': unable to find table 'nope' to write to <nope>"]);
    expect(await said('stick-table type ip size 1k write-to f')).toEqual(["alert: stick-table 'f' can't be written to itself <f>"]);
    expect(await said('stick-table type ip size 1k write-to b', 'default_backend b\nbackend b\n stick-table type ipv6 size 1k')).toEqual(["alert: stick-table 'f': table 'b' has keys of another type or length <b>"]);
  });
});

describe('peers', () => {
  test('a remote peer is refused, this process is none', async () => {
    const text = `global\n localpeer me\npeers p\n peer me 127.0.0.1:1\n peer you 127.0.0.1:2\n table t type ip size 10\n${frontend()}`;
    expect(await messages(text)).toEqual(["alert: peers 'p': remote peer 'you' is not supported yet <you>"]);
    expect((await modelOf(text.replace(' peer you', ' disabled\n peer you'))).stickTables).toHaveLength(1);
  });

  test('sections have names that differ', async () => {
    expect(await messages(`peers\npeers p\npeers p\n${frontend()}`)).toEqual([
      'alert: missing name for peers section <peers>', "alert: peers section 'p' has the same name as another peers section <peers p>",
    ]);
    expect(await messages(`peers p\n foo\n table\n table t type ip size 1k peers p\n${frontend()}`)).toEqual([
      "alert: unknown keyword 'foo' in 'peers' section <foo>", "alert: 'table' expects <name> as argument <table>", "alert: 'table' : unknown argument 'peers' <peers>",
    ]);
  });
});

describe('rules', () => {
  const TABLE = 'stick-table type ip size 1k store gpc0';
  test.each([
    ['http-request track-sc0 src', "Proxy 'f': unable to find table 'f' referenced by track-sc0 <http-request track-sc0>"],
    ['http-request track-sc0 src table foo', "Proxy 'f': unable to find table 'foo' referenced by track-sc0 <foo>"],
    ['http-request track-sc0', 'missing fetch method <http-request track-sc0>'],
    ['http-request track-sc0 src table', 'missing table name <table>'],
    ['http-request track-sc3 src', '3 track-sc number exceeding 2 (tune.stick-counters-1) value <http-request track-sc3>'],
    ['tcp-request connection track-sc0 path', "sample fetch 'path' may not be reliably used here because it needs the request, which is not available here <path>"],
    ['http-request deny if { src_conn_rate(foo) gt 3 }', "unable to find table 'foo' referenced in arg 1 of 'src_conn_rate' <foo>"],
    ['http-request deny if { src_conn_rate gt 3 }', "unable to find table 'f' referenced in arg 1 of 'src_conn_rate' <src_conn_rate>"],
    ['http-request deny if { sc0_conn_rate(foo) gt 3 }', "unable to find table 'foo' referenced in arg 1 of 'sc0_conn_rate' <foo>"],
    ['http-request deny if { src,table_conn_rate gt 3 }', "unable to find table 'f' referenced in arg 1 of 'table_conn_rate' <table_conn_rate>"],
    ['http-request deny if { sc_get_gpc(100,0) gt 3 }', 'it must be a number from 0 to 99'],
    ['http-request sc-inc-gpc0', 'invalid stick table track ID. Expects sc-inc-gpc0(<Track ID>) <http-request sc-inc-gpc0>'],
    ['http-request sc-inc-gpc0(5)', "invalid stick table track ID 'sc-inc-gpc0(5)'. The max allowed ID is 2 <http-request sc-inc-gpc0(5)>"],
    ['http-request sc-inc-gpc(0)', "Missing gpc ID 'sc-inc-gpc(0)'. Expects sc-inc-gpc(<GPC ID>,<Track ID>) <http-request sc-inc-gpc(0)>"],
    ['http-request sc-inc-gpc(100,0)', "invalid gpc ID '100'. The max allowed ID is 99 <http-request sc-inc-gpc(100,0)>"],
    ['http-request sc-set-gpt0(0)', 'expects an integer or an expression <http-request sc-set-gpt0(0)>'],
    ['http-request sc-set-gpt0(0) abc', "unknown fetch method 'abc' <abc>"],
    ['http-request sc-set-gpt(0) 1', "Missing gpt ID 'sc-set-gpt(0)'. Expects sc-set-gpt(<GPT ID>,<Track ID>) <http-request sc-set-gpt(0)>"],
    ['http-request sc-set-gpt(0,0) 4294967296', "'4294967296' is too large <4294967296>"],
  ])('refuses: %s', async (line, message) => {
    const found = await said(line);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  test('a key that makes none of the table is refused', async () => {
    expect(await said(TABLE, 'http-request track-sc0 always_true')).toEqual(["alert: Proxy 'f': stick-table 'f' uses a type incompatible with the 'track-sc0' rule <http-request track-sc0>"]);
    expect(await said(TABLE, 'http-request track-sc0 path')).toEqual([]);
  });

  test('rules of a defaults section must name their table', async () => {
    const text = (rule: string): string => `${DEFAULTS.replace('defaults', 'defaults d')} ${rule}\nbackend b from d\n ${TABLE}\n server s 127.0.0.1:80\n`;
    expect(await messages(text('http-request track-sc0 src'))).toEqual(["alert: 'track-sc0' must name its table in a 'defaults' section <http-request track-sc0>"]);
    expect(await messages(text('http-request deny if { src_conn_rate gt 3 }'))).toEqual(["alert: 'src_conn_rate' must name its table in a 'defaults' section <src_conn_rate>"]);
    expect((await messages(text('http-request track-sc0 src table b'))).filter((line) => line.startsWith('alert'))).toEqual([]);
  });

  test('more entries may be tracked where the process says so', async () => {
    const text = frontend(TABLE, 'http-request track-sc3 src if { sc_get_gpc0(3) gt 0 }');
    expect(await messages(`global\n tune.stick-counters 4\n${text}`)).toEqual([]);
    expect(await messages(`global\n tune.stick-counters 101\n${frontend()}`)).toEqual(["alert: 'tune.stick-counters' value must be between 0 and 100 (was 101) <101>"]);
  });
});

describe('stick', () => {
  const backend = (...lines: string[]): string => `${DEFAULTS}backend b\n${lines.map((line) => ` ${line}\n`).join('')} server s 127.0.0.1:80\n`;
  const alerts = async (...lines: string[]): Promise<string[]> => (await messages(backend(...lines))).filter((line) => line.startsWith('alert'));

  test('a table that rules stick to stores servers', async () => {
    const model = await modelOf(backend('stick-table type string size 1k store gpc0', 'stick on path if { path /a }', 'stick store-response res.hdr(x) table b'));
    expect(model.stickTables[0]!.columns.map(({ column }) => column)).toEqual([STICK_SERVER_ID, STICK_GPC0, STICK_SERVER_KEY]);
    expect(proxyNamed(model, 'b').stickRules.map(({ kind, table, condition }) => [kind, table, condition !== null])).toEqual([['match', 0, true], ['store-request', 0, true], ['store-response', 0, false]]);
  });

  test.each([
    ['stick on src', "Proxy 'b': unable to find stick-table 'b' <stick on>"],
    ['stick match src table foo', "Proxy 'b': unable to find stick-table 'foo' <foo>"],
    ['stick on', "'stick on' expects a fetch method <stick on>"],
    ['stick on src foo', "'stick on' : unknown keyword 'foo' <foo>"],
    ['stick on src table', "'stick on' expects a table name after 'table' <table>"],
    ['stick store-response path', "sample fetch 'path' may not be reliably used here"],
    ['stick store-request res.hdr(x)', "sample fetch 'res.hdr(x)' may not be reliably used here"],
  ])('refuses: %s', async (line, message) => {
    const found = await alerts(line);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  test('servers may be left out of what is learned', async () => {
    const model = await modelOf(`${DEFAULTS}backend b\n default-server non-stick\n server a 127.0.0.1:1\n server c 127.0.0.1:2 stick\n`);
    expect(model.servers.map(({ nonStick }) => nonStick)).toEqual([true, false]);
  });
});

describe('http-err-codes, http-fail-codes', () => {
  const codes = async (line: string): Promise<readonly number[]> => (await modelOf(`global\n ${line}\n${frontend()}`)).global.errorCodes;

  test('ranges replace, add and take away, in their order', async () => {
    const { global } = await modelOf(frontend());
    expect([global.errorCodes.length, global.failCodes.length, global.failCodes.includes(501), global.failCodes.includes(505)]).toEqual([100, 98, false, false]);
    expect(await codes('http-err-codes 400,402-404')).toEqual([400, 402, 403, 404]);
    expect(await codes('http-err-codes 220 +300-302 -301')).toEqual([220, 300, 302]);
    expect(await codes('http-err-codes 400\n http-err-codes +500,502')).toEqual([400, 500, 502]);
  });

  test.each([['http-err-codes', "'http-err-codes' expects a range of status codes"], ['http-fail-codes 99', "'http-fail-codes' : invalid range '99' <99>"], ['http-err-codes 500-400', "invalid range '500-400'"], ['http-err-codes +600', "invalid range '600'"]])(
    'refuses: %s', async (line, message) => {
      const found = await messages(`global\n ${line}\n${frontend()}`);
      expect(found).toHaveLength(1);
      expect(found[0]).toContain(message);
    });
});
