import { describe, expect, test } from '@jest/globals';
import { messages } from '../loaded.js';

const listen = (line: string): Promise<string[]> => messages(`listen l\n bind :80\n mode http\n timeout client 1s\n ${line}\n`);

describe('what samples can see', () => {
  test.each([
    ['http-request set-header a %[res.hdr(x)]', 'res.hdr'], ['http-request set-header a "x %[src] %[status]"', 'status'], ['http-request set-header a %[srv_name]', 'srv_name'],
    ['http-response set-header a %[path]', 'path'], ['http-after-response set-header a %[url]', 'url'], ['use_backend %[res.hdr(x)]', 'res.hdr'],
  ])('%s is refused at the sample', async (line, fetch) => {
    expect(await listen(line)).toEqual([expect.stringMatching(`^alert: sample fetch '${fetch}.* may not be reliably used here because it needs .* <${fetch}>$`)]);
  });

  test.each([
    'http-request set-header a %[path]', 'http-response set-header a %[srv_name]', 'http-response set-header a %[method]', 'http-response set-header a %[src]',
    'http-response set-header a %[hdr(x)]', 'http-after-response set-header a %[status]', 'use_backend %[path] if FALSE',
  ])('%s is not', async (line) => {
    expect(await listen(line)).toEqual([]);
  });

  test('a test that can not match is only a warning, wherever it stands in the condition', async () => {
    expect(await listen('http-request deny if { src 10.0.0.1 } !{ status 200 } or { res.hdr(x) y }')).toEqual([
      "warning: anonymous acl will never match in 'http-request' because it uses keyword 'status' which needs the response <http-request deny>",
      "warning: anonymous acl will never match in 'http-request' because it uses keyword 'res.hdr' which needs the response <http-request deny>",
    ]);
  });
});

describe('the order of rules', () => {
  test('a rule below one that is evaluated later is told', async () => {
    expect(await listen('redirect prefix /x\n http-request deny if FALSE\n tcp-request connection accept\n redirect prefix /y')).toEqual([
      "warning: a 'http-request' rule placed after a 'redirect' rule will still be processed before <http-request>",
      "warning: a 'tcp-request connection' rule placed after a 'redirect' rule will still be processed before <tcp-request connection>",
    ]);
  });
});
