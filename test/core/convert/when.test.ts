import { describe, expect, test } from '@jest/globals';
import { loadText } from '../../../src/config/load.js';
import { GS_STOPPING } from '../../../src/core/abi.js';
import { rules } from '../../support/rules.js';

const request = 'GET / HTTP/1.1\nHost: h\n\n';
const values = (response: string | null): string[] => [...(response ?? '').matchAll(/x-([a-z]+): (.*)\r\n/g)].map((found) => `${found[1]}=${found[2]}`);

describe('when', () => {
  test('conditions of a request', async () => {
    const made = await rules([
      'acl get method GET', 'acl post method POST',
      "http-request return hdr x-normal '%[str(a),when(normal)]' hdr x-error '%[str(a),when(error)]' hdr x-not '%[str(a),when(!error)]' hdr x-server '%[str(a),when(forwarded)]' hdr x-applet '%[str(a),when(toapplet)]'"
      + " hdr x-processed '%[str(a),when(!processed)]' hdr x-stopping '%[str(a),when(stopping)]' hdr x-get '%[str(a),when(acl,get)]' hdr x-post '%[str(a),when(acl,post)]' hdr x-nopost '%[int(5),when(!acl,post),add(1)]'",
    ]);
    expect(values(made.request(request).response)).toEqual(['normal=a', 'not=a', 'processed=a', 'get=a', 'nopost=6']);
    made.state[GS_STOPPING] = 1;
    expect(values(made.request(request).response)).toContain('stopping=a');
  });

  test('conditions of a response', async () => {
    const made = await rules(["http-response set-header x-r '%[str(a),when(forwarded)]%[str(b),when(error)]%[str(c),when(normal)]'"]);
    expect(made.response('HTTP/1.1 200 OK\n\n', { server: 's1' }).head).toContain('x-r: ac');
    expect(made.response('HTTP/1.1 503 No\n\n', { server: 's1' }).head).toContain('x-r: ab');
  });

  test.each([['when(nope)', 'expects one of error, normal'], ['when(acl)', 'expects the name of an ACL'], ['when(acl,none)', "unable to find acl 'none'"], ['when(error,x)', "'error' takes no arguments"]])('%s is refused', async (converter, problem) => {
    const { diagnostics } = await loadText(`defaults\n mode http\nfrontend f\n bind :1\n acl x method GET\n http-request set-header x %[str(a),${converter}]\n`);
    expect(diagnostics.filter(({ severity }) => severity === 'alert').map(({ summary }) => summary)).toEqual([expect.stringContaining(problem)]);
  });
});

test('captures are cut to the length of their slot; what has no slot is passed on all the same', async () => {
  const made = await rules([
    'declare capture request len 3', "http-request set-header x-a '%[str(abcdef),capture-req(0)]%[str(x),capture-req(7)]'", "http-request return hdr x-b '%[capture.req.hdr(0)]'",
  ]);
  expect(values(made.request(request).response)).toEqual(['b=abc']);
});
