import type { Model } from '../config/model.js';
import type { ServerListChange } from '../backends/dynamic.js';
import type { Captures, SessionRow } from './addon.js';
import type { BackendListChange } from '../backends/dynamic_backends.js';
import type { WorkerPlace } from './plane.js';
import type { Changes } from './process_variables.js';

/** What a worker gets at its start (workerData). */
export interface WorkerStart {
  readonly model: Model;
  /** Variables of the process at start. */
  readonly variables: Changes;
  readonly place: WorkerPlace;
}

/** From the main thread to a worker. */
export type ToWorker =
  | { readonly kind: 'start' }
  /** Soft stop: listeners close, sessions go on. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'pause'; readonly paused: boolean }
  /** Limits or listeners have changed in the shared cells. */
  | { readonly kind: 'look' }
  /** Ends sessions: OF_ number, index or handle, first letter of the termination state. */
  | { readonly kind: 'shutdown'; readonly of: number; readonly index: number; readonly cause: 'K' | 'D' | 'U' }
  /** A server's state or weight changed: its queue may have to move. */
  | { readonly kind: 'changed'; readonly server: number }
  /** A server or a backend came or goes: `took` is the answer. */
  | { readonly kind: 'servers'; readonly change: ServerListChange }
  | { readonly kind: 'backends'; readonly change: BackendListChange }
  /** Variables of the process: `took` is the answer. */
  | { readonly kind: 'variables'; readonly changes: Changes }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown; readonly error: string | null }
  /** So many bytes of `records` were taken. */
  | { readonly kind: 'taken'; readonly bytes: number }
  /** What the runtime API wants to know: `reply` is the answer. */
  | { readonly kind: 'question'; readonly id: number; readonly topic: keyof WorkerAnswers }
  /** Ends the worker. */
  | { readonly kind: 'close' };

/** What workers can be asked, and what comes back. */
export interface WorkerAnswers {
  readonly sessions: readonly SessionRow[];
  readonly captures: Captures;
  readonly activity: Activity;
}

/** What a worker's thread does. */
export interface Activity {
  /** Share of time in which its loop was busy since it started, 0 to 1. */
  readonly busy: number;
  /** Bytes. */
  readonly heap: number;
  readonly external: number;
}

/** From a worker to the main thread. */
export type FromWorker =
  | { readonly kind: 'reply'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'took' }
  | { readonly kind: 'ready' }
  /** The listeners are out of the loop. */
  | { readonly kind: 'stopped' }
  /** After a soft stop: no session is left. */
  | { readonly kind: 'drained' }
  | { readonly kind: 'ask'; readonly id: number; readonly topic: string; readonly request: unknown }
  | { readonly kind: 'log'; readonly line: string }
  /** Log messages for rings (log/sink.ts). */
  | { readonly kind: 'records'; readonly records: Uint8Array }
  /** Garbage collections since the last one of these: name of the kind and seconds. */
  | { readonly kind: 'gc'; readonly pauses: readonly (readonly [string, number])[] };
