import type { ConverterRow } from '../row.js';
import { required } from './row.js';

/** Stores the sample in a capture slot (manual, "declare capture") and passes it on. A slot that doesn't exist stores nothing. */
function row(name: string, side: 'request' | 'response'): ConverterRow {
  return {
    name, args: [required('id', 'int')], in: 'str', out: 'str', impure: true, doc: `stores the sample in a capture slot of the ${side} and passes it on`,
    compile(args, { model }) {
      const id = Number(args[0]);
      const lengths = model.proxies.map((proxy) => proxy.captures[side][id]?.length ?? 0);
      return (value, tx) => {
        const length = lengths[tx.frontend] ?? 0;
        const stream = length === 0 ? undefined : tx.stream();
        if (stream !== undefined) stream[side === 'request' ? 'requestCaptures' : 'responseCaptures'][id] = (value as string).slice(0, length);
        return value;
      };
    },
    check: (args) => (Number(args[0]) < 0 ? { arg: 0, problem: 'must not be negative' } : null),
  };
}

export const captureConverters: readonly ConverterRow[] = [row('capture-req', 'request'), row('capture-res', 'response')];
