/** `email-alert` lines. */
import { LEVELS } from '../../../core/log/level.js';
import type { EmailAlertDraft } from '../../check_draft.js';
import type { ProxyDraft } from '../../draft.js';
import { didYouMean } from '../../suggest.js';
import type { Walk } from '../../walk.js';
import { on } from '../make.js';
import type { ProxyRow } from '../row.js';

function row(name: string, arg: string, doc: string, read: (walk: Walk) => Partial<EmailAlertDraft> | undefined): ProxyRow {
  return on('both', {
    name: `email-alert ${name}`,
    args: [{ name: arg, type: 'text' }],
    support: 'yes',
    doc,
    parse(walk, { settings, seen }: ProxyDraft) {
      const found = read(walk);
      if (found === undefined) return;
      settings.email = { ...settings.email, ...found };
      seen.set('email-alert', walk.keywordSpan);
    },
  });
}

const text = (field: 'from' | 'to' | 'hostname') => (walk: Walk): Partial<EmailAlertDraft> | undefined => {
  const word = walk.need('an argument');
  if (word === undefined) return undefined;
  if (/[\0-\x20<>\x7f]/.test(word.text)) return walk.error(word, `'${walk.keyword}' : '${word.text}' holds characters that are not allowed here`, 'Write an address, such as lb@example.com.');
  return { [field]: word.text };
};

export const emailRows: readonly ProxyRow[] = [
  row('from', 'emailaddr', 'Sender of e-mails about changes of servers.', text('from')),
  row('to', 'emailaddr', 'Recipient of e-mails about changes of servers.', text('to')),
  row('myhostname', 'hostname', 'Name of this machine towards mailers; its own unless set.', text('hostname')),
  row('mailers', 'section', 'The mailers section whose servers take the e-mails.', (walk) => {
    const word = walk.need('an argument');
    return word && { mailers: { name: word.text, span: word.span } };
  }),
  row('level', 'level', 'E-mails are sent for messages up to this level; alert unless set.', (walk) => {
    const word = walk.need('a log level');
    if (word === undefined) return undefined;
    const level = LEVELS.findIndex((name) => name === word.text);
    return level >= 0 ? { level } : walk.error(word, `unknown log level '${word.text}' after 'level'`, didYouMean(word.text, LEVELS) ?? `Levels are ${LEVELS.join(', ')}.`);
  }),
];
