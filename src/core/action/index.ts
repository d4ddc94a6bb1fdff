import type { ActionRow } from '../row.js';

/** All actions of rule sets (manual, section 4.4). */
export const actions: readonly ActionRow[] = [];
