import type { Diagnostic, Severity, Span } from './diagnostic.js';
import { lineOf, lineStarts } from './source.js';
import type { Source } from './source.js';

/**
 * Diagnostics as text. The first line has HAProxy's shape, so that scripts that read its messages read ours; below it stand the
 * line, a mark under the exact words, the advice and the related places:
 *
 *     [ALERT]    (4711) : config : parsing [haproxy.cfg:12] : unknown keyword 'timout' in 'frontend' section
 *        |
 *     12 |     timout client 5s
 *        |     ^^^^^^
 *        = help: Did you mean 'timeout'?
 */

const LABELS: Readonly<Record<Severity, string>> = { alert: '[ALERT]', warning: '[WARNING]', notice: '[NOTICE]', diag: '[DIAG]' };
const TAB = '    ';
/** Columns of an excerpt; of longer lines the part around the mark is shown. */
const MAX_COLUMNS = 160;
const CONTROL = /\p{Cc}/gu;

/** The whole text of a diagnostic, without a final line feed. */
export function render(diagnostic: Diagnostic, sources: readonly Source[], pid: number): string {
  const { severity, summary, advice, span } = diagnostic;
  const source = span === null ? undefined : sources[span.source];
  const prefix = `${LABELS[severity].padEnd(10)} (${pid}) : config : `;
  if (span === null || source === undefined) {
    return [`${prefix}${decode(summary)}`, ...(advice === null ? [] : [`   = help: ${decode(advice)}`])].join('\n');
  }
  const width = String(Math.max(...[span, ...diagnostic.related.map((item) => item.span)].map((place) => number(place, sources)))).length;
  const margin = ' '.repeat(width);
  const lines = [`${prefix}parsing [${source.name}:${lineOf(source, span.start)}] : ${decode(summary)}`, `${margin} |`];
  lines.push(...excerpt(source, span, width));
  if (advice !== null) lines.push(`${margin} = help: ${decode(advice)}`);
  for (const { span: place, text } of diagnostic.related) {
    const other = sources[place.source];
    if (other === undefined) continue;
    lines.push(`${margin} = note: ${decode(text)} [${other.name}:${lineOf(other, place.start)}]`);
    lines.push(...excerpt(other, place, width));
  }
  return lines.join('\n');
}

function number(span: Span, sources: readonly Source[]): number {
  const source = sources[span.source];
  return source === undefined ? 0 : lineOf(source, span.start);
}

/** The line of a span and the mark below it. A span over several lines is marked to the end of its first one. */
function excerpt(source: Source, span: Span, width: number): string[] {
  const line = lineOf(source, span.start);
  const start = lineStarts(source)[line - 1] ?? 0;
  const feed = source.text.indexOf('\n', start);
  const end = feed === -1 ? source.text.length : feed;
  const text = source.text.slice(start, end).replace(/\r+$/, '');
  const from = Math.min(span.start - start, text.length);
  const to = Math.max(from, Math.min(span.end - start, text.length));
  let before = visible(text.slice(0, from));
  const marked = visible(text.slice(from, to));
  let after = visible(text.slice(to));
  if (columns(before) + columns(marked) + columns(after) > MAX_COLUMNS) {
    before = shorten(before, MAX_COLUMNS / 2, 'head');
    after = shorten(after, MAX_COLUMNS / 4, 'tail');
  }
  const mark = shorten(marked, MAX_COLUMNS, 'tail');
  return [
    `${String(line).padStart(width)} | ${before}${mark}${after}`.trimEnd(),
    `${' '.repeat(width)} | ${' '.repeat(columns(before))}${'^'.repeat(Math.max(1, columns(mark)))}`,
  ];
}

/** Source text as a terminal shows it: UTF-8 where it is that, tabs as blanks, control characters as a dot in the middle. */
function visible(text: string): string {
  return decode(text).replaceAll('\t', TAB).replace(CONTROL, '\u00b7');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The configuration is read as one character a byte; what is valid UTF-8 is shown as such. */
function decode(text: string): string {
  if (!/[\u0080-\u00ff]/.test(text) || /[\u0100-\uffff]/.test(text)) return text;
  try {
    return utf8.decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}

/** Columns on a terminal: code points, combining marks not counted, East Asian wide ones twice. */
function columns(text: string): number {
  let count = 0;
  for (const char of text) {
    if (/\p{Mark}/u.test(char)) continue;
    count += /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\p{Emoji_Presentation}\uff01-\uff60]/u.test(char) ? 2 : 1;
  }
  return count;
}

function shorten(text: string, limit: number, keep: 'head' | 'tail'): string {
  const chars = [...text];
  if (chars.length <= limit) return text;
  return keep === 'head' ? `…${chars.slice(chars.length - limit + 1).join('')}` : `${chars.slice(0, limit - 1).join('')}…`;
}
