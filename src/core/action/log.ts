/** `do-log`: a line of the log, now (manual, 4.3). */
import type { ProfileStep } from '../../config/log.js';
import type { RuleFamily } from '../../config/model.js';
import { VERDICT_CONTINUE } from '../abi.js';
import type { ActionRow } from '../row.js';
import { wanted } from './words.js';

/** What a log-profile calls the place of each family. */
const STEPS: Readonly<Record<RuleFamily, ProfileStep>> = {
  'tcp-request connection': 'tcp-req-conn', 'tcp-request session': 'tcp-req-sess', 'tcp-request content': 'tcp-req-cont', 'tcp-response content': 'tcp-res-cont',
  'http-request': 'http-req', 'http-response': 'http-res', 'http-after-response': 'http-after-res',
};

interface DoLog {
  readonly step: ProfileStep;
  /** Name of a log-profile; null: that of each log line. */
  readonly profile: string | null;
}

export const doLog: ActionRow<DoLog> = {
  name: 'do-log', families: Object.keys(STEPS) as RuleFamily[], final: false,
  doc: 'logs a line now, as the proxy and the profiles of its log lines say, or the profile that is named',
  parse(cursor) {
    const step = STEPS[cursor.family!];
    if (cursor.done() || cursor.peek()?.text !== 'profile') return { step, profile: null };
    cursor.next();
    const word = wanted(cursor, "missing log-profile name after 'profile'");
    if (word === undefined) return undefined;
    cursor.logProfile(word);
    return { step, profile: word.text };
  },
  compile({ step, profile }, env) {
    const log = env.logLine(step, profile);
    return (tx) => {
      log(tx);
      return VERDICT_CONTINUE;
    };
  },
};
