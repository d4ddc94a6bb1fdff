import { getSystemErrorMap } from 'node:util';

/** What an error number means, worded and capitalised as in other programs' messages: "Address already in use". */
export function errnoText(errno: number): string {
  const known = getSystemErrorMap().get(-errno);
  if (known === undefined) return `error ${errno}`;
  const [, text] = known;
  return text.charAt(0).toUpperCase() + text.slice(1);
}
