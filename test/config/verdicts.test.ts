import { describe, expect, test } from '@jest/globals';
import { loadText } from '../../src/config/load.js';
import { verdicts } from './verdicts.js';

// A resolver that knows no names but localhost: the tests don't depend on the network.
const lookup = (host: string): Promise<string | null> => Promise.resolve(host === 'localhost' ? '127.0.0.1' : null);

describe.each(Object.entries(verdicts))('%s', (_, rows) => {
  test.each(rows.map((row) => [row.config.replaceAll('\n', ' ; '), row] as const))('%s', async (_name, row) => {
    const { model, diagnostics } = await loadText(row.config, { env: {}, lookup });
    const messages = diagnostics.map(({ severity, summary, advice }) => `${severity}: ${summary} ${advice ?? ''}`);
    expect({ verdict: model === null ? 'refused' : 'valid', messages }).toEqual({ verdict: row.ours ?? row.haproxy, messages });
    expect(row.ours !== undefined).toBe(row.why !== undefined);
    if (row.says !== undefined) expect(messages.join('\n')).toContain(row.says);
  });
});
