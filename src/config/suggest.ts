/** "Did you mean": the nearest known word by edit distance (insert, delete, replace, swap neighbours), or by prefix. */

/** Optimal string alignment distance, given up beyond `limit`: then the result is only known to be larger. */
export function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      row.push(cost);
      best = Math.min(best, cost);
    }
    if (best > limit) return limit + 1;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
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
