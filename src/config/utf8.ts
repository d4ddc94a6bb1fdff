/**
 * Configuration text is latin1, one character a byte. Where a word leaves the configuration (a path, a text to show), it is what
 * its bytes say in UTF-8.
 */
export function fromLatin1(text: string): string {
  // Most words are ASCII.
  return /[\x80-\xff]/.test(text) ? Buffer.from(text, 'latin1').toString('utf8') : text;
}
