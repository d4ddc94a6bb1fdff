/** Lines of health checks with the verdict of HAProxy 2.6.12 (`haproxy -c`), recorded once. Ours is the same, unless a row says why not. */
import { describe, expect, test } from '@jest/globals';
import { loadText } from '../../../../src/config/load.js';

interface Row {
  readonly lines: readonly string[];
  readonly words: string;
  readonly verdict: 'valid' | 'refused';
  readonly says: string | null;
}

const row = (verdict: Row['verdict']) => (lines: readonly string[], words: string, says: string | null = null): Row => ({ lines, words, verdict, says });
const valid = row('valid');
const refused = row('refused');
/** HAProxy takes it. */
const stricter = (lines: readonly string[], words: string, _why: string, says: string | null = null): Row => refused(lines, words, says);

const rows: readonly Row[] = [
  refused(['option httpchk A B C D'], 'check', "'option httpchk' : invalid version 'C'"),
  stricter(['option httpchk GET / HTTP/3.0'], 'check', 'only HTTP/1.0 and HTTP/1.1 are spoken in checks', "'option httpchk' : version 'HTTP/3.0' is not supported in checks"),
  stricter(['option httpchk GET / FOO'], 'check', 'only HTTP/1.0 and HTTP/1.1 are spoken in checks', "'option httpchk' : invalid version 'FOO'"),
  valid(['option smtpchk HELO'], 'check'),
  refused(['option smtpchk HELO a b'], 'check', "'option smtpchk' cannot handle unexpected argument 'b'"),
  refused(['option mysql-check foo'], 'check', "'option mysql-check' only supports optional values: 'user' (got 'foo')"),
  refused(['option mysql-check user'], 'check', "'option mysql-check user' expects <username> as argument"),
  refused(['option mysql-check user a post-81'], 'check', "keyword 'user' only supports 'post-41', 'pre-41' and 'post-80' (got 'post-81')"),
  refused(['option mysql-check user a b c'], 'check', "keyword 'user' only supports 'post-41', 'pre-41' and 'post-80' (got 'b')"),
  refused(['option pgsql-check'], 'check', "'option pgsql-check' expects 'user <username>' as argument"),
  refused(['option pgsql-check user'], 'check', "'option pgsql-check' expects 'user <username>' as argument"),
  refused(['option pgsql-check foo bar'], 'check', "'option pgsql-check' only supports optional values: 'user'"),
  refused(['option redis-check a'], 'check', "'option redis-check' cannot handle unexpected argument 'a'"),
  refused(['option tcp-check a'], 'check', "'option tcp-check' cannot handle unexpected argument 'a'"),
  refused(['no option tcp-check'], 'check', "negation/default is not supported for 'option tcp-check'"),
  refused(['no option httpchk'], 'check', "negation/default is not supported for 'option httpchk'"),
  refused(['option external-check'], 'check', "Proxy 'b' : 'option external-check' unable to find required 'global.external-check'"),
  refused(['option external-check', 'external-check command /bin/true'], 'check', "Proxy 'b' : 'option external-check' unable to find required 'global.external-check'"),
  refused(['external-check command'], 'check', "'external-check command' expects a command"),
  refused(['external-check path a b'], 'check', "'external-check path' cannot handle unexpected argument 'b'"),
  refused(['external-check foo'], 'check', "'external-check' supports 'command', 'path' (got 'foo')"),
  refused(['http-check'], 'check', "'http-check' only supports 'connect', 'send', 'expect', 'comment', 'send-state', 'disable-on-404', 'set-var(*)', 'set-var-fmt(*)', 'unset-va"),
  refused(['http-check foo'], 'check', "'http-check' only supports 'connect', 'send', 'expect', 'comment', 'send-state', 'disable-on-404', 'set-var(*)', 'set-var-fmt(*)', 'unset-va"),
  refused(['http-check expect'], 'check', "'http-check expect' : expects at least a matching pattern as arguments"),
  refused(['http-check expect foo'], 'check', "'http-check expect' : only supports min-recv, '[!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', '[!]hdr', '[!]fhdr' or c"),
  refused(['http-check expect status'], 'check', "'http-check expect' : 'status' expects a <pattern> as argument"),
  refused(['http-check expect status abc'], 'check', "'http-check expect' : invalid character 'a' in the list of status codes"),
  valid(['http-check expect status 99'], 'check', "backend 'b' uses http-check rules without 'option httpchk', so the rules are ignored"),
  refused(['http-check expect status 300-200'], 'check', "'http-check expect' : invalid range of status codes '300-200'"),
  refused(['http-check expect status 200 foo'], 'check', "'http-check expect' : only supports min-recv, '[!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', '[!]hdr', '[!]fhdr' or c"),
  refused(['http-check expect binary aa'], 'check', "'http-check expect' : only supports min-recv, '[!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', '[!]hdr', '[!]fhdr' or c"),
  refused(['http-check expect rstring (('], 'check', "'http-check expect' : regex '((' is invalid (/((/: Unterminated group)"),
  refused(['http-check expect hdr'], 'check', "'http-check expect' : 'hdr' expects at the name keyword as first argument followed by a pattern"),
  refused(['http-check expect hdr foo'], 'check', "'http-check expect' : 'hdr' expects at the name keyword as first argument followed by a pattern"),
  refused(['http-check expect hdr name'], 'check', "'http-check expect' : 'hdr' expects at the name keyword as first argument followed by a pattern"),
  refused(['http-check expect hdr name -m foo x'], 'check', "'http-check expect' : 'hdr' : '-m' only supports 'str', 'beg', 'end', 'sub' or 'reg' (got 'foo')"),
  refused(['http-check expect hdr name-lf -m reg x'], 'check', "'http-check expect' : 'hdr': log-format string is not supported with a regex matching method"),
  refused(['http-check expect hdr name x value'], 'check', "'http-check expect' : 'hdr' expect a pattern with the value keyword"),
  refused(['http-check expect hdr name x foo bar'], 'check', "'http-check expect' : only supports min-recv, '[!]string', '[!]rstring', '[!]string-lf', '[!]status', '[!]rstatus', '[!]hdr', '[!]fhdr' or c"),
  stricter(['http-check expect min-recv x string a'], 'check', 'HAProxy takes it for 0', "'http-check expect' expects an integer argument (got 'x')"),
  refused(['http-check expect min-recv'], 'check', "'http-check expect' : 'min-recv' expects a integer as argument"),
  refused(['http-check expect comment'], 'check', "'http-check expect' : 'comment' expects a string as argument"),
  refused(['http-check expect ok-status L7STS string a'], 'check', "'http-check expect' : 'ok-status' only supports 'L4OK', 'L6OK', 'L7OK' or 'L7OKC' status (got 'L7STS')"),
  refused(['http-check expect error-status L7OK string a'], 'check', "'http-check expect' : 'error-status' only supports 'L4CON', 'L6RSP', 'L7RSP', 'L7STS' or 'L7OKC' status (got 'L7OK')"),
  refused(['http-check expect tout-status L7OK string a'], 'check', "'http-check expect' : 'tout-status' only supports 'L4TOUT', 'L6TOUT' or 'L7TOUT' status (got 'L7OK')"),
  refused(['http-check expect on-success'], 'check', "'http-check expect' : 'on-success' expects a string as argument"),
  refused(['http-check expect status-code foo string a'], 'check', "unknown fetch method 'foo'"),
  valid(['http-check expect ! ! string a'], 'check', "backend 'b' uses http-check rules without 'option httpchk', so the rules are ignored"),
  refused(['http-check expect string'], 'check', "'http-check expect' : 'string' expects a <pattern> as argument"),
  refused(['http-check expect string a string b'], 'check', "'http-check expect' : only one pattern expected"),
  valid(['http-check expect string a comment x'], 'check', "backend 'b' uses http-check rules without 'option httpchk', so the rules are ignored"),
  refused(['http-check send foo'], 'check', "'http-check send' : expects 'comment', 'meth', 'uri', 'uri-lf', 'ver', 'hdr', 'body' or 'body-lf' but got 'foo' as argument"),
  refused(['http-check send meth'], 'check', "'http-check send' : 'meth' expects a string as argument"),
  refused(['http-check send hdr a'], 'check', "'http-check send' : 'hdr' expects <name> and <value> as arguments"),
  valid(['http-check send body a body b'], 'check', "backend 'b' uses http-check rules without 'option httpchk', so the rules are ignored"),
  valid(['http-check send uri a uri-lf b'], 'check', "backend 'b' uses http-check rules without 'option httpchk', so the rules are ignored"),
  stricter(['http-check send ver HTTP/9.1'], 'check', 'only HTTP/1.0 and HTTP/1.1 are spoken in checks', "'http-check send' : version 'HTTP/9.1' is not supported in checks"),
  valid(['http-check send hdr content-length 3 hdr transfer-encoding x'], 'check', "backend 'b' uses http-check rules without 'option httpchk', so the rules are ignored"),
  refused(['http-check connect foo'], 'check', "'http-check connect' : expects 'comment', 'port', 'addr', 'send-proxy', 'ssl', 'sni', 'alpn' or 'via-socks4', 'linger', 'default' but got 'f"),
  refused(['http-check connect port'], 'check', "'http-check connect' : 'port' expects a port number or a sample expression as argument"),
  refused(['http-check connect port 0'], 'check', "'http-check connect' : expects a valid TCP port (from range 1 to 65535) or a sample expression, got 0"),
  refused(['http-check connect port 70000'], 'check', "'http-check connect' : expects a valid TCP port (from range 1 to 65535) or a sample expression, got 70000"),
  refused(['http-check connect port foo()'], 'check', "unknown fetch method 'foo'"),
  valid(['http-check connect addr 1.2.3.4:80'], 'check', "backend 'b' uses http-check rules without 'option httpchk', so the rules are ignored"),
  refused(['http-check connect addr foo.bar.invalid'], 'check', "'http-check connect' : 'addr' : invalid address: 'foo.bar.invalid' in 'foo.bar.invalid'"),
  valid(['http-check connect proto h1'], 'check', "backend 'b' uses http-check rules without 'option httpchk', so the rules are ignored"),
  refused(['http-check connect proto nope'], 'check', "'http-check connect' : unknown MUX protocol 'nope'"),
  valid(['http-check connect alpn h2'], 'check', "backend 'b' uses http-check rules without 'option httpchk', so the rules are ignored"),
  refused(['option httpchk', 'http-check send', 'http-check connect'], 'check', "'http-check connect' : first step MUST also be a 'connect', optionally preceded by a 'set-var', an 'unset-var' or a 'comment', when there is"),
  valid(['option httpchk', 'http-check set-var(check.x) int(1)', 'http-check connect'], 'check'),
  refused(['option tcp-check', 'tcp-check send a', 'tcp-check connect'], 'check', "'tcp-check connect' : first step MUST also be a 'connect', optionally preceded by a 'set-var', an 'unset-var' or a 'comment', when there is "),
  refused(['tcp-check'], 'check', "'tcp-check' only supports 'connect', 'send', 'send-lf', 'send-binary', 'send-binary-lf', 'expect', 'comment', 'set-var(*)', 'set-var-fmt(*)'"),
  refused(['tcp-check foo'], 'check', "'tcp-check' only supports 'connect', 'send', 'send-lf', 'send-binary', 'send-binary-lf', 'expect', 'comment', 'set-var(*)', 'set-var-fmt(*)'"),
  refused(['tcp-check send'], 'check', "'tcp-check send' : 'string' expects a send as argument"),
  refused(['tcp-check send a b'], 'check', "'tcp-check send' : expects 'comment' but got 'b' as argument"),
  refused(['tcp-check send a comment'], 'check', "'tcp-check send' : 'comment' expects a string as argument"),
  refused(['tcp-check send-binary 0'], 'check', "'tcp-check send-binary' : '0' invalid binary string (an even number of hex digit is expected)"),
  refused(['tcp-check send-binary xx'], 'check', "'tcp-check send-binary' : 'xx' invalid binary string (an hex digit is expected (found 'x'))"),
  refused(['tcp-check send-binary-lf %[foo]'], 'check', "unknown fetch method 'foo'"),
  refused(['tcp-check send-lf %[foo'], 'check', "unknown fetch method 'foo'"),
  refused(['tcp-check expect binary 0'], 'check', "'tcp-check expect' : '0' invalid binary string (an even number of hex digit is expected)"),
  refused(['tcp-check expect binary zz'], 'check', "'tcp-check expect' : 'zz' invalid binary string (an hex digit is expected (found 'z'))"),
  refused(['tcp-check expect status 200'], 'check', "'tcp-check expect' : only supports min-recv, '[!]binary', '[!]string', '[!]rstring', '[!]string-lf', '[!]rbinary', '[!]binary-lf' or comment"),
  refused(['tcp-check expect hdr name a'], 'check', "'tcp-check expect' : only supports min-recv, '[!]binary', '[!]string', '[!]rstring', '[!]string-lf', '[!]rbinary', '[!]binary-lf' or comment"),
  refused(['tcp-check comment'], 'check', "'tcp-check comment' : 'comment' expects a string as argument"),
  stricter(['tcp-check comment a b'], 'check', 'HAProxy drops the rest', "'tcp-check comment' cannot handle unexpected argument 'b'"),
  stricter(['tcp-check set-var(txn.x) int(1)'], 'check', 'there is no stream that it could belong to', "'tcp-check set-var(txn.x)' : only the scopes 'proc', 'sess' and 'check' exist in health checks"),
  refused(['tcp-check set-var(check.x)'], 'check', 'missing fetch method'),
  refused(['tcp-check set-var(check.x) foo'], 'check', "unknown fetch method 'foo'"),
  refused(['tcp-check set-var(check.x) req.hdr(host)'], 'check', "sample fetch 'req.hdr(host)' may not be reliably used here because it needs the request, which is not available here"),
  valid(['tcp-check set-var(check.x) res.hdr(host)'], 'check', "backend 'b' uses tcp-check rules without 'option tcp-check', so the rules are ignored"),
  valid(['tcp-check set-var(check.x) src'], 'check', "backend 'b' uses tcp-check rules without 'option tcp-check', so the rules are ignored"),
  refused(['tcp-check unset-var(x.y)'], 'check', "invalid variable name 'x.y'. A variable name must be start by its scope. The scope can be 'proc', 'sess', 'txn', 'req', 'res', 'check'"),
  refused(['tcp-check unset-var'], 'check', "invalid or incomplete action 'unset-var'. Expects 'set-var(<var-name>)', 'set-var-fmt(<var-name>)' or 'unset-var(<var-name>)'"),
  refused(['http-check disable-on-404 x'], 'check', "'http-check disable-on-404' cannot handle unexpected argument 'x'"),
  refused(['http-check send-state x'], 'check', "'http-check send-state' cannot handle unexpected argument 'x'"),
  valid(['http-check expect string a', 'option tcp-check'], 'check', "backend 'b' uses http-check rules without 'option httpchk', so the rules are ignored"),
  refused(['option tcp-check', 'tcp-check expect string ""'], 'check', "'tcp-check expect' : 'string' expects a <pattern> as argument"),
  refused(['option tcp-check', 'tcp-check send ""'], 'check', "'tcp-check send' : 'string' expects a send as argument"),
  refused([], 'check observe layer7 error-limit 0', 'error-limit has to be > 0'),
  valid([], 'observe layer7'),
  refused([], 'check observe foo', "'observe' expects one of 'none', 'layer4', 'layer7' but got 'foo'"),
  refused([], 'check on-error foo', "'on-error' expects one of 'fastinter', 'fail-check', 'sudden-death', 'mark-down' but got 'foo'"),
  refused([], 'check on-marked-down foo', "'on-marked-down' expects one of 'shutdown-sessions' but got 'foo'"),
  refused([], 'check on-marked-up foo', "'on-marked-up' expects one of 'shutdown-backup-sessions' but got 'foo'"),
  refused([], 'check on-marked-up', "'on-marked-up' expects one of 'shutdown-backup-sessions' but got ''"),
  refused([], 'check error-limit x', 'error-limit has to be > 0'),
  refused([], 'check agent-check', 'server s1 does not have agent port. Agent check has been disabled'),
  refused([], 'check agent-check agent-port 0', "'agent-port' value must be between 1 and 65535 (was 0)"),
  stricter([], 'check agent-check agent-port 70000', 'HAProxy takes it modulo 65536', "'agent-port' value must be between 1 and 65535 (was 70000)"),
  refused([], 'agent-check agent-port 5 agent-inter x', "unexpected character 'x' in argument 'x' to 'agent-inter'"),
  refused([], 'agent-check agent-port 5 agent-addr foo.invalid', "'agent-addr' : could not resolve address 'foo.invalid'"),
  refused([], 'agent-check agent-port 5 agent-send', "'agent-send' expects a string"),
  refused([], 'agent-inter 0', "invalid value 0 for argument 'agent-inter'"),
  refused([], 'track b/x', "'server b/s1' : unable to find required server 'x' for tracking"),
  refused([], 'track x/x', "'server b/s1' : unable to find required proxy 'x' for tracking"),
  refused([], 'track s1', "'server b/s1' : unable to track b/s1 as it belongs to a tracking chain looping back to b/s1"),
  refused([], 'track b/s1 check', "'server b/s1' : unable to enable checks and tracking at the same time!"),
  refused([], 'track s2', "'server b/s1' : unable to find required server 's2' for tracking"),
  refused([], 'check socks4 foo', "'socks4' : missing port specification in 'foo'"),
  refused([], 'check socks4', "'socks4' expects <addr>:<port> as argument"),
  refused([], 'check check-proto h1', "server 's1' uses an incompatible MUX protocol for the selected check type"),
  refused([], 'check check-proto nope', "'check-proto' : unknown MUX protocol 'nope'"),
  refused([], 'check check-proto h2', "'check-proto h2' is not supported yet"),
  refused([], 'check rise 0', "'rise' value must be at least 1 (was 0)"),
  refused([], 'check inter x', "unexpected character 'x' in argument 'x' to 'inter'"),
  stricter([], 'check port 0', 'it means nothing', "'port' value must be between 1 and 65535 (was 0)"),
  refused([], 'check addr foo.invalid', "'addr' : could not resolve address 'foo.invalid'"),
  refused(['email-alert'], 'check', "'email-alert' expects one of 'from', 'to', 'myhostname', 'mailers', 'level'"),
  refused(['email-alert foo'], 'check', "'email-alert' supports 'from', 'to', 'myhostname', 'mailers', 'level' (got 'foo')"),
  valid(['email-alert from a@b'], 'check', "'email-alert' will be ignored for backend 'b' (each of 'email-alert from', 'email-alert mailers' and 'email-alert to' has to be present)"),
  valid(['email-alert from a@b', 'email-alert to c@d'], 'check', "'email-alert' will be ignored for backend 'b' (each of 'email-alert from', 'email-alert mailers' and 'email-alert to' has to be present)"),
  refused(['email-alert from a@b', 'email-alert to c@d', 'email-alert mailers m'], 'check', "Proxy 'b': unable to find mailers 'm'"),
  refused(['email-alert level foo'], 'check', "unknown log level 'foo' after 'level'"),
];

const lookup = (host: string): Promise<string | null> => Promise.resolve(host === 'localhost' ? '127.0.0.1' : null);

async function read({ lines, words }: Pick<Row, 'lines' | 'words'>, global = '', sections = '') {
  const timeouts = ['connect', 'server', 'client'].map((name) => ` timeout ${name} 5s`).join('\n');
  const backend = ['backend b', ...lines, `server s1 127.0.0.1:80 ${words}`].join('\n ');
  const { model, diagnostics } = await loadText(`global\n ${global}\ndefaults\n mode http\n${timeouts}\n${sections}${backend}\n`, { env: {}, lookup });
  return { model, said: diagnostics.map(({ summary }) => summary) };
}

describe('verdicts', () => {
  test.each(rows.map((row) => [`${row.lines.join(' ; ')} [${row.words}]`, row] as const))('%s', async (_name, row) => {
    const { model, said } = await read(row);
    expect([model === null ? 'refused' : 'valid', said]).toEqual([row.verdict, row.says === null ? [] : expect.arrayContaining([expect.stringContaining(row.says)])]);
  });
});

describe('what the lines make', () => {
  const planOf = async (...lines: string[]) => (await read({ lines, words: 'check' })).model?.checkPlans[0];

  test('option httpchk: one word is the URI, the host is a format', async () => {
    expect(await planOf('option httpchk /x')).toMatchObject({ type: 'httpchk', request: { method: null, uri: '/x', version: null, headers: [] } });
    expect(await planOf('option httpchk GET /x HTTP/1.1 www%[srv_name]')).toMatchObject({
      request: { method: 'GET', uri: '/x', version: 'HTTP/1.1', headers: [{ name: 'host', value: { text: 'www%[srv_name]' } }] },
    });
  });

  test('headers behind the version, as old configurations have them', async () => {
    const { model, said } = await read({ lines: ['option httpchk GET / HTTP/1.1\\r\\nHost:\\ www\\r\\nX-A:\\ b'], words: 'check' });
    expect(model?.checkPlans[0]?.request).toMatchObject({ version: 'HTTP/1.1', headers: [{ name: 'host', value: { text: 'www' } }, { name: 'x-a', value: { text: 'b' } }] });
    expect(said).toEqual([expect.stringContaining('is deprecated')]);
  });

  test('a section\'s first line of a family begins anew; without one it inherits', async () => {
    const text = 'defaults\n option httpchk GET /status HTTP/1.1\n http-check send hdr x-a b\nbackend a\n server s 127.0.0.1:80 check\nbackend b\n option httpchk\n server s 127.0.0.1:80 check\n'
      + 'backend c\n http-check send hdr x-c d\n server s 127.0.0.1:80 check\n';
    const { model } = await loadText(text, { env: {}, lookup });
    expect(model?.checkPlans.map(({ request, rules }) => [request?.uri ?? null, rules.map((rule) => (rule.kind === 'http-send' ? rule.headers.map(({ name }) => name) : rule.kind))])).toEqual([
      ['/status', [['x-a']]], [null, []], [null, [['x-c']]],
    ]);
  });

  test('comments and variables count as steps; a comment goes to the rule behind it', async () => {
    const plan = await planOf('option tcp-check', 'tcp-check comment first', 'tcp-check set-var(check.x) int(1)', 'tcp-check connect', 'tcp-check send a comment own', 'tcp-check expect string b');
    expect(plan?.rules.map(({ kind, step, comment }) => [kind, step, comment])).toEqual([['action', 2, null], ['connect', 3, 'first'], ['send', 4, 'own'], ['expect', 5, null]]);
  });

  test('expect: options on either side of the match, and its inversion', async () => {
    const plan = await planOf('option tcp-check', 'tcp-check expect min-recv 4 ! rstring ^a comment c', 'tcp-check expect !string b', 'tcp-check expect ! !string c');
    expect(plan?.rules).toMatchObject([
      { minRecv: 4, inverse: true, comment: 'c', match: { kind: 'rstring', pattern: '^a' } }, { inverse: true, match: { kind: 'string', pattern: 'b' } }, { inverse: false },
    ]);
  });

  test('connect: all of its options', async () => {
    const plan = await planOf('option tcp-check', 'tcp-check connect default port var(check.p) addr 127.0.0.2 send-proxy via-socks4 linger comment x', 'tcp-check connect addr 127.0.0.3:25');
    expect(plan?.rules).toMatchObject([
      { useServer: true, port: { fetch: 'var' }, address: { address: '127.0.0.2' }, sendProxy: true, viaSocks4: true, linger: true, comment: 'x' },
      { useServer: false, port: 25, address: { address: '127.0.0.3' } },
    ]);
  });

  test('headers that the body makes are left out of http-check send', async () => {
    const plan = await planOf('option httpchk', 'http-check send meth POST uri-lf /%[srv_name] hdr Content-Length 9 hdr Transfer-Encoding chunked hdr X-A b body-lf x');
    expect(plan?.rules).toMatchObject([{ method: 'POST', uri: { text: '/%[srv_name]' }, headers: [{ name: 'x-a' }], body: { text: 'x' } }]);
  });

  test('plans of protocols carry their arguments', async () => {
    expect(await planOf('option mysql-check user u pre-41')).toMatchObject({ type: 'mysql-check', options: { user: 'u', version: 'pre-41' } });
    expect(await planOf('option smtpchk EHLO me.org')).toMatchObject({ options: { hello: 'EHLO', domain: 'me.org' } });
    expect(await planOf('option smtpchk FOO me.org')).toMatchObject({ options: { hello: 'HELO', domain: 'localhost' } });
  });
});

describe('server lines', () => {
  const serverOf = async (words: string, lines: string[] = []) => (await read({ lines, words })).model?.servers[0];

  test('agents', async () => {
    expect(await serverOf('agent-check agent-port 5 agent-inter 3s agent-addr 127.0.0.2 agent-send "a\\n"')).toMatchObject({
      check: null, agent: { port: 5, inter: 3000, address: { address: '127.0.0.2' }, send: 'a\n' },
    });
    expect((await serverOf('agent-check agent-port 5 no-agent-check'))?.agent).toBeNull();
  });

  test('the PROXY header is inherited unless the check goes elsewhere', async () => {
    expect((await serverOf('check send-proxy-v2'))?.check?.sendProxy).toBe(2);
    expect((await serverOf('check send-proxy port 81'))?.check?.sendProxy).toBe(0);
    expect((await serverOf('check send-proxy port 81 check-send-proxy'))?.check?.sendProxy).toBe(1);
  });

  test('observation and what follows changes', async () => {
    expect(await serverOf('check observe layer7 error-limit 3 on-error mark-down on-marked-down shutdown-sessions on-marked-up shutdown-backup-sessions init-state fully-down')).toMatchObject({
      observe: { layer: 7, errorLimit: 3, onError: 'mark-down' }, shutdownOnDown: true, shutdownBackups: true, initState: 'fully-down',
    });
    expect((await serverOf('check'))?.observe).toBeNull();
  });

  test('tracking: chains, and what they may not do', async () => {
    const load = async (...servers: string[]) => {
      const { model, diagnostics } = await loadText(`backend b\n ${servers.map((words, i) => `server s${i} 127.0.0.1:80 ${words}`).join('\n ')}\n timeout connect 1s\n timeout server 1s\n`, { env: {}, lookup });
      return model === null ? diagnostics.map(({ summary }) => summary) : model.servers.map(({ track }) => track);
    };
    expect(await load('check', 'track s0', 'track b/s1')).toEqual([null, 0, 1]);
    expect(await load('', 'track s0')).toEqual(["'server b/s1' : unable to use b/s0 for tracking as it does not have any check nor agent enabled"]);
    expect(await load('track s1', 'track s0')).toEqual([
      "'server b/s0' : unable to track b/s1 as it belongs to a tracking chain looping back to b/s0",
      "'server b/s1' : unable to track b/s0 as it belongs to a tracking chain looping back to b/s1",
    ]);
    expect(await load('check', 'track s0 check')).toEqual(["'server b/s1' : unable to enable checks and tracking at the same time!"]);
  });
});

describe('sections', () => {
  test('a healthcheck section serves any server', async () => {
    const sections = 'healthcheck h\n type httpchk GET /up\n http-check expect status 204\n';
    const { model } = await read({ lines: ['option redis-check'], words: 'check healthcheck h' }, '', sections);
    expect(model?.checkPlans[model.servers[0]!.check!.plan!]).toMatchObject({ type: 'httpchk', request: { uri: '/up' }, rules: [{ kind: 'expect' }] });
    expect((await read({ lines: [], words: 'check healthcheck nope' }, '', sections)).said).toEqual(["unable to find healthcheck section 'nope'"]);
    expect((await read({ lines: [], words: '' }, '', 'healthcheck h\n http-check send\n')).said).toEqual(["healthcheck section 'h' has no 'type'"]);
  });

  test('mailers and e-mail alerts', async () => {
    const alerts = ['email-alert mailers m', 'email-alert from a@b', 'email-alert to c@d', 'email-alert level notice'];
    const { model } = await read({ lines: alerts, words: '' }, '', 'mailers m\n mailer x 127.0.0.1:25\n timeout mail 3s\n');
    expect(model?.mailers).toEqual([{ name: 'm', timeout: 3000, mailers: [{ name: 'x', address: { kind: 'ip', family: 4, address: '127.0.0.1', port: 25 } }] }]);
    expect(model?.proxies[0]?.email).toEqual({ mailers: 0, from: 'a@b', to: 'c@d', hostname: null, level: 5 });
    expect((await read({ lines: alerts.slice(1), words: '' })).model?.proxies[0]?.email).toBeNull();
  });

  test('external checks ask for their permission', async () => {
    const lines = ['option external-check', 'external-check command /bin/true'];
    expect((await read({ lines, words: 'check' }, 'external-check\n insecure-fork-wanted')).said).toEqual([]);
    expect((await read({ lines, words: 'check' }, 'external-check')).said).toEqual([expect.stringContaining("'insecure-fork-wanted' not enabled")]);
    expect((await read({ lines, words: 'check' })).model).toBeNull();
  });

  test('global settings', async () => {
    const { model } = await read({ lines: [], words: '' }, 'spread-checks 5\n max-spread-checks 3s\n tune.max-checks-per-thread 7');
    expect(model?.global).toMatchObject({ spreadChecks: 5, maxSpreadChecks: 3000, maxChecks: 7 });
    expect((await read({ lines: [], words: '' }, 'spread-checks 51')).said).toEqual(["'spread-checks' needs a positive value in range 0..50"]);
  });
});
