import { describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ABI } from '../../src/core/abi.js';
import { abiDifferences, addonPath, loadAddon } from '../../src/core/load_addon.js';
import { temporaryDirectory } from '../support/proxy.js';

describe('loadAddon', () => {
  test('the environment may name another build', () => {
    expect(addonPath({ TSPROXY_ADDON: '/x/y.node' })).toBe('/x/y.node');
    expect(addonPath({})).toMatch(/\/build\/Release\/tsproxy\.node$/);
  });

  test('the build at hand is of these sources', () => {
    expect(abiDifferences(loadAddon().abi)).toEqual([]);
  });

  test('says what to do if there is none', () => {
    expect(() => loadAddon('/nonexistent/tsproxy.node')).toThrow(/cannot load the native part \/nonexistent\/tsproxy\.node .*run `npm run build`/);
  });

  test('refuses a build of other sources and names what differs', () => {
    const directory = temporaryDirectory();
    const path = join(directory.path, 'old.cjs');
    writeFileSync(path, `module.exports = { abi: ${JSON.stringify({ ...ABI, PHASE_SLOT: 99 })} };`);
    expect(() => loadAddon(path)).toThrow(`the native part ${path} was built from other sources (differing: PHASE_SLOT): run \`npm run build\``);
    directory.remove();
  });

  test('a constant that only one side has is a difference', () => {
    const { PHASE_SLOT: _, ...fewer } = ABI;
    expect(abiDifferences(fewer)).toEqual(['PHASE_SLOT']);
    expect(abiDifferences({ ...ABI, PHASE_NEW: 1 })).toEqual(['PHASE_NEW']);
  });
});
