/** Files in which an earlier process has left its state, and the kinds of addresses that names have. */
import type { GlobalDraft, Reference } from '../../draft.js';
import type { KeywordRow } from '../row.js';

type Row = KeywordRow<GlobalDraft>;
type FileField = 'stateFile' | 'statsFile';

function file(name: string, field: FileField, doc: string): Row {
  return {
    name,
    args: [{ name: 'file', type: 'text' }],
    support: 'yes',
    doc,
    parse(walk, target) {
      const word = walk.need('a file name as an argument');
      const other = target[field];
      if (word === undefined) return;
      if (other !== null) walk.error(walk.keywordSpan, `'${name}' already specified`, 'Keep one of the lines.');
      else target[field] = { name: word.text, span: word.span } satisfies Reference;
    },
  };
}

const FAMILIES = ['ipv4', 'ipv6', 'auto'];

export const savedRows: readonly Row[] = [
  {
    name: 'server-state-base',
    args: [{ name: 'directory', type: 'text' }],
    support: 'yes',
    doc: 'Directory in which state files are that have no absolute name.',
    parse(walk, target) {
      const word = walk.need('a directory as an argument');
      if (word === undefined) return;
      if (target.stateBase !== null) walk.error(walk.keywordSpan, "'server-state-base' already specified", 'Keep one of the lines.');
      else target.stateBase = word.text;
    },
  },
  file('server-state-file', 'stateFile', "State of the servers of an earlier process (the runtime API's `show servers state`), for load-server-state-from-file."),
  file('stats-file', 'statsFile', "Counters of an earlier process (the runtime API's `dump stats-file`), taken over by all that have a guid."),
  {
    name: 'dns-accept-family',
    args: [{ name: 'families', type: 'text' }],
    usage: '{ ipv4 | ipv6 | auto }[,...]',
    support: 'yes',
    doc: 'Kinds of addresses that names are resolved to; auto, unless set: IPv6 if there is a default route for it.',
    parse(walk, target) {
      const word = walk.need('a list of families');
      if (word === undefined) return;
      const names = word.text.split(',');
      const bad = names.find((name) => !FAMILIES.includes(name));
      if (bad !== undefined) return void walk.error(word, `'dns-accept-family' : unknown family '${bad}'`, `Families are ${FAMILIES.join(', ')}.`);
      const both = names.includes('ipv4') && names.includes('ipv6');
      target.dnsFamilies = names.includes('auto') ? 'auto' : both ? 'both' : names.includes('ipv4') ? 'ipv4' : 'ipv6';
    },
  },
];
