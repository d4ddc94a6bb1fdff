/** Statuses of servers that count as errors and as failures in stick tables, unless http-err-codes and http-fail-codes say otherwise. */
export const defaultErrorCodes = (): Set<number> => codes(400, 499);
export const defaultFailCodes = (): Set<number> => codes(500, 599, 501, 505);

function codes(first: number, last: number, ...without: readonly number[]): Set<number> {
  return new Set(Array.from({ length: last - first + 1 }, (_, i) => first + i).filter((code) => !without.includes(code)));
}
