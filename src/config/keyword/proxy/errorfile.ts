import { on } from '../make.js';
import type { ProxyRow } from '../row.js';

/** Statuses that the proxy itself answers with. */
const STATUSES = [200, 400, 401, 403, 404, 405, 407, 408, 410, 413, 421, 422, 425, 429, 431, 500, 501, 502, 503, 504];

export const errorFileRow: ProxyRow = on('both', {
  name: 'errorfile',
  args: [
    { name: 'status', type: 'int', values: STATUSES.map(String) },
    { name: 'file', type: 'text' },
  ],
  usage: '<status> <file>',
  support: 'yes',
  doc: "A file with a complete HTTP response to send instead of the proxy's own; /dev/null = nothing, close.",
  parse(walk, { settings }) {
    const code = walk.need('<status_code> and <file> as arguments');
    const file = code === undefined ? undefined : walk.need('<status_code> and <file> as arguments');
    if (code === undefined || file === undefined) return;
    const status = Number(code.text);
    if (!STATUSES.includes(status)) {
      walk.error(code, `errorfile : status code '${code.text}' not handled`, `Handled are ${STATUSES.join(', ')}.`);
      return;
    }
    const response = walk.rawResponse(file, status);
    if (response !== undefined) settings.errors.set(status, response);
  },
});
