/** Complete HTTP responses from files, as `errorfile` takes them. */

export interface ResponseProblem {
  readonly problem: string;
  readonly advice: string;
}

const STATUS_LINE = /^HTTP\/[0-9]\.[0-9] [1-9][0-9]{2}(?: [\t\x20-\x7e\x80-\xff]*)?$/;
const FIELD = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*$/;

/**
 * The bytes to send for a file's contents: line ends of the head made CRLF, a Content-Length added if there is none; empty stays
 * empty.
 */
export function checkRawResponse(contents: string): string | ResponseProblem {
  if (contents === '') return '';
  const end = /\r?\n\r?\n/.exec(contents);
  if (end === null) return { problem: 'its head has no end', advice: 'An empty line must follow the header fields.' };
  const [status = '', ...fields] = contents.slice(0, end.index).split(/\r?\n/);
  if (!STATUS_LINE.test(status))
    return {
      problem: `'${status.slice(0, 60)}' is not a status line`,
      advice: "The file must start with a line like 'HTTP/1.1 503 Service Unavailable'.",
    };
  const bad = fields.find((field) => !FIELD.test(field));
  if (bad !== undefined) return { problem: `'${bad.slice(0, 60)}' is not a header field`, advice: "Header fields are '<name>: <value>'." };
  const body = contents.slice(end.index + end[0].length);
  if (fields.some((field) => /^transfer-encoding:/i.test(field)))
    return { problem: 'it is chunked', advice: 'Write the body as it is, without Transfer-Encoding.' };
  const length = fields.map((field) => /^content-length:[ \t]*(.*?)[ \t]*$/i.exec(field)?.[1]).find((value) => value !== undefined);
  if (length !== undefined && length !== String(body.length)) {
    return { problem: `its Content-Length is ${length}, but its body has ${body.length} bytes`, advice: 'Correct the field or remove it.' };
  }
  const sized = length === undefined ? [`Content-Length: ${body.length}`] : [];
  return `${[status, ...fields, ...sized].join('\r\n')}\r\n\r\n${body}`;
}
