/** Stick tables get numbers, and rules the numbers of their tables. */
import type { SampleType } from '../core/row.js';
import { castable } from './cast.js';
import type { Diagnostic, Span } from './diagnostic.js';
import { withServers, type PeersDraft, type StickKey, type StickSections, type StickTable, type StickTableDraft, type TableReference } from './stick.js';
import { didYouMean } from './suggest.js';

/** What a key of a table is made from. */
export const KEY_TYPES: Readonly<Record<StickKey, SampleType>> = { ip: 'ipv4', ipv6: 'ipv6', integer: 'int', string: 'str', binary: 'bin' };

type Report = (diagnostic: Diagnostic) => void;

export class StickResolver {
  /** Numbers of the tables by name. */
  readonly numbers = new Map<string, number>();
  readonly #sections: StickSections;
  readonly #report: Report;

  constructor(sections: StickSections, report: Report) {
    this.#sections = sections;
    this.#report = report;
    sections.tables.forEach((table, index) => {
      const other = this.numbers.get(table.name);
      if (other === undefined) {
        this.numbers.set(table.name, index);
        return;
      }
      const first = sections.tables[other] as StickTableDraft;
      this.#alert(table.span, `stick-table name '${table.name}' conflicts with table declared in ${placeOf(first)}`, 'A section has one table; others stand in backends of their own, or in a peers section.', [
        { span: first.span, text: 'declared here' },
      ]);
    });
  }

  /** All tables, by their numbers; rules hear the numbers of theirs. `localPeer`: the name of this process among peers. */
  tables(localPeer: string | null): StickTable[] {
    const { tables, references, peers } = this.#sections;
    const learns = new Set<number>();
    for (const reference of references) {
      const number = this.#find(reference);
      if (number === null) continue;
      reference.found(number);
      if (reference.learns) learns.add(number);
    }
    for (const section of peers) this.#checkPeers(section, localPeer);
    return tables.map((table, index) => {
      const { proxy: _, peers: section, writeTo, columns, ...rest } = table;
      if (section !== null && peers.every(({ name }) => name !== section.name))
        this.#alert(section.span, `${placeOf(table)}: unable to find sync peers '${section.name}'`, didYouMean(section.name, peers.map(({ name }) => name)) ?? `Add a section 'peers ${section.name}'.`);
      return { ...rest, index, writeTo: writeTo === null ? null : this.#writeTo(table, index, writeTo.name, writeTo.span), columns: learns.has(index) ? withServers(columns) : columns };
    });
  }

  #find({ name, proxy, span, rule, type }: TableReference): number | null {
    const wanted = name ?? (proxy?.kind === 'defaults' ? null : (proxy?.name ?? null));
    if (wanted === null) return this.#alert(span, `'${rule}' must name its table in a 'defaults' section`, "Add 'table <name>'.");
    const number = this.numbers.get(wanted);
    const what = rule === 'stick' ? `unable to find stick-table '${wanted}'` : `unable to find table '${wanted}' referenced by ${rule}`;
    if (number === undefined) {
      const advice = name === null ? "Add a 'stick-table' line to the section, or name another table." : didYouMean(wanted, [...this.numbers.keys()]);
      return this.#alert(span, `Proxy '${proxy?.name ?? ''}': ${what}`, advice);
    }
    const table = this.#sections.tables[number] as StickTableDraft;
    if (castable(type, KEY_TYPES[table.key])) return number;
    const summary = `Proxy '${proxy?.name ?? ''}': stick-table '${wanted}' uses a type incompatible with the '${rule}' rule`;
    return this.#alert(span, summary, `The keys of the table are of type ${table.key}.`, [{ span: table.span, text: 'the table' }]);
  }

  #writeTo(table: StickTableDraft, index: number, name: string, span: Span): number | null {
    const target = this.numbers.get(name);
    const other = target === undefined ? undefined : this.#sections.tables[target];
    if (target === undefined || other === undefined)
      return this.#alert(span, `stick-table '${table.name}': unable to find table '${name}' to write to`, didYouMean(name, [...this.numbers.keys()]));
    if (target === index) return this.#alert(span, `stick-table '${table.name}' can't be written to itself`, 'Name another table.');
    if (other.key === table.key && other.keySize === table.keySize) return target;
    return this.#alert(span, `stick-table '${table.name}': table '${name}' has keys of another type or length`, 'Both tables must have the same keys.', [
      { span: other.span, text: 'the other table' },
    ]);
  }

  #checkPeers({ name, peers, disabled }: PeersDraft, localPeer: string | null): void {
    if (disabled) return;
    for (const peer of peers) {
      if (peer.name === localPeer) continue;
      this.#alert(peer.span, `peers '${name}': remote peer '${peer.name}' is not supported yet`, `Tables are not sent to other machines; '${localPeer ?? ''}' is this one.`);
    }
  }

  #alert(span: Span, summary: string, advice: string | null, related: Diagnostic['related'] = []): null {
    this.#report({ severity: 'alert', summary, advice, span, related });
    return null;
  }
}

function placeOf({ proxy, name }: StickTableDraft): string {
  return proxy === null ? `peers section '${name.slice(0, name.indexOf('/'))}'` : `${proxy.kind === 'listen' ? 'proxy' : proxy.kind} '${proxy.name}'`;
}
