import { newBind } from '../../draft.js';
import type { ProxyDraft } from '../../draft.js';
import { parseBindAddresses } from '../address.js';
import { bindTable } from '../bind/index.js';
import { on } from '../make.js';
import { parseWords } from '../parse_words.js';
import type { ProxyRow } from '../row.js';

const UNIX_ONLY = ['mode', 'uid', 'gid'] as const;

export const bindRows: readonly ProxyRow[] = [
  on(
    'frontend',
    {
      name: 'bind',
      args: [{ name: 'address', type: 'text' }],
      usage: '<address>[,<address>...] [ <option>... ]',
      support: 'yes',
      doc: 'Addresses to listen on: IPv4, IPv6, `*`, port ranges, unix@, abns@ and fd@; options follow.',
      parse(walk, target: ProxyDraft) {
        target.seen.set('bind', walk.keywordSpan);
        const word = walk.need('{<path>|[addr1]:port1[-end1]}{,[addr]:port[-end]}... as arguments');
        const addresses = word === undefined ? undefined : parseBindAddresses(walk, word);
        if (word === undefined || addresses === undefined) return;
        const bind = newBind(addresses, { ...walk.keywordSpan, end: word.span.end });
        parseWords(walk, bindTable, bind, `'bind ${word.text}' in section '${target.kind}'`);
        if (walk.failed) return;
        if (bind.id !== null && addresses.length > 1)
          walk.error(word, `'bind ${word.text}' : 'id' is not usable with several addresses`, 'Write one bind line for each address.');
        for (const field of UNIX_ONLY) {
          if (bind[field] !== null && !addresses.some(({ address }) => address.kind === 'unix')) {
            walk.warn(word, `'bind ${word.text}' : '${field}' has no effect on sockets that are no files`, 'Remove it.');
          }
        }
        target.binds.push(bind);
      },
    },
    'no',
  ),
];
