/** Where bin/tsproxy enters. Signals come first: all else takes a while to load. */
import { Signals } from './signals.js';

/** Runs the program with the arguments after its name. Resolves with an exit status, or with null if the proxy runs now. */
export async function main(argv: readonly string[]): Promise<number | null> {
  const signals = new Signals();
  const { program } = await import('./program.js');
  return program(argv, signals);
}
