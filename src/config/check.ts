/** Checks over whole proxies, in HAProxy's words where it has them. */
import { checkBackend } from './check_backend.js';
import type { Diagnostic, Span } from './diagnostic.js';
import { hasBackend, hasFrontend, proxyType } from './draft.js';
import type { ProxyDraft } from './draft.js';
import type { RuleFamily, Timeouts } from './model.js';

type Report = (diagnostic: Diagnostic) => void;

export function checkProxies(proxies: readonly ProxyDraft[], report: Report): void {
  for (const proxy of proxies) {
    // HAProxy doesn't look at disabled proxies.
    if (proxy.settings.disabled) continue;
    checkTimeouts(proxy, report);
    checkSides(proxy, report);
    checkCaptures(proxy, report);
    checkLog(proxy, report);
    checkBackend(proxy, report);
    if (proxy.settings.mode !== 'http') checkHttpOnly(proxy, report);
  }
}

const NEEDED: readonly (readonly [keyof Timeouts, 'frontend' | 'backend'])[] = [
  ['client', 'frontend'],
  ['connect', 'backend'],
  ['server', 'backend'],
];

/** A frontend needs 'client', a backend with servers 'connect' and 'server'. */
function checkTimeouts(proxy: ProxyDraft, report: Report): void {
  const missing = NEEDED.filter(([timeout, side]) => {
    const wanted = side === 'frontend' ? hasFrontend(proxy) && proxy.binds.length > 0 : hasBackend(proxy) && proxy.servers.length > 0;
    return wanted && (proxy.settings.timeouts[timeout] ?? 0) === 0;
  }).map(([timeout]) => `'${timeout}'`);
  if (missing.length === 0) return;
  warn(
    report,
    proxy.span,
    `missing timeouts for ${proxyType(proxy)} '${proxy.name}'`,
    `Set these timeouts to a non-zero value, here or in 'defaults': ${missing.join(', ')}. Without them a silent peer holds a connection for ever.`,
  );
}

function checkSides(proxy: ProxyDraft, report: Report): void {
  if (hasFrontend(proxy) && !proxy.seen.has('bind')) {
    const advice = proxy.kind === 'listen' ? 'Please declare it as a backend if this was intended.' : "Add a 'bind' line.";
    warn(report, proxy.span, `${proxyType(proxy)} '${proxy.name}' has no 'bind' directive`, advice);
  }
  if (proxy.kind !== 'listen') return;
  if (proxy.servers.length > 0 && proxy.settings.defaultBackend !== null) {
    warn(
      report,
      proxy.settings.defaultBackend.span,
      `proxy '${proxy.name}' has servers and a 'default_backend': the servers get nothing`,
      'Keep one of them.',
    );
  }
}

/** Capture rules of a frontend name slots of its own; those of a backend are looked up when they run. */
function checkCaptures(proxy: ProxyDraft, report: Report): void {
  if (!hasFrontend(proxy)) return;
  for (const { side, id, rule, span } of proxy.captureIds) {
    if (id < proxy.captures[side].length) continue;
    const summary = `${proxyType(proxy)} '${proxy.name}': unable to find capture id '${id}' referenced by ${rule} rule`;
    const advice = `Declare it: 'declare capture ${side} len <length>'. The first one has the id 0.`;
    report({ severity: 'alert', summary, advice, span, related: [] });
  }
}

/** HAProxy warns of formats that nothing is written in. */
function checkLog(proxy: ProxyDraft, report: Report): void {
  const format = proxy.seen.get('log-format');
  if (format === undefined || !hasFrontend(proxy) || proxy.settings.log.lines.length > 0) return;
  warn(report, format, `log format ignored for ${proxyType(proxy)} '${proxy.name}' since it has no log address.`, "Add a 'log' line.");
}

const HTTP_FAMILIES: readonly RuleFamily[] = ['http-request', 'http-response', 'http-after-response'];

/** What only HTTP can have, in a tcp proxy. */
function checkHttpOnly(proxy: ProxyDraft, report: Report): void {
  const who = `${proxyType(proxy)} '${proxy.name}'`;
  for (const family of HTTP_FAMILIES) {
    const [rule] = proxy.settings.rules[family];
    if (rule !== undefined)
      warn(report, rule.span, `'${family}' rules ignored for ${who} as they require HTTP mode`, "Add 'mode http', or remove the rules.");
  }
  const [redirect] = proxy.redirects;
  if (redirect !== undefined)
    warn(report, redirect.span, `'redirect' rules ignored for ${who} as they require HTTP mode`, "Add 'mode http', or remove the rules.");
  const stats = proxy.seen.get('stats');
  if (stats !== undefined) warn(report, stats, `'stats' statement ignored for ${who} as it requires HTTP mode`, "Add 'mode http', or remove the line.");
  const forwardFor = proxy.seen.get('option forwardfor');
  if (proxy.settings.forwardFor !== null) {
    warn(
      report,
      forwardFor ?? proxy.span,
      `'option forwardfor' ignored for ${who} as it requires HTTP mode`,
      "Add 'mode http', or remove the option.",
    );
  }
}

function warn(report: Report, span: Span, summary: string, advice: string): void {
  report({ severity: 'warning', summary, advice, span, related: [] });
}
