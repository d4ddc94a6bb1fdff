/** Lines of `healthcheck` and `mailers` sections. */
import type { HealthcheckDraft, MailersDraft } from '../../check_draft.js';
import { parseTarget } from '../address.js';
import { KeywordTable } from '../table.js';
import { checkRuleRows, type CheckOwner } from './rules.js';
import { checkTypeRows } from './types.js';

const owner = ({ check }: HealthcheckDraft): CheckOwner => ({ check, inherits: () => false });

export const healthcheckTable = new KeywordTable([...checkTypeRows(owner), ...checkRuleRows(owner)]);

export const mailersTable = new KeywordTable<import('../row.js').KeywordRow<MailersDraft>>([
  {
    name: 'mailer',
    args: [
      { name: 'name', type: 'text' },
      { name: 'address', type: 'text' },
    ],
    usage: '<name> <address>:<port>',
    support: 'yes',
    doc: 'An SMTP server that takes e-mails.',
    parse(walk, section) {
      const name = walk.next();
      const address = name === undefined ? undefined : walk.next();
      if (name === undefined || address === undefined) {
        walk.error(walk.last, "'mailer' expects <name> and <addr>[:<port>] as arguments");
        return;
      }
      const target = parseTarget(walk, address);
      if (target !== undefined) section.mailers.push({ name: name.text, target: { address: target, span: address.span } });
    },
  },
  {
    name: 'timeout mail',
    args: [{ name: 'time', type: 'time' }],
    support: 'yes',
    doc: 'Time for one e-mail; 10s unless set.',
    parse(walk, section) {
      const value = walk.time('a time (in milliseconds unless a unit follows)');
      if (value !== undefined) section.timeout = value;
    },
  },
]);
