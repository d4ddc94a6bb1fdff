import type { ProxyDraft } from '../../draft.js';
import type { KeepAlive } from '../../model.js';
import type { Word } from '../../source.js';
import { INT_MAX, type Walk } from '../../walk.js';
import { on } from '../make.js';
import type { ProxyRow, Side } from '../row.js';

const SIDES: readonly (readonly [prefix: string, side: Side, of: 'client' | 'server', who: string])[] = [
  ['clitcpka', 'frontend', 'client', 'a client'],
  ['srvtcpka', 'backend', 'server', 'a server'],
];

const FIELDS: readonly (readonly [suffix: string, field: keyof KeepAlive, doc: string])[] = [
  ['cnt', 'count', 'Unanswered keep-alive probes after which a connection to WHO is given up'],
  ['idle', 'idle', 'How long a connection to WHO must be idle before the first keep-alive probe; in seconds unless a unit follows'],
  ['intvl', 'interval', 'Time between two keep-alive probes to WHO; in seconds unless a unit follows'],
];

/** A time in seconds, rounded up; without a unit it is in seconds. */
function seconds(walk: Walk, word: Word): number | undefined {
  const ms = /^[0-9]+$/.test(word.text) ? Number(word.text) * 1000 : walk.timeOf(word);
  return ms === undefined ? undefined : Math.ceil(ms / 1000);
}

/** How the TCP keep-alive of `option clitcpka` and `srvtcpka` goes about it. */
export const keepAliveRows: readonly ProxyRow[] = SIDES.flatMap(([prefix, side, of, who]) =>
  FIELDS.map(([suffix, field, doc]) =>
    on(side, {
      name: `${prefix}-${suffix}`,
      args: [field === 'count' ? { name: 'count', type: 'int', min: 1, max: INT_MAX } : { name: 'timeout', type: 'time' }],
      support: 'yes',
      doc: `${doc.replace('WHO', who)}; the system's unless set.`,
      parse(walk, { settings }: ProxyDraft) {
        const word = walk.need(field === 'count' ? 'an integer argument' : 'a time (in seconds unless a unit follows)');
        if (word === undefined) return;
        const value = field === 'count' ? walk.intOf(word, 'an integer argument', 1, INT_MAX) : seconds(walk, word);
        if (value !== undefined) settings.keepAlive = { ...settings.keepAlive, [of]: { ...settings.keepAlive[of], [field]: value } };
      },
    }),
  ),
);
