/** Files named in a configuration: read at load time as latin1, one character a byte, each once. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Diagnostic } from './diagnostic.js';
import type { Source } from './source.js';
import { fromLatin1 } from './utf8.js';

export interface FileReader {
  /** The contents, or why there are none. The path is latin1, as words are. */
  read(path: string): string | { readonly problem: string };
}

export function fileReader(): FileReader {
  const cache = new Map<string, string | { readonly problem: string }>();
  return {
    read(path) {
      let contents = cache.get(path);
      if (contents === undefined) cache.set(path, (contents = readLatin1(fromLatin1(path))));
      return contents;
    },
  };
}

function readLatin1(path: string): string | { readonly problem: string } {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    return { problem: reason(error) };
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'not a directory',
};

function reason(error: unknown): string {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return REASONS[code] ?? (code === '' ? String(error) : code);
}

/**
 * The files of a list of `-f` arguments: a directory stands for its `*.cfg` files that don't start with a dot, in the order of
 * their bytes, as HAProxy takes them. What can't be read is reported and left out.
 */
export function readSources(paths: readonly string[], report: (diagnostic: Diagnostic) => void): Source[] {
  const sources: Source[] = [];
  for (const path of paths.flatMap((path) => expand(path, report))) {
    const text = readLatin1(path);
    if (typeof text === 'string') sources.push({ index: sources.length, name: path, text });
    else report(alert(`could not open configuration file ${path} : ${text.problem}`));
  }
  return sources;
}

function expand(path: string, report: (diagnostic: Diagnostic) => void): string[] {
  try {
    if (!statSync(path).isDirectory()) return [path];
    const names = readdirSync(path, 'latin1').filter((name) => name.endsWith('.cfg') && !name.startsWith('.'));
    const files = names.sort((a, b) => (a < b ? -1 : 1)).map((name) => join(path, Buffer.from(name, 'latin1').toString()));
    return files.filter((file) => statSync(file).isFile());
  } catch (error) {
    report(alert(`cannot open configuration file/directory ${path} : ${reason(error)}`));
    return [];
  }
}

function alert(summary: string): Diagnostic {
  return { severity: 'alert', summary, advice: 'Check the path and the rights of the file.', span: null, related: [] };
}
