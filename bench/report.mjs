// From runs to figures: medians, ratios run by run with their range, and the three forms of output.

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

// runs: { peer: [value per pair] }, all of the same length. The first peer is compared with each other one, pair by pair.
export function compare(runs) {
  const [first, ...others] = Object.keys(runs);
  const medians = Object.fromEntries(Object.entries(runs).map(([peer, values]) => [peer, median(values)]));
  const ratios = {};
  for (const other of others) {
    const each = runs[first].map((value, pair) => value / runs[other][pair]);
    ratios[other] = { median: median(each), low: Math.min(...each), high: Math.max(...each), pairs: each.length };
  }
  return { medians, ratios };
}

export function number(value) {
  if (!Number.isFinite(value)) return '-';
  if (value >= 1000) return Math.round(value).toLocaleString('en-US');
  return value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toFixed(3);
}

export function ratioText({ median: middle, low, high }) {
  return `${middle.toFixed(2)} (${low.toFixed(2)}-${high.toFixed(2)})`;
}

// results: [{ case, what, unit, runs, medians, ratios, throughput }]
export function textReport(results) {
  return results
    .map((result) => {
      const first = Object.keys(result.runs)[0];
      const lines = Object.entries(result.medians).map(([peer, value]) => {
        const speed = result.throughput?.[peer] ? `   ${number(median(result.throughput[peer]))} ${result.throughputUnit}` : '';
        const ratio = result.ratios[peer] ? `   ${first} needs ${ratioText(result.ratios[peer])} of it` : '';
        return `  ${peer.padEnd(18)} ${number(value).padStart(9)} ${result.unit}${speed}${ratio}`;
      });
      return [`${result.case}: ${result.what}`, ...lines, ...(result.skipped ?? []).map((line) => `  ${line}`)].join('\n');
    })
    .join('\n');
}

export function markdownReport(results, machine, command) {
  const rows = results.map((result) => {
    const [first, ...others] = Object.keys(result.runs);
    const figures = Object.entries(result.medians).map(([peer, value]) => `${peer} ${number(value)}`).join(', ');
    const ratios = others.map((peer) => `${ratioText(result.ratios[peer])} of ${peer}`).join('<br>');
    return `| ${result.case} | ${result.what} | ${result.unit} | ${figures} | ${others.length ? `${first}: ${ratios}` : ''} |`;
  });
  return [
    `\`${command}\`, ${machine}.`,
    '',
    'Medians; ratios are medians of run-by-run ratios, their range in parentheses.',
    '',
    '| Case | What | Unit | Medians | Ratio |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}
