/** Keywords of `http-errors` sections. */
import type { HttpErrorsDraft } from '../../draft.js';
import { parseErrorFile, STATUS_ARGUMENT } from '../error_line.js';
import type { KeywordRow } from '../row.js';
import { KeywordTable } from '../table.js';

export const httpErrorsTable = new KeywordTable<KeywordRow<HttpErrorsDraft>>([
  {
    name: 'errorfile',
    args: [STATUS_ARGUMENT, { name: 'file', type: 'text' }],
    usage: '<status> <file>',
    support: 'yes',
    doc: 'A file with a complete HTTP response for a status; /dev/null = nothing, close.',
    parse(walk, { errors }) {
      const response = parseErrorFile(walk);
      if (response !== undefined) errors.set(response.status, response);
    },
  },
]);
