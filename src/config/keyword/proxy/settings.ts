import type { ProxyDraft, ProxySettings } from '../../draft.js';
import type { Mode } from '../../model.js';
import { parseGuid } from '../guid.js';
import { INT_MAX } from '../../walk.js';
import { choice, flag, integer, on, refuse } from '../make.js';
import type { ProxyRow } from '../row.js';

type Numbers = 'maxconn' | 'backlog' | 'retries';

function number(name: Numbers, [min, max]: readonly [number, number], doc: string) {
  return integer<ProxyDraft>(name, 'number', [min, max], doc, (target, value) => {
    target.settings[name] = value;
  });
}

const MODES: readonly Mode[] = ['tcp', 'http', 'log', 'spop', 'haterm'];

const mode = choice<ProxyDraft, Mode | 'health'>(
  'mode',
  [...MODES, 'health'],
  'What the proxy understands of the traffic: tcp unless set.',
  (target, value, walk) => {
    if (value === 'log' && target.kind !== 'backend' && target.kind !== 'defaults') {
      walk.error(walk.keywordSpan, `'mode log' is for backends only, not for a ${target.kind} section`, "Write a backend, and 'log backend@<name>' where messages come from.");
    } else if (value === 'tcp' || value === 'http' || value === 'log') {
      target.settings.mode = value;
      walk.site.mode = value;
    } else if (value === 'health') {
      walk.error(walk.keywordSpan, "'mode health' doesn't exist anymore", "Use 'http-request return status 200' instead.");
    } else refuse(walk, `mode ${value}`);
  },
);

export const settingRows: readonly ProxyRow[] = [
  on('both', { ...mode, args: [{ name: 'mode', type: 'enum', values: ['tcp', 'http', 'log'] }] }),
  on(
    'frontend',
    number('maxconn', [0, INT_MAX], 'Most concurrent connections of the frontend; more wait in the listen queue. 0 = the global maxconn.'),
  ),
  on('frontend', number('backlog', [0, INT_MAX], 'Size of the listen queue; from maxconn unless set.')),
  on(
    'frontend',
    integer<ProxyDraft>('rate-limit sessions', 'rate', [0, INT_MAX], 'Most sessions begun a second; more wait in the listen queue. 0 = no limit.', ({ settings }, value) => {
      settings.sessionRate = value;
    }),
  ),
  on(
    'frontend',
    integer<ProxyDraft>('max-session-srv-conns', 'number', [0, INT_MAX], 'Most connections to servers that are kept for one client; 5 unless set.', ({ settings }, value) => {
      settings.sessionServerConnections = value;
    }),
  ),
  on('backend', number('retries', [0, INT_MAX], 'How often a failed connection to a server is tried again; 3 unless set.')),
  on(
    'both',
    flag('disabled', 'The proxy does not run.', (target: ProxyDraft) => {
      target.settings.disabled = true;
    }),
  ),
  on(
    'both',
    flag('enabled', "The proxy runs, although its defaults say 'disabled'.", (target: ProxyDraft) => {
      target.settings.disabled = false;
    }),
  ),
  on(
    'backend',
    choice<ProxyDraft, ProxySettings['reuse']>(
      'http-reuse',
      ['never', 'safe', 'aggressive', 'always'],
      'When an idle server connection made for another client may be used.',
      (target, value) => {
        target.settings.reuse = value;
      },
    ),
  ),
  on(
    'both',
    {
      name: 'id',
      args: [{ name: 'number', type: 'int', min: 1, max: INT_MAX }],
      support: 'yes',
      doc: 'Number of the proxy; the next free one unless set.',
      parse(walk, target) {
        const word = walk.need('an integer argument');
        const value = word === undefined ? undefined : walk.intOf(word, 'an integer argument', 1, INT_MAX);
        if (word !== undefined && value !== undefined) target.id = { value, span: word.span };
      },
    },
    'no',
  ),
  on(
    'both',
    {
      name: 'guid',
      args: [{ name: 'text', type: 'text' }],
      support: 'yes',
      doc: 'A name that is unique among all objects of the configuration.',
      parse(walk, target) {
        const guid = parseGuid(walk);
        if (guid !== undefined) target.guid = guid;
      },
    },
    'no',
  ),
  on(
    'both',
    {
      name: 'description',
      args: [{ name: 'text', type: 'rest' }],
      support: 'yes',
      doc: 'Free text that describes the proxy.',
      parse(walk, target) {
        const value = walk.restText('a string argument');
        if (value !== undefined) target.description = value;
      },
    },
    'no',
  ),
];
