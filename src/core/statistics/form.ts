/** What the form of a statistics page does to servers (HAProxy's page: s=<server>… action=<word> b=<backend>). */
import type { Checks, ServerControl } from '../../backends/index.js';
import type { Model, Proxy } from '../../config/model.js';
import type { TrafficControl } from '../traffic_control.js';

export interface FormParts {
  readonly model: Model;
  readonly control: Pick<ServerControl, 'administer' | 'enable' | 'setHealth'>;
  readonly checks: Pick<Checks, 'enable' | 'setAgent'>;
  readonly traffic: Pick<TrafficControl, 'shutdownSessions'>;
}

/** What became of it: done, nothing to do, an unknown name, some servers not found, not allowed, too long. */
export type FormResult = 'DONE' | 'NONE' | 'ERRP' | 'PART' | 'DENY' | 'EXCD';

interface ActionRow {
  readonly word: string;
  /** For people; actions of old pages have none. */
  readonly title: string | null;
  /** False: the server has nothing of the kind. */
  run(parts: FormParts, server: number): boolean;
}

const row = (word: string, title: string | null, run: ActionRow['run']): ActionRow => ({ word, title, run });
const always = (act: (parts: FormParts, server: number) => unknown): ActionRow['run'] => (parts, server) => {
  act(parts, server);
  return true;
};

export const formActions: readonly ActionRow[] = [
  row('ready', 'Set state to READY', always(({ control }, server) => control.administer(server, 'ready'))),
  row('drain', 'Set state to DRAIN', always(({ control }, server) => control.administer(server, 'drain'))),
  row('maint', 'Set state to MAINT', always(({ control }, server) => control.administer(server, 'maint'))),
  row('dhlth', 'Health: disable checks', ({ checks }, server) => checks.enable(server, 'health', false)),
  row('ehlth', 'Health: enable checks', ({ checks }, server) => checks.enable(server, 'health', true)),
  row('hrunn', 'Health: force UP', ({ control }, server) => control.setHealth(server, 'up') === null),
  row('hnolb', 'Health: force NOLB', ({ control }, server) => control.setHealth(server, 'stopping') === null),
  row('hdown', 'Health: force DOWN', ({ control }, server) => control.setHealth(server, 'down') === null),
  row('dagent', 'Agent: disable checks', ({ checks }, server) => checks.enable(server, 'agent', false)),
  row('eagent', 'Agent: enable checks', ({ checks }, server) => checks.enable(server, 'agent', true)),
  row('arunn', 'Agent: force UP', ({ checks }, server) => checks.setAgent(server, true)),
  row('adown', 'Agent: force DOWN', ({ checks }, server) => checks.setAgent(server, false)),
  row('shutdown', 'Kill Sessions', always(({ traffic }, server) => traffic.shutdownSessions({ of: 'server', index: server }))),
  row('enable', null, always(({ control }, server) => control.enable(server, true))),
  row('disable', null, always(({ control }, server) => control.enable(server, false))),
];

/** The backend that a form names: by its name, or `#` and its number. */
function backendOf({ proxies }: Model, name: string): Proxy | undefined {
  return proxies.find((proxy) => proxy.isBackend && (proxy.name === name || `#${proxy.id}` === name));
}

/** Does what a form says; `scope`: proxies that may be changed, empty = all. */
export function applyForm(parts: FormParts, form: string, scope: readonly string[]): FormResult {
  const fields = new URLSearchParams(form);
  const word = fields.get('action') ?? '';
  const backend = fields.get('b') ?? '';
  const names = fields.getAll('s');
  const action = formActions.find((one) => one.word === word);
  const proxy = backendOf(parts.model, backend);
  if ((word !== '' && action === undefined) || (backend !== '' && proxy === undefined)) return 'ERRP';
  if (action === undefined || proxy === undefined || names.length === 0) return 'NONE';
  if (scope.length > 0 && !scope.includes(proxy.name)) return 'DENY';
  const { servers } = parts.model;
  const found = names.flatMap((name) => proxy.servers.find((index) => servers[index]!.name === name) ?? []);
  if (found.length === 0) return 'ERRP';
  const changed = found.filter((server) => action.run(parts, server)).length;
  return changed === 0 ? 'NONE' : changed === names.length ? 'DONE' : 'PART';
}
