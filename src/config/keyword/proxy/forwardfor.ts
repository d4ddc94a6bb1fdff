import type { ForwardFor } from '../../model.js';
import { parseNetwork } from '../address.js';
import { on } from '../make.js';
import type { ProxyRow } from '../row.js';

const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export const forwardForRow: ProxyRow = on('both', {
  name: 'option forwardfor',
  args: [{ name: 'setting', type: 'rest', optional: true }],
  usage: '[ except <network> ] [ header <name> ] [ if-none ]',
  support: 'yes',
  doc: "Tells servers the client's address in a header field, X-Forwarded-For unless named.",
  parse(walk, target) {
    let { header, ifNone, except }: ForwardFor = { header: 'X-Forwarded-For', ifNone: false, except: null };
    while (!walk.done() && !walk.failed) {
      const word = walk.next();
      if (word?.text === 'except') {
        const network = walk.need("<address>[/mask] as argument of 'except'");
        except = network === undefined ? null : (parseNetwork(walk, network) ?? null);
      } else if (word?.text === 'header') {
        const name = walk.need("<header_name> as argument of 'header'");
        if (name !== undefined && !TOKEN.test(name.text)) walk.error(name, `'${name.text}' is not a header name`);
        header = name?.text ?? header;
      } else if (word?.text === 'if-none') ifNone = true;
      else if (word !== undefined)
        walk.error(word, `'option forwardfor' only supports optional values: 'except', 'header' and 'if-none' (got '${word.text}')`);
    }
    if (walk.failed) return;
    target.settings.forwardFor = { header, ifNone, except };
    target.seen.set('option forwardfor', walk.keywordSpan);
  },
});
