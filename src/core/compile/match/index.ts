import { bool, found } from './found.js';
import { int, len } from './int.js';
import { ip } from './ip.js';
import type { Match } from './method.js';
import { dir, dom } from './part.js';
import { reg } from './reg.js';
import { beg, bin, end, str, sub } from './text.js';

export type { Match } from './method.js';

/** Matching methods by the name that `-m` takes. */
export const matches: Readonly<Record<string, Match>> = { found, bool, int, ip, bin, len, str, beg, end, sub, dir, dom, reg };
