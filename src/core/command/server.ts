import { formatIp, parseIp } from '../ip.js';
import { failure, notice, warning, type Answer, type Call, type CommandRow } from './row.js';

type ServerCall = Call & { readonly server: number; readonly words: readonly string[] };

/** Runs with the server that the first argument names; the words behind it are `words`. */
export function onServer(run: (call: ServerCall) => Answer | Promise<Answer>): CommandRow['run'] {
  return (call) => {
    const [path = '', ...words] = call.args;
    const server = call.runtime.control.find(path);
    return typeof server === 'string' ? failure(server) : run({ ...call, server, words });
  };
}

/** null: done, nothing to say. */
const done = (problem: string | null): Answer => (problem === null ? '' : failure(problem));

const STATES = ['ready', 'drain', 'maint'] as const;
const HEALTHS = ['up', 'stopping', 'down'] as const;
const within = <T extends string>(words: readonly T[], word: string | undefined): T | undefined => words.find((one) => one === word);

function setAddr({ runtime: { control }, server, words }: ServerCall): Answer {
  const [ip, keyword, port] = words;
  if (ip === undefined || (keyword !== undefined && keyword !== 'port')) return failure('set server <b>/<s> addr requires an address and optionally a port.');
  return warning(control.setAddr(server, ip, keyword === undefined ? null : (port ?? '')));
}

function setHealth({ runtime: { control }, server, words }: ServerCall): Answer {
  const to = within(HEALTHS, words[0]);
  return to === undefined ? failure("'set server <srv> health' expects 'up', 'stopping', or 'down'.") : done(control.setHealth(server, to));
}

function setState({ runtime: { control }, server, words }: ServerCall): Answer {
  const to = within(STATES, words[0]);
  return to === undefined ? failure("'set server <srv> state' expects 'ready', 'drain' and 'maint'.") : done(control.administer(server, to));
}

function setFqdn({ runtime: { control }, server, words: [name] }: ServerCall): Answer {
  return name === undefined ? failure('set server <b>/<s> fqdn requires a FQDN.') : warning(control.setFqdn(server, name));
}

const PORT_MOST = 65535;
const ABSENT = { health: 'health checks are not enabled on this server', agent: 'agent checks are not enabled on this server' } as const;

/** A port, or what is wrong with it. */
function portOf(text: string): number | string {
  if (!/^\d+$/.test(text)) return 'provided port is not an integer';
  return Number(text) > PORT_MOST ? 'provided port is invalid' : Number(text);
}

/** `check-addr` and `agent-addr`. */
const setCheckAddr = (which: 'health' | 'agent', word: string) => ({ runtime: { checks }, server, words: [ip, keyword, portText = ''] }: ServerCall): Answer => {
  if (checks[which](server) === null) return failure(ABSENT[which]);
  if (ip === undefined || (keyword !== undefined && keyword !== 'port')) return failure(`set server <b>/<s> ${word} requires an address and optionally a port.`);
  const address = parseIp(ip);
  if (address === undefined) return failure(`invalid addr '${ip}'`);
  const port = keyword === undefined ? null : portOf(portText);
  if (typeof port === 'string') return failure(port);
  checks.redirect(server, which, { address: { kind: 'ip', family: address.family, address: formatIp(address), port: 0 }, ...(port === null ? {} : { port }) });
  return '';
};

/** `check-port` and `agent-port`. */
const setCheckPort = (which: 'health' | 'agent', word: string) => ({ runtime: { checks }, server, words: [text] }: ServerCall): Answer => {
  if (checks[which](server) === null) return failure(ABSENT[which]);
  if (text === undefined) return failure(`set server <b>/<s> ${word} requires a port.`);
  const port = portOf(text);
  if (typeof port === 'string') return failure(port);
  checks.redirect(server, which, { port });
  return '';
};

function setAgent({ runtime: { checks }, server, words }: ServerCall): Answer {
  const to = within(['up', 'down'], words[0]);
  if (checks.agent(server) === null) return failure(`${ABSENT.agent}.`);
  if (to === undefined) return failure("'set server <srv> agent' expects 'up' or 'down'.");
  checks.setAgent(server, to === 'up');
  return '';
}

function setAgentSend({ runtime: { checks }, server, words: [send = ''] }: ServerCall): Answer {
  return checks.redirect(server, 'agent', { send }) ? '' : failure(`${ABSENT.agent}.`);
}

async function setName({ runtime: { servers }, server, words: [name = ''] }: ServerCall): Promise<Answer> {
  if (name === '') return failure('set server <b>/<s> name requires a new name.');
  const problem = await servers.rename(server, name);
  return problem === null ? notice('Server name updated.') : failure(problem);
}

/** What `set server` can set, by its word. */
const SETTINGS: Readonly<Record<string, (call: ServerCall) => Answer | Promise<Answer>>> = {
  addr: setAddr,
  agent: setAgent,
  'agent-addr': setCheckAddr('agent', 'agent-addr'),
  'agent-port': setCheckPort('agent', 'agent-port'),
  'agent-send': setAgentSend,
  'check-addr': setCheckAddr('health', 'check-addr'),
  'check-port': setCheckPort('health', 'check-port'),
  fqdn: setFqdn,
  health: setHealth,
  name: setName,
  ssl: () => failure("'set server <srv> ssl' cannot be set.  default-server should define ssl settings"),
  state: setState,
  weight: ({ runtime: { control }, server, words: [text = ''] }) => done(control.setWeight(server, text)),
};

const USAGE = `usage: set server <backend>/<server> ${Object.keys(SETTINGS).join(' | ')}`;

/** Switches checks of one kind. */
const check = (on: boolean, which: 'health' | 'agent'): CommandRow => ({
  words: `${on ? 'enable' : 'disable'} ${which}`,
  usage: '<bk>/<srv>',
  doc: `${on ? 'enable' : 'disable'} ${which} checks`,
  level: 'admin',
  run: onServer(({ runtime: { checks }, server }) => {
    if (checks.enable(server, which, on) || !on) return '';
    return failure(which === 'agent' ? 'Agent was not configured on this server, cannot enable.' : 'Health check was not configured on this server, cannot enable.');
  }),
});

/** Commands about one server (management guide, 9.3). */
export const serverRows: readonly CommandRow[] = [
  {
    words: 'set server',
    usage: '<bk>/<srv> [opts]',
    doc: "change a server's state, weight, address or ssl",
    level: 'admin',
    run: onServer((call) => {
      const [what = '', ...words] = call.words;
      const set = Object.hasOwn(SETTINGS, what) ? SETTINGS[what] : undefined;
      return set === undefined ? failure(USAGE) : set({ ...call, words });
    }),
  },
  {
    words: 'get weight',
    usage: '<bk>/<srv>',
    doc: "report a server's current weight",
    level: 'user',
    run: onServer(({ runtime: { control }, server }) => `${control.weightText(server)}\n`),
  },
  {
    words: 'set weight',
    usage: '<bk>/<srv>  (DEPRECATED)',
    doc: "change a server's weight (use 'set server' instead)",
    level: 'admin',
    run: onServer(({ runtime: { control }, server, words: [text = ''] }) => done(control.setWeight(server, text))),
  },
  {
    words: 'set maxconn server',
    usage: '<bk>/<srv>',
    doc: "change a server's maxconn setting",
    level: 'admin',
    run: onServer(({ runtime: { control }, server, words: [text = ''] }) => done(control.setMaxconn(server, text))),
  },
  {
    words: 'enable server',
    usage: '(DEPRECATED)',
    doc: "enable a disabled server (use 'set server' instead)",
    level: 'admin',
    run: onServer(({ runtime: { control }, server }) => done(control.enable(server, true))),
  },
  {
    words: 'disable server',
    usage: '(DEPRECATED)',
    doc: "disable a server for maintenance (use 'set server' instead)",
    level: 'admin',
    run: onServer(({ runtime: { control }, server }) => done(control.enable(server, false))),
  },
  check(true, 'health'), check(false, 'health'), check(true, 'agent'), check(false, 'agent'),
  {
    words: 'shutdown sessions server',
    usage: '<bk>/<srv>',
    doc: 'kill sessions on a server',
    level: 'admin',
    run: onServer(({ runtime: { traffic }, server }) => {
      traffic.shutdownSessions({ of: 'server', index: server });
      return '';
    }),
  },
];
