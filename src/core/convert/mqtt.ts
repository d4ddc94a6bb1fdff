import { CONNACK, CONNECT, isProperty, parseMqtt } from '../mqtt.js';
import type { Bin, ConverterRow } from '../row.js';
import { onBytes, required } from './row.js';

const FIELDS: Readonly<Record<number, readonly string[]>> = {
  [CONNECT]: ['flags', 'protocol_name', 'protocol_version', 'client_identifier', 'will_topic', 'will_payload', 'username', 'password', 'keepalive'],
  [CONNACK]: ['flags', 'protocol_version', 'reason_code'],
};

/** Packets by the name that a configuration may give them, or by their number. */
function packetType(text: string): number | undefined {
  const name = text.toLowerCase();
  return name === 'connect' || name === '1' ? CONNECT : name === 'connack' || name === '2' ? CONNACK : undefined;
}

function fieldName(type: number, text: string): string | undefined {
  const name = text.toLowerCase();
  if (FIELDS[type]!.includes(name)) return name;
  return /^[0-9]+$/.test(name) && isProperty(type, Number(name)) ? String(Number(name)) : undefined;
}

export const mqttConverters: readonly ConverterRow[] = [
  onBytes('mqtt_is_valid', 'bool', 'true for a complete MQTT CONNECT or CONNACK packet', (bytes) => {
    const packet = parseMqtt(bytes);
    return packet === undefined ? undefined : packet !== null;
  }),
  {
    name: 'mqtt_field_value', args: [required('packettype'), required('fieldname_or_property_ID')], in: 'bin', out: 'str',
    doc: 'a field or property of an MQTT CONNECT or CONNACK packet',
    compile(args) {
      const type = packetType(String(args[0]))!;
      const name = fieldName(type, String(args[1]))!;
      return (value) => {
        const packet = parseMqtt((value as Bin).bin);
        return packet?.type === type ? packet.fields.get(name) : undefined;
      };
    },
    check(args) {
      const type = packetType(String(args[0]));
      if (type === undefined) return { arg: 0, problem: "expects the packet type 'connect' (1) or 'connack' (2)" };
      const names = FIELDS[type]!.join(', ');
      return fieldName(type, String(args[1])) === undefined ? { arg: 1, problem: `expects ${names} or the number of a property` } : null;
    },
  },
];
