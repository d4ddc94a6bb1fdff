import type { ConverterRow } from '../row.js';
import { addressConverters } from './address.js';
import { aesConverters } from './aes.js';
import { binaryConverters } from './binary.js';
import { captureConverters } from './capture.js';
import { choiceConverters } from './choice.js';
import { dateConverters } from './date.js';
import { fixConverters } from './fix.js';
import { hashConverters } from './hash.js';
import { jsonConverters } from './json.js';
import { jsonQueryConverters } from './json_query.js';
import { jwtConverters } from './jwt.js';
import { jwtDecryptConverters } from './jwt_decrypt.js';
import { languageConverters } from './language.js';
import { mapConverters } from './map.js';
import { mqttConverters } from './mqtt.js';
import { numberConverters } from './number.js';
import { packetConverters } from './packet.js';
import { protobufConverters } from './protobuf.js';
import { rfc7239Converters } from './rfc7239.js';
import { serverConverters } from './server.js';
import { stickConverters } from './stick.js';
import { textConverters } from './text.js';
import { urlConverters } from './url.js';
import { whenConverters } from './when.js';
import { wordConverters } from './word.js';
import { xxhashConverters } from './xxhash.js';

/** All converters (manual, section 7.3.1). */
export const converters: readonly ConverterRow[] = [
  ...stickConverters,
  ...numberConverters, ...textConverters, ...wordConverters, ...binaryConverters, ...hashConverters, ...addressConverters, ...urlConverters,
  ...choiceConverters, ...dateConverters, ...xxhashConverters, ...mapConverters, ...jsonConverters,
  ...jsonQueryConverters, ...languageConverters, ...aesConverters, ...jwtConverters, ...jwtDecryptConverters, ...fixConverters,
  ...protobufConverters, ...mqttConverters, ...rfc7239Converters, ...packetConverters, ...serverConverters,
  ...captureConverters, ...whenConverters,
];
