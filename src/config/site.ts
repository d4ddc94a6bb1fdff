import type { CertificatesDraft } from './certificates.js';
import type { HealthcheckDraft, MailersDraft } from './check_draft.js';
import type { Cursor } from './cursor.js';
import type { DiagnosticSink } from './diagnostic.js';
import type { GlobalDraft, HttpErrorsDraft, ProxyDraft, Reference as Named, UserlistDraft } from './draft.js';
import type { Reference } from './expression.js';
import type { LogSections } from './log_draft.js';
import type { FileReader } from './files.js';
import type { Mode } from './model.js';
import type { HostPattern } from './pattern_reader.js';
import type { ResolversDraft } from './resolvers.js';
import type { StickSections } from './stick.js';
import type { Environment } from './variables.js';

/** The place a line stands in, and what its keyword needs of the load that reads it. One per load, moved along by the builder. */
export interface Site {
  section: Cursor['section'];
  mode: Mode;
  /** The proxy or defaults section; null in `global`. */
  proxy: ProxyDraft | null;
  readonly global: GlobalDraft;
  /** As it is after the last line. */
  readonly environment: Pick<Environment, 'get'>;
  readonly sink: DiagnosticSink;
  readonly files: FileReader;
  /** Names of proxies and servers in samples, resolved when all sections are read. */
  readonly references: SampleReference[];
  /** Host names among patterns, looked up at the end of load. */
  readonly hosts: HostPattern[];
  readonly httpErrors: HttpErrorsDraft[];
  readonly userlists: UserlistDraft[];
  readonly healthchecks: HealthcheckDraft[];
  readonly mailers: MailersDraft[];
  readonly resolvers: ResolversDraft[];
  /** Names of resolvers sections in rules. */
  readonly resolverUses: (Named & { readonly keyword: string })[];
  readonly certificates: CertificatesDraft;
  readonly logs: LogSections;
  readonly stick: StickSections;
  /** Replies that take their content from an http-errors section. */
  readonly replies: ReplyReference[];
}

/** An http-errors section that a reply names; `found` takes the response it has for the status. */
export interface ReplyReference {
  readonly section: Named;
  readonly status: number;
  readonly proxy: ProxyDraft | null;
  found(raw: string): void;
}

/** A name in a sample's arguments, with the section of its line. */
export interface SampleReference extends Reference {
  readonly proxy: ProxyDraft | null;
}
