import { broken, expect, good, refused, type ProtocolRow, type ProtocolStep } from './row.js';
import type { Judgement } from '../judge.js';

const QUIT = Buffer.from('0100000001', 'hex');
const ERROR = 0xff;
const HEADER = 4;

function packet(payload: Buffer): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUIntLE(payload.length, 0, 3);
  header[3] = 1;
  return Buffer.concat([header, payload]);
}

/** Protocol 4.1 with a secure connection; 8.0 names the authentication plugin as well. */
const protocol41 = (user: string, plugin: boolean): Buffer =>
  Buffer.concat([
    Buffer.from(plugin ? '00820800' : '00820000', 'hex'), Buffer.from('0080000121', 'hex'), Buffer.alloc(23), Buffer.from(`${user}\0\0`, 'latin1'),
    Buffer.from(plugin ? 'mysql_native_password\0' : '', 'latin1'),
  ]);
const protocol320 = (user: string): Buffer => Buffer.concat([Buffer.from('0080000001', 'hex'), Buffer.from(`${user}\0\0`, 'latin1')]);

const LOGINS: Readonly<Record<string, (user: string) => Buffer>> = {
  'post-41': (user) => protocol41(user, false),
  'post-80': (user) => protocol41(user, true),
  'pre-41': protocol320,
};

/** End of the packet that begins at `from`; null if it is not all there. */
function endOf(data: Buffer, from: number): number | null {
  if (data.length < from + HEADER) return null;
  const end = from + HEADER + data.readUIntLE(from, 3);
  return end <= data.length && end > from + HEADER ? end : null;
}

/** The error that a packet carries. */
function errorIn(data: Buffer, from: number, end: number): Judgement | null {
  if (data[from + HEADER] !== ERROR) return null;
  const code = end >= from + HEADER + 3 ? data.readUInt16LE(from + HEADER + 1) : 0;
  return refused(code, data.toString('latin1', from + HEADER + 3, end));
}

/** The server's handshake; its version is what it says of itself. */
const versionOf = (data: Buffer): string => (data.toString('latin1', HEADER + 1, endOf(data, 0) ?? HEADER + 1).split('\0')[0] ?? '');

const handshake: ProtocolStep = expect((data, last) => {
  const end = endOf(data, 0);
  if (end === null) return last ? broken() : null;
  return errorIn(data, 0, end) ?? good(versionOf(data));
});

const login: ProtocolStep = expect((data, last) => {
  const from = endOf(data, 0);
  const end = from === null ? null : endOf(data, from);
  if (from === null || end === null) return last ? broken() : null;
  return errorIn(data, from, end) ?? good(versionOf(data));
});

/** `option mysql-check`: the handshake alone, or with a user a login that is ended at once. */
export const mysql: ProtocolRow = {
  type: 'mysql-check',
  first: 2,
  linger: true,
  steps({ user, version = 'post-41' }) {
    if (user === undefined) return [handshake];
    const payload = (LOGINS[version] ?? LOGINS['post-41']!)(user);
    return [{ send: Buffer.concat([packet(payload), QUIT]) }, handshake, login];
  },
};
