/** "Did you mean": the nearest known word by edit distance (insert, delete, replace, swap neighbours), or by prefix. */

/** Rows of the distance matrix, reused: a file with thousands of errors asks for millions of distances. */
let rows = [new Int32Array(64), new Int32Array(64), new Int32Array(64)] as [Int32Array, Int32Array, Int32Array];

/** Optimal string alignment distance, given up beyond `limit`: then the result is only known to be larger. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  const width = b.length + 1;
  if (rows[0].length < width) rows = [new Int32Array(2 * width), new Int32Array(2 * width), new Int32Array(2 * width)];
  let [beforeLast, last, row] = rows;
  for (let j = 0; j < width; j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let best = i;
    for (let j = 1; j < width; j++) {
      const same = a.charCodeAt(i - 1) === b.charCodeAt(j - 1);
      let cost = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a.charCodeAt(i - 1) === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === b.charCodeAt(j - 1);
      if (swapped) cost = Math.min(cost, beforeLast[j - 2]! + 1);
      row[j] = cost;
      if (cost < best) best = cost;
    }
    if (best > limit) return limit + 1;
    [beforeLast, last, row] = [last, row, beforeLast];
  }
  return last[b.length]!;
}

/** The most similar of `known`, or null if none is close: a third of its letters may differ; else a unique-enough prefix counts. */
export function suggest(word: string, known: Iterable<string>): string | null {
  const wanted = word.toLowerCase();
  const limit = Math.max(1, Math.floor(wanted.length / 3));
  let best: string | null = null;
  let bestCost = limit + 1;
  let byPrefix: string | null = null;
  for (const candidate of known) {
    const lower = candidate.toLowerCase();
    const cost = candidate === word ? 0 : Math.max(editDistance(wanted, lower, bestCost), lower === wanted ? 1 : 0);
    if (cost < bestCost) {
      best = candidate;
      bestCost = cost;
    }
    const related = wanted.length >= 3 && (lower.startsWith(wanted) || (lower.length >= 3 && wanted.startsWith(lower)));
    if (related && (byPrefix === null || Math.abs(candidate.length - word.length) < Math.abs(byPrefix.length - word.length))) byPrefix = candidate;
  }
  return best ?? byPrefix;
}

/** The advice sentence "Did you mean 'x'?", or null. */
export function didYouMean(word: string, known: Iterable<string>): string | null {
  const found = suggest(word, known);
  return found === null ? null : `Did you mean '${found}'?`;
}
