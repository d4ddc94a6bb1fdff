import { expect, test } from '@jest/globals';
import { evaluate } from '../../support/rules.js';

/** Sample expressions and what HAProxy 2.6 (or the manual's example, where 2.6 has no such converter) makes of them. */
const EXPECTED: readonly (readonly [expression: string, value: string | undefined])[] = [
  ['str(abc),hex', '616263'], ['int(65),hex', '0000000000000041'], ['ipv4(1.2.3.4),hex', '01020304'], ['int(65),lower', '65'], ['bool(1),lower', '1'],
  ['method,lower', 'get'], ['str(aBc),upper', 'ABC'], ['str(abc),length', '3'], ['int(123),length', '3'], ['str(),length', '0'],
  ['int(9223372036854775807),add(1)', '9223372036854775807'], ['int(-9223372036854775807),sub(10)', '-9223372036854775808'],
  ['int(9223372036854775807),mul(2)', '9223372036854775807'], ['int(10),div(0)', '9223372036854775807'], ['int(10),mod(0)', '0'],
  ['int(10),cpl', '-11'], ['int(-10),and(255)', '246'], ['int(5),neg', '-5'], ['int(5),odd', '1'], ['int(5),even', '0'], ['int(5),not', '0'], ['int(5),bool', '1'],
  ['int(7),div(-2)', '-3'], ['int(-7),mod(3)', '-1'], ['int(12),xor(5)', '9'], ['int(12),or(3)', '15'], ['int(4294967296),or(1)', '4294967297'],
  ['bool(true),not', '0'], ['bool(true),iif(a,b)', 'a'], ['int(0),iif(a,b)', 'b'],
  ['str(12abc),add(1)', '13'], ['str(abc),add(1)', '1'], ['str(),add(1)', undefined], ['str(-12),add(1)', '-11'],
  ['str(1.2.3.4),ipmask(16)', '1.2.0.0'], ['str(10.1),ipmask(16)', undefined], ['src,ipmask(255.255.0.0)', '192.0.0.0'], ['str(::1),ipmask(24,64)', '::'],
  ['str(2001:db8:1:2:3::1),ipmask(24,48)', '2001:db8:1::'], ['str(2001:db8::1),ipmask(24)', undefined],
  ['str(hello),sdbm', '684824882'], ['str(hello),sdbm(1)', '2061535398'], ['str(hello),djb2', '261238937'], ['str(hello),djb2(1)', '1119739105'],
  ['str(hello),wt6', '3538347703'], ['str(a),wt6', '1900802597'], ['str(ab),wt6', '314091001'], ['str(hello),wt6(1)', '140457739'],
  ['str(hello),crc32', '907060870'], ['str(hello),crc32(1)', '3902247103'], ['str(hello),crc32c', '2591144780'],
  ['req.hdr(host),host_only', 'www.example.com'], ['req.hdr(host),port_only', '80'], ['str([::1]:8080),host_only', '[::1]'], ['str([::1]),port_only', '0'],
  ['str(abc),bytes(1)', 'bc'], ['str(abc),bytes(3)', undefined], ['str(abc),bytes(1,5)', 'bc'], ['str(abc),bytes(0,2)', 'ab'],
  ['str(a/b),url_enc', 'a%2Fb'], ['str(a%20b+c?d+e),url_dec', 'a b+c?d e'], ['str(a%20b+c),url_dec(1)', 'a b c'], ['str(a%2),url_dec', undefined], ['str(a%zz),url_dec', undefined],
  ['str(aGVsbG8=),b64dec', 'hello'], ['str(aGVsbG8),b64dec', undefined], ['str(hello),base64', 'aGVsbG8='], ['str(aGVsbG8),ub64dec', 'hello'], ['bin(fbff),ub64enc', '-_8'],
  ['int(0),http_date', 'Thu, 01 Jan 1970 00:00:00 GMT'], ['int(0),http_date(10)', 'Thu, 01 Jan 1970 00:00:10 GMT'], ['int(5777),http_date(0,ms)', 'Thu, 01 Jan 1970 00:00:05.777 GMT'],
  ['int(0),utime(%Y%m%d-%H%M%S-%j-%a-%b-%y-%e-%Z-%%)', '19700101-000000-001-Thu-Jan-70- 1-GMT-%'], ['int(1234),ms_utime(%S.%3N)', '01.234'],
  ['str(abcabc),regsub(b,X)', 'aXcabc'], ['str(abcabc),regsub(b,X,g)', 'aXcaXc'], ['str(aBc),regsub(b,X,i)', 'aXc'],
  ['str(xxabcxx),ltrim(x)', 'abcxx'], ['str(xxabcxx),rtrim(x)', 'xxabc'],
  ['str(ff),hex2i', '255'], ['str(zz),hex2i', undefined], ['int(1),htonl,hex', '00000001'],
  ['bin(01020304050607),be2dec(:,2)', '258:772:1286:7'], ['bin(01020304050607),be2dec(-,2,1)', '258-772-1286'], ['bin(01020304050607),be2dec(,2,1)', '2587721286'],
  ['bin(7f000001),be2dec(.,1)', '127.0.0.1'], ['bin(01020304050607),le2dec(:,2)', '513:1027:1541:7'], ['bin(01020304050607),le2dec(,2,1)', '51310271541'],
  ['bin(01020304050607),be2hex', '01020304050607'], ['bin(01020304050607),be2hex(:,2)', '0102:0304:0506:07'], ['bin(01020304050607),be2hex(--,2,1)', '0102--0304--0506'],
  ['bin(0102030405060708),be2hex(,3,1)', '010203040506'], ['bin(05),base2', '00000101'],
  ['str(f1_f2_f3__f5),field(4,_)', undefined], ['str(f1_f2_f3__f5),field(5,_)', 'f5'], ['str(f1_f2_f3__f5),field(2,_,0)', 'f2_f3__f5'],
  ['str(f1_f2_f3__f5),field(2,_,2)', 'f2_f3'], ['str(f1_f2_f3__f5),field(-2,_,3)', 'f2_f3_'], ['str(f1_f2_f3__f5),field(-3,_,0)', 'f1_f2_f3'],
  ['str(f1_f2_f3__f5),field(6,_)', undefined], ['str(f1_f2_f3__f5),field(-6,_)', undefined], ['str(f1_f2),field(1,_,5)', 'f1_f2'],
  ['str(f1__f2__f3),field(-1,_,2)', '_f3'], ['str(f1_f2_),field(-1,_,2)', 'f2_'],
  ['str(f1_f2_f3__f5),word(4,_)', 'f5'], ['str(f1_f2_f3__f5),word(5,_)', undefined], ['str(f1_f2_f3__f5),word(2,_,0)', 'f2_f3__f5'], ['str(f1_f2_f3__f5),word(3,_,2)', 'f3__f5'],
  ['str(f1_f2_f3__f5),word(-2,_,3)', 'f1_f2_f3'], ['str(f1_f2_f3__f5),word(-3,_,0)', 'f1_f2'], ['str(/f1/f2/f3/f4),word(1,/)', 'f1'], ['str(/f1////f2/f3/f4),word(2,/)', 'f2'],
  ['str(__f1__),word(-1,_)', 'f1'], ['str(f1_f2),word(-1,_,5)', 'f1_f2'], ['str(f1__f2__f3),word(-1,_,2)', 'f2__f3'],
  ['str(Hello),sha1,hex', 'F7FF9E8B7BB2E09B70935A5D785E0CC5D9D0ABF0'], ['str(Hello),sha2,hex', '185F8DB32271FE25F561A6FC938B2E264306EC304EDA518007D1764826381969'],
  ['str(Hello),digest(sha256),hex', '185F8DB32271FE25F561A6FC938B2E264306EC304EDA518007D1764826381969'],
  ['str(Hello),hmac(sha256,a2V5),hex', 'C70B9F4D665BD62974AFC83582DE810E72A41A58DB82C538A9D734C9266D321E'],
  ['str(a),concat(b,txn.x,c)', 'abc'], ['str(a),add_item(-,,b)', 'a-b'], ['str(),add_item(-,,b)', 'b'],
  ['str(abc),reverse', 'cba'], ['str(mail.example.com.),reverse_dom', 'com.example.mail'], ['str(a..b),reverse_dom', undefined],
  ['str(a=b&c=d&a=r),param(a)', 'b'], ['str(a=&b&c=a),param(b)', undefined], ['str(a=1;b=2;c=4),param(b,;)', '2'],
  ['bin(410a),has_ctl', '1'], ['bin(4109),has_ctl', '0'], ['bin(4109),has_ctl(any)', '1'], ['bin(41),has_ctl(http)', '0'], ['bin(417f),has_ctl(0x100000000)', '1'],
  ['str(be/s1),srv_is_up', '1'], ['str(fe),fe_exists', '1'], ['str(nope),fe_exists', '0'], ['str(be),nbsrv', '1'],
  ['str(Sun_06_Nov_1994_08:49:37_GMT),date', undefined], ['str(abc),cut_crlf', 'abc'], ['bin(610d62),cut_crlf', 'a'],
  ['str(abc),set-var(txn.v),length', '3'], ['str(abc),strcmp(txn.none)', undefined],
];

test('converters give what HAProxy gives', async () => {
  const got = await evaluate(EXPECTED.map(([expression]) => `%[${expression}]`), 'GET /p/a HTTP/1.1\nHost: www.Example.com:80\n\n');
  expect(EXPECTED.map(([expression], i) => [expression, got[i]])).toEqual(EXPECTED);
});
