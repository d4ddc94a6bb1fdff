/**
 * The integer of the `_val` fetches, as HAProxy reckons it: every character up to the first above '9' counts as a digit, also those
 * below '0' with what they lack; 32 bits, wrapping; an empty text is 0. So `12abc` is 12, and `1.5` is no reasonable number.
 */
export function looseInt(text: string): number {
  const negative = text.startsWith('-');
  let value = 0;
  for (let i = negative ? 1 : 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const digit = (code > 127 ? code - 256 : code) - 48;
    if (digit > 9) break;
    value = (Math.imul(value, 10) + (negative ? -digit : digit)) | 0;
  }
  return value;
}
