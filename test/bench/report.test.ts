import { describe, expect, test } from '@jest/globals';

interface Ratio {
  median: number;
  low: number;
  high: number;
  pairs: number;
}
interface Result {
  case: string;
  what: string;
  unit: string;
  runs: Record<string, number[]>;
  medians: Record<string, number>;
  ratios: Record<string, Ratio>;
  skipped?: string[];
}
interface Report {
  median(values: number[]): number;
  compare(runs: Record<string, number[]>): { medians: Record<string, number>; ratios: Record<string, Ratio> };
  textReport(results: Result[]): string;
  markdownReport(results: Result[], machine: string, command: string): string;
}

const report = (await import(new URL('../../bench/report.mjs', import.meta.url).href)) as Report;

function result(runs: Record<string, number[]>): Result {
  return { case: 'http-1k', what: 'small bodies', unit: 'CPU us/request', runs, ...report.compare(runs) };
}

describe('figures of the bench', () => {
  test('medians of odd and even counts', () => {
    expect(report.median([3, 1, 2])).toBe(2);
    expect(report.median([4, 1, 3, 2])).toBe(2.5);
  });

  test('ratios are taken run by run, not from the medians', () => {
    const { medians, ratios } = report.compare({ a: [1, 4, 10], b: [2, 4, 40] });
    expect(medians).toEqual({ a: 4, b: 4 });
    expect(ratios).toEqual({ b: { median: 0.5, low: 0.25, high: 1, pairs: 3 } });
  });

  test('one peer alone has no ratio', () => {
    expect(report.compare({ a: [1] })).toEqual({ medians: { a: 1 }, ratios: {} });
  });
});

describe('output of the bench', () => {
  test('the text names each peer, its figure, the ratio with its range, and who is left out', () => {
    const text = report.textReport([{ ...result({ tsproxy: [5, 6], haproxy: [10, 10] }), skipped: ['nginx is left out: it is not installed'] }]);
    expect(text).toContain('http-1k: small bodies');
    expect(text).toMatch(/haproxy +10\.0 CPU us\/request +tsproxy needs 0\.55 \(0\.50-0\.60\) of it/);
    expect(text).toContain('nginx is left out: it is not installed');
  });

  test('the Markdown is one table with a row per case and names its command', () => {
    const lines = report.markdownReport([result({ tsproxy: [5], haproxy: [10], nginx: [4] })], 'a machine', 'npm run bench -- http-1k').split('\n');
    expect(lines[0]).toBe('`npm run bench -- http-1k`, a machine.');
    expect(lines).toContain('| http-1k | small bodies | CPU us/request | tsproxy 5.000, haproxy 10.0, nginx 4.000 | tsproxy: 0.50 (0.50-0.50) of haproxy<br>1.25 (1.25-1.25) of nginx |');
    const cells = lines.filter((line) => line.startsWith('|')).map((line) => line.split('|').length);
    expect(new Set(cells).size).toBe(1);
  });
});
