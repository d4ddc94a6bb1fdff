/** The formats of a proxy's log, read once its mode is known: a format in `defaults` is read for each proxy that inherits it. */
import type { Diagnostic } from './diagnostic.js';
import { hasFrontend, proxyType } from './draft.js';
import type { ProxyDraft } from './draft.js';
import type { FormatDraft, LogFormats } from './log_draft.js';
import type { LogFormat } from './model.js';
import type { Site } from './site.js';
import type { Word } from './source.js';
import { INTERNAL_VARIABLES } from './variables.js';
import { Walk } from './walk.js';

/** Fields about TLS in the line of httpslog as HAProxy prints them for connections without it. */
const NO_TLS = '%[fc_err]/-/-/-/0 -/-/-';

/** Formats that options stand for, plain and clf. */
const OPTIONS: Readonly<Record<NonNullable<FormatDraft['option']>, readonly [plain: string, clf: string]>> = {
  tcplog: [INTERNAL_VARIABLES['HAPROXY_TCP_LOG_FMT']!, INTERNAL_VARIABLES['HAPROXY_TCP_CLF_LOG_FMT']!],
  httplog: [INTERNAL_VARIABLES['HAPROXY_HTTP_LOG_FMT']!, INTERNAL_VARIABLES['HAPROXY_HTTP_CLF_LOG_FMT']!],
  httpslog: [`${INTERNAL_VARIABLES['HAPROXY_HTTP_LOG_FMT']!} ${NO_TLS}`, ''],
};

/** Reads them for a proxy whose lines have all been read; `site` stands in that proxy. */
export function readLogFormats(site: Site, proxy: ProxyDraft): LogFormats {
  const { log } = proxy.settings;
  if (!hasFrontend(proxy)) return { format: null, structuredData: null, errorFormat: null };
  const report = onceReported(site);
  return {
    format: read(site, proxy, log.format, report),
    structuredData: read(site, proxy, log.structuredData, report),
    errorFormat: read(site, proxy, log.errorFormat, report),
  };
}

const told = new WeakMap<Site, Set<string>>();

/** A line of `defaults` is wrong once, however many proxies inherit it. */
function onceReported(site: Site): (diagnostic: Diagnostic) => void {
  const known = told.get(site) ?? new Set<string>();
  told.set(site, known);
  return (diagnostic) => {
    const key = JSON.stringify([diagnostic.span, diagnostic.summary]);
    if (known.has(key)) return;
    known.add(key);
    site.sink.report(diagnostic);
  };
}

function read(site: Site, proxy: ProxyDraft, draft: FormatDraft | null, report: (diagnostic: Diagnostic) => void): LogFormat | null {
  if (draft === null) return null;
  const { line, at, option } = draft;
  const quiet: Site = { ...site, sink: { report } };
  const first = line[0] as Word;
  if (option === null) return new Walk(quiet, line, at, null).logFormat(line[at] as Word, 'log') ?? null;
  let name = option;
  if (option !== 'tcplog' && proxy.settings.mode !== 'http') {
    report({
      severity: 'warning',
      summary: `'option ${option}' not usable with ${proxyType(proxy)} '${proxy.name}' (needs 'mode http'). Falling back to 'option tcplog'.`,
      advice: "Add 'mode http', or write 'option tcplog'.",
      span: { ...first.span, end: (line[1] ?? first).span.end },
      related: [],
    });
    name = 'tcplog';
  }
  const text = OPTIONS[name][at < 0 || option === 'httpslog' ? 0 : 1];
  return new Walk(quiet, line, line.length, null).logFormat({ text, span: first.span, offsets: null }, 'log') ?? null;
}
