// The fields that decide about framing, persistence and routing (RFC 9112 sections 3.2, 6 and 9), and the known advisories.
#include "http1_field.h"

#include <string>
#include <string_view>
#include "check.h"

using namespace tsproxy;
using std::string;
using std::string_view;
using namespace std::string_view_literals;

namespace {

struct Parsed {
  Parse parse = Parse::Incomplete;
  Http1Head head;
  Http1Error error;
  HeaderField fields[32];
};

void parse(const string& text, Parsed& out, Http1Limits limits = {}) {
  out.head.fields = out.fields;
  out.head.capacity = 32;
  const bool response = text.compare(0, 5, "HTTP/") == 0;
  out.parse = response ? parse_response(text.data(), text.size(), 0, limits, out.head, out.error) : parse_request(text.data(), text.size(), 0, limits, out.head, out.error);
}

struct Vector {
  string_view fields;
  int status;           // 0 = accepted
  string_view reason;
};

void expect(const string& text, int status, string_view reason) {
  Parsed got;
  parse(text, got);
  const bool as_expected = status == 0 ? got.parse == Parse::Complete : got.parse == Parse::Error && got.error.status == status && got.error.reason == reason;
  if (!as_expected) std::printf("%s\n  -> parse %d status %d %s\n", text.c_str(), static_cast<int>(got.parse), got.error.status, got.error.reason);
  CHECK(as_expected);
}

constexpr string_view NO_NUMBER = "Content-Length is not a number from 0 to 2^63-1";
constexpr string_view NOT_CHUNKED = "Transfer-Encoding without chunked";

// Both kinds of message, the same rules: 400 or 422 for a request, 502 for a response.
void expect_both(const Vector& v) {
  expect("POST / HTTP/1.1\r\nHost: a\r\n" + string(v.fields) + "\r\n\r\n", v.status, v.reason);
  expect("HTTP/1.1 200 OK\r\n" + string(v.fields) + "\r\n\r\n", v.status ? 502 : 0, v.reason);
}

}  // namespace

TEST(content_length) {
  const Vector vectors[] = {
      {"Content-Length: 0", 0, ""},
      {"Content-Length: 9223372036854775807", 0, ""},
      {"Content-Length: 005", 0, ""},
      {"Content-Length: 5\r\ncontent-length: 5", 0, ""},
      {"Content-Length: 5, 5 ,5", 0, ""},
      {"Content-Length:", 400, NO_NUMBER},
      {"Content-Length: -1", 400, NO_NUMBER},
      {"Content-Length: +5", 400, NO_NUMBER},
      {"Content-Length: 5 6", 400, NO_NUMBER},
      {"Content-Length: 0x5", 400, NO_NUMBER},
      {"Content-Length: 5.0", 400, NO_NUMBER},
      {"Content-Length: 5,", 400, NO_NUMBER},
      {"Content-Length: ,5", 400, NO_NUMBER},
      {"Content-Length: \"5\"", 400, NO_NUMBER},
      {"Content-Length: 9223372036854775808", 400, NO_NUMBER},
      {"Content-Length: 18446744073709551616", 400, NO_NUMBER},
      {"Content-Length: 99999999999999999999999999999999999999999999", 400, NO_NUMBER},
      {"Content-Length: 5\r\nContent-Length: 6", 400, "several Content-Length values that differ"},
      {"Content-Length: 5, 6", 400, "several Content-Length values that differ"},
      {"Content-Length: 5\r\nX: y\r\nContent-Length:", 400, NO_NUMBER},
  };
  for (const Vector& v : vectors) expect_both(v);
}

TEST(equal_lengths_become_one_field) {
  const string text = "POST / HTTP/1.1\r\nContent-Length: 12, 12\r\nX: y\r\nContent-Length: 12\r\n\r\n";
  Parsed got;
  parse(text, got);
  CHECK(got.parse == Parse::Complete && got.head.count == 2 && got.head.content_length == 12);
  CHECK(text.substr(static_cast<size_t>(got.fields[0].value.off), static_cast<size_t>(got.fields[0].value.len)) == "12");
  CHECK(got.head.flags == (H1_CONTENT_LENGTH | H1_REBUILD));
}

TEST(transfer_encoding) {
  const Vector vectors[] = {
      {"Transfer-Encoding: chunked", 0, ""},
      {"transfer-encoding:CHUNKED \t", 0, ""},
      {"Transfer-Encoding:", 400, "empty element in Transfer-Encoding"},
      {"Transfer-Encoding: chunked,", 400, "empty element in Transfer-Encoding"},
      {"Transfer-Encoding: ,chunked", 400, "empty element in Transfer-Encoding"},
      {"Transfer-Encoding: identity", 400, NOT_CHUNKED},
      {"Transfer-Encoding: gzip", 400, NOT_CHUNKED},
      {"Transfer-Encoding: xchunked", 400, NOT_CHUNKED},
      {"Transfer-Encoding: chunkedd", 400, NOT_CHUNKED},
      {"Transfer-Encoding: chunked, gzip", 400, "Transfer-Encoding where chunked is not last"},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", 400, "Transfer-Encoding where chunked is not last"},
      {"Transfer-Encoding: chunked, chunked", 400, "Transfer-Encoding with chunked twice"},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", 400, "Transfer-Encoding with chunked twice"},
      {"Transfer-Encoding: chunked, gzip, chunked", 400, "Transfer-Encoding with chunked twice"},
      {"Transfer-Encoding: \"chunked\"", 400, "Transfer-Encoding with characters that no coding has"},
      {"Transfer-Encoding: chunked;q=1", 400, "Transfer-Encoding with characters that no coding has"},
      {"Transfer-Encoding: x chunked", 400, "Transfer-Encoding with characters that no coding has"},
      {"Transfer-Encoding: \x0b" "chunked", 400, "control character"},
      {"Transfer-Encoding: chunked\x0c", 400, "control character"},
      {"Transfer-Encoding:\x0b" "chunked", 400, "control character"},
      {"Transfer-Encoding : chunked", 400, "space before the colon of a header"},
      {"Transfer-Encoding\x0b: chunked", 400, "character that no header name has"},
      // Not refused: Content-Length is dropped and both connections close, which leaves nothing to read in two ways (RFC 9112 section 6.3).
      {"Transfer-Encoding: chunked\r\nContent-Length: 5", 0, ""},
      {"Content-Length: 5\r\nTransfer-Encoding: chunked", 0, ""},
      {"Content-Length: 5\r\nTransfer-Encoding: chunked\r\nContent-Length: 6", 400, "several Content-Length values that differ"},
      {"Content-Length: x\r\nTransfer-Encoding: chunked", 400, NO_NUMBER},
  };
  for (const Vector& v : vectors) expect_both(v);
  // A coding that nobody agreed on with us (TE is sent on without codings).
  expect("POST / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 422, "Transfer-Encoding with a coding before chunked");
  expect("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n", 422, "Transfer-Encoding with a coding before chunked");
  expect("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 502, "Transfer-Encoding with a coding before chunked");
}

TEST(chunks_over_http_1_0_close_the_connection) {
  Parsed got;
  parse("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n", got);
  CHECK(got.parse == Parse::Complete && (got.head.flags & H1_CONNECTION_CLOSE) && !(got.head.flags & H1_CONNECTION_KEEP_ALIVE));
  parse("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", got);
  CHECK(got.parse == Parse::Complete && (got.head.flags & H1_CONNECTION_CLOSE) && (got.head.flags & H1_CHUNKED));
}

TEST(a_length_beside_chunks_is_dropped) {
  for (const char* text : {"POST / HTTP/1.1\r\nContent-Length: 5\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n",
                           "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n"}) {
    Parsed got;
    parse(text, got);
    CHECK(got.parse == Parse::Complete && got.head.count == 2 && got.head.host_index == 0);
    CHECK(got.head.flags == (H1_HAS_HOST | H1_TRANSFER_ENCODING | H1_CHUNKED | H1_REBUILD | H1_CONNECTION_CLOSE | H1_INSECURE));
    parse(text, got, {.keep_insecure = true});
    CHECK(got.head.flags == (H1_HAS_HOST | H1_TRANSFER_ENCODING | H1_CHUNKED | H1_REBUILD));
    CHECK(slice_is(text, got.fields[1].name, "transfer-encoding", 17) && got.head.content_length == 0);
  }
}

TEST(bodies_where_none_belongs) {
  expect("GET / HTTP/1.0\r\nContent-Length: 5\r\n\r\n", 413, "HTTP/1.0 GET, HEAD or DELETE with a body");
  expect("DELETE / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", 413, "HTTP/1.0 GET, HEAD or DELETE with a body");
  expect("GET / HTTP/1.0\r\nContent-Length: 0\r\n\r\n", 0, "");
  Parsed got;
  parse("GET / HTTP/1.0\r\nContent-Length: 5\r\n\r\n", got, {.any_payload = true});
  CHECK(got.parse == Parse::Complete && got.head.content_length == 5);
  expect("GET / HTTP/1.1\r\nContent-Length: 5\r\n\r\n", 0, "");
  expect("POST / HTTP/1.0\r\nContent-Length: 5\r\n\r\n", 0, "");
  expect("CONNECT a:443 HTTP/1.1\r\nContent-Length: 5\r\n\r\n", 400, "CONNECT with a body");
  expect("CONNECT a:443 HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n", 400, "CONNECT with a body");
}

TEST(host) {
  constexpr string_view DIFFER = "several Host headers that differ";
  constexpr string_view MALFORMED = "Host is not a host with an optional port";
  const Vector vectors[] = {
      {"Host: a", 0, ""},
      {"Host:", 0, ""},
      {"Host: a.b-c_d:65535", 0, ""},
      {"Host: a:", 0, ""},
      {"Host: [2001:db8::1]", 0, ""},
      {"Host: [::1]:80", 0, ""},
      {"Host: a\r\nHost: A", 0, ""},
      {"Host: a\r\nHost: b", 400, DIFFER},
      {"Host: a\r\nHost: a:80", 400, DIFFER},
      {"Host: a\r\nHost:", 400, DIFFER},
      {"Host: a b", 400, MALFORMED},
      {"Host: a,b", 400, MALFORMED},
      {"Host: a/b", 400, MALFORMED},
      {"Host: a@b", 400, MALFORMED},
      {"Host: a?b", 400, MALFORMED},
      {"Host: a:x", 400, MALFORMED},
      {"Host: a:65536", 400, MALFORMED},
      {"Host: a:4294967376", 400, MALFORMED},
      {"Host: a:80:80", 400, MALFORMED},
      {"Host: :80", 400, MALFORMED},
      {"Host: [::1", 400, MALFORMED},
      {"Host: [::1]x", 400, MALFORMED},
      {"Host: a[b]", 400, MALFORMED},
      {"Host: caf\xe9", 400, MALFORMED},
  };
  for (const Vector& v : vectors) expect("GET / HTTP/1.1\r\n" + string(v.fields) + "\r\n\r\n", v.status, v.reason);
  Parsed got;
  parse("GET / HTTP/1.1\r\nX: y\r\nHost: a\r\nHost: a\r\n\r\n", got);
  CHECK(got.head.count == 2 && got.head.host_index == 1 && (got.head.flags & H1_REBUILD));
}

TEST(the_authority_of_the_target_agrees_with_host) {
  constexpr string_view DIFFERS = "the authority of the target differs from Host";
  constexpr string_view MALFORMED = "target with a malformed authority";
  struct { string_view target, host; int status; string_view reason; } const rows[] = {
      {"http://a/", "a", 0, ""},
      {"HTTP://A/", "a", 0, ""},
      {"http://a:80/x", "a", 0, ""},
      {"http://a/", "a:80", 0, ""},
      {"https://a:443/", "a", 0, ""},
      {"http://[::1]:8080/", "[::1]:8080", 0, ""},
      {"http://b/", "a", 400, DIFFERS},
      {"http://b/", "", 400, DIFFERS},
      {"http://a:81/", "a", 400, DIFFERS},
      {"http://a:443/", "a", 400, DIFFERS},
      {"https://a:80/", "a", 400, DIFFERS},
      {"http://u@a/", "a", 400, MALFORMED},
      {"http://a?x", "a", 400, MALFORMED},
      {"http:///", "a", 400, MALFORMED},
      {"http://:80/", "a", 400, MALFORMED},
  };
  for (const auto& row : rows) expect("GET " + string(row.target) + " HTTP/1.1\r\nHost: " + string(row.host) + "\r\n\r\n", row.status, row.reason);
  expect("GET http://a/ HTTP/1.1\r\n\r\n", 0, "");
  Parsed got;
  parse("GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n", got);
  CHECK(got.head.flags & H1_ABSOLUTE);
  parse("GET /http://a/ HTTP/1.1\r\nHost: b\r\n\r\n", got);
  CHECK(got.parse == Parse::Complete && !(got.head.flags & H1_ABSOLUTE));
}

TEST(connect) {
  constexpr string_view NEEDS = "CONNECT needs a target host:port";
  constexpr string_view DIFFERS = "the target of CONNECT differs from Host";
  struct { string_view target, host; int status; string_view reason; } const rows[] = {
      {"a:443", "a:443", 0, ""},  {"a:443", "a", 0, ""},        {"a:80", "a", 0, ""},          {"[::1]:443", "[::1]:443", 0, ""},
      {"a", "a", 400, NEEDS},     {"a:", "a", 400, NEEDS},      {"/x", "a", 400, NEEDS},       {"http://a:443", "a", 400, NEEDS},
      {":80", "a", 400, NEEDS},   {"a:70000", "a", 400, NEEDS}, {"a:443", "b:443", 400, DIFFERS}, {"a:8080", "a", 400, DIFFERS},
  };
  for (const auto& row : rows) expect("CONNECT " + string(row.target) + " HTTP/1.1\r\nHost: " + string(row.host) + "\r\n\r\n", row.status, row.reason);
}

TEST(persistence_and_upgrades) {
  struct { string_view fields; uint32_t flags; } const rows[] = {
      {"Connection: close", H1_HAS_CONNECTION | H1_CONNECTION_CLOSE},
      {"Connection: Keep-Alive", H1_HAS_CONNECTION | H1_CONNECTION_KEEP_ALIVE},
      {"Connection: keep-alive, close", H1_HAS_CONNECTION | H1_CONNECTION_CLOSE},
      {"Connection: close\r\nConnection: keep-alive", H1_HAS_CONNECTION | H1_CONNECTION_CLOSE},
      {"Connection: close foo, x-close", H1_HAS_CONNECTION},
      {"Connection: x,\t upgrade ,y\r\nUpgrade: foo", H1_HAS_CONNECTION | H1_CONNECTION_UPGRADE},
      {"Connection: upgrade", H1_HAS_CONNECTION},
      {"Upgrade: h2c", 0},
      {"Keep-Alive: timeout=5", H1_HAS_KEEP_ALIVE},
      {"Proxy-Connection: close", H1_HAS_KEEP_ALIVE},
      {"Expect: 100-Continue", H1_EXPECT_100},
      {"Expect: 200-ok", 0},
      {"TE: trailers", H1_HAS_TE},
      {"WWW-Authenticate: NTLM", 0},
  };
  for (const auto& row : rows) {
    Parsed got;
    parse("GET / HTTP/1.1\r\n" + string(row.fields) + "\r\n\r\n", got);
    CHECK(got.parse == Parse::Complete && got.head.flags == row.flags);
  }
  for (const char* scheme : {"NTLM", "Negotiate", "negotiate abc=", "Nego2 x"}) {
    Parsed got;
    parse("HTTP/1.1 401 X\r\nProxy-Authenticate: " + string(scheme) + "\r\n\r\n", got);
    CHECK(got.head.flags == H1_AUTHENTICATE_CONN);
  }
}

TEST(websocket_handshakes_carry_their_keys) {
  const string request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: proto1, websocket\r\n";
  const string response = "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: websocket\r\n";
  expect(request + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", 0, "");
  expect(request + "\r\n", 400, "WebSocket upgrade without a valid Sec-WebSocket-Key");
  expect(request + "Sec-WebSocket-Key: short\r\n\r\n", 400, "WebSocket upgrade without a valid Sec-WebSocket-Key");
  expect(response + "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", 0, "");
  expect(response + "\r\n", 502, "WebSocket upgrade without a valid Sec-WebSocket-Accept");
}

TEST(known_advisories) {
  struct { const char* advisory; string text; } const rows[] = {
      {"CVE-2019-18277: vertical tab before chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\x0b" "chunked\r\nContent-Length: 5\r\n\r\n"},
      {"CVE-2021-40346: name of 256 bytes and a hidden length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length0" + string(256, 'a') + ":\r\nContent-Length: 60\r\n\r\n"},
      {"CVE-2022-32213: coding that only begins like chunked", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunkedchunked\r\n\r\n"},
      {"CVE-2022-32214: LF that ends a header", "GET / HTTP/1.1\r\nHost: a\r\nX: y\nContent-Length: 5\r\n\r\n"},
      {"CVE-2022-32215: folded Transfer-Encoding", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked,\r\n identity\r\n\r\n"},
      {"CVE-2023-25725: empty header name", "POST / HTTP/1.1\r\nHost: a\r\n: x\r\nContent-Length: 5\r\n\r\n"},
      {"CVE-2023-40225: empty Content-Length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length:\r\n\r\n"},
      {"CVE-2023-45539: fragment in the target", "GET /index.html#.png HTTP/1.1\r\nHost: a\r\n\r\n"},
      {"CVE-2024-27982: blank before Content-Length", "POST / HTTP/1.1\r\nHost: a\r\n Content-Length: 5\r\n\r\n"},
  };
  for (const auto& row : rows) {
    Parsed got;
    parse(row.text, got);
    if (got.parse != Parse::Error) std::printf("%s\n", row.advisory);
    CHECK(got.parse == Parse::Error && got.error.status == 400);
  }
}

RUN_TESTS()
