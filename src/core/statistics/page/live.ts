/** The figures of the page as its script asks for them every few seconds. */
import type { PageRequest } from '../pages.js';
import { shownOn } from '../pages.js';
import { columns, Figures, lineState } from './columns.js';
import { summary } from './summary.js';

/** How a line is found again: kind, proxy and number. */
export const lineKey = ({ subject: { kind, proxy, index } }: Figures): string => `${kind[0]}${proxy}-${index}`;

/** `{"summary":[…],"lines":[[key, state, rate, [cell…], [detail…]]…]}` in pieces. */
export function* liveFigures(request: PageRequest): Generator<string> {
  yield `{"summary":${JSON.stringify(summary(request).map(({ text }) => text))},"lines":[`;
  let before = '';
  for (const subject of shownOn(request)) {
    const line = new Figures(request.source, subject);
    const cells = columns.map((column) => column.cell(line));
    const details = columns.map((column) => column.detail?.(line) ?? '');
    yield before + JSON.stringify([lineKey(line), lineState(line), line.number(line.has('req_rate') ? 'req_rate' : 'rate'), cells, details]);
    before = ',';
  }
  yield ']}\n';
}
