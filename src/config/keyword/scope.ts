import type { ExpressionScope } from '../expression.js';
import type { FileReader } from '../files.js';
import type { LoadedFile } from '../model.js';
import type { Walk } from '../walk.js';
import { sampleTables } from './samples.js';

const loaded = new WeakMap<FileReader, Map<string, LoadedFile>>();

/** `file@` means what no prefix means, a file with `opt@` may be missing, `virt@` names no file at all (manual, 2.7). */
function loadFile(files: FileReader, name: string): LoadedFile | { readonly problem: string } {
  const known = loaded.get(files) ?? new Map<string, LoadedFile>();
  loaded.set(files, known);
  const seen = known.get(name);
  if (seen !== undefined) return seen;
  const contents = name.startsWith('virt@') ? '' : files.read(name.replace(/^(?:file|opt)@/, ''));
  if (typeof contents !== 'string' && !name.startsWith('opt@')) return contents;
  const file: LoadedFile = { file: name, text: typeof contents === 'string' ? contents : '' };
  known.set(name, file);
  return file;
}

/** What expressions on the line of `walk` see: the tables, files, and where names of proxies and servers are put to be resolved. */
export function expressionScope(walk: Walk): ExpressionScope {
  const { site } = walk;
  const { proxy } = site;
  return {
    tables: sampleTables, sink: walk, loadFile: (name) => loadFile(site.files, name),
    reference: (reference) => site.references.push({ ...reference, proxy }),
  };
}
