/**
 * The first packets of an MQTT connection, CONNECT and CONNACK, of the versions 3.1, 3.1.1 and 5.0 (docs.oasis-open.org/mqtt). Text is
 * latin1, one char a byte.
 */

export const CONNECT = 1;
export const CONNACK = 2;

/** What stands in a packet, by the names of the fields and the numbers of the properties; numbers are decimal text. */
export type MqttFields = ReadonlyMap<string, string>;

/** null: the packet is wrong; undefined: it is not complete yet. */
export type MqttPacket = { readonly type: number; readonly fields: MqttFields } | null | undefined;

class Malformed extends Error {}

type Kind = 'byte' | 'two' | 'four' | 'varint' | 'string' | 'pair';

interface Property {
  readonly kind: Kind;
  readonly places: string;
}

const property = (kind: Kind, places: string): Property => ({ kind, places });

/** Properties by their numbers, and where each may stand: c(onnect), w(ill), a(ck). Strings and binary data look alike. */
const PROPERTIES: Readonly<Record<number, Property>> = {
  1: property('byte', 'w'), 2: property('four', 'w'), 3: property('string', 'w'), 8: property('string', 'w'), 9: property('string', 'w'),
  17: property('four', 'ca'), 18: property('string', 'a'), 19: property('two', 'a'), 21: property('string', 'ca'), 22: property('string', 'ca'),
  23: property('byte', 'c'), 24: property('four', 'w'), 25: property('byte', 'c'), 26: property('string', 'a'), 28: property('string', 'a'),
  31: property('string', 'a'), 33: property('two', 'ca'), 34: property('two', 'ca'), 36: property('byte', 'a'), 37: property('byte', 'a'),
  38: property('pair', 'cwa'), 39: property('four', 'ca'), 40: property('byte', 'a'), 41: property('byte', 'a'), 42: property('byte', 'a'),
};
const USER_PROPERTY = 38;

const isNumber = ({ kind }: Property): boolean => kind === 'byte' || kind === 'two' || kind === 'four';

/** True if a property of that number may stand in a packet of that type. */
export function isProperty(type: number, id: number): boolean {
  const places = PROPERTIES[id]?.places ?? '';
  return id !== USER_PROPERTY && (type === CONNECT ? /[cw]/ : /a/).test(places);
}

class PacketReader {
  constructor(private readonly text: string, private at: number, private readonly end: number) {}

  get left(): number {
    return this.end - this.at;
  }

  number(bytes: number): number {
    if (this.left < bytes) throw new Malformed();
    let value = 0;
    for (let i = 0; i < bytes; i++) value = value * 256 + this.text.charCodeAt(this.at++);
    return value;
  }

  varint(): number {
    const found = variableLength(this.text.slice(this.at, this.end));
    if (found === null || found === undefined) throw new Malformed();
    this.at += found.bytes;
    return found.value;
  }

  string(): string {
    const length = this.number(2);
    if (this.left < length) throw new Malformed();
    this.at += length;
    return this.text.slice(this.at - length, this.at);
  }

  /** Reads a block of properties; each may stand once, user properties as often as they like. Numbers that are left out are 0, as HAProxy has them. */
  properties(place: string, fields: Map<string, string>): void {
    const length = this.varint();
    if (this.left < length) throw new Malformed();
    const block = new PacketReader(this.text, this.at, this.at + length);
    this.at += length;
    while (block.left > 0) {
      const id = block.varint();
      const found = PROPERTIES[id];
      if (found === undefined || !found.places.includes(place) || fields.has(String(id))) throw new Malformed();
      const value = block.value(found.kind);
      if (id !== USER_PROPERTY) fields.set(String(id), value);
    }
    for (const [id, found] of Object.entries(PROPERTIES)) if (isNumber(found) && found.places.includes(place) && !fields.has(id)) fields.set(id, '0');
  }

  private value(kind: Kind): string {
    switch (kind) {
      case 'byte': return String(this.number(1));
      case 'two': return String(this.number(2));
      case 'four': return String(this.number(4));
      case 'varint': return String(this.varint());
      case 'string': return this.string();
      case 'pair': return `${this.string()}=${this.string()}`;
    }
  }
}

/** A variable byte integer of at most four bytes at the start of a text; undefined if it is cut, null if it is too long. */
function variableLength(text: string): { readonly value: number; readonly bytes: number } | null | undefined {
  let value = 0;
  for (let i = 0; i < 4; i++) {
    if (i === text.length) return undefined;
    const byte = text.charCodeAt(i);
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { value, bytes: i + 1 };
  }
  return null;
}

const VERSIONS: Readonly<Record<string, readonly number[]>> = { MQTT: [4, 5], MQIsdp: [3] };

const WILL = 0x04;
const PASSWORD = 0x40;
const USERNAME = 0x80;

function readConnect(reader: PacketReader, fields: Map<string, string>): void {
  const name = reader.string();
  const version = reader.number(1);
  const flags = reader.number(1);
  if (VERSIONS[name]?.includes(version) !== true || !goodFlags(flags, version)) throw new Malformed();
  fields.set('protocol_name', name).set('protocol_version', String(version)).set('flags', String(flags)).set('keepalive', String(reader.number(2)));
  if (version === 5) reader.properties('c', fields);
  fields.set('client_identifier', reader.string());
  if ((flags & WILL) !== 0) {
    if (version === 5) reader.properties('w', fields);
    fields.set('will_topic', reader.string()).set('will_payload', reader.string());
  }
  if ((flags & USERNAME) !== 0) fields.set('username', reader.string());
  if ((flags & PASSWORD) !== 0) fields.set('password', reader.string());
}

/** The lowest bit is reserved; before version 5 a password needs a user name. */
function goodFlags(flags: number, version: number): boolean {
  return (flags & 1) === 0 && (version === 5 || (flags & USERNAME) !== 0 || (flags & PASSWORD) === 0);
}

function readConnack(reader: PacketReader, fields: Map<string, string>): void {
  const version = reader.left > 2 ? 5 : 4;
  const flags = reader.number(1);
  const code = reader.number(1);
  if ((flags & 0xfe) !== 0) throw new Malformed();
  fields.set('flags', String(flags)).set('protocol_version', String(version)).set('reason_code', String(code));
  if (version === 5) reader.properties('a', fields);
}

/** The packet that the bytes begin with, which must be CONNECT or CONNACK; others may follow. */
export function parseMqtt(text: string): MqttPacket {
  if (text === '') return undefined;
  const type = text.charCodeAt(0) >> 4;
  if ((type !== CONNECT && type !== CONNACK) || (text.charCodeAt(0) & 15) !== 0) return null;
  const length = variableLength(text.slice(1));
  if (length === null || length === undefined) return length;
  const from = 1 + length.bytes;
  if (text.length < from + length.value) return undefined;
  const reader = new PacketReader(text, from, from + length.value);
  const fields = new Map<string, string>();
  try {
    (type === CONNECT ? readConnect : readConnack)(reader, fields);
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
  return reader.left === 0 ? { type, fields } : null;
}
