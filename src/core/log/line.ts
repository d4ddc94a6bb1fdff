/**
 * Writers of log lines: a log-format string as bytes. The usual aliases have writers of their own, which make no text; everything else
 * is made as text by the formatter of all log-format strings, and both give the same.
 */
import type { LogFormat, LogFormatItem } from '../../config/model.js';
import type { CompileEnv } from '../row.js';
import type { Tx } from '../tx.js';
import { aliasWriters } from './alias_writer.js';
import type { LogSink } from './sink.js';

export type WriteLine = (tx: Tx, sink: LogSink) => void;

/** Constant text: with and without a blank in front. */
interface Text {
  readonly all: Uint8Array;
  readonly bare: Uint8Array;
  readonly ends: boolean;
}

type Part = { readonly write: WriteLine; readonly text: null } | { readonly write: null; readonly text: Text };

const bytesOf = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));

function textPart(text: string): Part {
  return { write: null, text: { all: bytesOf(text), bare: bytesOf(text.startsWith(' ') ? text.slice(1) : text), ends: text.endsWith(' ') } };
}

function itemPart(item: LogFormatItem, binary: boolean, env: CompileEnv): Part {
  if (item.kind === 'text') return textPart(item.text);
  const own = item.kind === 'alias' ? aliasWriters(item.alias, item.flags, env) : null;
  if (own !== null) return { write: own, text: null };
  const make = env.logFormat({ items: [item], text: '', binary }, 'log');
  return { write: (tx, sink) => sink.put(make(tx)), text: null };
}

/** A line's writer. In logs blanks separate fields: behind an item that printed nothing there is none. */
export function lineWriter(format: LogFormat, env: CompileEnv): WriteLine {
  if (format.encoding != null) {
    const make = env.logFormat(format, 'log');
    return (tx, sink) => sink.put(make(tx));
  }
  const parts = format.items.map((item) => itemPart(item, format.binary === true, env));
  return (tx, sink) => {
    let open = true;
    for (let i = 0; i < parts.length; i++) {
      const { write, text } = parts[i]!;
      const { at } = sink;
      if (write !== null) write(tx, sink);
      else sink.copy(open ? text.bare : text.all);
      if (sink.at !== at) open = text !== null && text.ends;
    }
  };
}
