/** Sections about logs: ring, log-profile, log-forward. */
import type { Diagnostic, Span } from './diagnostic.js';
import { RING_SIZE } from './log_draft.js';
import type { LogForwardDraft, LogProfileDraft, LogSections, RingDraft } from './log_draft.js';
import { nameOf } from './named_section.js';
import type { Line } from './source.js';

type Report = (diagnostic: Diagnostic) => void;

/** Adds a section to those of its kind, whose names must differ. */
function open<T extends { readonly name: string; readonly span: Span }>(draft: T, all: T[], summary: string, report: Report): T {
  const other = all.find(({ name }) => name === draft.name);
  if (other !== undefined)
    report({ severity: 'alert', summary, advice: 'Give the sections different names.', span: draft.span, related: [{ span: other.span, text: 'declared here' }] });
  all.push(draft);
  return draft;
}

export function openRing(header: Line, { rings }: LogSections, report: Report): RingDraft {
  const name = nameOf(header, report);
  const draft: RingDraft = {
    name, description: name, format: null, maxlen: RING_SIZE, size: RING_SIZE, connectTimeout: null, serverTimeout: null, servers: [], span: header.span,
  };
  return open(draft, rings, `sink named '${name}' already exists.`, report);
}

export function openLogProfile(header: Line, { profiles }: LogSections, report: Report): LogProfileDraft {
  const name = nameOf(header, report);
  return open({ name, tag: null, on: [], span: header.span }, profiles, `log-profile section '${name}' already exists`, report);
}

const FORWARD_MAXCONN = 10;

export function openLogForward(header: Line, { forwards }: LogSections, report: Report): LogForwardDraft {
  const name = nameOf(header, report);
  const draft: LogForwardDraft = {
    name, listeners: [], datagrams: [], lines: [], maxconn: FORWARD_MAXCONN, backlog: 0, clientTimeout: null, dontParse: false, assumeNewline: false,
    host: 'fill', span: header.span,
  };
  return open(draft, forwards, `log-forward section '${name}' has the same name as another log-forward section`, report);
}
