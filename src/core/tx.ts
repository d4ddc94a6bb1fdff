/** The facts of the session that a decision is about: one object per worker, pointed at the window before each decide(). */
export class Tx {
  /** FACT_ cells. */
  readonly facts: Int32Array;
  /** Bytes of the window; offsets in facts are from its start. */
  readonly bytes: Uint8Array;

  constructor(window: ArrayBuffer) {
    this.facts = new Int32Array(window);
    this.bytes = new Uint8Array(window);
  }
}
