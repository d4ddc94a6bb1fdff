/** What a proxy adds to requests, and those it answers itself: unique ids, monitoring. */
import { parseCondition } from '../condition.js';
import { on } from '../make.js';
import type { ProxyRow } from '../row.js';
import { needCondition } from './switching.js';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export const requestRows: readonly ProxyRow[] = [
  on('both', {
    name: 'unique-id-format',
    args: [{ name: 'format', type: 'text' }],
    support: 'yes',
    doc: 'How the unique id of a request is made; made once for each request when something asks for it.',
    parse(walk, { settings }) {
      const word = walk.need('an argument');
      if (word === undefined) return;
      const extra = walk.peek();
      if (extra !== undefined) {
        walk.error(extra, "'unique-id-format' expects only one argument, don't forget to escape spaces!", 'Put the format in quotes.');
        return;
      }
      const format = walk.logFormat(word, 'id');
      if (format !== undefined) settings.uniqueIdFormat = format;
    },
  }),
  on('both', {
    name: 'unique-id-header',
    args: [{ name: 'name', type: 'text' }],
    support: 'yes',
    doc: 'Adds the unique id to requests in a header of this name.',
    parse(walk, { settings }) {
      const word = walk.need('an argument');
      if (word === undefined) return;
      if (!TOKEN.test(word.text)) walk.error(word, `'${word.text}' is not a header name`);
      else settings.uniqueIdHeader = word.text;
    },
  }),
  on('frontend', {
    name: 'monitor-uri',
    args: [{ name: 'uri', type: 'text' }],
    support: 'yes',
    doc: 'Answers requests for this URI (or path, if it starts with a slash) with 200, or 503 when a monitor fail condition holds.',
    parse(walk, { settings }) {
      const word = walk.need('an URI');
      if (word !== undefined) settings.monitorUri = word.text;
    },
  }),
  on(
    'frontend',
    {
      name: 'monitor fail',
      args: [{ name: 'condition', type: 'rest' }],
      usage: '{ if | unless } <condition>',
      support: 'yes',
      doc: 'A condition under which monitor-uri answers with 503.',
      parse(walk, { monitorFail }) {
        if (!needCondition(walk)) return;
        const condition = parseCondition(walk, 'monitor fail');
        if (condition !== null && condition !== undefined) monitorFail.push(condition);
      },
    },
    'no',
    { conditional: true },
  ),
];
