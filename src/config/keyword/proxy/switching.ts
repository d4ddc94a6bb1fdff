/** Which backend and which server. */
import type { ProxyDraft, UseBackendDraft } from '../../draft.js';
import type { Condition } from '../../model.js';
import type { Walk } from '../../walk.js';
import { parseCondition } from '../condition.js';
import { flag, on } from '../make.js';
import { rank } from '../order.js';
import type { ProxyRow } from '../row.js';

/** HAProxy's error where a condition must follow; the words before it have been read. */
export function needCondition(walk: Walk): boolean {
  if (walk.peek() === undefined && walk.condition().length > 0) return true;
  walk.error(walk.peek() ?? walk.keywordSpan, `'${walk.keyword}' requires either 'if' or 'unless' followed by a condition`);
  return false;
}

const CONDITION = { name: 'condition', type: 'rest' } as const;

/** A line that is nothing but a condition. */
function conditionRow(
  name: 'force-persist' | 'ignore-persist' | 'force-be-switch',
  side: 'frontend' | 'backend',
  doc: string,
  add: (target: ProxyDraft, condition: Condition) => void,
): ProxyRow {
  return on(
    side,
    {
      name,
      args: [CONDITION],
      usage: '{ if | unless } <condition>',
      support: 'yes',
      doc,
      parse(walk, target) {
        if (!needCondition(walk)) return;
        const condition = parseCondition(walk, name);
        if (condition !== null && condition !== undefined) add(target, condition);
      },
    },
    'no',
    { conditional: true },
  );
}

const useServer: ProxyRow = on(
  'backend',
  {
    name: 'use-server',
    args: [{ name: 'server', type: 'text' }, CONDITION],
    usage: '<server> { if | unless } <condition>',
    support: 'yes',
    doc: 'The server to use when the condition holds; a rule whose server is down is passed over. The name may be a log-format string.',
    parse(walk, target) {
      const word = walk.need('a server name');
      if (word === undefined || !needCondition(walk)) return;
      const server = word.text.includes('%') ? walk.logFormat(word) : { name: word.text, span: word.span };
      const condition = parseCondition(walk, 'use-server');
      if (server !== undefined && condition !== null && condition !== undefined)
        target.useServer.push({ server, condition, span: walk.keywordSpan });
    },
  },
  'no',
  { conditional: true },
);

export const switchingRows: readonly ProxyRow[] = [
  on('frontend', {
    name: 'default_backend',
    args: [{ name: 'backend', type: 'text' }],
    support: 'yes',
    doc: "The backend of what no 'use_backend' matches.",
    parse(walk, { settings }) {
      const word = walk.need('a backend name');
      if (word !== undefined) settings.defaultBackend = { name: word.text, span: word.span };
    },
  }),
  on(
    'frontend',
    {
      name: 'use_backend',
      args: [{ name: 'backend', type: 'text' }],
      usage: '<backend> [ { if | unless } <condition> ]',
      support: 'yes',
      doc: 'The backend to use when the condition holds; the first line that matches wins. The name may be a log-format string.',
      parse(walk, target) {
        const word = walk.need('a backend name');
        if (word === undefined) return;
        const backend: UseBackendDraft['backend'] | undefined = word.text.includes('%')
          ? walk.logFormat(word)
          : { name: word.text, span: word.span };
        if (walk.peek() !== undefined) return;
        const condition = parseCondition(walk, 'use_backend');
        if (backend === undefined || condition === undefined) return;
        rank(walk, target, 'use_backend');
        target.useBackend.push({ backend, condition, span: walk.keywordSpan });
      },
    },
    'no',
    { conditional: true },
  ),
  useServer,
  conditionRow('force-persist', 'backend', 'Uses the server that a use-server rule names even when it is down.', ({ persist }, condition) =>
    persist.push({ force: true, condition }),
  ),
  conditionRow('ignore-persist', 'backend', 'Ends the force-persist and ignore-persist lines for a request: nothing is forced.', ({ persist }, condition) =>
    persist.push({ force: false, condition }),
  ),
  conditionRow('force-be-switch', 'frontend', 'Switches to backends even when they are unpublished.', ({ forceSwitch }, condition) =>
    forceSwitch.push(condition),
  ),
  on(
    'backend',
    flag('be-unpublished', 'use_backend and default_backend rules of other proxies that name this backend are passed over.', (target: ProxyDraft) => {
      target.unpublished = true;
    }),
    'no',
  ),
];
