import type { Proxy } from '../../config/model.js';
import type { StatisticsPage } from '../../config/statistics_page.js';
import type { Source, Subject } from './field.js';
import { csvHead, csvLine, jsonObject, typedLines } from './format.js';
import { applyForm, type FormParts } from './form.js';
import { pageAddress, pageOptions, type PageOptions } from './options.js';
import { dashboard } from './page/dashboard.js';
import { liveFigures } from './page/live.js';
import { PAGE_HEADERS } from './page/policy.js';
import type { PageAnswer, PageQuestion } from './question.js';
import { schema } from './schema.js';
import { EVERYTHING, subjects } from './subjects.js';

/** Lines that are written before the event loop gets its turn: pages must not hold up checks and signals. */
const STEP = 200;

export type PageParts = FormParts & Omit<Source, 'legends'>;

/** A page as it was asked for. */
export interface PageRequest {
  readonly proxy: Proxy;
  readonly page: StatisticsPage;
  readonly options: PageOptions;
  readonly admin: boolean;
  readonly source: Source;
}

const OF_FORMAT: Readonly<Record<PageOptions['format'], { readonly type: string; readonly write: (request: PageRequest) => Iterable<string> }>> = {
  html: { type: 'text/html; charset=utf-8', write: dashboard },
  live: { type: 'application/json', write: liveFigures },
  csv: { type: 'text/plain', write: csv },
  typed: { type: 'text/plain', write: typed },
  json: { type: 'application/json', write: json },
  'json-schema': { type: 'application/json', write: () => [`${JSON.stringify(schema)}\n`] },
};

/** The lines that a page shows: within the scope of its configuration and of its address. */
export function* shownOn({ page, options, source }: PageRequest): Generator<Subject> {
  const { proxies } = source.readings.model;
  const wanted = options.scope.toLowerCase();
  for (const { index, name } of proxies) {
    if (page.scope.length > 0 && !page.scope.includes(name)) continue;
    if (wanted !== '' && !name.toLowerCase().includes(wanted)) continue;
    yield* subjects(source, { ...EVERYTHING, proxy: index, servers: options.servers });
  }
}

function* csv(request: PageRequest): Generator<string> {
  yield csvHead();
  for (const subject of shownOn(request)) yield csvLine(request.source, subject);
}

function* typed(request: PageRequest): Generator<string> {
  for (const subject of shownOn(request)) yield typedLines(request.source, subject, false);
}

function* json(request: PageRequest): Generator<string> {
  let before = '[';
  for (const subject of shownOn(request)) {
    yield before + jsonObject(request.source, subject);
    before = ',';
  }
  yield before === '[' ? '[]\n' : ']\n';
}

/** Makes the answers to requests for statistics pages. Main thread. */
export class StatisticsPages {
  constructor(private readonly parts: PageParts) {}

  async answer({ proxy: index, target, admin, form, cut }: PageQuestion): Promise<PageAnswer> {
    const proxy = this.parts.readings.model.proxies[index]!;
    const page = proxy.stats!;
    const options = pageOptions(target.slice(page.uri.length));
    if (form !== null) {
      const result = !admin ? 'DENY' : cut ? 'EXCD' : applyForm(this.parts, form, page.scope);
      return { status: 303, headers: [['content-type', 'text/plain'], ['location', pageAddress(page.uri, { ...options, format: 'html', result })]], body: '' };
    }
    this.parts.readings.sampler.averages();
    const { readings, checks, states, base } = this.parts;
    const request: PageRequest = { proxy, page, options, admin, source: { readings, checks, states, base, legends: page.showLegends } };
    const { type, write } = OF_FORMAT[options.format];
    const html = options.format === 'html';
    // Browsers refresh the page by what is in it: with scripts its figures, without them all of it.
    const refresh: PageAnswer['headers'] = page.refresh > 0 && !options.norefresh && !html ? [['refresh', String(page.refresh)]] : [];
    return { status: 200, headers: [['content-type', type], ...refresh, ...(html ? PAGE_HEADERS : [])], body: await collect(write(request)) };
  }
}

async function collect(pieces: Iterable<string>): Promise<string> {
  let text = '';
  let written = 0;
  for (const piece of pieces) {
    text += piece;
    if (++written % STEP === 0) await new Promise<void>((resolve) => setImmediate(resolve));
  }
  return text;
}
