import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Chevrotain from 'chevrotain';

/**
 * Chevrotain from its single-file bundle: 11 ms to load, where the package's entry point pulls in several hundred small
 * modules (180 ms, half of what a start may take). Falls back to the entry point if the bundle isn't there.
 */
async function load(): Promise<typeof Chevrotain> {
  const entry = createRequire(import.meta.url).resolve('chevrotain');
  const bundle = pathToFileURL(join(dirname(entry), '..', 'chevrotain.min.mjs')).href;
  try {
    return (await import(bundle)) as typeof Chevrotain;
  } catch {
    return await import('chevrotain');
  }
}

const chevrotain = await load();

export const createToken = chevrotain.createToken;
export const createTokenInstance = chevrotain.createTokenInstance;
export const Lexer = chevrotain.Lexer;
export const EmbeddedActionsParser = chevrotain.EmbeddedActionsParser;
export const EOF = chevrotain.EOF;
export type { IToken, TokenType, IRecognitionException } from 'chevrotain';
