/** What haproxy.test.ts compares: sample expressions that haproxy 2.6 has, and requests to try all of them on. */

const HEADERS = ['x-l', 'x-q', 'x-ip', 'x-v', 'host', 'nope', 'cookie'];
const OCCURRENCES = ['', ',1', ',2', ',3', ',-1', ',-2', ',-10'];

const ofHeaders = HEADERS.flatMap((name) => [
  ...OCCURRENCES.flatMap((occurrence) => [`req.hdr(${name}${occurrence})`, `req.fhdr(${name}${occurrence})`]),
  `req.hdr_cnt(${name})`, `req.fhdr_cnt(${name})`, `req.hdr_ip(${name})`, `req.hdr_ip(${name},1)`, `req.hdr_val(${name})`, `req.hdr_val(${name},2)`, `hdr(${name})`,
]);

const ofCookies = ['a', 'b', 'c', 'A', 'empty', 'none', ''].flatMap((name) =>
  ['req.cook', 'cook', 'req.cook_val', 'cook_val', 'req.cook_cnt', 'cook_cnt', 'cookie'].map((fetch) => `${fetch}(${name})`));

const ofParameters = ['x', 'X', 'y', 'empty', 'flag', 'none', ''].flatMap((name) => [
  `urlp(${name})`, `urlp(${name},?)`, `urlp(${name},;)`, `urlp(${name},/)`, `url_param(${name})`, `urlp_val(${name})`, `req.body_param(${name})`,
]);

export const EXPRESSIONS: readonly string[] = [
  'method', 'path', 'pathq', 'url', 'query', 'base', 'baseq', 'base32', 'url32', 'url_ip', 'url_port', 'req.ver', 'req_ver',
  'req.proto_http', 'http_first_req', 'capture.req.method', 'capture.req.uri', 'capture.req.ver', 'req.hdr_names', 'req.hdr_names(;)', 'req.hdrs,hex',
  'req.hdrs_bin,hex', 'req.hdr_cnt', 'req.fhdr_cnt', 'req.hdr()', 'http_auth_type', 'http_auth_user', 'http_auth_pass', 'http_auth_bearer', 'http_auth_bearer(x-bearer)',
  'req.body', 'req.body_len', 'req.body_size', 'req.payload(0,1)', 'req.payload_lv(0,1)', 'req.rdp_cookie', 'req.rdp_cookie_cnt', 'distcc_param(DIST)',
  'src,length', 'capture.req.hdr(0)', 'fe_name', 'fe_defbe', 'fe_id',
  'be_conn(be)', 'connslots(be)', 'nbsrv(be)', 'queue(be)', 'avg_queue(be)', 'srv_is_up(be/s1)', 'srv_conn(be/s1)', 'srv_queue(be/s1)', 'srv_weight(be/s1)', 'srv_uweight(be/s1)',
  'srv_iweight(be/s1)', 'be_sess_rate(be)', 'be_conn_free(be)', 'srv_conn_free(be/s1)',
  'fe_client_timeout', 'prio_class', 'prio_offset', 'unique-id', 'fc_err', 'fc_err_str', 'fc_http_major',
  'fc_rcvd_proxy', 'fc_pp_authority', 'fc_pp_unique_id', 'last_rule_file', 'last_rule_line', 'so_name', 'so_id',
  'src_is_local', 'dst_is_local', 'thread,mod(1)', 'nbproc', 'proc', 'stopping', 'always_true', 'always_false', 'var(txn.none)', 'rand(1)', 'ssl_fc', 'wait_end',
  ...ofHeaders, ...ofCookies, ...ofParameters,
];

export const REQUESTS: readonly string[] = [
  ['GET /p/a?x=1&y=2 HTTP/1.1', 'Host: www.Example.com:80', 'X-L: a,,b', 'X-L: c , d', 'x-q: "a,b",c\\"d,"e\\",f"', 'X-IP: 1.2.3.4', 'x-v: 12abc, 7', 'cookie: a=1; b=2; b="x y"; c', '', ''],
  ['GET / HTTP/1.0', '', ''],
  ['POST /dir;x=3/file;y=4?x=%41&X=b;y=9&empty=&flag&x=2 HTTP/1.1', 'Host: h', 'Content-Length: 26', 'Cookie: a = 1 ;b=;  empty=;A=2', 'Cookie: b=3,a=9', '', 'x=1&y=&flag&X=5&empty=&x=2'],
  ['GET http://192.0.2.9:8080/abs/path?x=1 HTTP/1.1', 'Host: 192.0.2.9:8080', 'X-IP: 2001:db8::1:80', 'X-IP: 10.0.0.1:8080', 'x-v: -5', '', ''],
  ['GET http://192.0.2.1/ HTTP/1.1', 'Host: 192.0.2.1', 'X-IP: 2001:db8::1', 'x-ip: nope', 'x-v: , ,3', 'x-l: ', '', ''],
  ['OPTIONS * HTTP/1.1', 'Host: h:443', 'X-L: ,', 'x-q: "unclosed, a', 'cookie: a="1;2"; b=\'3;4\'; c=5;;;=6; a', '', ''],
  ['GET //double//slash/?x?y=1&&y=2 HTTP/1.1', 'Host: a', 'Authorization: Basic dTpwOnE=', 'x-bearer: Bearer tok', 'Cookie: a=b=c; empty; $Version=1; c="unclosed', '', ''],
  ['DELETE /a%20b/?/x=1/y=2;x=7 HTTP/1.1', 'Host: h', 'Authorization: Bearer a.b.c', 'X-L: one', 'X-V: 9223372036854775808', 'X-IP: 1.2.3', 'X-IP: 1.2.3.4:99999', '', ''],
  ['PUT /x HTTP/1.1', 'Host: h', 'Authorization: Basic', 'X-L: a , b ,c', 'X-L:', 'X-L: d', 'X-V: 0x10', 'Transfer-Encoding: chunked', '', '3', 'x=9', '0', '', ''],
  ['GET / HTTP/1.1', 'Host: h', 'Authorization: digest username="u"', 'Cookie: x', 'Cookie: =; y=', 'x-ip: ::1:80', 'x-l: "a,', 'x-v: 007 8', '', ''],
  ['GET http://192.0.2.9 HTTP/1.1', 'Host: 192.0.2.9', '', ''],
  ['BREW /pot HTTP/1.1', 'Host: h', 'Authorization:   bearer   tok2  ', 'X-Ip: ::ffff:1.2.3.4', 'Cookie: a', 'Cookie: b=1', '', ''],
].map((lines) => lines.join('\n'));
