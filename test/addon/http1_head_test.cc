// Heads of requests and responses: what is read out of them, what is refused and why, and that the way the bytes were cut makes no difference.
#include "http1_head.h"

#include <cstring>
#include <string>
#include <string_view>
#include "check.h"

using namespace tsproxy;
using std::string;
using std::string_view;
using namespace std::string_view_literals;

namespace {

struct Parsed {
  Parse parse;
  Http1Head head;
  Http1Error error;
  HeaderField fields[101];
};

void parse_whole(string_view text, bool response, Http1Limits limits, Parsed& out, int32_t capacity = 101) {
  out.head.fields = out.fields;
  out.head.capacity = capacity;
  out.error = {};
  const string copy(text);   // no terminator that a scan could lean on
  out.parse = response ? parse_response(copy.data(), copy.size(), 0, limits, out.head, out.error) : parse_request(copy.data(), copy.size(), 0, limits, out.head, out.error);
}

string_view cut(string_view text, Slice slice) { return text.substr(static_cast<size_t>(slice.off), static_cast<size_t>(slice.len)); }

// The same bytes in pieces of `step`, as a connection delivers them: the outcome must be that of the whole.
void check_pieces(string_view text, bool response, Http1Limits limits, const Parsed& whole, size_t step) {
  Parsed got;
  got.head.fields = got.fields;
  got.head.capacity = 101;
  size_t seen = 0;
  got.parse = Parse::Incomplete;
  while (got.parse == Parse::Incomplete && seen < text.size()) {
    const size_t n = seen + step < text.size() ? seen + step : text.size();
    const string copy(text.substr(0, n));
    got.parse = response ? parse_response(copy.data(), n, seen, limits, got.head, got.error) : parse_request(copy.data(), n, seen, limits, got.head, got.error);
    seen = n;
  }
  CHECK(got.parse == whole.parse);
  if (got.parse == Parse::Error) CHECK(got.error.status == whole.error.status);
  if (got.parse != Parse::Complete || whole.parse != Parse::Complete) return;
  CHECK(got.head.length == whole.head.length && got.head.flags == whole.head.flags && got.head.count == whole.head.count);
  CHECK(std::memcmp(got.fields, whole.fields, sizeof(HeaderField) * static_cast<size_t>(got.head.count)) == 0);
}

void expect(string_view text, bool response, Http1Limits limits, int status, string_view reason) {
  Parsed whole;
  parse_whole(text, response, limits, whole);
  const bool refused = whole.parse == Parse::Error;
  const bool as_expected = status == 0 ? whole.parse == Parse::Complete : refused && whole.error.status == status && reason == whole.error.reason;
  if (!as_expected) std::printf("%.*s\n  -> parse %d status %d %s\n", static_cast<int>(text.size()), text.data(), static_cast<int>(whole.parse), whole.error.status, whole.error.reason);
  CHECK(as_expected);
  if (refused) CHECK(whole.error.offset <= text.size());
  for (size_t step : {size_t{1}, size_t{2}, size_t{7}, size_t{16}, size_t{1000}}) {
    if (text.size() / step < 5000) check_pieces(text, response, limits, whole, step);   // each piece is a copy of all before
  }
}

struct Vector {
  string_view text;
  int status;           // 0 = accepted
  string_view reason;
};

constexpr Http1Limits STRICT{};
constexpr Http1Limits UNSAFE{.unsafe = true};

}  // namespace

TEST(a_browser_request_is_read) {
  constexpr string_view text =
      "GET /a/b?c=d HTTP/1.1\r\nHost: www.example.com:8080\r\nUser-Agent: \t Mozilla/5.0 (X11) \t\r\n"
      "Accept:*/*\r\nEmpty:\r\nConnection: keep-alive\r\n\r\nrest"sv;
  Parsed got;
  parse_whole(text, false, STRICT, got);
  CHECK(got.parse == Parse::Complete);
  CHECK(got.head.method == HM_GET && got.head.version == 1 && got.head.skipped == 0);
  CHECK(cut(text, got.head.method_text) == "GET" && cut(text, got.head.target) == "/a/b?c=d");
  CHECK(cut(text, got.head.start_line) == "GET /a/b?c=d HTTP/1.1");
  CHECK(got.head.length == text.size() - 4 && got.head.count == 5);
  CHECK(cut(text, got.head.host) == "www.example.com:8080" && got.head.host_index == 0);
  CHECK(cut(text, got.fields[1].name) == "User-Agent" && cut(text, got.fields[1].value) == "Mozilla/5.0 (X11)");
  CHECK(cut(text, got.fields[2].value) == "*/*" && got.fields[3].value.len == 0);
  CHECK(got.head.flags == (H1_HAS_HOST | H1_HAS_CONNECTION | H1_CONNECTION_KEEP_ALIVE));
}

TEST(a_response_is_read) {
  constexpr string_view text = "HTTP/1.0 404 Not Found here\r\nContent-Length: 12\r\nWWW-Authenticate: NTLM\r\nConnection: close\r\n\r\n"sv;
  Parsed got;
  parse_whole(text, true, STRICT, got);
  CHECK(got.parse == Parse::Complete && got.head.status == 404 && got.head.version == 0);
  CHECK(cut(text, got.head.reason) == "Not Found here" && got.head.content_length == 12);
  CHECK(got.head.flags == (H1_CONTENT_LENGTH | H1_AUTHENTICATE_CONN | H1_HAS_CONNECTION | H1_CONNECTION_CLOSE));
}

TEST(methods_have_codes) {
  struct { const char* name; int32_t code; } const rows[] = {
      {"GET", HM_GET}, {"HEAD", HM_HEAD}, {"POST", HM_POST}, {"PUT", HM_PUT}, {"DELETE", HM_DELETE}, {"OPTIONS", HM_OPTIONS}, {"TRACE", HM_TRACE},
      {"PATCH", HM_PATCH}, {"get", HM_OTHER}, {"PROPFIND", HM_OTHER}, {"X", HM_OTHER}, {"GETS", HM_OTHER}, {"M-SEARCH", HM_OTHER}, {"CONNECT", HM_CONNECT}};
  for (const auto& row : rows) {
    Parsed got;
    parse_whole(string(row.name) + (row.code == HM_CONNECT ? " a:443" : " /") + " HTTP/1.1\r\n\r\n", false, STRICT, got);
    CHECK(got.parse == Parse::Complete && got.head.method == row.code);
  }
}

TEST(request_lines) {
  const Vector vectors[] = {
      {"GET / HTTP/1.0\r\n\r\n", 0, ""},
      {"OPTIONS * HTTP/1.1\r\n\r\n", 0, ""},
      {"GET /%20\"<>\\^`{|} HTTP/1.1\r\n\r\n", 0, ""},
      {"GET http://example.com HTTP/1.1\r\n\r\n", 0, ""},
      {" GET / HTTP/1.1\r\n\r\n", 400, "malformed method"},
      {"G@T / HTTP/1.1\r\n\r\n", 400, "malformed method"},
      // Read as one blank and written so, as HAProxy does: nobody behind us sees them.
      {"GET  / HTTP/1.1\r\n\r\n", 0, ""},
      {"GET / \t HTTP/1.1\r\n\r\n", 0, ""},
      {"GET\t/ HTTP/1.1\r\n\r\n", 0, ""},
      {"GET /\tHTTP/1.1\r\n\r\n", 0, ""},
      {"GET /a b HTTP/1.1\r\n\r\n", 400, "malformed protocol version"},
      {"GET / HTTP/1.1 \r\n\r\n", 400, "malformed protocol version"},
      {"GET /#a HTTP/1.1\r\n\r\n", 400, "fragment (#) in the target"},
      {"GET /a?b#c HTTP/1.1\r\n\r\n", 400, "fragment (#) in the target"},
      {"GET /\x01 HTTP/1.1\r\n\r\n", 400, "character that no target has"},
      {"GET /\0 HTTP/1.1\r\n\r\n"sv, 400, "character that no target has"},
      {"GET /\x7f HTTP/1.1\r\n\r\n", 400, "character that no target has"},
      {"GET /\x80 HTTP/1.1\r\n\r\n", 400, "character that no target has"},
      {"GET index.html HTTP/1.1\r\n\r\n", 400, "target is neither a path nor an absolute URI"},
      {"GET ?a HTTP/1.1\r\n\r\n", 400, "target is neither a path nor an absolute URI"},
      {"GET h~p://a/ HTTP/1.1\r\n\r\n", 400, "target is neither a path nor an absolute URI"},
      {"GET * HTTP/1.1\r\n\r\n", 400, "target * with another method than OPTIONS"},
      {"GET /\r\n\r\n", 400, "request line without a version (HTTP/0.9)"},
      {"GET / HTTP/0.9\r\n\r\n", 400, "unsupported HTTP version"},
      {"GET / HTTP/1.2\r\n\r\n", 400, "unsupported HTTP version"},
      {"GET / HTTP/2.0\r\n\r\n", 400, "unsupported HTTP version"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400, "unsupported HTTP version"},
      {"GET / HTTP/11.1\r\n\r\n", 400, "unsupported HTTP version"},
      {"GET / HTTP/1.10\r\n\r\n", 400, "malformed protocol version"},
      {"GET / http/1.1\r\n\r\n", 400, "malformed protocol version"},
      {"GET / RTSP/1.0\r\n\r\n", 400, "malformed protocol version"},
      {"GET / HTTP/1.1\n\r\n", 400, "LF without CR"},
      {"GET / HTTP/1.1\r\r\n\r\n", 400, "CR without LF"},
      {"\nGET / HTTP/1.1\r\n\r\n", 400, "malformed method"},
      {"\r\n\r\nGET / HTTP/1.1\r\n\r\n", 400, "malformed method"},
      {"\rGET / HTTP/1.1\r\n\r\n", 400, "malformed method"},
  };
  for (const Vector& v : vectors) expect(v.text, false, STRICT, v.status, v.reason);
}

TEST(one_empty_line_may_come_before_a_request) {
  constexpr string_view text = "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n"sv;
  Parsed got;
  parse_whole(text, false, STRICT, got);
  CHECK(got.parse == Parse::Complete && got.head.skipped == 2 && got.head.length == text.size() - 2);
  CHECK(cut(text.substr(2), got.head.host) == "a");
  parse_whole("\r\nGET / HTTP/1.1\r\n\x01: a\r\n\r\n", false, STRICT, got);
  CHECK(got.parse == Parse::Error && got.error.offset == 18);
  expect(text, false, STRICT, 0, "");
}

TEST(header_lines) {
  const Vector vectors[] = {
      {"X-Y_z.~!#$%&'*+^`|9: 1", 0, ""},
      {"X: a\tb \x80\xff", 0, ""},
      {"X : y", 400, "space before the colon of a header"},
      {"X\t: y", 400, "space before the colon of a header"},
      {"X: y\r\n z", 400, "folded header line"},
      {"X: y\r\n\tz", 400, "folded header line"},
      {" X: y", 400, "folded header line"},
      {"X: y\r z", 400, "CR without LF"},
      {"X: y\rTransfer-Encoding: chunked", 400, "CR without LF"},
      {"X: y\r\r", 400, "CR without LF"},
      {"X: y\nTransfer-Encoding: chunked", 400, "LF without CR"},
      {"X: a\0b"sv, 400, "NUL character"},
      {"X: a\x0b" "b", 400, "control character"},
      {"X: a\x7f", 400, "control character"},
      {": y", 400, "empty header name"},
      {"X", 400, "header line without a colon"},
      {"X(: y", 400, "character that no header name has"},
      {"X\x80: y", 400, "character that no header name has"},
      {"X\0: y"sv, 400, "character that no header name has"},
      {"\0X: y"sv, 400, "character that no header name has"},
      {"\"X\": y", 400, "character that no header name has"},
  };
  for (const Vector& v : vectors) {
    expect("GET / HTTP/1.1\r\nHost: a\r\n" + string(v.text) + "\r\n\r\n", false, STRICT, v.status, v.reason);
    expect("HTTP/1.1 200 OK\r\n" + string(v.text) + "\r\nServer: a\r\n\r\n", true, STRICT, v.status ? 502 : 0, v.reason);
  }
  expect("GET / HTTP/1.1\r\nHost: a\r\n\n", false, STRICT, 400, "LF without CR");
  expect("GET / HTTP/1.1\r\nHost: a\r\n\rX", false, STRICT, 400, "CR without LF");
}

TEST(sizes_are_bounded) {
  const string start = "GET / HTTP/1.1\r\n";
  for (size_t n : {size_t{1}, size_t{255}}) expect(start + string(n, 'A') + ": y\r\n\r\n", false, STRICT, 0, "");
  for (size_t n : {size_t{256}, size_t{65536}}) expect(start + string(n, 'A') + ": y\r\n\r\n", false, STRICT, 400, "header name too long");
  Parsed got;
  parse_whole(start + string(300, 'A'), false, STRICT, got);
  CHECK(got.parse == Parse::Error);   // without waiting for the colon
  string many = start;
  for (int i = 0; i < 8; i++) many += "A" + std::to_string(i) + ": b\r\n";
  parse_whole(many + "\r\n", false, STRICT, got, 8);
  CHECK(got.parse == Parse::Complete && got.head.count == 8);
  parse_whole(many + "\r\n", false, STRICT, got, 7);
  CHECK(got.parse == Parse::Error && got.error.status == 400 && got.error.reason == "too many headers"sv);
  expect(start + "X: " + string(60000, 'v') + "\r\n\r\n", false, STRICT, 0, "");
}

TEST(an_incomplete_head_is_no_error) {
  constexpr string_view request = "\r\nPOST http://a/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX: y \r\n\r\n"sv;
  constexpr string_view response = "HTTP/1.1 200 OK\r\nServer: a\r\nContent-Length: 5\r\n\r\n"sv;
  for (size_t n = 0; n < request.size(); n++) {
    Parsed got;
    parse_whole(request.substr(0, n), false, STRICT, got);
    CHECK(got.parse == Parse::Incomplete);
    parse_whole(request.substr(0, n), false, UNSAFE, got);
    CHECK(got.parse == Parse::Incomplete);
  }
  for (size_t n = 0; n < response.size(); n++) {
    Parsed got;
    parse_whole(response.substr(0, n), true, STRICT, got);
    CHECK(got.parse == Parse::Incomplete);
    parse_whole(response.substr(0, n), true, UNSAFE, got);
    CHECK(got.parse == Parse::Incomplete);
  }
}

TEST(status_lines) {
  const Vector vectors[] = {
      {"HTTP/1.1 200\r\n\r\n", 0, ""},
      {"HTTP/1.1 200 \r\n\r\n", 0, ""},
      {"HTTP/1.1 999 caf\xe9\r\n\r\n", 0, ""},
      {"HTTP/1.1 100 Continue\r\n\r\n", 0, ""},
      {"HTTP/1.1 099 X\r\n\r\n", 502, "status is not three digits"},
      {"HTTP/1.1 20 X\r\n\r\n", 502, "status is not three digits"},
      {"HTTP/1.1 2000 X\r\n\r\n", 502, "status is not three digits"},
      {"HTTP/1.1 20x X\r\n\r\n", 502, "status is not three digits"},
      {"HTTP/1.1 200\tOK\r\n\r\n", 0, ""},
      {"HTTP/1.1  200 OK\r\n\r\n", 0, ""},
      {"HTTP/1.1 -20 OK\r\n\r\n", 502, "status is not three digits"},
      {"HTTP/1.1 200 O\x01K\r\n\r\n", 502, "control character"},
      {"HTTP/1.1 200 OK\n\r\n", 502, "LF without CR"},
      {"HTTP/1.1\r\n\r\n", 502, "malformed protocol version"},
      {"HTTP/2.0 200 OK\r\n\r\n", 502, "unsupported HTTP version"},
      {"HTTP/0.9 200 OK\r\n\r\n", 502, "unsupported HTTP version"},
      {"ICY 200 OK\r\n\r\n", 502, "malformed protocol version"},
      {"<html>rubbish", 502, "malformed protocol version"},
      {"\r\nHTTP/1.1 200 OK\r\n\r\n", 502, "malformed protocol version"},
  };
  for (const Vector& v : vectors) expect(v.text, true, STRICT, v.status, v.reason);
}

TEST(unsafe_mode_accepts_what_the_manual_lists) {
  const Vector requests[] = {
      {"GET /\x80\xff HTTP/1.1\r\nHost: a\r\n\r\n", 0, ""},
      {"GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", 0, ""},
      {"GET /\x01 HTTP/1.1\r\nHost: a\r\n\r\n", 400, "character that no target has"},
      {"GET /\x7f HTTP/1.1\r\nHost: a\r\n\r\n", 400, "character that no target has"},
      {"GET /\r\n", 0, ""},
      {"POST /\r\n", 400, "request line without a version (HTTP/0.9)"},
      {"GET / RTSP/1.0\r\n\r\n", 0, ""},
      {"GET / HTTP/10.12\r\n\r\n", 0, ""},
      {"GET / 1.1\r\n\r\n", 400, "malformed protocol version"},
      {"GET / HTTP/1\r\n\r\n", 400, "malformed protocol version"},
      {"GET / HTTP/1.x\r\n\r\n", 400, "malformed protocol version"},
      {"GET / HTTP/1.1\r\nX: a\0b\x01\r\n\r\n"sv, 0, ""},
      {"CONNECT a HTTP/1.1\r\nHost: b\r\n\r\n", 0, ""},
      {"GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n", 0, ""},
      {"GET / HTTP/1.1\nHost: a\n\n", 0, ""},
      {"GET / HTTP/1.1\r\nX: y\r\n z\r\n\r\n", 400, "folded header line"},
      {"GET / HTTP/1.1\r\n: y\r\n\r\n", 400, "empty header name"},
      {"GET / HTTP/1.1\r\nX\r\n\r\n", 400, "header line without a colon"},
      {"GET / HTTP/1.1\r\nX: y\rz\r\n\r\n", 400, "CR without LF"},
      {"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", 0, ""},
      {"POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", 0, ""},
  };
  for (const Vector& v : requests) expect(v.text, false, UNSAFE, v.status, v.reason);
  const Vector responses[] = {
      {"HTTP/1.1 65535 X\r\n\r\n", 0, ""},
      {"HTTP/1.1 65536 X\r\n\r\n", 502, "status is not three digits"},
      {"RTSP/1.0 200 OK\r\n\r\n", 0, ""},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding:\r\n\r\n", 0, ""},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, chunked\r\n\r\n", 0, ""},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", 502, "Transfer-Encoding where chunked is not last"},
  };
  for (const Vector& v : responses) expect(v.text, true, UNSAFE, v.status, v.reason);
}

TEST(unsafe_mode_drops_headers_with_invalid_names) {
  constexpr string_view text = "GET / HTTP/1.1\r\nHost: a\r\nb c: d\r\nE\0: f\r\nTransfer-Encoding : chunked\r\nG: h\r\n\r\n"sv;
  Parsed got;
  parse_whole(text, false, UNSAFE, got);
  CHECK(got.parse == Parse::Complete && got.head.count == 2 && (got.head.flags & H1_REBUILD));
  CHECK(!(got.head.flags & H1_TRANSFER_ENCODING));
  CHECK(cut(text, got.fields[1].name) == "G");
  for (size_t n = 0; n < text.size(); n++) {
    Parsed part;
    parse_whole(text.substr(0, n), false, UNSAFE, part);
    CHECK(part.parse == Parse::Incomplete);
  }
}

TEST(slices_compare_without_case) {
  constexpr string_view text = "xxTransfer-ENCODINGyy"sv;
  CHECK(slice_is(text.data(), {2, 17}, "transfer-encoding", 17));
  CHECK(!slice_is(text.data(), {2, 16}, "transfer-encoding", 17));
  CHECK(!slice_is(text.data(), {1, 17}, "transfer-encoding", 17));
}

RUN_TESTS()
