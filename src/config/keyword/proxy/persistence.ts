/** Persistence: cookies of a backend. */
import type { CookiePolicy } from '../../model.js';
import type { Mutable } from '../../draft.js';
import type { Word } from '../../source.js';
import { didYouMean } from '../../suggest.js';
import { INT_MAX } from '../../walk.js';
import type { Walk } from '../../walk.js';
import { on } from '../make.js';
import type { ProxyRow } from '../row.js';
import { parseTime } from '../../units.js';

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const MODES = ['rewrite', 'insert', 'prefix'] as const;
const FLAGS = ['indirect', 'nocache', 'postonly', 'preserve', 'httponly', 'secure', 'dynamic'] as const;
const OPTIONS = [...MODES, ...FLAGS, 'domain', 'maxidle', 'maxlife', 'attr'];

type Draft = Mutable<Omit<CookiePolicy, 'domains' | 'attributes'>> & { domains: string[]; attributes: string[] };

function newPolicy(name: string): Draft {
  return {
    name, mode: null, indirect: false, nocache: false, postonly: false, preserve: false, httponly: false, secure: false, dynamic: false,
    domains: [], attributes: [], maxidle: 0, maxlife: 0,
  };
}

/** A time in seconds, which are its unit where none is written. */
function seconds(walk: Walk, option: string): number | undefined {
  const word = walk.next();
  if (word === undefined) return walk.error(walk.last, `'${option}' expects <${option === 'maxidle' ? 'idletime' : 'lifetime'}> in seconds as argument`);
  const time = parseTime(/^[0-9]+$/.test(word.text) ? `${word.text}s` : word.text);
  if (typeof time !== 'number') return walk.error(word, `${time.problem} in argument '${word.text}' to '${option}'`, time.advice);
  const value = Math.ceil(time / 1000);
  return value <= INT_MAX ? value : walk.error(word, `'${option}' is too long`);
}

/** A domain or attribute: no control characters, no end of an attribute. */
function text(walk: Walk, option: 'domain' | 'attr'): string | undefined {
  const word = walk.next();
  if (word === undefined) return walk.error(walk.last, `'${option}' expects ${option === 'domain' ? '<domain>' : '<value>'} as argument`);
  const where = option === 'domain' ? `domain name '${word.text}'` : 'attribute value';
  const bad = /[\0-\x1f\x7f;]/.exec(word.text);
  if (bad !== null) return walk.error(word, `character '${bad[0] === ';' ? ';' : encodeURIComponent(bad[0])}' is not permitted in ${where}`, "It would end there, or the header.");
  if (option === 'domain' && !word.text.slice(1).includes('.')) {
    walk.warn(word, `domain '${word.text}' contains no embedded dot, this configuration may not work properly (see RFC6265#5.2.3)`);
  }
  return word.text;
}

function readOption(walk: Walk, draft: Draft, word: Word): boolean {
  const name = word.text;
  if ((MODES as readonly string[]).includes(name)) {
    const mode = name as Draft['mode'];
    if (draft.mode !== null && draft.mode !== mode) return walk.error(word, "cookie 'rewrite', 'insert' and 'prefix' modes are incompatible") ?? false;
    draft.mode = mode;
    return true;
  }
  if ((FLAGS as readonly string[]).includes(name)) {
    draft[name as (typeof FLAGS)[number]] = true;
    return true;
  }
  return readValue(walk, draft, word);
}

function readValue(walk: Walk, draft: Draft, word: Word): boolean {
  switch (word.text) {
    case 'domain':
    case 'attr': {
      const value = text(walk, word.text);
      if (value !== undefined) draft[word.text === 'domain' ? 'domains' : 'attributes'].push(value);
      return value !== undefined;
    }
    case 'maxidle':
    case 'maxlife': {
      const value = seconds(walk, word.text);
      if (value !== undefined) draft[word.text] = value;
      return value !== undefined;
    }
    default: {
      const list = OPTIONS.map((option) => `'${option}'`).join(', ');
      walk.error(word, `'cookie' supports ${list} options (got '${word.text}')`, didYouMean(word.text, OPTIONS) ?? undefined);
      return false;
    }
  }
}

/** Combinations that mean nothing (manual: cookie). */
function checkPolicy(walk: Walk, draft: Draft): void {
  if (draft.mode === 'rewrite' && draft.indirect) walk.error(walk.keywordSpan, "cookie 'rewrite' and 'indirect' modes are incompatible");
  if (draft.preserve && draft.mode !== 'insert' && !draft.indirect) {
    walk.error(walk.keywordSpan, "cookie 'preserve' requires at least 'insert' or 'indirect'");
  }
  if ((draft.maxidle > 0 || draft.maxlife > 0) && draft.mode !== 'insert') {
    walk.warn(walk.keywordSpan, "cookie 'maxidle' and 'maxlife' work with 'insert' only", "Add 'insert', or remove them.");
  }
}

export const persistenceRows: readonly ProxyRow[] = [
  on('backend', {
    name: 'cookie',
    args: [
      { name: 'name', type: 'text' },
      { name: 'option', type: 'rest', optional: true },
    ],
    usage:
      '<name> [ rewrite | insert | prefix ] [ indirect ] [ nocache ] [ postonly ] [ preserve ] [ httponly ] [ secure ] [ domain <domain> ]* [ maxidle <idle> ] [ maxlife <life> ] [ dynamic ] [ attr <value> ]*',
    support: 'yes',
    doc: 'Keeps clients on their server by a cookie.',
    parse(walk, { settings }) {
      const word = walk.need('<cookie_name> as argument');
      if (word === undefined) return;
      if (!NAME.test(word.text)) {
        walk.error(word, `'${word.text}' is not a cookie name`, 'Use letters, digits and -_.!#$%&\'*+^`|~.');
        return;
      }
      const draft = newPolicy(word.text);
      for (let option = walk.next(); option !== undefined; option = walk.next()) if (!readOption(walk, draft, option)) return;
      checkPolicy(walk, draft);
      if (!walk.failed) settings.cookie = draft;
    },
  }),
  on('backend', {
    name: 'dynamic-cookie-key',
    args: [{ name: 'key', type: 'text' }],
    support: 'yes',
    doc: "The secret that cookies of 'cookie … dynamic' are made with.",
    parse(walk, { settings }) {
      const word = walk.need('<secret_key> as argument');
      if (word !== undefined) settings.dynamicCookieKey = word.text;
    },
  }),
  on('backend', {
    name: 'persist',
    args: [{ name: 'method', type: 'text' }],
    usage: 'rdp-cookie[(<name>)]',
    support: 'yes',
    doc: 'Connections with an RDP cookie that holds the address of a server go to that one; its name is msts unless set.',
    parse(walk, { settings }) {
      const word = walk.next();
      const match = /^rdp-cookie(?:\((.*)\))?$/.exec(word?.text ?? '');
      if (word === undefined) walk.error(walk.keywordSpan, 'missing persist method', "Write 'persist rdp-cookie'.");
      else if (match === null) walk.error(word, 'unknown persist method', "There is 'rdp-cookie'.");
      else if (match[1] === '') walk.error(word, 'persist rdp-cookie : missing cookie name');
      else settings.persistRdpCookie = match[1] ?? 'msts';
    },
  }),
];
