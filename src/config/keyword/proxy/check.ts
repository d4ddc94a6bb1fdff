/** Health checks of a backend: their kind, their rules, external programs, e-mails about what they find. */
import type { ProxyDraft } from '../../draft.js';
import { emailRows } from '../check/email.js';
import { checkRuleRows, type CheckOwner } from '../check/rules.js';
import { checkOptionRows } from '../check/types.js';
import { on, text } from '../make.js';
import type { ProxyRow } from '../row.js';

const owner = ({ settings, defaults }: ProxyDraft): CheckOwner => ({
  check: settings.check,
  inherits: (family) => defaults !== null && settings.check[family] === defaults.settings.check[family],
});

const optionRows = checkOptionRows(owner).map((row) =>
  on('backend', {
    ...row,
    parse(walk, target) {
      row.parse(walk, target);
      target.seen.set(row.name, walk.keywordSpan);
    },
  }),
);

export const checkRows: readonly ProxyRow[] = [
  ...optionRows,
  ...checkRuleRows(owner).map((row) => on('backend', row)),
  on('backend', text<ProxyDraft>('external-check command', 'command', 'a command', 'The program that option external-check runs.', ({ settings }, value) => {
    settings.check.externalCommand = value;
  })),
  on('backend', text<ProxyDraft>('external-check path', 'path', 'a path', 'PATH of that program; empty unless set.', ({ settings }, value) => {
    settings.check.externalPath = value;
  })),
  ...emailRows,
];
