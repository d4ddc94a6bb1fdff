/**
 * Rows: sample fetches, converters and actions are small typed values, one file each (or one per close family), listed by the
 * `index.ts` of their folder. The parser reads `args`, messages and generated docs read the rest, the compiler calls `compile`.
 */
import type { Arg, LoadedFile, RuleFamily } from '../config/model.js';
import type { Cursor } from '../config/cursor.js';
import type { Tx } from './tx.js';

/** HAProxy's sample types; `any` takes or gives whatever is there at run time. */
export type SampleType = 'bool' | 'int' | 'ipv4' | 'ipv6' | 'addr' | 'str' | 'bin' | 'meth' | 'any';

/**
 * A value at run time. int: number, bigint beyond 2^53 (int64.ts); bool: boolean; str: string; meth: string; bin: Bin; addresses: Ip.
 * Text is latin1, one char a byte, so that every byte of a message survives.
 */
export type Value = string | number | bigint | boolean | Ip | Bin;

export interface Ip {
  readonly family: 4 | 6;
  readonly bytes: Uint8Array;
}

export interface Bin {
  readonly bin: string;
}

/** How a value comes out of a request: undefined is HAProxy's "no sample". Must not throw, must not block. */
export type Fetch = (tx: Tx) => Value | undefined;
export type Convert = (value: Value, tx: Tx) => Value | undefined;
/** Looks at one value of several: true ends the walk. */
export type Visit = (value: Value, tx: Tx) => boolean;

/** One argument of a fetch or converter. `optional` ones come last. */
export interface ArgRow {
  readonly name: string;
  readonly type: 'str' | 'int' | 'time' | 'size' | 'ipmask' | 'frontend' | 'backend' | 'server' | 'userlist' | 'acl' | 'table' | 'var' | 'regex' | 'map';
  readonly optional?: boolean;
  /** A table that is left out is the one of the proxy. */
  readonly own?: true;
}

/** What must be there for a fetch to mean something; the compiler and the parser use it to warn of samples in wrong places. */
export type Needs = 'nothing' | 'client' | 'request' | 'request-body' | 'server' | 'response' | 'response-body' | 'end';

export interface FetchRow {
  readonly name: string;
  readonly args: readonly ArgRow[];
  readonly out: SampleType;
  readonly needs: Needs;
  /** What is enough instead: `hdr` looks at a response where there is one. */
  readonly orElse?: Needs;
  /** One line for the reference docs. */
  readonly doc: string;
  /** Called once per worker and use; constants are bound here. */
  compile(args: readonly Arg[], env: CompileEnv): Fetch;
  /**
   * For fetches that may give several values (headers, cookies, parameters): what an ACL does with them, one by one until `visit`
   * says true. Undefined if these arguments name a single value.
   */
  each?(args: readonly Arg[], visit: Visit, env: CompileEnv): ((tx: Tx) => boolean) | undefined;
  /** Checks that go beyond types: an error sentence with the argument's number, or null. */
  check?(args: readonly Arg[]): { arg: number; problem: string } | null;
}

/** The place of an argument that names a file; a `maybe` that can't be read stays what it is. */
export interface FileArg {
  readonly arg: number;
  readonly maybe?: boolean;
}

export interface ConverterRow {
  readonly name: string;
  readonly args: readonly ArgRow[];
  readonly in: SampleType;
  /** `same` gives the type it got. */
  readonly out: SampleType | 'same';
  /** It takes bigints for integers beyond 2^53; others get the nearest number. */
  readonly wide?: boolean;
  /** It looks at more than its input and arguments, or does more than give a value. */
  readonly impure?: boolean;
  /** The arguments that name files: compile() and check() get their contents as a LoadedFile. */
  files?(args: readonly Arg[]): readonly FileArg[];
  /** The file of patterns that it looks its input up in. */
  patterns?(args: readonly Arg[]): { readonly file: LoadedFile; readonly method: string };
  readonly doc: string;
  compile(args: readonly Arg[], env: CompileEnv): Convert;
  check?(args: readonly Arg[]): { arg: number; problem: string } | null;
}

/** What an action returns to end its rule set and let the message pass: none of the engine's verdicts. */
export const STOP = -1;

/** Runs an action; the result is a verdict (abi.ts) or STOP. CONTINUE goes on to the next rule. */
export type Act = (tx: Tx) => number;

export interface ActionRow<Data = unknown> {
  readonly name: string;
  readonly families: readonly RuleFamily[];
  /** A rule of this kind ends its rule set when its condition holds. */
  readonly final: boolean;
  /** Refused without `expose-experimental-directives`, as in HAProxy. */
  readonly experimental?: true;
  readonly doc: string;
  /** Reads the words after the action's name up to `if`/`unless`; reports problems to the cursor; undefined after an error. */
  parse(cursor: Cursor): Data | undefined;
  compile(data: Data, env: CompileEnv): Act;
}

export type { CompileEnv } from './compile/env.js';
import type { CompileEnv } from './compile/env.js';
