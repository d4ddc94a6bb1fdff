import type { Diagnostic } from '../../src/config/diagnostic.js';
import { AclTable } from '../../src/config/acl.js';
import type { AclScope } from '../../src/config/acl.js';
import type { Reference, SampleTables } from '../../src/config/expression.js';
import type { HostPattern } from '../../src/config/pattern_reader.js';
import type { Source, Word } from '../../src/config/source.js';
import type { ArgRow, ConverterRow, FetchRow, SampleType } from '../../src/core/row.js';

/** A small language of fetches and converters, so that the grammar is tested apart from the real tables. */

const arg = (name: string, type: ArgRow['type'], optional = false): ArgRow => (optional ? { name, type, optional } : { name, type });

function fetch(name: string, out: SampleType, args: ArgRow[] = []): FetchRow {
  return { name, args, out, needs: 'nothing', doc: '', compile: () => () => undefined };
}

function converter(name: string, input: SampleType, out: SampleType | 'same', args: ArgRow[] = []): ConverterRow {
  return {
    name, args, in: input, out, doc: '', compile: () => () => undefined,
    check: (values) => (name === 'field' && values[1] === '' ? { arg: 1, problem: 'empty separators list' } : null),
  };
}

const FETCHES = [
  fetch('src', 'addr'), fetch('src_port', 'int'), fetch('path', 'str'), fetch('url', 'str'), fetch('method', 'meth'),
  fetch('always_true', 'bool'), fetch('always_false', 'bool'), fetch('bool', 'bool', [arg('value', 'int')]),
  fetch('int', 'int', [arg('value', 'int')]), fetch('str', 'str', [arg('value', 'str')]), fetch('bin', 'bin', [arg('hex', 'str')]),
  fetch('hdr', 'str', [arg('name', 'str', true), arg('occ', 'int', true)]), fetch('req.hdr', 'str', [arg('name', 'str', true), arg('occ', 'int', true)]),
  fetch('nbsrv', 'int', [arg('backend', 'backend', true)]), fetch('srv_is_up', 'bool', [arg('server', 'server')]),
  fetch('var', 'any', [arg('name', 'var'), arg('default', 'str', true)]), fetch('rand', 'int', [arg('range', 'int', true)]),
  fetch('req.ver', 'str'), fetch('ipv6', 'ipv6', [arg('address', 'str')]),
];
const CONVERTERS = [
  converter('lower', 'str', 'str'), converter('length', 'str', 'int'), converter('add', 'int', 'int', [arg('value', 'int')]),
  converter('field', 'str', 'str', [arg('index', 'int'), arg('delimiters', 'str'), arg('count', 'int', true)]),
  converter('hex', 'bin', 'str'), converter('debug', 'any', 'same'), converter('ipmask', 'addr', 'addr', [arg('mask4', 'ipmask'), arg('mask6', 'ipmask', true)]),
  converter('regsub', 'str', 'str', [arg('regex', 'regex'), arg('subst', 'str'), arg('flags', 'str', true)]), converter('iif', 'bool', 'str', [arg('true', 'str'), arg('false', 'str')]),
];

export const tables: SampleTables = {
  fetch: (name) => FETCHES.find((row) => row.name === name),
  converter: (name) => CONVERTERS.find((row) => row.name === name),
  fetchNames: () => FETCHES.map((row) => row.name),
  converterNames: () => CONVERTERS.map((row) => row.name),
  knownElsewhere: (kind, name) => (kind === 'fetch' ? ['ssl_fc_sni', 'capture.req.hdr'] : ['sha1']).includes(name),
};

export interface Bench extends AclScope {
  readonly problems: string[];
  readonly references: Reference[];
  readonly hosts: HostPattern[];
}

/** A scope that collects what is reported: severity, summary and, between angle brackets, the exact words that are blamed. */
export function bench(sources: readonly Source[], files: Record<string, string> = {}): Bench {
  const problems: string[] = [];
  const references: Reference[] = [];
  const hosts: HostPattern[] = [];
  return {
    tables, problems, references, hosts, acls: new AclTable(),
    sink: { report: (diagnostic) => problems.push(describeDiagnostic(diagnostic, sources)) },
    reference: (reference) => references.push(reference),
    host: (pattern) => hosts.push(pattern),
    loadFile(name) {
      const file = name.replace(/^(?:file|opt)@/, '');
      const text = files[file] ?? (name.startsWith('opt@') || name.startsWith('virt@') ? '' : undefined);
      return text === undefined ? { problem: 'No such file or directory' } : { file, text };
    },
  };
}

export function describeDiagnostic({ severity, summary, span }: Diagnostic, sources: readonly Source[]): string {
  const text = span === null ? '' : sources[span.source]?.text.slice(span.start, span.end);
  return `${severity}: ${summary} <${text}>`;
}

/** Words split at spaces, standing in a source of their own. */
export function wordsOf(text: string): { words: Word[]; source: Source } {
  const words = [...text.matchAll(/\S+/g)].map((match): Word => ({
    text: match[0], offsets: null, span: { source: 0, start: match.index, end: match.index + match[0].length },
  }));
  return { words, source: { index: 0, name: 'test.cfg', text } };
}
