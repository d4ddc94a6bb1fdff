import { CB_SESSIONS, CF_REQUESTS, CF_SESSIONS, CS_SESSIONS, CW_BUSY_NS } from '../abi.js';
import { backendCounter, frontendCounter, serverCounter } from '../cells.js';
import type { ArgRow, CompileEnv, FetchRow } from '../row.js';
import { Meter, meterOf } from './meter.js';
import { proxyOf } from './proxy.js';

function ofProxy(name: string, side: 'frontend' | 'backend', doc: string, counter: (proxy: number) => number): FetchRow {
  const arg: ArgRow = { name: side, type: side, optional: true };
  return {
    name, args: [arg], out: 'int', needs: 'nothing', doc,
    compile(args, env) {
      const proxy = proxyOf(args[0], side);
      // A meter must run before it is read: a session's own proxy may be any.
      const measured = typeof args[0] === 'number' ? [args[0]] : env.model.proxies.map((each) => each.index);
      for (const index of measured) meterOf(env, counter(index));
      return (tx) => meterOf(env, counter(proxy(tx))).read();
    },
  };
}

/** Per cent of the last second that workers were busy, from their counters of busy nanoseconds. */
function usage(name: string, doc: string, busy: (env: CompileEnv) => { readonly total: () => number; readonly workers: number }): FetchRow {
  return {
    name, args: [], out: 'int', needs: 'nothing', doc,
    compile(_args, env) {
      const { total, workers } = busy(env);
      const meter = new Meter(total, () => performance.now());
      setInterval(() => meter.tick(), 1000).unref();
      return () => Math.min(100, Math.round(meter.read() / (workers * 1e7)));
    },
  };
}

const allWorkers = (env: CompileEnv): { total: () => number; workers: number } =>
  ({ total: () => env.counters.total(CW_BUSY_NS), workers: env.counters.workers });

export const rateFetches: readonly FetchRow[] = [
  ofProxy('fe_sess_rate', 'frontend', 'sessions of the frontend in the last second', (proxy) => frontendCounter(proxy, CF_SESSIONS)),
  ofProxy('fe_req_rate', 'frontend', 'HTTP requests to the frontend in the last second', (proxy) => frontendCounter(proxy, CF_REQUESTS)),
  ofProxy('be_sess_rate', 'backend', 'sessions of the backend in the last second', (proxy) => backendCounter(proxy, CB_SESSIONS)),
  {
    name: 'srv_sess_rate', args: [{ name: 'server', type: 'server' }], out: 'int', needs: 'nothing', doc: 'sessions of the server in the last second',
    compile(args, env) {
      const meter = meterOf(env, serverCounter(env.model.proxies.length, Number(args[0]), CS_SESSIONS));
      return () => meter.read();
    },
  },
  usage('cpu_usage_thr', 'per cent of the last second that this worker was busy', (env) => ({ total: () => env.counters.own(CW_BUSY_NS), workers: 1 })),
  usage('cpu_usage_grp', 'per cent of the last second that the workers were busy', allWorkers),
  usage('cpu_usage_proc', 'per cent of the last second that the workers were busy', allWorkers),
];
