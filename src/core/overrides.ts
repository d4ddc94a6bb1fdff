import type { Model } from '../config/model.js';
import type { CommandLine } from './cli.js';

/** The Model with what the command line says instead: it has precedence over the files. */
export function override(model: Model, cli: CommandLine): Model {
  const { proxyMaxconn } = cli;
  const global = {
    ...model.global,
    maxconn: cli.maxconn ?? model.global.maxconn,
    splice: model.global.splice && cli.splice,
    pidfile: cli.pidfile ?? model.global.pidfile,
    daemon: (model.global.daemon || cli.daemon) && !cli.foreground,
  };
  if (proxyMaxconn === null) return { ...model, global };
  const proxies = model.proxies.map((proxy) => (proxy.isFrontend && proxy.maxconn === 0 ? { ...proxy, maxconn: proxyMaxconn } : proxy));
  return { ...model, global, proxies };
}
