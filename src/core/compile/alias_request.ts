/** Aliases that tell of the message: the request line as it came, whatever rules made of it, the status, captured cookies. */
import { FACT_BYTES_IN_LO, FACT_BYTES_OUT_LO } from '../abi.js';
import { terminationState } from '../fetch/stream.js';
import type { CompileEnv, Fetch } from '../row.js';
import type { Stream } from '../stream.js';
import { pathEnd, pathStart } from '../target.js';
import type { Tx } from '../tx.js';
import { encodeLine, plain, text, type Alias } from './alias_row.js';
import { asFarAs, isLoggedEarly } from './alias_time.js';

/** What stands for the parts of a request that could not be read. */
const UNREADABLE = '<BADREQ>';

/** A part of the request line, noted before any rule could change it. */
function ofLine(read: (stream: Stream) => string): Alias {
  return text((env) => {
    env.keeps.add('request-line');
    return (tx) => {
      const stream = tx.streamIfAny();
      return stream === undefined || stream.uri === undefined ? UNREADABLE : encodeLine(read(stream));
    };
  });
}

const uriOf = ({ uri = '' }: Stream): string => uri;
const version = (stream: Stream): string => `HTTP/1.${Math.max(0, stream.version)}`;

/** The target without its query string, with scheme and host where it has them. */
function withoutQuery(stream: Stream): string {
  const uri = uriOf(stream);
  return uri.slice(0, pathEnd(uri, Math.max(0, pathStart(uri))));
}

function pathOnly(stream: Stream): string {
  const uri = uriOf(stream);
  const start = pathStart(uri);
  return start < 0 ? uri : uri.slice(start, pathEnd(uri, start));
}

function query(stream: Stream): string {
  const uri = uriOf(stream);
  const mark = uri.indexOf('?');
  return mark < 0 ? '' : uri.slice(mark);
}

/** A '+' stands before what grows on after the line is written. */
const bytesOut = (env: CompileEnv): Fetch => {
  const early = isLoggedEarly(env);
  return (tx) => (early(tx) ? `+${asFarAs(tx, FACT_BYTES_OUT_LO)}` : asFarAs(tx, FACT_BYTES_OUT_LO));
};

export const requestAliases: Readonly<Record<string, Alias>> = {
  B: plain(bytesOut),
  U: plain(() => (tx) => asFarAs(tx, FACT_BYTES_IN_LO)),
  HM: ofLine(({ method = '' }) => method),
  HP: ofLine(withoutQuery),
  HPO: ofLine(pathOnly),
  HQ: ofLine(query),
  HU: ofLine(uriOf),
  HV: ofLine(version),
  r: ofLine((stream) => `${stream.method ?? ''} ${uriOf(stream)} ${version(stream)}`),
  ST: plain(({ model }) => (tx) => tx.status() || (model.proxies[tx.frontend]?.mode === 'http' ? -1 : 0)),
  CC: text(() => (tx) => tx.streamIfAny()?.requestCookie),
  CS: text(() => (tx) => tx.streamIfAny()?.responseCookie),
  tsc: plain(() => (tx: Tx) => terminationState(tx) + (tx.streamIfAny()?.cookieState ?? '--')),
};
