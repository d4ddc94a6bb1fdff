/** The statistics page as HTML: a table for each proxy. It reads without scripts; with them its figures are live. */
import { hostname } from 'node:os';
import type { Proxy } from '../../../config/model.js';
import type { Subject } from '../field.js';
import { formActions } from '../form.js';
import { pageAddress } from '../options.js';
import { shownOn, type PageRequest } from '../pages.js';
import { columns, Figures, lineName, lineState } from './columns.js';
import { lineKey } from './live.js';
import { script } from './script.js';
import { style } from './style.js';
import { summary } from './summary.js';
import { escapeHtml } from './text.js';

/** Sentences about what became of a form. */
const RESULTS: Readonly<Record<string, readonly [kind: 'good' | 'bad', text: string]>> = {
  DONE: ['good', 'The action was done.'],
  NONE: ['bad', 'Nothing has changed.'],
  PART: ['bad', 'The action was done for some of the servers only: others were not found, or it means nothing to them.'],
  ERRP: ['bad', 'The action was not done: the form names a backend, a server or an action that is not there.'],
  EXCD: ['bad', 'The action was not done: the form is longer than a buffer. Choose fewer servers.'],
  DENY: ['bad', 'The action was refused: this page may not change that.'],
  UNKN: ['bad', 'Something unexpected has happened.'],
};

/** Seconds between two looks of the script where `stats refresh` says nothing. */
const LIVE_SECONDS = 2;

const attribute = (name: string, value: string): string => (value === '' ? '' : ` ${name}="${escapeHtml(value)}"`);

function head({ page, options }: PageRequest): string {
  const title = `Statistics${page.node === null ? '' : ` of ${page.node || hostname()}`}`;
  // Without scripts the browser loads the whole page again.
  const refresh = page.refresh > 0 && !options.norefresh ? `<noscript><meta http-equiv="refresh" content="${page.refresh}"></noscript>` : '';
  return `<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
${refresh}<style>${style}</style></head>`;
}

function links({ page, options }: PageRequest): string {
  const link = (text: string, change: Parameters<typeof pageAddress>[1]): string =>
    `<a href="${escapeHtml(pageAddress(page.uri, { ...options, format: 'html', result: null, ...change }))}">${text}</a>`;
  return [
    options.servers === 'all' ? link('Hide down servers', { servers: 'up' }) + link('Hide maintenance', { servers: 'no-maint' }) : link('Show all servers', { servers: 'all' }),
    options.norefresh ? link('Live', { norefresh: false }) : link('Stand still', { norefresh: true }),
    link('Refresh now', {}), link('CSV', { format: 'csv' }), link('JSON', { format: 'json' }), link('Schema', { format: 'json-schema' }),
  ].join('');
}

function* top(request: PageRequest): Generator<string> {
  const { page, options, source } = request;
  const { facts } = source.readings;
  const version = page.showVersion ? ` <small>${escapeHtml(facts.version)}</small>` : '';
  const node = page.node === null ? '' : ` <small>on ${escapeHtml(page.node || hostname())}</small>`;
  const live = options.norefresh ? 0 : page.refresh || LIVE_SECONDS;
  yield `<body data-live="${escapeHtml(pageAddress(page.uri, { ...options, format: 'live', result: null }))}" data-every="${live}">
<header><h1>tsproxy${version}${node}</h1>${page.description === null || page.description === '' ? '' : `<p>${escapeHtml(page.description)}</p>`}
<svg class="line total" aria-hidden="true"></svg>
<dl class="tiles">${summary(request).map(({ title, text }) => `<div><dt>${title}</dt><dd>${escapeHtml(text)}</dd></div>`).join('')}</dl>
<nav>${links(request)}<span class="filter" hidden><input type="search" placeholder="Filter by name" aria-label="Filter by name"><select aria-label="Filter by state"><option value="">Any state</option><option value="trouble">In trouble</option><option value="up">Up</option><option value="down">Down</option><option value="maint">Maintenance</option><option value="drain">Drain</option></select></span></nav></header>`;
  const result = options.result === null ? undefined : (RESULTS[options.result] ?? RESULTS.UNKN);
  if (result !== undefined) yield `<p class="result ${result[0]}" role="status">${result[1]} <a href="${escapeHtml(pageAddress(page.uri, { ...options, result: null }))}">Close</a></p>`;
  yield '<main>';
}

function legend(line: Figures, { source }: PageRequest): string {
  const { model } = source.readings;
  const { kind, proxy, index } = line.subject;
  const parts = kind === 'server' || kind === 'listener'
    ? [line.text('addr'), `id ${line.text('sid')}`, line.has('cookie') ? `cookie ${line.text('cookie')}` : '']
    : [`mode ${model.proxies[proxy]!.mode}`, `id ${line.text('iid')}`, line.has('algo') ? `balance ${line.text('algo')}` : '', line.has('cookie') ? `cookie ${line.text('cookie')}` : ''];
  const shown = parts.filter((part) => part !== '').join(' · ');
  return shown === '' || index < 0 ? '' : `<small>${escapeHtml(shown)}</small>`;
}

function lineHtml(request: PageRequest, subject: Subject): string {
  const line = new Figures(request.source, subject);
  const name = lineName(line);
  const box = request.admin && subject.kind === 'server' ? `<input type="checkbox" name="s" value="${escapeHtml(name)}" aria-label="${escapeHtml(name)}"> ` : '';
  const more = request.page.showLegends ? legend(line, request) : '';
  const cells = columns.map((column) => `<td data-head="${column.head}"${attribute('title', column.detail?.(line) ?? '')}>${escapeHtml(column.cell(line))}</td>`);
  return `<tr id="${lineKey(line)}" class="${subject.kind} ${lineState(line)}"><th scope="row"><label>${box}<i></i>${escapeHtml(name)}</label>${more}<svg class="line" aria-hidden="true"></svg></th>${cells.join('')}</tr>\n`;
}

const HEADS = columns.map(({ head: name, doc }) => `<th scope="col" title="${escapeHtml(doc)}">${name}</th>`).join('');
const ACTIONS = formActions.filter(({ title }) => title !== null).map(({ word, title }) => `<option value="${word}">${title}</option>`).join('');

function openSection({ name, description, mode }: Proxy): string {
  const more = [mode, description ?? ''].filter((part) => part !== '').join(' · ');
  return `<section data-name="${escapeHtml(name.toLowerCase())}"><h2 id="${escapeHtml(name)}"><a href="#${encodeURIComponent(name)}">${escapeHtml(name)}</a> <small>${escapeHtml(more)}</small></h2>`;
}

const formOf = ({ page, options }: PageRequest): string => `<form method="post" action="${escapeHtml(pageAddress(page.uri, { ...options, result: null }))}">`;

const controls = ({ id }: Proxy): string => `<p class="act"><label class="all" hidden><input type="checkbox"> all</label> With the chosen servers:
<select name="action" aria-label="Action"><option value=""></option>${ACTIONS}</select><input type="hidden" name="b" value="#${id}"> <button>Apply</button></p></form>`;

/** The page in pieces, one for each line. */
export function* dashboard(request: PageRequest): Generator<string> {
  const { proxies } = request.source.readings.model;
  yield head(request);
  yield* top(request);
  let open: Proxy | null = null;
  const changes = ({ isBackend, servers }: Proxy): boolean => request.admin && isBackend && servers.length > 0;
  const close = (proxy: Proxy): string => `</tbody></table></div>${changes(proxy) ? controls(proxy) : ''}</section>\n`;
  for (const subject of shownOn(request)) {
    const proxy = proxies[subject.proxy]!;
    if (proxy !== open) {
      if (open !== null) yield close(open);
      open = proxy;
      yield `${openSection(proxy)}${changes(proxy) ? formOf(request) : ''}<div class="wide"><table><thead><tr><th scope="col">Name</th>${HEADS}</tr></thead><tbody>\n`;
    }
    yield lineHtml(request, subject);
  }
  yield open === null ? '<p>There is nothing to show.</p>' : close(open);
  yield `</main><script>${script}</script></body></html>\n`;
}
