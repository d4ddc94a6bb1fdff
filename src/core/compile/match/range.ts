/** Numbers in ranges that may overlap: the range that comes first in the list wins, as in HAProxy's maps. */

interface Range {
  readonly low: number;
  readonly high: number;
  readonly order: number;
}

/** `min:max` with a bound left out where there is none. */
function parseRange(pattern: string, order: number): Range {
  const [low = '', high = ''] = pattern.split(':');
  return { low: low === '' ? -Infinity : Number(low), high: high === '' ? Infinity : Number(high), order };
}

/** Ranges that are open at some point, lowest order on top. */
class OpenRanges {
  private readonly heap: Range[] = [];

  push(range: Range): void {
    const { heap } = this;
    let at = heap.push(range) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above]!.order <= range.order) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = range;
  }

  /** The first range in the list that reaches a point. */
  first(point: number): Range | undefined {
    while (this.heap[0] !== undefined && this.heap[0].high < point) this.pop();
    return this.heap[0];
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1]!.order < heap[below]!.order) below++;
      if (heap[below]!.order >= last.order) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = last;
  }
}

/** Finds the place in the list of the first range that holds a number, -1 if none does: a binary search. */
export function firstRange(patterns: readonly string[]): (value: number | bigint) => number {
  const ranges = patterns.map(parseRange).filter(({ low, high }) => low <= high).sort((a, b) => a.low - b.low);
  const points = new Set<number>();
  for (const { low, high } of ranges) {
    points.add(low);
    if (high !== Infinity) points.add(high + 1);
  }
  const starts = [...points].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const winners: number[] = [];
  const open = new OpenRanges();
  let next = 0;
  for (const point of starts) {
    while (next < ranges.length && ranges[next]!.low <= point) open.push(ranges[next++]!);
    winners.push(open.first(point)?.order ?? -1);
  }
  return (value) => {
    let from = 0;
    let to = starts.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if (starts[middle]! <= value) from = middle + 1;
      else to = middle;
    }
    return from === 0 ? -1 : winners[from - 1]!;
  };
}
