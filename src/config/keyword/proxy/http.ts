/** How requests and responses of HTTP stand on the wire, and when a request is sent again. */
import type { ProxyDraft } from '../../draft.js';
import { RETRY_CONDITIONS, RETRYABLE } from '../../retry.js';
import { didYouMean } from '../../suggest.js';
import { NO_DEFAULT, on } from '../make.js';
import type { ProxyRow } from '../row.js';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Fields that say where a message ends, or where it goes. */
const TRANSPORT = ['host', 'content-length', 'transfer-encoding', 'connection'];

const sendNameHeader: ProxyRow = on('backend', {
  name: 'http-send-name-header',
  args: [{ name: 'header', type: 'text' }],
  support: 'yes',
  doc: 'Requests carry the name of their server in this header field, in place of those that are there.',
  parse(walk, { settings }) {
    const word = walk.need('a header string as argument');
    if (word === undefined) return;
    if (!TOKEN.test(word.text)) walk.error(word, `'${word.text}' is not a header name`);
    else if (TRANSPORT.includes(word.text.toLowerCase())) {
      walk.error(word, `'${walk.keyword}' cannot be used to set the '${word.text}' header`, 'Choose a name that has no meaning for the connection.');
    } else settings.sendNameHeader = word.text;
  },
});

const retryOn: ProxyRow = on('backend', {
  name: 'retry-on',
  args: [{ name: 'condition', type: 'rest' }],
  usage: `{ none | ${RETRY_CONDITIONS.join(' | ')} | all-retryable-errors }...`,
  support: 'yes',
  doc: 'Failures after which a request is sent again, as often as `retries` says; conn-failure unless set.',
  parse(walk, { settings }) {
    const wanted = new Set<string>();
    const words = walk.rest();
    if (words.length === 0) walk.error(walk.keywordSpan, `'${walk.keyword}' expects at least one keyword`);
    for (const word of words) {
      const { text } = word;
      if (text === 'none') {
        if (words.length > 1) walk.error(word, `'${walk.keyword}' : 'none' must be the only keyword`);
      } else if (text === 'all-retryable-errors') for (const condition of RETRYABLE) wanted.add(condition);
      else if ((RETRY_CONDITIONS as readonly string[]).includes(text)) wanted.add(text);
      else {
        const advice = didYouMean(text, [...RETRY_CONDITIONS, 'none', 'all-retryable-errors']) ?? `Keywords are none, all-retryable-errors, ${RETRY_CONDITIONS.join(', ')}.`;
        walk.error(word, `'${walk.keyword}' : unknown keyword '${text}'`, advice);
      }
    }
    settings.retryOn = [...wanted];
  },
}, 'yes', { strict: true });

/** On in HTTP backends unless a line says otherwise (manual: option abortonclose). */
const abortOnClose: ProxyRow = on('both', {
  name: 'option abortonclose',
  args: [],
  support: 'yes',
  prefixes: NO_DEFAULT,
  doc: 'Give up a request that waits for a server when its client is gone; the default of HTTP backends.',
  parse(walk, { settings }: ProxyDraft) {
    settings.abortOnClose = walk.prefix === null ? true : walk.prefix === 'no' ? false : null;
  },
});

export const httpRows: readonly ProxyRow[] = [sendNameHeader, retryOn, abortOnClose];
