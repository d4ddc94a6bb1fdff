import type { UseBackendDraft } from '../../draft.js';
import { on } from '../make.js';
import { rank } from '../order.js';
import { parseCondition } from '../condition.js';
import type { ProxyRow } from '../row.js';

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
];
