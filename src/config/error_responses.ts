/** Which response stands for which error of a proxy: from lines and http-errors sections, once all are read. */
import type { Diagnostic } from './diagnostic.js';
import { proxyType } from './draft.js';
import type { HttpErrorsDraft, ProxyDraft, Reference } from './draft.js';
import type { ErrorResponse, HttpReply, Proxy } from './model.js';
import type { ReplyReference } from './site.js';
import { didYouMean } from './suggest.js';

type Report = (diagnostic: Diagnostic) => void;
type Owner = Pick<ProxyDraft, 'kind' | 'name'>;

export class ErrorResponses {
  readonly #sections: ReadonlyMap<string, HttpErrorsDraft>;
  readonly #report: Report;

  constructor(sections: readonly HttpErrorsDraft[], report: Report) {
    this.#sections = new Map(sections.map((section) => [section.name, section]));
    this.#report = report;
  }

  /** The error responses of a proxy: the last line about a status counts. */
  of(proxy: ProxyDraft): Pick<Proxy, 'errors' | 'errorReplies'> {
    const raw = new Map<number, ErrorResponse>();
    const replies = new Map<number, HttpReply>();
    const put = (status: number, response?: ErrorResponse, reply?: HttpReply): void => {
      raw.delete(status);
      replies.delete(status);
      if (response !== undefined) raw.set(status, response);
      if (reply !== undefined) replies.set(status, reply);
    };
    for (const source of proxy.settings.errors) {
      if (source.kind === 'raw') put(source.response.status, source.response);
      else if (source.kind === 'reply') put(source.reply.status, undefined, source.reply);
      else if (source.kind === 'reset') put(source.status);
      else {
        const section = this.#section(source.section, proxy);
        for (const status of source.statuses ?? section?.errors.keys() ?? []) {
          const response = section === undefined ? undefined : this.#response(section, status, source.section, proxy);
          if (response !== undefined) put(status, response);
        }
      }
    }
    return { errors: [...raw.values()], errorReplies: [...replies].map(([status, reply]) => ({ status, reply })) };
  }

  /** Gives a reply the response that it names. */
  reply({ section: named, status, proxy, found }: ReplyReference): void {
    const section = this.#section(named, proxy);
    const response = section === undefined ? undefined : this.#response(section, status, named, proxy);
    if (response !== undefined) found(response.raw);
  }

  #section({ name, span }: Reference, owner: Owner | null): HttpErrorsDraft | undefined {
    const section = this.#sections.get(name);
    if (section !== undefined) return section;
    this.#report({
      severity: 'alert',
      summary: `${whose(owner)}unknown http-errors section '${name}'`,
      advice: didYouMean(name, this.#sections.keys()) ?? `Add a section 'http-errors ${name}'.`,
      span,
      related: [],
    });
    return undefined;
  }

  #response(section: HttpErrorsDraft, status: number, { span }: Reference, owner: Owner | null): ErrorResponse | undefined {
    const response = section.errors.get(status);
    if (response !== undefined) return response;
    this.#report({
      severity: 'warning',
      summary: `${whose(owner)}status '${status}' not declared in http-errors section '${section.name}'`,
      advice: `The proxy's own response is sent. Add 'errorfile ${status} <file>' to the section.`,
      span,
      related: [{ span: section.span, text: 'the section' }],
    });
    return undefined;
  }
}

function whose(owner: Owner | null): string {
  return owner === null ? '' : `${proxyType(owner as ProxyDraft)} '${owner.name}' : `;
}
