/** Lines of the runtime API (management guide, 9.3): commands, words and payloads. */

export interface Line {
  /** The commands, each with its words. */
  readonly commands: readonly (readonly string[])[];
  /** A payload follows until this line (`''` = an empty one); null = none. It belongs to the last command. */
  readonly payloadEnd: string | null;
}

const PAYLOAD = /(?:^|[ \t])<<(\S{0,64})$/;

/** Splits at `;`, spaces and tabs; a backslash takes the meaning from the character behind it. Empty commands are left out. */
export function parseLine(text: string): Line {
  const mark = PAYLOAD.exec(text);
  const body = mark === null ? text : text.slice(0, mark.index);
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | null = null;
  const endWord = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (let at = 0; at < body.length; at++) {
    const char = body[at]!;
    if (char === '\\' && at + 1 < body.length) word = (word ?? '') + body[++at]!;
    else if (char === ' ' || char === '\t') endWord();
    else if (char === ';') endCommand();
    else word = (word ?? '') + char;
  }
  endCommand();
  return { commands, payloadEnd: mark === null ? null : mark[1]! };
}
