import { expect, test } from '@jest/globals';
import { evaluate } from '../../support/rules.js';

const forwarded = (text: string): string => `str("${text.replaceAll('"', '\\"')}")`;

const EXPECTED: readonly (readonly [expression: string, value: string | undefined])[] = [
  [`${forwarded('for=127.0.0.1;proto=http')},rfc7239_is_valid`, '1'], [`${forwarded('proto=custom')},rfc7239_is_valid`, '0'], [`${forwarded('proto=https;host="haproxy.org:80"')},rfc7239_is_valid`, '1'],
  [`${forwarded('FOR="[::1]:_p";By=unknown')},rfc7239_is_valid`, '1'], [`${forwarded('for=[::1]')},rfc7239_is_valid`, '0'], [`${forwarded('for=127.0.0.1:80')},rfc7239_is_valid`, '0'],
  [`${forwarded('for=1.2.3.4;for=1.2.3.4')},rfc7239_is_valid`, '0'], [`${forwarded('for=1.2.3.4,for=1.2.3.4')},rfc7239_is_valid`, '0'], [`${forwarded('other=x')},rfc7239_is_valid`, '0'], [`${forwarded('for=')},rfc7239_is_valid`, '0'],
  [`${forwarded('for="1.2.3.4:99999"')},rfc7239_is_valid`, '0'], [`${forwarded('host="a b"')},rfc7239_is_valid`, '0'], ['str(),rfc7239_is_valid', '0'], [`${forwarded('for=_hidden;')},rfc7239_is_valid`, '1'],
  [`${forwarded('proto=https;host="haproxy.org:80"')},rfc7239_field(host)`, 'haproxy.org:80'], [`${forwarded('proto=https;host="haproxy.org:80";for="127.0.0.1:9999"')},rfc7239_field(for)`, '127.0.0.1:9999'],
  [`${forwarded('proto=https')},rfc7239_field(by)`, undefined], [`${forwarded('proto=nope;for=1.2.3.4')},rfc7239_field(for)`, undefined],
  ['str(127.0.0.1:9999),rfc7239_n2nn', '127.0.0.1'], ['str([ab:cd:ff:ff:ff:ff:ff:ff]:9998),rfc7239_n2nn', 'ab:cd:ff:ff:ff:ff:ff:ff'], ['str(_name:_port),rfc7239_n2nn', '_name'], ['str(unknown),rfc7239_n2nn', 'unknown'], ['str(host:80),rfc7239_n2nn', undefined],
  ['str(127.0.0.1:9999),rfc7239_n2np', '9999'], ['str(127.0.0.1:9999),rfc7239_n2np,add(1)', '10000'], ['str(_name:_port),rfc7239_n2np', '_port'], ['str(127.0.0.1),rfc7239_n2np', undefined], ['str([::1]:x),rfc7239_n2np', undefined],
  ['ipv6(ab:cd:ff:ff:ff:ff:ff:ff),rfc7239_nn', '[ab:cd:ff:ff:ff:ff:ff:ff]'], ['ipv4(1.2.3.4),rfc7239_nn', '1.2.3.4'], ['str(test),rfc7239_nn', '_test'], ['str(),rfc7239_nn', 'unknown'], ['str(a b),rfc7239_nn', undefined],
  ['int(12),rfc7239_np', '12'], ['str(test),rfc7239_np', '_test'], ['str(8888),rfc7239_np', '_8888'], ['str(),rfc7239_np', undefined], ['int(70000),rfc7239_np', undefined],
];

test("what the manual and RFC 7239 make of the values of Forwarded", async () => {
  const got = await evaluate(EXPECTED.map(([expression]) => `%[${expression}]`), 'GET / HTTP/1.1\nHost: h\n\n');
  expect(EXPECTED.map(([expression], i) => [expression, got[i]])).toEqual(EXPECTED);
});
