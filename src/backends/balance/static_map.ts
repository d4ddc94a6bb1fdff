/**
 * The map of static algorithms: a server for each unit of the sum of weights, divided by what they have in common. HAProxy lays it
 * out so (checked against 2.6): at each position every server gains its weight of credit; those with at least a whole round of
 * credit come first, then those that are not in debt, each time the first in the order of the file; who is taken pays a round.
 */
import { IndexHeap, TimedHeap } from './heaps.js';

function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** Greatest common divisor of the first `count` weights, all above 0. */
export function commonDivisor(weights: Int32Array, count: number): number {
  let divisor = 0;
  for (let i = 0; i < count && divisor !== 1; i++) divisor = gcd(weights[i]!, divisor);
  return divisor;
}

/** The map: positions in the list of the first `count` weights. O(sum log n), O(n) for equal weights. */
export function staticMap(weights: Int32Array, count: number): Int32Array {
  const divisor = commonDivisor(weights, count);
  let sum = 0;
  for (let i = 0; i < count; i++) sum += weights[i]! / divisor;
  if (sum === count) return Int32Array.from({ length: count }, (_unused, i) => i);
  return layOut(Float64Array.from({ length: count }, (_unused, i) => weights[i]! / divisor), sum);
}

function layOut(weights: Float64Array, sum: number): Int32Array {
  const map = new Int32Array(sum);
  const picks = new Float64Array(weights.length);
  // The first position at which a server is out of debt, and that at which it has a whole round to its credit.
  const due = new TimedHeap(weights.length);
  const rich = new TimedHeap(weights.length);
  const dueNow = new IndexHeap(weights.length);
  const richNow = new IndexHeap(weights.length);
  const position = (server: number, rounds: number): number => Math.ceil((rounds * sum) / weights[server]!) - 1;
  for (let server = 0; server < weights.length; server++) due.push(server, position(server, 0));
  for (let o = 0; o < sum; o++) {
    while (due.topTime() <= o) {
      const server = due.pop();
      const later = position(server, picks[server]! + 1);
      if (later <= o) richNow.push(server);
      else {
        dueNow.push(server);
        rich.push(server, later);
      }
    }
    while (rich.topTime() <= o) {
      const server = rich.pop();
      dueNow.remove(server);
      richNow.push(server);
    }
    const wealthy = richNow.size > 0;
    const server = wealthy ? richNow.pop() : dueNow.pop();
    if (!wealthy) rich.remove(server);
    map[o] = server;
    due.push(server, position(server, ++picks[server]!));
  }
  return map;
}
