/** Expressions for haproxy and us: what both make of them must be the same. `DIR` is the directory of the files. */

/** Every input through every converter. */
function through(inputs: readonly string[], converters: readonly string[]): string[] {
  return inputs.flatMap((input) => converters.map((converter) => `${input},${converter}`));
}

const str = (text: string): string => `str('${text}')`;
const bin = (text: string): string => `bin(${Buffer.from(text, 'latin1').toString('hex')})`;

/** The same text for the same length. */
const filler = (length: number): string => Array.from({ length }, (_unused, i) => 'abcdefghijklmnopqrstuvwxyz0123456789'[(i * i + 7 * i) % 36]).join('');

const LENGTHS = [1, 2, 3, 4, 5, 8, 9, 16, 17, 31, 32, 33, 64, 65, 100, 128, 129, 200, 240, 241, 256, 512, 513, 1024, 1025];
const HASHES = ['xxh32', 'xxh64', 'xxh3', 'xxh32(-7)', 'xxh64(-7)', 'xxh3(-7)', 'crc32', 'crc32c', 'djb2', 'sdbm', 'wt6', 'crc32(1)', 'wt6(1)', 'sha1,hex', 'sha2,hex', 'sha2(512),hex', 'digest(md5),hex', 'hmac(sha256,a2V5),hex'];

// haproxy 2.6 takes small negative integers for overflows when it subtracts.
const INTEGERS = ['0', '1', '4611686018427387904', '9007199254740993', '9223372036854775807', '-9223372036854775808'];
const OPERATIONS = ['add(1)', 'sub(3)', 'mul(3)', 'div(2)', 'div(0)', 'mod(3)', 'mod(0)', 'and(255)', 'or(9007199254740993)', 'xor(-1)', 'neg', 'cpl', 'not', 'bool', 'odd', 'even', 'hex', 'htonl,hex'];

const TEXTS = ['', 'abc', 'aBc DeF', 'f1_f2_f3__f5', '/f1////f2/f3', '12abc', '-5', 'a%20b+c?d+e', 'a%zz', 'aGVsbG8', 'ff', 'xxabcxx', 'a/b~c d'];
const ON_TEXTS = [
  'lower', 'upper', 'length', 'hex', 'base64', 'b64dec', 'ub64dec', 'ub64enc', 'hex2i', 'url_dec', 'url_dec(1)', 'url_enc', 'json', 'add(1)', 'ltrim(x)', 'rtrim(x)', 'cut_crlf', 'iif(a,b)',
  'field(1,_)', 'field(4,_)', 'field(2,_,0)', 'field(-2,_,3)', 'word(1,_)', 'word(2,/)', 'word(-2,_,3)', 'word(2,_,0)', 'regsub(b,X)', 'regsub(b,X,g)', 'regsub(B,X,i)', 'bytes(1)', 'bytes(0,2)', 'bytes(20)',
  'be2dec(:,2)', 'be2dec(-,8)', 'be2hex(:,2)', 'be2hex(--,2,1)', 'concat(-,txn.v,+)', 'add_item(-,txn.v,+)', 'strcmp(txn.v)', 'secure_memcmp(txn.v)', 'set-var(txn.w),length',
];

const BYTES = ['41c3a9e282ac4205', '41f09f988042', '41c3a9ff42', '41c08042', '41eda08042', '41efbfbf42', '41efb79042', '41f4908080805f', '41c3', '4180', '41e28242', '41e0808042', '41f08082ac42', '41fc80808080af42', '410042', '0a'];
const JSON_TEXTS = ['{"a":1}', '{"a":-1234567}', '{"a":1.5}', '{"a":0.00001234}', '{"a":12345678901234567}', '{"a":"x"}', '{"a":"12"}', '{"a":""}', '{"a":true}', '{"a":false}', '{"a":null}', '{"a":tru}', '{"a":1', 'not json', '{"b":{"a":7},"a":{"b":[1,{"x":2}]}}', '[1,2,3]', '5', '"x"'];
const JSON_PATHS = ['$.a', '$.a.b[1].x', '$.b.a', '$[1]', '$.nope'];

const LANGUAGES = ['fr;q=0.8,en;q=0.9,es;q=0', 'fr-CH, fr;q=0.9, en;q=0.8', 'de', '*', 'EN', 'en;q=0.5, fr;q=0.5', 'en ; q=0.5 , fr ; q=0.6', 'en;q=abc, fr;q=0.1', '', 'en-us-x', 'en;q=.5,fr;q=0.1'];
const ADDRESSES = ['1.2.3.4', '::ffff:192.168.1.101', '2002:102:304::1', '2001:db8::bad:c0f:ffff', 'x'];

export const FILES: Readonly<Record<string, string>> = {
  'text.map': 'a b\nc\n#x y\n  lead   value with  spaces  \t \ncom.exa foo\ncom bar\ncom.example.www baz\n a.b  z\n',
  'int.map': '1 one\n5:10 range\n7 seven\n:0 neg\n100: big\n3 3v\n3 3w\n',
  'ip.map': '10.0.0.0/8 ten\n10.1.0.0/16 tenone\n10.1.2.3 host\n::ffff:11.0.0.0/104 mapped\n2001:db8::/32 doc\n0.0.0.0/0 any4\n10.0.0.0/8 again\n',
  'reg.map': '^(.*)/(.*)$ \\2-\\1\n^x (no)\n',
  'number.map': 'a 5\nb -7\n',
  'address.map': 'a 1.2.3.4\nb ::1\n',
  'part.map': 'bc one\nabc two\nc three\na four\na five\n',
};

const MAPPED = [
  ...through(['a', 'c', 'lead', '#x', 'A', '', 'com', 'com.example', 'com.example.www.x', 'x.com', 'x.a.b.c', '/x/a.b/c', 'xa.b'].map(str), ['', '_beg', '_end', '_dom', '_dir', '_sub'].map((method) => `map${method}(DIR/text.map,none)`)),
  ...through(['abc', 'xabcx', 'xc', 'a', '/a?b', 'a:b'].map(str), ['map', 'map_beg', 'map_end', 'map_sub', 'map_dir', 'map_dom'].map((map) => `${map}(DIR/part.map)`)),
  ...through(['5', '7', '-3', '3', '50000', '4', '11'].map((text) => `int(${text})`), ['map_int(DIR/int.map,none)', 'map_int(DIR/int.map)']),
  ...through(['10.1.2.3', '10.1.2.4', '10.2.2.4', '11.2.2.4', '2001:db8::5', '::ffff:10.1.2.3', '::ffff:11.1.2.3', '2002:0a01:0203::', 'fe80::1', 'x'].map(str), ['map_ip(DIR/ip.map,none)']),
  ...through(['a/b', 'xy', 'z'].map(str), ['map_reg(DIR/reg.map,none)', 'map_regm(DIR/reg.map,none)']),
  ...through(['a', 'b', 'c'].map(str), ['map_str_int(DIR/number.map,9),add(1)', 'map_str_ip(DIR/address.map,9.9.9.9)', 'map_str_int(DIR/number.map)']),
];

const MESSAGE = '089601120774657374696e671d0000c03f21000000000000044028feffffffffffffffff0130053d0100000041ffffffffffffffff48005001';
const PROTOBUF = ['1,int32', '1,uint64', '1', '2', '2,int32', '3,float', '3,fixed32', '3', '3,int32', '4,double', '5,int32', '5,uint64', '5,sint32', '6,sint64', '7,sfixed32', '8,fixed64', '9,bool', '10,enum', '11,int32', '2.1,int32', '0', '536870912'].map((args) => `protobuf(${args}),hex`);
const PROTOBUF_MORE = [
  ...through(['0a0408071009', '08071009', '0a0208010a021009', '0896', '12077465', '0b0c1001', '08ffffffffffffffffffff01', '08ffffffff1f', '2200'].map((hex) => `bin(${hex})`), ['protobuf(1.2,int32)', 'protobuf(2,int32)', 'protobuf(1,int64)', 'protobuf(4)']),
  ...through([`bin(0000000039${MESSAGE})`, `bin(0100000039${MESSAGE})`, 'bin(000000003912)', 'bin(000000000208010000000002100a)', 'bin(00)'], ['ungrpc(1,int32)', 'ungrpc(2)', 'ungrpc(2,int32)']),
];

/** A FIX message with the right length and check sum. */
function fix(version: string, body: string): string {
  const head = `8=${version}\x019=${body.length}\x01${body}`;
  const sum = [...head].reduce((total, char) => total + char.charCodeAt(0), 0) % 256;
  return `${head}10=${String(sum).padStart(3, '0')}\x01`;
}
const LOGON = fix('FIX.4.4', '35=A\x0149=S\x0156=T\x0198=0\x01');
const FIX = [
  LOGON, LOGON.slice(0, -1), LOGON.slice(0, -4), LOGON.slice(0, 20), `${LOGON}77=z\x01`, LOGON.replace('49=S', '49=X'), fix('FIX.5.0', '35=A\x01'), fix('FIXT.1.1', '35=A\x01'), fix('FIX.4.0', '35=A\x01'),
  fix('FIX.4.4', '35=A\x0149=\x01'), fix('FIX.4.4', '35=A\x01x=1\x01'), fix('FIX.4.4', '49=S\x0135=A\x01'), ].map(bin);
/** Of what never was a message haproxy says nothing, we say that it is invalid. */
const NOT_FIX = ['0035=x\x0135=y\x01', 'abc\x0135=y\x01', 'garbage'].map(bin);
const ON_FIX = ['fix_is_valid', ...['35', 'MsgType', 'msgtype', '8', '49', 'SenderCompID', '10', '77', '99', '035'].map((tag) => `fix_tag_value(${tag})`)];

const MQTT = [
  '101a00044d51545404c2003c00000004746573740006706173737764', '103a00044d51545404ee003c0008746573745f737562000977696c6c746f706963000b77696c6c7061796c6f61640004746573740006706173737764',
  '101800044d5154540502003c032100140008746573745f737562', '107e00044d51545405ee003c182700000014170126000161000162260001630001642100140008746573745f7375622a03000a746578742f706c61696e08000c77696c6c727370746f7069632600016500016626000167000168000977696c6c746f706963000b77696c6c7061796c6f61640004746573740006706173737764',
  '20020000', '20020001', '20020200', '20020100', '2003000000', '200600000322000a', '200600000322000a00', '20250000221100000078217fff24012501270000ffff22000a2600016100016226000163000164', '2009000006220001220002', 'd000', '10', '101400044d5154540402003c0008746573745f737562', '10ffffffff1400044d5154540402003c', '101000044d5154540440003c000461626364', '101000044d5154540403003c000461626364',
].map((hex) => `bin(${hex})`);
const ON_MQTT = [
  'mqtt_is_valid', ...['flags', 'protocol_name', 'protocol_version', 'client_identifier', 'will_topic', 'will_payload', 'username', 'password', 'keepalive', '39', '23', '3', '8', '33', '17', '1', '24', 'FLAGS'].map((field) => `mqtt_field_value(connect,${field})`),
  ...['flags', 'protocol_version', 'reason_code', '17', '33', '36', '37', '39', '34', '18', '31'].map((field) => `mqtt_field_value(2,${field})`),
];

/** Set before each expression is evaluated. */
export const VARIABLES = ['http-request set-var(txn.v) str(abc)', 'http-request set-var(txn.secret) str(secret)', 'http-request set-var(txn.alg) str(HS256)', 'http-request set-var(txn.bad) str(XX)'];

export const EXPRESSIONS: readonly string[] = [
  ...through(LENGTHS.map((length) => str(filler(length))), HASHES),
  ...through(INTEGERS.map((text) => `int(${text})`), OPERATIONS),
  ...through(TEXTS.map(str), ON_TEXTS),
  ...through(BYTES.map((hex) => `bin(${hex})`), ['json(utf8)', 'json(utf8s)', 'json(utf8p)', 'json(utf8ps)', 'length', 'lower']),
  ...through(JSON_TEXTS.map(str), JSON_PATHS.flatMap((path) => [`json_query('${path}')`, `json_query('${path}','int')`])),
  ...through(LANGUAGES.map(str), ['language(es;fr;en)', 'language(en;fr-CH,none)', 'language(en-us;fr,none)']),
  ...through(ADDRESSES.map(str), ['ipmask(24)', 'ipmask(32,64)', 'ipmask(255.0.255.0,ffff::ff)', 'ipmask(24,120)']),
  ...through(['0', '784111777', '1700000000'].map((text) => `int(${text})`), ['http_date', 'http_date(10)', 'http_date(0,ms)', 'utime(%Y%m%d-%H%M%S-%j-%a-%b-%y-%e-%p)', 'utime(%s,5)']),
  ...through(['www.Example.com', 'www.Example.com:80', '[::1]', '[::1]:8080', '1.2.3.4:5'].map(str), ['host_only', 'port_only']),
  ...through(['be/s1', 's1', 'be', 'nope'].map(str), ['srv_queue', 'nbsrv']),
  ...MAPPED,
  ...through([`bin(${MESSAGE})`], PROTOBUF),
  ...PROTOBUF_MORE,
  ...through(FIX, ON_FIX),
  ...through(NOT_FIX, ON_FIX.slice(1)),
  ...through(MQTT, ON_MQTT),
  ...through(['abc', 'a.b', 'a.b.c.d', 'a.b.', 'a.b.$$'].map(str), ['jwt_verify(HS256,secret)', 'jwt_verify(txn.alg,txn.secret)', 'jwt_verify(txn.bad,txn.secret)', 'jwt_verify(txn.none,txn.secret)']),
];

/** What both refuse when they read it. */
export const REFUSED: readonly string[] = [
  'str(a),nope', 'str(a),add(x)', 'str(a),json(utf16)', "str(a),json_query('')", "str(a),json_query('$.a','str')", 'str(a),map', 'str(a),map(DIR/none.map)', 'int(4),map_int(DIR/text.map)', 'str(a),map_str_int(DIR/text.map)',
  'str(a),map_str_int(DIR/number.map,x)', 'str(a),map_str_ip(DIR/address.map,x)', 'str(a),map(DIR/text.map,a,b)', 'str(a),map_reg(DIR/text.map', 'str(a),xxh3(x)', 'str(a),sha2(1)', 'str(a),digest(nope)', 'str(a),field(0,_)', 'str(a),field(x,_)', 'str(a),word(1)',
  'str(a),jwt_verify(HS257,s)', 'str(a),jwt_verify(HS256)', 'str(a),protobuf(x)', 'str(a),protobuf(1,string)', 'str(a),fix_tag_value(0)', 'str(a),fix_tag_value(x)', 'str(a),mqtt_field_value(publish,flags)', 'str(a),mqtt_field_value(connect,nope)', 'str(a),mqtt_field_value(connect)',
  'str(a),regsub((,x)', 'str(a),bytes(-1x)', 'str(a),url_enc(x)', 'str(a),set-var(nope.x)', 'str(a),set-var(txn.x,ifnope)', 'str(a),iif(a)', 'str(a),aes_gcm_dec(100,a,b,c)', 'str(a),concat(a,nope.x)', 'str(a),http_date(0,h)', 'str(a),ipmask(x)', 'str(a),hmac(nope,a)', 'str(a),strcmp(x)', 'str(a),lower(x)',
];
