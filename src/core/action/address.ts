/** Actions that change what is taken for the client's address, or for the one it connected to. */
import type { RuleFamily, SampleExpression } from '../../config/model.js';
import {
  FACT_DST_ADDR, FACT_DST_FAMILY, FACT_DST_PORT, FACT_SRC_ADDR, FACT_SRC_FAMILY, FACT_SRC_PORT, FACT_TAKE, TAKE_DESTINATION, TAKE_SOURCE,
  VERDICT_CONTINUE,
} from '../abi.js';
import type { ActionRow, Ip } from '../row.js';
import type { Tx } from '../tx.js';
import { wanted } from './words.js';

const FAMILIES: readonly RuleFamily[] = ['tcp-request connection', 'tcp-request session', 'tcp-request content', 'http-request'];

interface Cells {
  readonly family: number;
  readonly port: number;
  readonly address: number;
  readonly take: number;
}

const SOURCE: Cells = { family: FACT_SRC_FAMILY, port: FACT_SRC_PORT, address: FACT_SRC_ADDR, take: TAKE_SOURCE };
const DESTINATION: Cells = { family: FACT_DST_FAMILY, port: FACT_DST_PORT, address: FACT_DST_ADDR, take: TAKE_DESTINATION };

const isIp = (family: number): boolean => family === 4 || family === 6;

function announce(tx: Tx, take: number): void {
  tx.facts[FACT_TAKE]! |= take;
  tx.serial++;
}

/** The port stays where the old address had one. */
function setAddress(tx: Tx, cells: Cells, ip: Ip): void {
  const { facts, bytes } = tx;
  announce(tx, cells.take);
  if (!isIp(facts[cells.family]!)) facts[cells.port] = 0;
  const copy = Uint8Array.from(ip.bytes);   // it may be a view of the very cells
  const at = cells.address * 4;
  bytes.fill(0, at, at + 16);
  bytes.set(copy, at);
  facts[cells.family] = ip.family;
}

/** An address that has no port makes way for 0.0.0.0. */
function setPort(tx: Tx, cells: Cells, port: number): void {
  const { facts, bytes } = tx;
  announce(tx, cells.take);
  if (!isIp(facts[cells.family]!)) {
    bytes.fill(0, cells.address * 4, cells.address * 4 + 16);
    facts[cells.family] = 4;
  }
  facts[cells.port] = port & 0xffff;
}

function addressAction(name: string, cells: Cells, doc: string): ActionRow<SampleExpression> {
  return {
    name, families: FAMILIES, final: false, doc,
    parse(cursor) {
      const word = wanted(cursor, 'missing fetch method');
      return word === undefined ? undefined : cursor.expression(word);
    },
    compile(expression, env) {
      const read = env.typed(expression, 'addr');
      return (tx) => {
        const ip = read(tx);
        if (ip !== undefined) setAddress(tx, cells, ip as Ip);
        return VERDICT_CONTINUE;
      };
    },
  };
}

function portAction(name: string, cells: Cells, doc: string): ActionRow<SampleExpression> {
  return {
    ...addressAction(name, cells, doc),
    compile(expression, env) {
      const read = env.typed(expression, 'int');
      return (tx) => {
        const port = read(tx);
        if (port !== undefined) setPort(tx, cells, Number(port));
        return VERDICT_CONTINUE;
      };
    },
  };
}

export const addressActions: readonly ActionRow<SampleExpression>[] = [
  addressAction('set-src', SOURCE, "replaces the client's address, for the connection, the session or the stream"),
  portAction('set-src-port', SOURCE, "replaces the client's port"),
  addressAction('set-dst', DESTINATION, 'replaces the address that the client connected to'),
  portAction('set-dst-port', DESTINATION, 'replaces the port that the client connected to'),
];
