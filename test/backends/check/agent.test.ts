import { afterEach, describe, expect, test } from '@jest/globals';
import { parseAgentReply } from '../../../src/backends/check/agent.js';
import { L7_OK, L7_STATUS } from '../../../src/backends/check/status.js';
import { ADMIN_FORCED_MAINT, SRV_DOWN, SRV_DRAIN, SRV_MAINT, SRV_UP, SS_ADMIN, SS_MAXCONN, SS_STATE, SS_USER_WEIGHT } from '../../../src/core/abi.js';
import { housekeeping, stage, strike, until, type Play } from './dialogue.js';

afterEach(strike);

const NOTHING = { health: null, info: '', admin: null, weight: null, maxconn: null, unknown: null };

describe('parseAgentReply', () => {
  test.each([
    ['up\n', { health: L7_OK, info: 'via agent : up' }],
    ['UP\r\n', { health: L7_OK, info: 'via agent : up' }],
    ['down\n', { health: L7_STATUS, info: 'via agent : down' }],
    ['fail # hey\n', { health: L7_STATUS, info: 'via agent : fail (hey)' }],
    ['stopped#a # b\n', { health: L7_STATUS, info: 'via agent : stopped (a # b)' }],
    ['75%\n', { weight: '75%' }],
    ['weight:5\n', { weight: '5' }],
    ['weight:50%\n', { weight: '50%' }],
    ['weight:300\n', { unknown: 'weight:300' }],
    ['5\n', { unknown: '5' }],
    ['maxconn:30\n', { maxconn: 30 }],
    ['maxconn:x\n', { unknown: 'maxconn:x' }],
    ['ready up,100%\tmaxconn:0\n', { admin: 'ready', health: L7_OK, info: 'via agent : up', weight: '100%', maxconn: 0 }],
    ['drain\n', { admin: 'drain' }],
    ['maint\nup\n', { admin: 'maint' }],
    ['foo up bar\n', { unknown: 'foo', health: L7_OK, info: 'via agent : up' }],
    ['\n', {}],
  ])('%j', (text, found) => expect(parseAgentReply(text)).toEqual({ ...NOTHING, ...found }));

  test('a line without its end is none', () => {
    for (const text of ['', 'up', 'drain up']) expect(parseAgentReply(text)).toBeNull();
  });
});

describe('a server with an agent', () => {
  test('each word does what the manual says, and the lines are HAProxy\'s', async () => {
    let word = 'up\n';
    const play: Play = async (peer) => {
      await peer.read();
      peer.write(word);
      peer.close();
    };
    const agent = await stage(play);
    const { said, cell, checks } = await housekeeping([
      'defaults', ' timeout connect 1s', ' timeout server 1s', 'backend ag',
      ` server s1 127.0.0.1:1 agent-check agent-port ${agent.port} agent-inter 20ms agent-send "hello\\n" weight 10`, '',
    ].join('\n'));
    const says = async (text: string, holds: () => boolean): Promise<string[]> => {
      said.length = 0;
      word = text;
      await until(holds);
      return said.splice(0).map((line) => line.replace(/duration: [0-9]+ms/, 'duration: Nms'));
    };
    const state = (): number => cell(0, SS_STATE);
    const left = '0 active and 0 backup servers left. 0 sessions active, 0 requeued, 0 remaining in queue.';
    const none = "backend 'ag' has no server available!";
    await until(() => checks.agent(0)?.status === L7_OK);
    expect(agent.seen[0]?.toString()).toBe('hello\n');
    expect(said).toEqual([]);
    expect(await says('50%\n', () => cell(0, SS_USER_WEIGHT) === 5)).toEqual([]);
    expect(await says('300%\n', () => cell(0, SS_USER_WEIGHT) === 30)).toEqual([]);
    expect(await says('weight:7\n', () => cell(0, SS_USER_WEIGHT) === 7)).toEqual([]);
    expect(await says('maxconn:30\n', () => cell(0, SS_MAXCONN) === 30)).toEqual([]);
    expect(await says('drain\n', () => state() === SRV_DRAIN)).toEqual(['Server ag/s1 enters drain state. 0 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.', none]);
    expect(await says('ready\n', () => state() === SRV_UP)).toEqual(['Server ag/s1 is UP (leaving forced drain).']);
    expect(await says('maint\n', () => state() === SRV_MAINT)).toEqual([`Server ag/s1 is going DOWN for maintenance. ${left}`, none]);
    expect(cell(0, SS_ADMIN)).toBe(ADMIN_FORCED_MAINT);
    expect(await says('ready\n', () => state() === SRV_UP)).toEqual(['Server ag/s1 is UP/READY (leaving forced maintenance).']);
    expect(await says('stopped\n', () => state() === SRV_DOWN)).toEqual([`Server ag/s1 is DOWN, reason: Layer7 wrong status, code: 0, info: "via agent : stopped", check duration: Nms. ${left}`, none]);
    expect(checks.agent(0)).toMatchObject({ status: L7_STATUS, info: 'via agent : stopped', health: 0 });
    expect(await says('up 100%\n', () => state() === SRV_UP)).toEqual([
      'Server ag/s1 is UP, reason: Layer7 check passed, code: 0, info: "via agent : up", check duration: Nms. 1 active and 0 backup servers online. 0 sessions requeued, 0 total in queue.',
    ]);
    expect(await says('up 0%\n', () => cell(0, SS_USER_WEIGHT) === 0)).toEqual([none]);
    checks.stop();
    await agent.close();
  });

  test('what makes no sense changes nothing, and an agent that is away neither', async () => {
    const agent = await stage((peer) => {
      peer.write('foo\n');
      peer.close();
    });
    const { said, cell, checks } = await housekeeping([
      'defaults', ' timeout connect 1s', ' timeout server 1s', 'backend ag',
      ` server s1 127.0.0.1:1 agent-check agent-port ${agent.port} agent-inter 10ms`, ' server s2 127.0.0.1:1 agent-check agent-port 1 agent-inter 10ms', '',
    ].join('\n'));
    await until(() => checks.agent(0)?.status.name === 'CHECKED' && checks.agent(1)?.status.name === 'L4CON');
    expect([cell(0, SS_STATE), cell(1, SS_STATE), said, checks.agent(0)?.info]).toEqual([SRV_UP, SRV_UP, [], 'agent reports an error : foo']);
    checks.stop();
    await agent.close();
  });
});
