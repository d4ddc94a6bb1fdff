/** How HTTP/1 stands on the wire, for all proxies. */
import type { GlobalDraft } from '../../draft.js';
import type { Word } from '../../source.js';
import type { Walk } from '../../walk.js';
import { flag } from '../make.js';
import type { KeywordRow } from '../row.js';

type Row = KeywordRow<GlobalDraft>;

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Puts one adjustment into `to`; false after an error, which points at `at`. */
function adjust(walk: Walk, to: Map<string, string>, from: string, wanted: string, at: Word): boolean {
  const key = from.toLowerCase();
  const problem = !TOKEN.test(from) || !TOKEN.test(wanted) ? `'${TOKEN.test(from) ? wanted : from}' is not a header name`
    : key !== wanted.toLowerCase() ? '<from> and <to> must not differ except the case'
    : to.has(from) ? `duplicate entry '${from}'` : null;
  if (problem === null && key !== from) walk.warn(at, `'${walk.keyword}' : '${from}' never matches`, 'Write <from> in lower case.');
  if (problem === null) {
    to.set(from, wanted);
    return true;
  }
  walk.error(at, `'${walk.keyword}' : ${problem}`);
  return false;
}

const caseAdjust: Row = {
  name: 'h1-case-adjust',
  args: [{ name: 'from', type: 'text' }, { name: 'to', type: 'text' }],
  support: 'yes',
  doc: 'How a header name is written for clients or servers that need it so; see option h1-case-adjust-bogus-client and -server.',
  parse(walk, { headerCases }) {
    const from = walk.need('<from> and <to> as arguments');
    const to = from === undefined ? undefined : walk.need('<from> and <to> as arguments');
    if (from !== undefined && to !== undefined) adjust(walk, headerCases.lines, from.text, to.text, from);
  },
};

const caseAdjustFile: Row = {
  name: 'h1-case-adjust-file',
  args: [{ name: 'file', type: 'text' }],
  support: 'yes',
  doc: 'A file of such pairs, one a line; of several files the last one counts.',
  parse(walk, { headerCases }) {
    const word = walk.need('<hdrs-file> as argument');
    const text = word === undefined ? undefined : walk.file(word);
    if (word === undefined || text === undefined) return;
    headerCases.file.clear();
    for (const [number, line] of text.split('\n').entries()) {
      const words = line.trim().split(/[ \t]+/);
      if (line.trim() === '' || line.startsWith('#')) continue;
      if (words.length !== 2) {
        walk.error(word, `'${walk.keyword}' : line ${number + 1} of '${word.text}' is not two header names`);
        return;
      }
      if (!adjust(walk, headerCases.file, words[0]!, words[1]!, word)) return;
    }
  },
};

export const httpRows: readonly Row[] = [
  caseAdjust,
  caseAdjustFile,
  flag('h1-accept-payload-with-any-method', 'HTTP/1.0 requests by GET, HEAD or DELETE may have a body, instead of a 413.', (global: GlobalDraft) => {
    global.anyPayload = true;
  }),
  flag(
    'h1-do-not-close-on-insecure-transfer-encoding',
    'Connections are kept behind messages that have Transfer-Encoding beside Content-Length, or in HTTP/1.0.',
    (global: GlobalDraft) => {
      global.keepInsecure = true;
    },
  ),
];
