import type { Model, Resolvers } from '../../config/model.js';
import type { Clock } from '../clock.js';
import { AcceptedFamilies } from './families.js';
import { isDnsName } from './message.js';
import { Resolution, type Outcome } from './resolution.js';
import { Section } from './section.js';
import type { MakeTransport } from './transport.js';

/** Names that rules have asked for and that are kept at most, for each section. */
const MOST_KEPT = 10_000;

/** All resolutions of one section: one for each name and kind, whoever asks. */
export class Lookups {
  readonly section: Section;
  private readonly resolutions = new Map<string, Resolution>();

  constructor(conf: Resolvers, clock: Clock, private readonly families: AcceptedFamilies, make?: MakeTransport) {
    this.section = new Section(conf, clock, make);
  }

  /** The resolution of the addresses of a name; undefined if it is no name that can be asked for. */
  addresses(name: string, prefer: 4 | 6): Resolution | undefined {
    const families = this.families.preferring(prefer);
    return this.of(`${families.join('')} ${name.toLowerCase()}`, name, () => new Resolution(this.section, name.toLowerCase(), { kind: 'addresses', families }));
  }

  /** The resolution of the places of a service. */
  services(name: string): Resolution | undefined {
    return this.of(`SRV ${name.toLowerCase()}`, name, () => new Resolution(this.section, name.toLowerCase(), { kind: 'services' }));
  }

  /**
   * The address of a name for a rule: as known for not longer than `hold valid`, else asked for. It stays known while bad answers
   * follow, as long as `hold` says.
   */
  async once(name: string, prefer: 4 | 6): Promise<KnownAddress> {
    const resolution = this.addresses(name, prefer);
    if (resolution === undefined || this.section.servers.length === 0) return { address: null, valid: 0 };
    const { clock, conf } = this.section;
    const left = (): number => Math.max(0, conf.hold.valid - (clock.now() - resolution.lastValid));
    const known = resolution.outcome();
    const outcome = known !== null && left() > 0 ? known : await new Promise<Outcome>((resolve) => resolution.next(resolve));
    const address = firstAddress(outcome, prefer);
    return { address, valid: address === null ? 0 : left() };
  }

  stop(): void {
    for (const resolution of this.resolutions.values()) resolution.stop();
    this.resolutions.clear();
    this.section.close();
  }

  private of(key: string, name: string, make: () => Resolution): Resolution | undefined {
    const known = this.resolutions.get(key);
    if (known !== undefined || !isDnsName(name)) return known;
    if (this.resolutions.size >= MOST_KEPT) this.forgetIdle();
    if (this.resolutions.size >= 2 * MOST_KEPT) return undefined;
    const made = make();
    this.resolutions.set(key, made);
    return made;
  }

  /** Makes room: what nobody follows goes, the oldest first. */
  private forgetIdle(): void {
    let surplus = this.resolutions.size - MOST_KEPT / 2;
    for (const [key, resolution] of this.resolutions) {
      if (surplus-- <= 0) return;
      if (resolution.idle) this.resolutions.delete(key);
    }
  }
}

/** What a rule is told. */
export interface KnownAddress {
  /** null = there is none. */
  readonly address: string | null;
  /** ms for which it is good. */
  readonly valid: number;
}

/** The first address of the preferred family, else the first. */
function firstAddress({ found }: Outcome, prefer: 4 | 6): string | null {
  const addresses = found.filter((each) => each.kind === 'address');
  return (addresses.find(({ family }) => family === prefer) ?? addresses[0])?.address ?? null;
}

/** The sections of a Model. */
export function lookupsOf(model: Model, clock: Clock, make?: MakeTransport): Lookups[] {
  const families = new AcceptedFamilies(model.global.dnsFamilies, () => clock.now());
  return model.resolvers.map((conf) => new Lookups(conf, clock, families, make));
}
