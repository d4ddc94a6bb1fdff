import { expect, test } from '@jest/globals';
import { knownKeywords } from '../../src/config/keywords_known.js';

test('-dKall lists what works, what has no effect and what is missing, each once', () => {
  const text = knownKeywords();
  expect(text.endsWith('\n')).toBe(true);
  const lines = text.split('\n');
  for (const line of [
    'global', '\tmaxconn <number>', '\ttune.ssl.cachesize [no effect]', '\tgrace [not supported yet]', 'listen', '\ttimeout client <time>',
    '\tbind <addr> accept-proxy', '\tserver <name> <addr> weight <weight>', '\toption http-use-proxy-header [not supported yet]', '\tappsession [removed]',
    'path_beg = path -m beg', '# List of registered sample converter functions:', '\tlower', '# List of registered sample fetch functions:', '\tsrc',
    '\thttp-request deny', '\thttp-request auth', '\thttp-request cache-use [not supported yet]', '\tprogram [not supported yet]',
  ]) expect(lines).toContain(line);
  const blocks = text.split(/^(?=[^\t])/m);
  for (const block of blocks) expect(new Set(block.split('\n')).size).toBe(block.split('\n').length);
});
