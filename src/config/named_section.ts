/** Sections that only name things for other lines: `http-errors`, `userlist`, `healthcheck`, `mailers`. */
import { newCheckDraft } from './check_draft.js';
import type { HealthcheckDraft, MailersDraft } from './check_draft.js';
import type { Diagnostic, Span } from './diagnostic.js';
import type { HttpErrorsDraft, UserlistDraft } from './draft.js';
import type { Line, Word } from './source.js';

type Report = (diagnostic: Diagnostic) => void;

/** The name in a section's header; a header without one is reported, and the section is read for its errors all the same. */
export function nameOf(header: Line, report: Report): string {
  const [keyword, name, extra] = header.words as readonly [Word, Word?, Word?];
  const alert = (at: Word, summary: string, advice: string): void =>
    report({ severity: 'alert', summary, advice, span: at.span, related: [] });
  if (name === undefined || name.text === '') alert(keyword, `'${keyword.text}' expects <name> as arguments`, 'Give the section a name.');
  else if (extra !== undefined)
    alert(extra, `'${keyword.text}' cannot handle unexpected argument '${extra.text}'`, 'A section has one name.');
  return name?.text ?? '';
}

/** The draft of an `http-errors` section, added to `all`. */
export function openHttpErrors(header: Line, all: HttpErrorsDraft[], report: Report): HttpErrorsDraft {
  const draft: HttpErrorsDraft = { name: nameOf(header, report), span: header.span, errors: new Map() };
  const other = all.find(({ name }) => name === draft.name);
  if (other === undefined) all.push(draft);
  else {
    report({
      severity: 'alert',
      summary: `http-errors section '${draft.name}' already exists`,
      advice: 'Give the sections different names.',
      span: draft.span,
      related: [{ span: other.span, text: 'declared here' }],
    });
  }
  return draft;
}

/** The draft of a `userlist` section, added to `all` unless its name is taken. */
export function openUserlist(header: Line, all: UserlistDraft[], report: Report): UserlistDraft {
  const draft: UserlistDraft = { name: nameOf(header, report), span: header.span, groups: new Map(), users: new Map() };
  const other = all.find(({ name }) => name === draft.name);
  if (other === undefined) all.push(draft);
  else {
    report({
      severity: 'warning',
      summary: `ignoring duplicated userlist '${draft.name}'`,
      advice: 'Give the lists different names.',
      span: draft.span,
      related: [{ span: other.span, text: 'declared here' }],
    });
  }
  return draft;
}

/** Adds a draft to `all`; a second one of its name is an error. */
function addUnique<T extends { readonly name: string; readonly span: Span }>(kind: string, draft: T, all: T[], report: Report): T {
  const other = all.find(({ name }) => name === draft.name);
  if (other === undefined) all.push(draft);
  else {
    report({
      severity: 'alert',
      summary: `${kind} section '${draft.name}' already exists`,
      advice: 'Give the sections different names.',
      span: draft.span,
      related: [{ span: other.span, text: 'declared here' }],
    });
  }
  return draft;
}

export function openHealthcheck(header: Line, all: HealthcheckDraft[], report: Report): HealthcheckDraft {
  return addUnique('healthcheck', { name: nameOf(header, report), span: header.span, check: newCheckDraft() }, all, report);
}

/** `timeout mail` is ten seconds unless set (manual, 12.3). */
const MAIL_TIMEOUT_MS = 10_000;

export function openMailers(header: Line, all: MailersDraft[], report: Report): MailersDraft {
  return addUnique('mailers', { name: nameOf(header, report), span: header.span, mailers: [], timeout: MAIL_TIMEOUT_MS }, all, report);
}
