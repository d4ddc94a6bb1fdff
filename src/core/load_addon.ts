import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { ABI } from './abi.js';
import type { Addon } from './addon.js';

/** Where the build puts the addon, seen from dist/core and src/core alike; TSPROXY_ADDON names another one (sanitizer builds). */
export function addonPath(env: NodeJS.ProcessEnv = process.env): string {
  return env['TSPROXY_ADDON'] ?? fileURLToPath(new URL('../../build/Release/tsproxy.node', import.meta.url));
}

/** Names whose value differs, or that only one side has. */
export function abiDifferences(theirs: Readonly<Record<string, number>>): string[] {
  const names = new Set([...Object.keys(ABI), ...Object.keys(theirs)]);
  return [...names].filter((name) => ABI[name] !== theirs[name]);
}

/** Loads the native part. Throws an Error with a sentence for people if it isn't there, can't be loaded, or is of another build. */
export function loadAddon(path: string = addonPath()): Addon {
  let addon: Addon;
  try {
    addon = createRequire(import.meta.url)(path) as Addon;
  } catch (error) {
    const reason = (error as Error).message.split('\n')[0] ?? '';
    throw new Error(`cannot load the native part ${path} (${reason}): run \`npm run build\``, { cause: error });
  }
  const differences = abiDifferences(addon.abi);
  if (differences.length > 0) {
    const shown = differences.slice(0, 3).join(', ') + (differences.length > 3 ? ', …' : '');
    throw new Error(`the native part ${path} was built from other sources (differing: ${shown}): run \`npm run build\``);
  }
  return addon;
}
