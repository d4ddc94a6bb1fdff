/** Words of server lines about health beyond the plain check: agents, tracking, observation, what follows a change. */
import type { HealthSettings } from '../../check_draft.js';
import type { InitState, Observe } from '../../check_rules.js';
import type { Walk } from '../../walk.js';
import { parseHost, parseTarget } from '../address.js';
import { checkProtocol } from '../check/connect.js';
import { flag } from '../make.js';
import type { KeywordRow } from '../row.js';
import { INT_MAX } from '../../walk.js';
import type { ServerTarget } from './target.js';

type Row = KeywordRow<ServerTarget>;

const set = ({ settings }: ServerTarget, change: Partial<HealthSettings>): void => {
  settings.health = { ...settings.health, ...change };
};

const bool = (name: string, doc: string, change: Partial<HealthSettings>): Row => flag(name, doc, (target: ServerTarget) => set(target, change));

/** One word out of a list, with HAProxy's sentence. */
function choice<V extends string>(name: string, values: readonly V[], doc: string, change: (value: V, walk: Walk) => Partial<HealthSettings> | undefined): Row {
  const list = values.map((value) => `'${value}'`).join(', ');
  return {
    name, args: [{ name: 'mode', type: 'enum', values }], support: 'yes', doc,
    parse(walk, target) {
      const word = walk.next();
      const value = values.find((known) => known === word?.text);
      const found = value === undefined ? walk.error(word ?? walk.keywordSpan, `'${name}' expects one of ${list} but got '${word?.text ?? ''}'`) : change(value, walk);
      if (found !== undefined) set(target, found);
    },
  };
}

function reference(name: 'track' | 'healthcheck', arg: string, doc: string): Row {
  return {
    name, args: [{ name: arg, type: 'text' }], support: 'yes', doc,
    ...(name === 'track' ? { usage: '[<backend>/]<server>' } : {}),
    parse(walk, target) {
      const word = walk.need(name === 'track' ? '[<proxy>/]<server> as argument' : 'the name of a section');
      if (word !== undefined) set(target, { [name]: { name: word.text, span: word.span } });
    },
  };
}

const agentRows: readonly Row[] = [
  bool('agent-check', 'Asks an agent beside the server how it is doing.', { agent: true }),
  bool('no-agent-check', 'Takes back agent-check of a default-server line.', { agent: false }),
  {
    name: 'agent-port', args: [{ name: 'port', type: 'int', min: 1, max: 65535 }], support: 'yes', doc: 'Port of the agent.',
    parse(walk, target) {
      const agentPort = walk.int('a port number', 1, 65535);
      if (agentPort !== undefined) set(target, { agentPort });
    },
  },
  {
    name: 'agent-inter', args: [{ name: 'delay', type: 'time' }], support: 'yes', doc: 'Time between two questions to the agent; 2s unless set.',
    parse(walk, target) {
      const word = walk.need('a delay');
      const agentInter = word === undefined ? undefined : walk.timeOf(word);
      if (agentInter === 0) walk.error(word!, "invalid value 0 for argument 'agent-inter'", 'Write a time above 0.');
      else if (agentInter !== undefined) set(target, { agentInter });
    },
  },
  {
    name: 'agent-addr', args: [{ name: 'address', type: 'text' }], support: 'yes', doc: "Address of the agent; the server's unless set.",
    parse(walk, target) {
      const word = walk.need('an address');
      const address = word === undefined ? undefined : parseHost(walk, word);
      if (word !== undefined && address !== undefined) set(target, { agentAddress: { address, span: word.span } });
    },
  },
  {
    name: 'agent-send', args: [{ name: 'text', type: 'text' }], support: 'yes', doc: 'Text for the agent, sent as soon as it is connected.',
    parse(walk, target) {
      const word = walk.need('a string');
      if (word !== undefined) set(target, { agentSend: word.text });
    },
  },
];

const INIT_STATES: readonly (InitState | 'none')[] = ['fully-up', 'up', 'down', 'fully-down', 'none'];
const ON_ERROR: readonly Observe['onError'][] = ['fastinter', 'fail-check', 'sudden-death', 'mark-down'];

export const healthRows: readonly Row[] = [
  ...agentRows,
  bool('check-send-proxy', 'Starts the connections of checks with a PROXY protocol header.', { sendProxy: true }),
  bool('no-check-send-proxy', 'Takes back check-send-proxy of a default-server line.', { sendProxy: false }),
  bool('check-via-socks4', 'Checks go through the socks4 proxy of the server.', { viaSocks4: true }),
  {
    name: 'check-proto', args: [{ name: 'name', type: 'enum', values: ['h1', 'none'] }], support: 'yes', doc: 'Protocol of the connections of checks.',
    parse(walk, target) {
      const word = walk.need('a protocol');
      if (word !== undefined && checkProtocol(walk, word) !== undefined) set(target, { proto: { name: word.text, span: word.span } });
    },
  },
  reference('healthcheck', 'section', 'The healthcheck section that says how to check the server.'),
  reference('track', 'server', 'The state of another server is the state of this one.'),
  {
    name: 'socks4', args: [{ name: 'address', type: 'text' }], usage: '<address>:<port>', support: 'yes', doc: 'Connects to the server through a SOCKS4 proxy.',
    parse(walk, target) {
      const word = walk.need('<addr>:<port> as argument');
      const address = word === undefined ? undefined : parseTarget(walk, word);
      if (word !== undefined && address !== undefined) set(target, { socks4: { address, span: word.span } });
    },
  },
  choice('observe', ['none', 'layer4', 'layer7'], 'What traffic says of the server counts as checks do.', (mode, walk) => {
    if (mode === 'none') return { observe: null };
    if (mode === 'layer7' && walk.mode !== 'http') return walk.error(walk.last, "'layer7' can only be used in http proxies", "Write 'layer4', or add 'mode http'.");
    const last = walk.last;
    return { observe: { layer: mode === 'layer4' ? 4 : 7, span: 'text' in last ? last.span : last } };
  }),
  {
    name: 'error-limit', args: [{ name: 'count', type: 'int', min: 1, max: INT_MAX }], support: 'yes', doc: 'Errors in a row that observe takes for too many; 10 unless set.',
    parse(walk, target) {
      const word = walk.need('an integer argument');
      if (word === undefined) return;
      if (/^[0-9]+$/.test(word.text) && Number(word.text) > 0) set(target, { errorLimit: Math.min(Number(word.text), INT_MAX) });
      else walk.error(word, 'error-limit has to be > 0');
    },
  },
  choice('on-error', ON_ERROR, 'What follows too many errors that observe has seen; fail-check unless set.', (onError) => ({ onError })),
  choice('on-marked-down', ['shutdown-sessions'], 'What happens to the sessions of a server that goes down.', () => ({ shutdownOnDown: true })),
  choice('on-marked-up', ['shutdown-backup-sessions'], 'What happens to the sessions of backup servers when this server comes up.', () => ({ shutdownBackups: true })),
  choice('init-state', INIT_STATES, 'State of the server before its first check; up unless set.', (state) => ({ initState: state === 'none' ? null : state })),
];
