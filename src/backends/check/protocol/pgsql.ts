import { broken, expect, good, refused, type ProtocolRow } from './row.js';

/** Protocol 3.0, the parameter `user`, the end of the parameters. */
function startup(user: string): Buffer {
  const body = Buffer.from(`\0\x03\0\0user\0${user}\0\0`, 'latin1');
  const length = Buffer.alloc(4);
  length.writeUInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
}

/** Kinds of authentication that a server may ask for; any of them shows that it works. */
const KINDS = new Set([0, 2, 3, 4, 5, 6, 7, 9, 10]);

/** `option pgsql-check`: a start-up message is answered by an authentication request. */
export const pgsql: ProtocolRow = {
  type: 'pgsql-check',
  first: 2,
  linger: true,
  steps: ({ user = '' }) => [
    { send: startup(user) },
    expect((data, last) => {
      if (data.length < 5 && !last) return null;
      // The first field of an error is its severity.
      return data[0] === 0x45 ? broken(data.toString('latin1', 6).split('\0')[0]) : good('');
    }),
    expect((data, last) => {
      if (data.length < 9 && !last) return null;
      const asks = data.length >= 9 && data[0] === 0x52 && KINDS.has(data.readUInt32BE(5));
      return asks ? good('PostgreSQL server is ok') : refused(0, 'PostgreSQL unknown error');
    }),
  ],
};
