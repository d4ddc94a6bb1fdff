import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { haproxyPresent, startHaproxy } from '../../support/haproxy.js';
import { startProxy, temporaryDirectory } from '../../support/proxy.js';
import { reservePort } from '../../support/port.js';
import { ask } from '../../support/runtime_api.js';

/** The same for both, except for addresses. */
const configuration = (directory: string, who: string, port: number): string => `global
  stats socket ${directory}/${who}.sock level admin
  stats socket ${directory}/${who}.user level user
defaults
  mode http
  timeout client 5s
  timeout connect 5s
  timeout server 5s
frontend f
  bind 127.0.0.1:${port}
  http-request track-sc0 src table t1
  http-request set-header x %[path,map_str(${directory}/names.map,none)]
  http-request deny if { src -f ${directory}/bad.acl }
  default_backend b
backend b
  server s1 127.0.0.1:9 disabled
  server s2 127.0.0.1:9 check inter 1h agent-check agent-port 9 agent-inter 1h weight 10 disabled
  server s3 127.0.0.1:9 track s2
backend st
  balance static-rr
  server s1 127.0.0.1:9 weight 5
backend t1
  stick-table type ip size 1k expire 1m store conn_cnt,http_req_rate(10s),gpc0,gpt0
`;

/** Ages, dates and files differ, what newer versions add, and whether an answer's last line ends before the empty one. */
function normal(answer: string, who: string): string {
  return answer
    .replaceAll(`${who}.sock`, 'x.sock').replaceAll(`${who}.user`, 'x.user')
    .replace(/0x[0-9a-f]+/g, '0x')
    .replace(/\[\d+\/\w+\/\d+:[\d:.]+\]/g, '[date]')
    .replace(/^(\d+ \w+ \d+ \w+ \S+ \d \d+ \d+ \d+) \d+ /gm, '$1 AGE ')
    .replace(/\bexp=\d+/g, 'exp=N').replaceAll(' shard=0', '')
    .replace(/file '[^']*\.cfg'/g, "file 'x.cfg'").replace(/^.*httpclient.*\n/gm, '')
    .replace(/\n+$/, '');
}

/** Commands whose answers are the same to the letter; the ones that change things come in an order in which they can. */
const SAME = `
get weight b/s2|set server b/s2 weight 5|get weight b/s2|set weight b/s2 50%|get weight b/s2|set server b/s2 weight 300|set server b/s2 weight x|set server b/s2 weight 5x|set server b/s2 weight
set server st/s1 weight 3|set server st/s1 weight 100%|get weight nope/s1|get weight b/nope|get weight b|get weight
set server b/s2 check-addr|set server b/s2 check-addr foo|set server b/s2 check-addr 127.0.0.2 port|set server b/s2 check-addr 127.0.0.2 port x|set server b/s2 check-addr 127.0.0.2 port 99999
set server b/s2 check-addr 127.0.0.2 port 81|set server b/s2 check-port|set server b/s2 check-port x|set server b/s2 check-port 99999|set server b/s2 check-port 82
set server b/s2 agent|set server b/s2 agent foo|set server b/s1 agent up|set server b/s2 agent-addr|set server b/s2 agent-addr foo.invalid|set server b/s2 agent-addr 127.0.0.3
set server b/s2 agent-port|set server b/s2 agent-port x|set server b/s2 agent-port 17934|set server b/s2 agent-send a|set server b/s1 agent-send x|set server b/s1 agent-addr 127.0.0.1|set server b/s1 agent-port 2
set server b/s1 check-addr 127.0.0.1|set server b/s1 check-port 3|set server b/s1 state|set server b/s1 state foo|set server b/s1 health|set server b/s1 health foo|set server b/s3 health up
set server b/s1 addr|set server b/s1 addr 127.0.0.1|set server b/s1 addr 127.0.0.9 port 10|set server b/s1 fqdn foo|set server b/s1 fqdn|show servers state st
set maxconn server b/s1|set maxconn server b/s1 x|set maxconn server b/s1 5x|set maxconn server b/s1 7|enable agent b/s1|enable health b/s1|disable health b/s1|enable server b/nope|shutdown sessions server b/s1
enable frontend f|enable frontend nope|disable frontend|set maxconn frontend f|set maxconn frontend f 100|show backend|show cli level|show cli sockets
set dynamic-cookie-key backend b|set dynamic-cookie-key backend x y|enable dynamic-cookie backend|enable dynamic-cookie backend b|disable dynamic-cookie backend b
get var|get var foo|get var txn.x|get var proc.none|set var proc.x int(5)|experimental-mode on; set var|experimental-mode on; set var proc.x|experimental-mode on; set var txn.x int(5)
experimental-mode on; set var proc.x int(5); get var proc.x|experimental-mode on; set var proc.y str(hello); get var proc.y|experimental-mode on; set var proc.z bool(true); get var proc.z
experimental-mode on; set var proc.a ipv4(192.0.2.1); get var proc.a|experimental-mode on; set var proc.b fmt a-%[var(proc.x)]; get var proc.b|experimental-mode|expert-mode on; expert-mode
show sess 0x9|shutdown session|shutdown session foo|show errors|show errors nope|show errors b|show peers|show cache|show events nope|show env TSPROXY_NOT_THERE|show tasks
set timeout cli|set severity-output x|set severity-output number; get weight b/nope|set severity-output string; get weight b/nope
show map|show acl|show map #0|show map #99|show acl /nope|get map #0 /a|get map #0|get map|add map #0 /c|add map #0 /c four|get map #0 /c|set map #0 /q five|set map|del map #0 /q|del map #0 /c|del map #0
clear map|clear acl|prepare acl|prepare acl /nope|commit acl @1 /nope|add acl|del acl|del map
show table|show table t1|show table nope|show table t1 data.foo gt 0|show table t1 data.conn_cnt xx 0|show table t1 key 1.1.1.1|show table t1 key
set table t1 key 1.1.1.1 data.gpc0 5|set table t1 key 1.1.1.1 data.gpc0|set table t1 key 1.1.1.1 data.foo 5|set table t1 key 1.1.1.1 data.gpc0 x|show table t1 key 1.1.1.1|show table t1 data.gpc0 gt 4
clear table t1 key 1.1.1.1|clear table t1 key 9.9.9.9|clear table t1|clear table|show table t1
del server b/nope|del server nope/s1|del server b|del server st/s1|add server nope/s1 127.0.0.1|add server b|add server b/s1 127.0.0.1:80|add server b/n1 127.0.0.1:80|del server b/n1
clear counters|clear counters all|user; show cli level; show env|operator; show cli level; clear counters all
`.split(/[|\n]/).filter((line) => line !== '');

(haproxyPresent ? describe : describe.skip)('answers of the runtime API', () => {
  const directory = temporaryDirectory();
  const closers: (() => unknown)[] = [];
  beforeAll(async () => {
    writeFileSync(join(directory.path, 'names.map'), '/a one\n/b two\n');
    writeFileSync(join(directory.path, 'bad.acl'), '10.0.0.0/8\n');
    const ports = [reservePort(), reservePort()];
    const peer = await startHaproxy(configuration(directory.path, 'peer', ports[0]!.port), ports[0]!.port);
    const own = await startProxy(configuration(directory.path, 'own', ports[1]!.port));
    closers.push(() => peer.stop(), () => own.end(), ...ports.map(({ release }) => release));
  });
  afterAll(async () => {
    for (const close of closers) await close();
    directory.remove();
  });

  test.each(SAME)('%s', async (command) => {
    const [theirs, ours] = await Promise.all(['peer', 'own'].map(async (who) => normal(await ask(`${directory.path}/${who}.sock`, command), who)));
    expect(ours).toBe(theirs);
  });

  test.each(['set weight b/s1 5', 'disable server b/s1', 'show cli level', 'show servers state nope', 'clear counters'])('%s, for a user', async (command) => {
    const [theirs, ours] = await Promise.all(['peer', 'own'].map(async (who) => normal(await ask(`${directory.path}/${who}.user`, command), who)));
    expect(ours).toBe(theirs);
  });
});
