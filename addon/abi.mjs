// Writes src/core/abi.ts from addon/abi.def: `node addon/abi.mjs` writes, `--check` fails when they differ.
import { readFileSync, writeFileSync } from 'node:fs';

const def = new URL('abi.def', import.meta.url);
const out = new URL('../src/core/abi.ts', import.meta.url);
const row = /^ABI\((\w+), (\w+), (-?\w+), "(.*)"\)$/;

const lines = [
  '// Made by addon/abi.mjs from addon/abi.def: change that file, then run `node addon/abi.mjs`.',
  '',
];
const table = [];
for (const line of readFileSync(def, 'utf8').split('\n')) {
  if (line.startsWith('ABI(')) {
    const found = row.exec(line);
    if (found === null) throw new Error(`abi.def: not a row: ${line}`);
    const [, group, name, value, doc] = found;
    if (doc) lines.push(`/** ${doc} */`);
    lines.push(`export const ${group}_${name} = ${value};`);
    table.push(`${group}_${name}`);
  }
}
lines.push('', '/** Every constant by name: what the loader compares with the addon. */');
lines.push(`export const ABI: Readonly<Record<string, number>> = {`, ...table.map((n) => `  ${n},`), '};', '');

const text = lines.join('\n');
if (process.argv.includes('--check')) {
  if (readFileSync(out, 'utf8') !== text) {
    console.error('src/core/abi.ts is stale: run `node addon/abi.mjs`');
    process.exit(1);
  }
} else writeFileSync(out, text);
