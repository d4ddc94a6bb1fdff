/** What workers ask the main thread about statistics pages. */
export interface PageQuestion {
  /** Index of the proxy whose page it is. */
  readonly proxy: number;
  /** Path and query of the request, latin1. */
  readonly target: string;
  /** The client may change servers. */
  readonly admin: boolean;
  /** The form that was posted, latin1; null for other requests. */
  readonly form: string | null;
  /** The form is longer than what a buffer takes: `form` is a part of it. */
  readonly cut: boolean;
}

export interface PageAnswer {
  readonly status: 200 | 303;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: string;
}
