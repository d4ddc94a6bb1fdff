/** Slots for captured text, which logs and samples read (manual: capture, declare capture). */
import type { ProxyDraft } from '../../draft.js';
import { INT_MAX } from '../../walk.js';
import type { Walk } from '../../walk.js';
import { on } from '../make.js';
import type { ProxyRow } from '../row.js';

const LENGTH = { name: 'length', type: 'int', min: 0, max: INT_MAX } as const;

/** `len <length>`; `usage` completes the error. */
function parseLength(walk: Walk, usage: string): number | undefined {
  const word = walk.next();
  const length = word?.text === 'len' ? walk.next() : undefined;
  if (word?.text !== 'len' || length === undefined) return walk.error(word ?? walk.keywordSpan, `'${walk.keyword}' expects ${usage}`);
  return walk.intOf(length, 'a length', 0, INT_MAX);
}

function captureHeader(side: 'request' | 'response'): ProxyRow {
  return on(
    'frontend',
    {
      name: `capture ${side} header`,
      args: [{ name: 'name', type: 'text' }, LENGTH],
      usage: '<name> len <length>',
      support: 'yes',
      doc: `Captures the last value of a header of the ${side}, at most <length> bytes of it.`,
      parse(walk, { captures }) {
        const usage = `<header_name> 'len' <len>`;
        const name = walk.need(usage);
        const length = name === undefined ? undefined : parseLength(walk, usage);
        if (name !== undefined && length !== undefined) captures[side].push({ header: name.text.toLowerCase(), length });
      },
    },
    'no',
  );
}

function declareCapture(side: 'request' | 'response'): ProxyRow {
  return on(
    'frontend',
    {
      name: `declare capture ${side}`,
      args: [LENGTH],
      usage: 'len <length>',
      support: 'yes',
      doc: `A slot that capture rules of the ${side} fill by its id; the first slot has the id 0.`,
      parse(walk, { captures }) {
        const length = parseLength(walk, "a capture length ('len')");
        if (length !== undefined) captures[side].push({ header: null, length });
      },
    },
    'no',
    { strict: true },
  );
}

const captureCookie = on(
  'frontend',
  {
    name: 'capture cookie',
    args: [{ name: 'name', type: 'text' }, LENGTH],
    usage: '<name> len <length>',
    support: 'yes',
    doc: 'Captures the first cookie whose name starts like this, of the request and of the response, for logs.',
    parse(walk, target: ProxyDraft) {
      const usage = `<cookie_name> 'len' <len>`;
      const name = walk.need(usage);
      const length = name === undefined ? undefined : parseLength(walk, usage);
      if (name !== undefined && length !== undefined) target.captures.cookie = { prefix: name.text, length };
    },
  },
  'no',
);

export const captureRows: readonly ProxyRow[] = [
  captureHeader('request'),
  captureHeader('response'),
  captureCookie,
  declareCapture('request'),
  declareCapture('response'),
];
