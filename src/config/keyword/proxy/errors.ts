/** What is sent instead of the built-in error responses (manual: errorfile, errorfiles, errorloc, http-error). */
import { constantReply, parseReply } from '../../../core/action/reply.js';
import { ERROR_STATUSES, rawResponse } from '../../../core/response.js';
import { errorStatus, parseErrorFile, STATUS_ARGUMENT } from '../error_line.js';
import { on } from '../make.js';
import type { ProxyRow } from '../row.js';

const errorFile: ProxyRow = on('both', {
  name: 'errorfile',
  args: [STATUS_ARGUMENT, { name: 'file', type: 'text' }],
  usage: '<status> <file>',
  support: 'yes',
  doc: "A file with a complete HTTP response to send instead of the proxy's own; /dev/null = nothing, close.",
  parse(walk, { settings }) {
    const response = parseErrorFile(walk);
    if (response !== undefined) settings.errors.push({ kind: 'raw', response });
  },
});

/** A redirection in place of an error. */
function errorLocation(name: string, code: 302 | 303): ProxyRow {
  return on('both', {
    name,
    args: [STATUS_ARGUMENT, { name: 'url', type: 'text' }],
    usage: '<status> <url>',
    support: 'yes',
    doc: `Redirects (${code}) to a URL instead of answering with the error.`,
    parse(walk, { settings }) {
      const word = walk.need('<status_code> and <url> as arguments');
      const url = word === undefined ? undefined : walk.need('<status_code> and <url> as arguments');
      const status = word === undefined || url === undefined ? undefined : errorStatus(walk, word);
      if (status === undefined || url === undefined) return;
      if (/[\0-\x1f\x7f]/.test(url.text)) walk.error(url, `'${name}' : control characters are not allowed in a URL`);
      else {
        const raw = rawResponse(code, [['cache-control', 'no-cache'], ['content-length', '0'], ['location', url.text]], '');
        settings.errors.push({ kind: 'raw', response: { status, raw } });
      }
    },
  });
}

const errorFiles: ProxyRow = on('both', {
  name: 'errorfiles',
  args: [
    { name: 'section', type: 'text' },
    { name: 'status', type: 'rest', optional: true },
  ],
  usage: '<section> [ <status>... ]',
  support: 'yes',
  doc: 'Takes the error files of an http-errors section, all or those of some statuses.',
  parse(walk, { settings }) {
    const name = walk.need('<name> as argument');
    if (name === undefined) return;
    const statuses: number[] = [];
    for (const word of walk.rest()) {
      const status = errorStatus(walk, word);
      if (status === undefined) return;
      statuses.push(status);
    }
    settings.errors.push({
      kind: 'section',
      section: { name: name.text, span: name.span },
      statuses: statuses.length === 0 ? null : statuses,
    });
  },
});

const httpError: ProxyRow = on('both', {
  name: 'http-error',
  args: [
    { name: 'status', type: 'text' },
    { name: 'reply', type: 'rest', optional: true },
  ],
  usage:
    'status <status> [ content-type <type> ] [ default-errorfiles | { errorfile | errorfiles | file | lf-file | string | lf-string } <argument> ] [ hdr <name> <format> ]...',
  support: 'yes',
  doc: 'A reply to send instead of an error response; see the action return. Formats see the request as long as it has not left for a server.',
  parse(walk, { settings }) {
    const first = walk.peek();
    const reply = parseReply(walk, 0, 'payload', ERROR_STATUSES);
    if (reply === undefined) return;
    const extra = walk.peek();
    if (extra !== undefined) walk.error(extra, `http-error : unknown keyword '${extra.text}'`);
    else if (reply.status === 0) walk.error(first ?? walk.keywordSpan, "'http-error' expects at least a <status> as arguments");
    else if (reply.kind === 'errorfiles' && reply.section !== undefined)
      settings.errors.push({ kind: 'section', section: reply.section, statuses: [reply.status] });
    else if (reply.kind === 'errorfiles') settings.errors.push({ kind: 'reset', status: reply.status });
    else {
      const raw = constantReply(reply);
      const { status } = reply;
      settings.errors.push(raw === undefined ? { kind: 'reply', reply } : { kind: 'raw', response: { status, raw } });
    }
  },
});

export const errorRows: readonly ProxyRow[] = [
  errorFile,
  errorLocation('errorloc', 302),
  errorLocation('errorloc302', 302),
  errorLocation('errorloc303', 303),
  errorFiles,
  httpError,
];
