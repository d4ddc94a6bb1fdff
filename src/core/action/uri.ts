import type { LogFormat } from '../../config/model.js';
import { expandGroups } from '../compile/regex.js';
import type { ActionRow } from '../row.js';
import { authority, pathEnd, pathStart } from '../target.js';
import { headerName, type Tx } from '../tx.js';
import { removeAll } from './header.js';
import { rewritten } from './rewrite.js';
import { regexOf, wantedFormat, wantedRegex } from './words.js';

/** A part of the request line: how it reads now, and how it is replaced. */
interface Part {
  readonly read: (tx: Tx) => string | undefined;
  readonly write: (tx: Tx, text: string) => boolean;
}

const HOST = headerName('host');

/** Puts a new path (with its query if `toEnd`) between what stands around the old one; a target without a path becomes it. */
export function putPath(tx: Tx, text: string, toEnd: boolean): boolean {
  const uri = tx.uri();
  if (uri === undefined) return false;
  const start = pathStart(uri);
  if (start >= 0) return tx.setUri(uri.slice(0, start) + text + (toEnd ? '' : uri.slice(pathEnd(uri, start))));
  return tx.setUri(authority(uri) === undefined ? text : uri + text);
}

function putQuery(tx: Tx, text: string): boolean {
  const uri = tx.uri();
  if (uri === undefined) return false;
  const mark = uri.indexOf('?');
  if (mark < 0) return text === '' || tx.setUri(`${uri}?${text}`);
  return tx.setUri(uri.slice(0, mark + 1) + text);
}

/** A target with an authority sets the Host header to it. */
function putUri(tx: Tx, text: string): boolean {
  const host = authority(text);
  if (host !== undefined && tx.header(HOST) !== host && !(removeAll(tx, HOST) && tx.addHeader('host', host))) return false;
  return tx.setUri(text);
}

const PARTS = {
  method: { read: (tx) => tx.method(), write: (tx, text) => tx.setMethod(text) },
  path: { read: (tx) => tx.path(), write: (tx, text) => putPath(tx, text, false) },
  pathq: { read: (tx) => tx.pathq(), write: (tx, text) => putPath(tx, text, true) },
  query: { read: (tx) => tx.query(), write: putQuery },
  uri: { read: (tx) => tx.uri(), write: putUri },
} satisfies Record<string, Part>;

type PartName = keyof typeof PARTS;

/** Blanks and control characters would break the request line. */
function isClean(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 32 || code === 127) return false;
  }
  return true;
}

const putClean = (part: Part) => (tx: Tx, text: string): boolean => isClean(text) && part.write(tx, text);

function setting(name: PartName): ActionRow<LogFormat> {
  return {
    name: `set-${name}`, families: ['http-request'], final: false, doc: `replaces the ${name} of the request`,
    parse: (cursor) => wantedFormat(cursor, 'expects exactly 1 argument <format>'),
    compile(format, env) {
      const make = env.logFormat(format);
      const put = putClean(PARTS[name]);
      const done = rewritten(env);
      return (tx) => done(tx, put(tx, make(tx)));
    },
  };
}

interface Replacement {
  readonly regex: string;
  readonly format: LogFormat;
}

const EXPECTS = 'expects exactly 2 arguments <match-regex> and <replace-format>';

function replacing(name: PartName): ActionRow<Replacement> {
  return {
    name: `replace-${name}`, families: ['http-request'], final: false, doc: `replaces the ${name} of the request if it matches`,
    parse(cursor) {
      const regex = wantedRegex(cursor, EXPECTS);
      const format = regex === undefined ? undefined : wantedFormat(cursor, EXPECTS);
      return format === undefined ? undefined : { regex: regex!, format };
    },
    compile(data, env) {
      const make = env.logFormat(data.format);
      const regex = regexOf(data.regex);
      const part = PARTS[name];
      const put = putClean(part);
      const done = rewritten(env);
      return (tx) => {
        const text = part.read(tx);
        const match = text === undefined ? null : regex.exec(text);
        return done(tx, match === null || put(tx, expandGroups(make(tx), match)));
      };
    },
  };
}

export const uriActions: readonly ActionRow<LogFormat | Replacement>[] = [
  setting('method'), setting('path'), setting('pathq'), setting('query'), setting('uri'),
  replacing('path'), replacing('pathq'), replacing('uri'),
] as ActionRow<LogFormat | Replacement>[];
