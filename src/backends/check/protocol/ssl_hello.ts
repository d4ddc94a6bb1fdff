import { L6_OK, L6_RESPONSE, L6_TIMEOUT } from '../status.js';
import { broken, expect, good, type ProtocolRow } from './row.js';

const CIPHERS = '0001 0002 0003 0004 0005 0006 0007 0008 0009 000a 000b 000c 000d 000e 000f 0010 0011 0012 0013 0014 0015 0016 0017 0018 0019 001a 001b '
  + '002f 0030 0031 0032 0033 0034 0035 0036 0037 0038 0039 003a';

/** An SSLv3 client hello without a session; its random part, behind the time, says who asks. */
function clientHello(): Buffer {
  const random = Buffer.from('....HAPROXYSSLCHK\nHAPROXYSSLCHK\n', 'latin1');
  random.writeUInt32BE(Math.floor(Date.now() / 1000), 0);
  const body = Buffer.concat([Buffer.from('0300', 'hex'), random, Buffer.from(`00 004e ${CIPHERS} 0100`.replaceAll(' ', ''), 'hex')]);
  const header = Buffer.from('160300000001000000', 'hex');
  header.writeUInt16BE(body.length + 4, 3);
  header.writeUIntBE(body.length, 6, 3);
  return Buffer.concat([header, body]);
}

const ALERT = 0x15;
const HANDSHAKE = 0x16;
/** A record header. */
const LEAST = 5;

/** `option ssl-hello-chk`: the answer is a handshake or an alert. */
export const sslHello: ProtocolRow = {
  type: 'ssl-hello-chk',
  first: 1,
  steps() {
    const hello = clientHello();
    return [
      { send: hello },
      expect((data, last) => {
        if (data.length < LEAST && !last) return null;
        return data.length >= LEAST && (data[0] === ALERT || data[0] === HANDSHAKE) ? good('', 0, L6_OK) : broken('', L6_RESPONSE);
      }, L6_RESPONSE, L6_TIMEOUT),
    ];
  },
};
