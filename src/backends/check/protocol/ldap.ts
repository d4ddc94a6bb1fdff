import { broken, bytes, expect, good, refused, type ProtocolRow } from './row.js';

/** An anonymous simple bind: message 1, LDAPv3. */
const BIND = '300c 020101 60 07 020103 0400 8000';
const NOT_LDAP = 'Not LDAPv3 protocol';
const SEQUENCE = 0x30;
const BIND_RESPONSE = 0x61;

/** Behind a length of BER; null: it is not all there. */
function behindLength(data: Buffer, at: number): number | null {
  const first = data[at];
  if (first === undefined) return null;
  const size = first < 0x80 ? 1 : 1 + (first & 0x7f);
  return at + size <= data.length ? at + size : null;
}

/** Where the result code stands: null = more is needed, -1 = this is no answer to a bind. */
function codeAt(data: Buffer): number | null {
  if (data.length === 0) return null;
  if (data[0] !== SEQUENCE) return -1;
  const id = behindLength(data, 1);
  if (id === null || data.length < id + 4) return null;
  if (data[id] !== 2 || data[id + 1] !== 1 || data[id + 2] !== 1 || data[id + 3] !== BIND_RESPONSE) return -1;
  const result = behindLength(data, id + 4);
  if (result === null || data.length < result + 3) return null;
  return data[result] === 0x0a && data[result + 1] === 1 ? result + 2 : -1;
}

/** `option ldap-check`: an anonymous bind succeeds (RFC 4511). */
export const ldap: ProtocolRow = {
  type: 'ldap-check',
  first: 1,
  steps: () => [
    bytes(BIND),
    expect((data, last) => {
      const at = codeAt(data);
      if (at === null) return last ? broken() : null;
      if (at < 0) return broken(NOT_LDAP);
      const code = data[at]!;
      return code === 0 ? good('Success') : refused(code, 'See RFC: http://tools.ietf.org/html/rfc4511#section-4.1.9');
    }),
  ],
};
