import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { loadText } from '../../src/config/load.js';
import { render } from '../../src/config/render.js';

/**
 * Files with errors and all that is said of them: NAME.cfg and NAME.txt in test/golden. `UPDATE_GOLDEN=1` writes the texts anew,
 * to be read before they are committed.
 */
const folder = fileURLToPath(new URL('../golden/', import.meta.url));

describe('golden diagnostics', () => {
  test.each(readdirSync(folder).filter((name) => name.endsWith('.cfg')))('%s', async (name) => {
    const text = readFileSync(`${folder}${name}`, 'latin1');
    const { model, diagnostics, sources } = await loadText(text, { env: { HOME: '/root' }, localpeer: 'here', lookup: async () => null }, name);
    const said = `${diagnostics.map((diagnostic) => render(diagnostic, sources, 1)).join('\n\n')}\n`;
    const expected = `${folder}${name.replace(/cfg$/, 'txt')}`;
    if (process.env['UPDATE_GOLDEN'] === '1') writeFileSync(expected, said);
    expect(said).toBe(readFileSync(expected, 'utf8'));
    expect(model).toBeNull();
  });
});
