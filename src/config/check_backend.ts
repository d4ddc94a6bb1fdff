/** What a backend's balancing and persistence need of its mode, in HAProxy's words. */
import { balancerRow } from '../backends/balance/index.js';
import type { Diagnostic } from './diagnostic.js';
import { hasBackend, proxyType } from './draft.js';
import type { ProxyDraft } from './draft.js';

type Report = (diagnostic: Diagnostic) => void;

export function checkBackend(proxy: ProxyDraft, report: Report): void {
  if (!hasBackend(proxy) || proxy.kind === 'defaults') return;
  checkHashing(proxy, report);
  if (proxy.settings.mode !== 'http') checkPersistence(proxy, report);
  checkDynamicCookies(proxy, report);
}

function checkHashing(proxy: ProxyDraft, report: Report): void {
  const { balance, mode, hash } = proxy.settings;
  const row = balancerRow(balance.algorithm);
  const who = `${proxyType(proxy)} '${proxy.name}'`;
  if (row.mode === 'http' && mode !== 'http') {
    warn(proxy, report, `Layer 7 hash not possible for ${who} (needs 'mode http'). Falling back to round robin.`, "Add 'mode http', or another 'balance'.");
  }
  if (hash.balanceFactor > 0 && hash.method === 'map-based' && balance.algorithm !== 'random') {
    warn(proxy, report, `'hash-balance-factor' has no effect on ${who}`, "It needs 'hash-type consistent', 'hash-type maglev' or 'balance random'.");
  }
}

function checkPersistence(proxy: ProxyDraft, report: Report): void {
  const { cookie } = proxy.settings;
  const who = `${proxyType(proxy)} '${proxy.name}'`;
  if (cookie !== null) warn(proxy, report, `cookie will be ignored for ${who} (needs 'mode http').`, "Add 'mode http', or remove the cookie.");
  for (const { name, settings, span } of proxy.servers) {
    if (settings.redir !== null) {
      const summary = `${who} : server cannot have cookie or redirect prefix in non-HTTP mode.`;
      report({ severity: 'alert', summary, advice: "Add 'mode http', or remove 'redir'.", span, related: [] });
    } else if (settings.cookie !== null) {
      const summary = `${who} : ignoring cookie for server '${name}' as HTTP mode is disabled.`;
      report({ severity: 'warning', summary, advice: "Add 'mode http', or remove 'cookie'.", span, related: [] });
    }
  }
}

/** Without a key there are no dynamic cookies: clients would not be kept on their server, and nothing would say so. */
function checkDynamicCookies(proxy: ProxyDraft, report: Report): void {
  const { cookie, dynamicCookieKey, mode } = proxy.settings;
  if (mode !== 'http' || cookie?.dynamic !== true || dynamicCookieKey !== null) return;
  warn(proxy, report, `${proxyType(proxy)} '${proxy.name}' has dynamic cookies and no key: servers without a 'cookie' have none`, "Add 'dynamic-cookie-key <secret>'.");
}

function warn({ span }: ProxyDraft, report: Report, summary: string, advice: string): void {
  report({ severity: 'warning', summary, advice, span, related: [] });
}
