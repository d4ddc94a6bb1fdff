import { ERROR_STATUSES } from '../../core/response.js';
import type { ErrorResponse } from '../model.js';
import type { Word } from '../source.js';
import type { Walk } from '../walk.js';
import type { Argument } from './row.js';

/** The status of a line about an error response, for the reference. */
export const STATUS_ARGUMENT: Argument = { name: 'status', type: 'int', values: ERROR_STATUSES.map(String) };

/** A status of those that the proxy itself answers with. */
export function errorStatus(walk: Walk, word: Word): number | undefined {
  const status = Number(word.text);
  if (ERROR_STATUSES.includes(status)) return status;
  return walk.error(word, `${walk.keyword} : status code '${word.text}' not handled`, `Handled are ${ERROR_STATUSES.join(', ')}.`);
}

/** `<status> <file>`. */
export function parseErrorFile(walk: Walk): ErrorResponse | undefined {
  const code = walk.need('<status_code> and <file> as arguments');
  const file = code === undefined ? undefined : walk.need('<status_code> and <file> as arguments');
  if (code === undefined || file === undefined) return undefined;
  const status = errorStatus(walk, code);
  return status === undefined ? undefined : walk.rawResponse(file, status);
}
