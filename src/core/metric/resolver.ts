import { COUNTERS, type Counter } from '../../backends/resolver/figures.js';
import { gauge, type ScopeTable } from './row.js';

const HELP: Readonly<Record<Counter, string>> = {
  sent: 'Questions sent to the name server.', send_error: 'Questions that could not be sent.', valid: 'Good answers.', update: 'Answers that changed something.',
  cname: 'Answers that led through an alias.', cname_error: 'Aliases that led nowhere.', any_err: 'Answers without a record.', nx: 'Answers that there is no such name.',
  timeout: 'Questions that were not answered in time.', refused: 'Questions that were refused.', other: 'Answers with other errors.', invalid: 'Messages that were no answer.',
  too_big: 'Answers larger than what is accepted.', truncated: 'Answers that were cut.', outdated: 'Answers that came too late.',
};

/** haproxy_resolver_*: labels resolver, nameserver. HAProxy's exporter calls these counters gauges: dashboards know them by that type. */
export const resolverTable: ScopeTable = {
  scope: 'resolver',
  rows: COUNTERS.map((name) => gauge(`haproxy_resolver_${name}`, HELP[name], (r, n) => r.nameservers[n]![name])),
};
