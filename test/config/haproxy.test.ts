import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import type { Diagnostic } from '../../src/config/diagnostic.js';
import { loadText } from '../../src/config/load.js';
import { parseFile } from '../../src/config/parser.js';
import { Environment } from '../../src/config/variables.js';

/** The same text through the `haproxy` of this machine, where there is one. */
const folder = mkdtempSync(join(tmpdir(), 'tsproxy-'));
const file = join(folder, 'a.cfg');
afterAll(() => rmSync(folder, { recursive: true }));
const present = spawnSync('haproxy', ['-v']).status === 0;
/** Without a haproxy there is nothing to compare with, and one test that says so. */
const withHaproxy = present ? describe : (name: string): void => test(`${name} (no haproxy here)`, () => expect(present).toBe(false));

function haproxy(text: string, env: Record<string, string> = {}): { valid: boolean; messages: string } {
  writeFileSync(file, text, 'latin1');
  const { status, stderr } = spawnSync('haproxy', ['-c', '-f', file], { env: { PATH: process.env['PATH'] ?? '', ...env }, encoding: 'latin1' });
  return { valid: status === 0, messages: stderr };
}

function ours(text: string, variables: Record<string, string> = {}): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  parseFile({ index: 0, name: file, text }, { report: (diagnostic) => void diagnostics.push(diagnostic) }, new Environment(Object.entries(variables)));
  return diagnostics;
}

withHaproxy('words', () => {
  const variables = { A: 'x y', E: '', Q: `it's "\\n` };
  const pieces = ['a', 'B', '\\n', '\\t', '\\\\', '\\"', "\\'", '\\ ', '\\#', '\\$', '\\x41', '\\q', '"b c"', "'d \\e'", '"f\\"g"', '"$A"', '"${A}h"', '"$E"', '"${Q}"', "'$A'", '$A', '"#"', '\\.', '%', '(', '"${U}"'];

  test('mean the same, whatever quotes, escapes and variables they are made of', () => {
    let seed = 7;
    const pick = (limit: number): number => (seed = (seed * 1103515245 + 12345) % 2147483648) % limit;
    const words = Array.from({ length: 400 }, () => Array.from({ length: 1 + pick(6) }, () => pieces[pick(pieces.length)]).join(''));
    const text = `${words.map((word) => `.notice ${word}`).join('\n')}\n`;
    const theirs = haproxy(text, variables).messages.split(/^\[NOTICE\] +\(\d+\) : config : parsing \[[^\]]*\]: /m).slice(1);
    const said = ours(text, variables).map(({ summary }) => summary);
    expect(said).toHaveLength(words.length);
    expect(theirs.map((message) => message.replace(/\.\n(?:Configuration file has no error[^]*)?$/, ''))).toEqual(said);
  });

  test.each(['"a', "'a", 'a\\x4', 'a\\xZZ', '"$"', '"${A"', '"$1"', 'a\0b', 'a b', '"${A[*]}"'])('%j is refused by both', (word) => {
    const text = `.notice ${word}\n`;
    expect(haproxy(text, variables).valid).toBe(false);
    expect(haproxy(text, variables).messages).toContain('[ALERT]');
    expect(ours(text, variables).map(({ severity }) => severity)).toContain('alert');
  });
});

withHaproxy('conditions', () => {
  test.each([
    '0', '1', '', '!1', '! 0', '1 && 0 || 1', '1 || 0 && 0', '(1||0)&&!0', '!(0||0)&&1', 'streq(a,a)', 'streq(a, a)', 'strneq(a,b)', 'streq("$A",x y)', 'defined(A)',
    'defined(U)', 'feature(THREAD)', 'version_atleast(2.4-dev19)', 'version_before(2.4)', 'foo', '1 0', '1 &&', '(1', '1)', 'streq(a)', 'streq(a,b,c)', '01x', '-1', '1 | 1',
  ])('%s', (condition) => {
    const text = `.if ${condition}\n.notice taken\n.endif\n`;
    const { messages } = haproxy(text, { A: 'x y' });
    const theirs = /unparsable|expected|unexpected|missing/.test(messages) ? 'error' : messages.includes("'taken'") ? 'taken' : 'skipped';
    const diagnostics = ours(text, { A: 'x y' });
    const said = diagnostics.some(({ severity }) => severity === 'alert') ? 'error' : diagnostics.length > 0 ? 'taken' : 'skipped';
    expect(said).toBe(theirs);
  });
});

withHaproxy('lines of a frontend are valid for both or for none', () => {
  const header = 'defaults\n mode http\n timeout client 1s\n timeout server 1s\n timeout connect 1s\nfrontend f\n bind 127.0.0.1:8080\n default_backend be\n';
  const footer = 'backend be\n server s 127.0.0.1:1\n';

  test.each([
    'acl a path_beg -i /a /b', 'acl a path -m foo x', 'acl a src 10.0.0.0/8 ::1 127.1', 'acl a src 10.0.0.0/33', 'acl a src -n foo', 'acl a src_port 1:5 gt 7', 'acl a src_port 5:1',
    'acl a src_port :', 'acl a path -m bin 4', 'acl a path -z x', 'acl a path -i -- -z', 'acl a!b path x', 'acl a path_foo x', 'acl a hdr_beg(host) -m end x', 'acl a path_reg ^/(a|b)$',
    'acl a path_reg a(', 'acl a src_port -m len 1', 'acl a src -m str 1', 'acl a path -u x y', 'acl a path -f /nonexistent', 'acl a method GET',
    'http-request deny if TRUE', 'http-request deny if ! TRUE', 'http-request deny if !{ path a }', 'http-request deny if { path a', 'http-request deny if { }', 'http-request deny if {path a }',
    'http-request deny if TRUE && TRUE', 'http-request deny if TRUE || FALSE METH_GET', 'http-request deny if TRUE or', 'http-request deny if foo', 'http-request deny unless LOCALHOST !!TRUE',
    'http-request set-header X "%[src]"', 'http-request set-header X "%[src"', 'http-request set-header X "%[src ]"', 'http-request set-header X "100%"', 'http-request set-header X "100%%"',
    'http-request set-header X "%foo"', 'http-request set-header X "%ci:%cp"', 'http-request set-header X "%[req.hdr(host),lower,length]"', 'http-request set-header X "%[req.hdr(host),lowr]"',
    'http-request set-header X "%[path,field(1)]"', 'http-request set-header X "%[path,field(x,.)]"', 'http-request set-header X "%[path,field(1,.,2,3)]"', 'http-request set-header X "%[src(x)]"',
    'http-request set-header X "%[nbsrv(be)]"', 'http-request set-header X "%[nbsrv(nope)]"', 'http-request set-header X "%[str(a)b]"', `http-request set-header X '%[str("a)")]'`,
    'http-request set-header X "%{+Q}[src]"', 'http-request set-header X "%{+Q"', 'http-request set-header X "%[int()]"', 'http-request set-header X "%[req.hdr(host),]"',
    'timeout http-request 5x', 'timeout http-request 5s', 'timeout http-request 25d', 'timeout http-request 24d',
  ])('%s', async (line) => {
    const text = `${header} ${line}\n${footer}`;
    const { model, diagnostics } = await loadText(text, { env: {}, lookup: async () => null });
    const alerts = diagnostics.filter(({ severity }) => severity === 'alert').map(({ summary }) => summary);
    expect({ valid: model !== null, alerts: alerts.length > 0 }).toEqual({ valid: haproxy(text).valid, alerts: !haproxy(text).valid });
  });
});
