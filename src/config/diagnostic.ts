/** Diagnostics are values: made anywhere in the configuration layer, collected, rendered once (render.ts). */

/** A piece of source text: offsets in UTF-16 units into the text of `Source` number `source`. */
export interface Span {
  readonly source: number;
  readonly start: number;
  readonly end: number;
}

/** As HAProxy's levels: an alert stops the start, a warning does not (but `-dW` and zero-warning make it), notice and diag inform. */
export type Severity = 'alert' | 'warning' | 'notice' | 'diag';

export interface Diagnostic {
  readonly severity: Severity;
  /** One line that names what is wrong, in HAProxy's words where it has them; without a final full stop. */
  readonly summary: string;
  /** One sentence that says what to do; null if the summary says it all. */
  readonly advice: string | null;
  /** The exact words; null for errors that have no place in a file. */
  readonly span: Span | null;
  readonly related: readonly { readonly span: Span; readonly text: string }[];
}

/** Where diagnostics are put: the whole configuration layer takes one of these and never throws for bad input. */
export interface DiagnosticSink {
  report(diagnostic: Diagnostic): void;
}
