import { describe, expect, test } from '@jest/globals';
import type { Server } from '../../../src/config/model.js';
import { messages, modelOf } from '../loaded.js';

const server = async (words: string, defaults = ''): Promise<Server | undefined> =>
  (await modelOf(`backend b\n mode http\n ${defaults}\n server s 127.0.0.1:80 ${words}\n`)).servers[0];
const refused = (words: string): Promise<string[]> => messages(`backend b\n timeout server 1s\n timeout connect 1s\n server s 127.0.0.1:80 ${words}\n`);

test('TCP options', async () => {
  expect(await server('tcp-ut 3s tfo pool-low-conn 4')).toMatchObject({ userTimeout: 3000, tfo: true, poolLowConn: 4 });
  expect(await server('no-tfo', 'default-server tfo')).toMatchObject({ userTimeout: 0, tfo: false, poolLowConn: 0 });
});

describe('TLVs', () => {
  test('options add up; a type has one format', async () => {
    const made = await server("proxy-v2-options crc32c,unique-id set-proxy-v2-tlv-fmt(225) 'b' set-proxy-v2-tlv-fmt(0xE2) c", "default-server set-proxy-v2-tlv-fmt(0xe1) 'a'");
    expect(made?.proxyTlvs).toMatchObject({ crc32c: true, uniqueId: true, authority: false });
    expect(made?.proxyTlvs.formats.map(({ type, format }) => [type, format.text])).toEqual([[225, 'b'], [226, 'c']]);
  });

  test.each([
    ['proxy-v2-options crc32', "alert: 'proxy-v2-options' : option 'crc32' is not implemented <crc32>"],
    ['proxy-v2-options ssl', "alert: 'proxy-v2-options ssl' is not supported yet <ssl>"],
    ['set-proxy-v2-tlv-fmt(256) a', "alert: 'set-proxy-v2-tlv-fmt(256)' : invalid TLV ID <set-proxy-v2-tlv-fmt(256)>"],
    ['set-proxy-v2-tlv-fmt a', "alert: 'set-proxy-v2-tlv-fmt' : invalid TLV ID <set-proxy-v2-tlv-fmt>"],
    ['weight(3) a', "alert: 'server b/s' : unknown keyword 'weight(3)' <weight(3)>"],
  ])('%s is refused', async (words, message) => {
    expect(await refused(words)).toEqual([message]);
  });
});
