/** What logs say of the persistence cookie (manual, section 8.5): the third and fourth letter of the termination state. */

/** None, invalid, server down, valid, idle for too long, too old, not used. */
export type RequestLetter = 'N' | 'I' | 'D' | 'V' | 'E' | 'O' | 'U';
/** None, inserted, date updated, passed on, rewritten, deleted. */
export type ResponseLetter = 'N' | 'I' | 'U' | 'P' | 'R' | 'D';

const REQUEST: readonly RequestLetter[] = ['N', 'I', 'D', 'V', 'E', 'O', 'U'];
const RESPONSE: readonly ResponseLetter[] = ['N', 'I', 'U', 'P', 'R', 'D'];

/** All pairs, so that none is made for a request. */
const PAIRS = new Map(REQUEST.map((request) => [request, new Map(RESPONSE.map((response) => [response, request + response]))]));

export function cookieState(request: RequestLetter, response: ResponseLetter): string {
  return PAIRS.get(request)!.get(response)!;
}

export function requestLetter(state: string): RequestLetter {
  return state.charAt(0) as RequestLetter;
}
