import type { Proxy } from '../../config/model.js';
import { failure, information, type Answer, type Call, type CommandRow } from './row.js';

type BackendCall = Call & { readonly backend: Proxy; readonly words: readonly string[] };

/** Runs with the backend that the first argument names. */
function onBackend(run: (call: BackendCall) => Answer | Promise<Answer>): CommandRow['run'] {
  return (call) => {
    const [name, ...words] = call.args;
    if (name === undefined) return failure('A backend name is expected.');
    const backend = call.runtime.model.proxies.find((proxy) => proxy.isBackend && (proxy.name === name || `#${proxy.id}` === name));
    return backend === undefined ? failure('No such backend.') : run({ ...call, backend, words });
  };
}

const publish = (on: boolean) => ({ backend, runtime: { backends } }: BackendCall): Answer => {
  if (backend.disabled) return failure('No effect on a disabled backend.');
  backends.publish(backend.index, on);
  return information(on ? 'Backend published.' : 'Backend unpublished.');
};

async function deleteBackend({ backend, runtime: { backends } }: BackendCall): Promise<Answer> {
  const problem = await backends.delete(backend.index);
  return problem === null ? information('Backend deleted.') : failure(problem);
}

const dynamicCookie = (dynamic: boolean) => async ({ backend, runtime: { backends } }: BackendCall): Promise<Answer> => {
  await backends.setDynamicCookie(backend.index, { dynamic });
  return '';
};

async function setCookieKey({ backend, words: [key], runtime: { backends } }: BackendCall): Promise<Answer> {
  if (key === undefined) return failure('String value expected.');
  await backends.setDynamicCookie(backend.index, { key });
  return '';
}

/** Backends as a whole (management guide, 9.3). */
export const backendRows: readonly CommandRow[] = [
  { words: 'publish backend', usage: '<backend>', doc: 'mark backend as ready for traffic', level: 'operator', run: onBackend(publish(true)) },
  { words: 'unpublish backend', usage: '<backend>', doc: 'remove backend from traffic selection', level: 'operator', run: onBackend(publish(false)) },
  { words: 'enable dynamic-cookie backend', usage: '<bk>', doc: 'enable dynamic cookies on a specific backend', level: 'admin', run: onBackend(dynamicCookie(true)) },
  { words: 'disable dynamic-cookie backend', usage: '<bk>', doc: 'disable dynamic cookies on a specific backend', level: 'admin', run: onBackend(dynamicCookie(false)) },
  { words: 'set dynamic-cookie-key backend', usage: '<bk> <k>', doc: 'change a backend secret key for dynamic cookies', level: 'admin', run: onBackend(setCookieKey) },
  { words: 'del backend', usage: '<backend>', doc: 'delete a backend', level: 'admin', run: onBackend(deleteBackend) },
];
