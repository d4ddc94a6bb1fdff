import type { Arg } from '../../../src/config/model.js';
import { FACT_BACKEND, FACT_BODY_LEN, FACT_BODY_OFF, FACT_COUNT, FACT_HEAD_OFF, FACT_HEADER_TABLE, FACT_SERVER, FACT_SESSION } from '../../../src/core/abi.js';
import type { CompileEnv } from '../../../src/core/compile/env.js';
import { fetches } from '../../../src/core/fetch/index.js';
import type { Fetch, FetchRow, Value } from '../../../src/core/row.js';
import { Tx } from '../../../src/core/tx.js';

const BYTES = FACT_COUNT * 4;

export function rowOf(name: string): FetchRow {
  const row = fetches.find((each) => each.name === name);
  if (row === undefined) throw new Error(`no fetch ${name}`);
  return row;
}

/** What rows are compiled against, as far as a test gives it. */
export function envOf(parts: object = {}): CompileEnv {
  return { keeps: new Set(), model: { proxies: [], servers: [], global: { tune: { bufsize: 16384 } } }, ...parts } as unknown as CompileEnv;
}

/** A fetch with arguments as the parser gives them: null where one is left out. */
export function fetchOf(name: string, args: readonly Arg[] = [], env: CompileEnv = envOf()): Fetch {
  const row = rowOf(name);
  const all = row.args.map((_arg, i) => args[i] ?? null);
  const wrong = row.check?.(all) ?? null;
  if (wrong !== null) throw new Error(`${name}: argument ${wrong.arg + 1} ${wrong.problem}`);
  return row.compile(all, env);
}

/** All values that an ACL would see. */
export function eachOf(name: string, args: readonly Arg[], tx: Tx, env: CompileEnv = envOf()): Value[] {
  const seen: Value[] = [];
  rowOf(name).each!(args, (value) => {
    seen.push(value);
    return false;
  }, env)!(tx);
  return seen;
}

/** A transaction of these facts, with raw bytes under inspection. */
export function txOf(phase: number, facts: Readonly<Record<number, number>> = {}, bytes = ''): Tx {
  const tx = new Tx(new ArrayBuffer(BYTES + 65536));
  tx.facts[FACT_SESSION] = 0x101;
  tx.facts[FACT_BACKEND] = tx.facts[FACT_SERVER] = -1;
  tx.facts[FACT_HEADER_TABLE] = FACT_COUNT;
  tx.facts[FACT_HEAD_OFF] = tx.facts[FACT_BODY_OFF] = BYTES;
  tx.facts[FACT_BODY_LEN] = bytes.length;
  tx.bytes.set(Buffer.from(bytes, 'latin1'), BYTES);
  for (const [cell, value] of Object.entries(facts)) tx.facts[Number(cell)] = value;
  tx.begin(phase);
  return tx;
}
