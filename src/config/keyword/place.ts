/** What samples can see where a rule stands (manual, 7.3: each fetch needs something that exists only in some places). */
import type { FetchRow, Needs } from '../../core/row.js';
import { keywordAt } from '../expression.js';
import type { ParsedExpression } from '../expression.js';
import type { Condition, RuleFamily } from '../model.js';
import { subspan } from '../source.js';
import type { Word } from '../source.js';
import type { Walk } from '../walk.js';
import { sampleTables } from './samples.js';

/** Rule families, and other lines with samples by their keywords. */
export type Place = keyof typeof AVAILABLE;

const ALWAYS: readonly Needs[] = ['nothing', 'client'];
const REQUEST: ReadonlySet<Needs> = new Set([...ALWAYS, 'request', 'request-body']);
const RESPONSE: ReadonlySet<Needs> = new Set([...ALWAYS, 'server', 'response', 'response-body']);
const CONNECTION: ReadonlySet<Needs> = new Set(ALWAYS);

const AT_END: ReadonlySet<Needs> = new Set([...ALWAYS, 'server', 'end']);
const AT_START: ReadonlySet<Needs> = new Set(['nothing']);

const AVAILABLE = {
  'tcp-request connection': CONNECTION,
  'tcp-request session': CONNECTION,
  'tcp-request content': REQUEST,
  'http-request': REQUEST,
  use_backend: REQUEST,
  'tcp-response content': RESPONSE,
  'http-response': RESPONSE,
  'http-after-response': RESPONSE,
  'use-server': REQUEST,
  'stick match': REQUEST,
  'stick on': REQUEST,
  'stick store-request': REQUEST,
  'stick store-response': RESPONSE,
  balance: REQUEST,
  'force-persist': REQUEST,
  'ignore-persist': REQUEST,
  'force-be-switch': REQUEST,
  'monitor fail': REQUEST,
  'unique-id-format': REQUEST,
  'log-format': AT_END,
  'log-format-sd': AT_END,
  'error-log-format': AT_END,
  on: AT_END,
  'health check': new Set([...RESPONSE]),
  'set-var': AT_START,
  'set-var-fmt': AT_START,
} satisfies Readonly<Record<string, ReadonlySet<Needs>>> & Readonly<Record<RuleFamily, ReadonlySet<Needs>>>;

const NAMES: Readonly<Record<Needs, string>> = {
  nothing: 'nothing',
  client: 'the client connection',
  request: 'the request',
  'request-body': 'the body of the request',
  server: 'the server',
  response: 'the response',
  'response-body': 'the body of the response',
  end: 'the end of the stream',
};

function available({ needs, orElse }: FetchRow, place: Place): boolean {
  return AVAILABLE[place].has(needs) || (orElse !== undefined && AVAILABLE[place].has(orElse));
}

/** Lines of health checks, by the words they begin with. */
const CHECK_LINES = /^(?:http-check|tcp-check|option httpchk|type httpchk)\b/;

function placeOf({ keyword, words }: Walk): Place | null {
  if (CHECK_LINES.test(keyword) || CHECK_LINES.test(words[0]?.text ?? '')) return 'health check';
  return Object.hasOwn(AVAILABLE, keyword) ? (keyword as Place) : null;
}

/** Refuses an expression that needs what is not there; `from` is where it starts in the word. */
export function checkPlace(walk: Walk, parsed: ParsedExpression, word: Word, from: number): boolean {
  const place = walk.family ?? placeOf(walk);
  if (place === null || available(parsed.fetch, place)) return true;
  const end = from + keywordAt(word.text, from).length;
  walk.error(
    subspan(word, from, end),
    `sample fetch '${parsed.sample.text}' may not be reliably used here because it needs ${NAMES[parsed.fetch.needs]}, which is not available here`,
    `'${place}' lines are evaluated when it is not known.`,
  );
  return false;
}

/** Warns of tests that can't match in this place, as HAProxy does. */
export function checkConditionPlace(walk: Walk, condition: Condition, place: Place): void {
  if (condition.kind === 'not') checkConditionPlace(walk, condition.term, place);
  else if (condition.kind !== 'test') for (const term of condition.terms) checkConditionPlace(walk, term, place);
  else {
    const { name, sample, span } = condition.test;
    const row = sampleTables.fetch(sample.fetch);
    if (row === undefined || available(row, place)) return;
    const who = name === null ? 'anonymous acl' : `acl '${name}'`;
    const summary = `${who} will never match in '${place}' because it uses keyword '${sample.fetch}' which needs ${NAMES[row.needs]}`;
    walk.report({
      severity: 'warning',
      summary,
      advice: 'Test it in another kind of rule.',
      span: walk.keywordSpan,
      related: [{ span, text: 'the test' }],
    });
  }
}
