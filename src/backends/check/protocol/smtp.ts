import { L7_STATUS } from '../status.js';
import { broken, expect, firstLine, good, refused, text, type ProtocolRow, type ProtocolStep } from './row.js';

/** A code and a blank must be there before anything is judged. */
const LEAST = 4;

const code = (data: Buffer): number => Number(/^[0-9]{3}/.exec(data.toString('latin1', 0, 3))?.[0] ?? 0);

/** An answer begins with three digits. */
const greeting: ProtocolStep = expect((data, last) => {
  if (data.length < LEAST && !last) return null;
  return /^[0-9]{3}[ \r]/.test(data.toString('latin1')) ? good('') : broken(firstLine(data));
});

const accepted = (pattern: RegExp, conclusive: boolean): ProtocolStep =>
  expect((data, last) => {
    if (data.length < LEAST && !last) return null;
    if (pattern.test(data.toString('latin1'))) return good(firstLine(data, LEAST), code(data));
    return conclusive || last ? refused(code(data), firstLine(data, LEAST)) : null;
  }, L7_STATUS);

/** `option smtpchk`: greeting, hello, QUIT; each answer must begin with a 2. */
export const smtp: ProtocolRow = {
  type: 'smtpchk',
  first: 2,
  linger: true,
  steps: ({ hello = 'HELO', domain = 'localhost' }) => [
    greeting,
    accepted(/^2[0-9]{2}[ \r]/, true),
    text(`${hello} ${domain}\r\n`),
    accepted(/^(?:2[0-9]{2}-[^\r]*\r\n)*2[0-9]{2}[ \r]/, false),
    text('QUIT\r\n'),
    accepted(/^2[0-9]{2}[- \r]/, true),
  ],
};
