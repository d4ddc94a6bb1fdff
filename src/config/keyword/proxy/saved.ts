/** Keywords of backends about the state that an earlier process has left. */
import type { ProxyDraft, ProxySettings } from '../../draft.js';
import { choice, on } from '../make.js';
import type { ProxyRow } from '../row.js';

export const savedRows: readonly ProxyRow[] = [
  on(
    'backend',
    choice<ProxyDraft, ProxySettings['loadState']>(
      'load-server-state-from-file',
      ['global', 'local', 'none'],
      "Servers start in the state that a file says they had: the global server-state-file, or the backend's own.",
      (target, value) => {
        target.settings.loadState = value;
      },
    ),
  ),
  on(
    'backend',
    {
      name: 'server-state-file-name',
      args: [{ name: 'file', type: 'text', optional: true }],
      usage: '[ { use-backend-name | <file> } ]',
      support: 'yes',
      doc: "The backend's own state file; named as the backend unless set.",
      parse(walk, target) {
        const word = walk.next();
        target.stateFileName = word === undefined || word.text === 'use-backend-name' ? null : { name: word.text, span: word.span };
      },
    },
    'no',
  ),
];
