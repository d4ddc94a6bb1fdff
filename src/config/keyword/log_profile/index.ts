/** Keywords of `log-profile` sections (manual, 8.3.5). */
import { PROFILE_STEPS } from '../../log.js';
import type { ProfileStep } from '../../log.js';
import type { LogProfileDraft } from '../../log_draft.js';
import type { LogFormat } from '../../model.js';
import { didYouMean } from '../../suggest.js';
import { fromLatin1 } from '../../utf8.js';
import type { Walk } from '../../walk.js';
import type { KeywordRow } from '../row.js';
import { KeywordTable } from '../table.js';

const FIELDS = { format: 'format', sd: 'structuredData' } as const;

/** `[drop] [format <fmt>] [sd <fmt>]`; undefined after an error. */
function parseOverride(walk: Walk, step: ProfileStep): LogProfileDraft['on'][number] | undefined {
  const found: { drop: boolean; format: LogFormat | null; structuredData: LogFormat | null } = { drop: false, format: null, structuredData: null };
  if (walk.done()) return walk.error(walk.keywordSpan, "'on' expects 'drop', 'format' or 'sd' behind the step");
  for (let word = walk.next(); word !== undefined; word = walk.next()) {
    if (word.text === 'drop') {
      found.drop = true;
      continue;
    }
    if (word.text !== 'format' && word.text !== 'sd') return walk.error(word, `'on' : expected 'drop', 'format' or 'sd' but got '${word.text}'`);
    const text = walk.need(`a log-format string behind '${word.text}'`);
    const format = text === undefined ? undefined : walk.logFormat(text, 'log');
    if (format === undefined) return undefined;
    found[FIELDS[word.text]] = format;
  }
  return { step, ...found };
}

export const logProfileTable = new KeywordTable<KeywordRow<LogProfileDraft>>([
  {
    name: 'log-tag',
    args: [{ name: 'tag', type: 'text' }],
    support: 'yes',
    doc: 'The name of the program in headers, instead of that of the proxy.',
    parse(walk, profile) {
      const word = walk.need('a tag for use in syslog');
      if (word !== undefined) profile.tag = fromLatin1(word.text);
    },
  },
  {
    name: 'on',
    args: [{ name: 'step', type: 'enum', values: PROFILE_STEPS }, { name: 'override', type: 'rest' }],
    usage: '<step> [ drop ] [ format <format> ] [ sd <format> ]',
    support: 'yes',
    doc: 'What is logged at a step instead of what the proxy says: nothing, another line, other structured data.',
    parse(walk, profile) {
      const word = walk.need('a step');
      if (word === undefined) return;
      const step = PROFILE_STEPS.find((known) => known === word.text);
      if (step === undefined) return void walk.error(word, `'on' : unknown step '${word.text}'`, didYouMean(word.text, PROFILE_STEPS) ?? `Steps are ${PROFILE_STEPS.join(', ')}.`);
      const override = parseOverride(walk, step);
      if (override === undefined) return;
      const before = profile.on.findIndex((other) => other.step === step);
      if (before >= 0) profile.on.splice(before, 1);
      profile.on.push(override);
    },
  },
]);
