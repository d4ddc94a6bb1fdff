import type { Proxy } from '../../config/model.js';
import { LISTEN_CLOSED, LISTEN_OPEN, LISTEN_PAUSED } from '../abi.js';
import { failure, type Answer, type Call, type CommandRow } from './row.js';

type FrontendCall = Call & { readonly frontend: Proxy; readonly words: readonly string[] };

function onFrontend(run: (call: FrontendCall) => Answer | Promise<Answer>): CommandRow['run'] {
  return (call) => {
    const [name, ...words] = call.args;
    if (name === undefined) return failure('A frontend name is expected.');
    const frontend = call.runtime.model.proxies.find((proxy) => proxy.isFrontend && (proxy.name === name || `#${proxy.id}` === name));
    return frontend === undefined ? failure('No such frontend.') : run({ ...call, frontend, words });
  };
}

const RATE_USAGE = `'set rate-limit' only supports :
   - 'connections global' to set the per-process maximum connection rate
   - 'sessions global' to set the per-process maximum session rate
   - 'ssl-sessions global' to set the per-process maximum SSL session rate
   - 'http-compression global' to set the per-process maximum compression speed in kB/s`;

const NUMBER = /^\d+$/;

/** Commands about listeners, limits and sessions (management guide, 9.3). */
export const trafficRows: readonly CommandRow[] = [
  {
    words: 'disable frontend',
    usage: '<frontend>',
    doc: 'temporarily disable specific frontend',
    level: 'admin',
    run: onFrontend(async ({ frontend, runtime: { traffic } }) => {
      const now = traffic.frontend(frontend.index);
      if (now === LISTEN_CLOSED) return failure('Frontend was previously shut down, cannot disable.');
      if (now === LISTEN_PAUSED) return failure('All sockets are already disabled.');
      await traffic.setFrontend(frontend.index, 'paused');
      return '';
    }),
  },
  {
    words: 'enable frontend',
    usage: '<frontend>',
    doc: 're-enable specific frontend',
    level: 'admin',
    run: onFrontend(async ({ frontend, runtime: { traffic } }) => {
      const now = traffic.frontend(frontend.index);
      if (now === LISTEN_CLOSED) return failure('Frontend was previously shut down, cannot enable.');
      if (now === LISTEN_OPEN) return failure('All sockets are already enabled.');
      await traffic.setFrontend(frontend.index, 'open');
      return '';
    }),
  },
  {
    words: 'shutdown frontend',
    usage: '<frontend>',
    doc: 'stop a specific frontend',
    level: 'admin',
    run: onFrontend(async ({ frontend, runtime: { traffic } }) => {
      if (traffic.frontend(frontend.index) === LISTEN_CLOSED) return failure('Frontend was already shut down.');
      await traffic.setFrontend(frontend.index, 'closed');
      return '';
    }),
  },
  {
    words: 'set maxconn frontend',
    usage: '<frontend> <value>',
    doc: "change a frontend's maxconn setting",
    level: 'admin',
    run: onFrontend(({ frontend, words: [value = ''], runtime: { traffic } }) => {
      if (value === '') return failure('Integer value expected.');
      if (!NUMBER.test(value)) return failure('Value out of range.');
      traffic.setFrontendMaxconn(frontend.index, Number(value));
      return '';
    }),
  },
  {
    words: 'set maxconn global',
    usage: '<value>',
    doc: 'change the per-process maxconn setting',
    level: 'admin',
    run({ args: [value = ''], runtime: { traffic, readings } }) {
      if (!NUMBER.test(value)) return failure('Expects an integer value.');
      if (Number(value) > readings.facts.maxconn) return failure(`Value out of range: the process can take ${readings.facts.maxconn} connections.`);
      traffic.setMaxconn(Number(value));
      return '';
    },
  },
  {
    words: 'set rate-limit',
    usage: '<setting> <value>',
    doc: 'change a rate limiting value',
    level: 'admin',
    run({ args: [what, scope, value], runtime: { traffic } }) {
      if ((what !== 'connections' && what !== 'sessions') || scope !== 'global') return failure(RATE_USAGE);
      if (value === undefined || !NUMBER.test(value)) return failure('Integer value expected.');
      traffic.setRateLimit(what, Number(value));
      return '';
    },
  },
  {
    words: 'show backend',
    doc: 'list backends in the current running config',
    level: 'user',
    run: ({ runtime: { model } }) => ['# name\n', ...model.proxies.filter(({ isBackend }) => isBackend).map(({ name }) => `${name}\n`)],
  },
];
