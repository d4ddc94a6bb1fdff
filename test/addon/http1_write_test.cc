// Heads as they are sent on: edits of the rules, hop-by-hop changes, and what never leaves as it came.
#include "http1_write.h"

#include <cstring>
#include <string>
#include <string_view>
#include <vector>
#include "check.h"

using namespace tsproxy;
using std::string;
using std::string_view;

namespace {

struct Edits {
  string bytes;
  Edits& add(int32_t op, uint16_t row, string_view text) {
    const uint32_t size = static_cast<uint32_t>(text.size());
    char fixed[8] = {static_cast<char>(op), 0};
    std::memcpy(fixed + 2, &row, 2);
    std::memcpy(fixed + 4, &size, 4);
    bytes.append(fixed, 8).append(text);
    bytes.resize((bytes.size() + 3) & ~size_t{3});
    return *this;
  }
};

// Parses the head and writes it with the change, into a block of exactly `room` bytes (0: ample).
string rewrite(const string& text, HeadChange change, const Edits& edits = {}, Http1Limits limits = {}) {
  HeaderField fields[32];
  Http1Head head;
  Http1Error error;
  head.fields = fields;
  head.capacity = 32;
  const bool response = text.compare(0, 5, "HTTP/") == 0;
  const Parse parsed = response ? parse_response(text.data(), text.size(), 0, limits, head, error) : parse_request(text.data(), text.size(), 0, limits, head, error);
  CHECK(parsed == Parse::Complete);
  if (!edits.bytes.empty()) {
    change.edits = reinterpret_cast<const unsigned char*>(edits.bytes.data());
    change.edits_size = edits.bytes.size();
  }
  std::vector<char> out(4096);
  const size_t n = write_head(text.data() + head.skipped, head, change, out.data(), out.size());
  CHECK(n > 0);
  // It fits its own length exactly and nothing less.
  std::vector<char> exact(n);
  CHECK(write_head(text.data() + head.skipped, head, change, exact.data(), n) == n && std::memcmp(exact.data(), out.data(), n) == 0);
  for (size_t room = 0; room < n; room++) {
    std::vector<char> small(room);
    CHECK(write_head(text.data() + head.skipped, head, change, small.data(), room) == 0);
  }
  return string(out.data(), n);
}

void expect(const string& got, const string& expected) {
  if (got != expected) std::printf("got:\n%s\nexpected:\n%s\n", got.c_str(), expected.c_str());
  CHECK(got == expected);
}

const string REQUEST = "GET /a HTTP/1.1\r\nHost: a\r\nX:y  \r\nConnection: foo, keep-alive\r\nKeep-Alive: 5\r\nLast: z\r\n\r\n";
const HeadChange KEEP{};

HeadChange mode(ConnectionHeader connection) {
  HeadChange change;
  change.connection = connection;
  return change;
}

}  // namespace

TEST(without_changes_the_bytes_stay) {
  expect(rewrite(REQUEST, KEEP), REQUEST);
  expect(rewrite("GET / HTTP/1.0\r\n\r\n", KEEP), "GET / HTTP/1.0\r\n\r\n");
  expect(rewrite("\r\nGET / HTTP/1.1\r\nA: b\r\n\r\nbody", KEEP), "GET / HTTP/1.1\r\nA: b\r\n\r\n");
  expect(rewrite("HTTP/1.1 200\r\nA: b\r\n\r\n", KEEP), "HTTP/1.1 200\r\nA: b\r\n\r\n");
}

TEST(connection_modes) {
  const string head = "GET /a HTTP/1.1\r\nHost: a\r\nX:y  \r\nconnection: foo\r\nLast: z\r\n";
  expect(rewrite(REQUEST, mode(ConnectionHeader::None)), head + "\r\n");
  expect(rewrite(REQUEST, mode(ConnectionHeader::Close)), head + "connection: close\r\n\r\n");
  expect(rewrite(REQUEST, mode(ConnectionHeader::KeepAlive)), head + "connection: keep-alive\r\n\r\n");
  expect(rewrite("GET / HTTP/1.1\r\nConnection: close, , keep-alive\r\nProxy-Connection: x\r\n\r\n", mode(ConnectionHeader::None)), "GET / HTTP/1.1\r\n\r\n");
  expect(rewrite("GET / HTTP/1.1\r\nConnection: a ,close,b\r\n\r\n", mode(ConnectionHeader::None)), "GET / HTTP/1.1\r\nconnection: a, b\r\n\r\n");
  expect(rewrite("GET / HTTP/1.1\r\n\r\n", mode(ConnectionHeader::Close)), "GET / HTTP/1.1\r\nconnection: close\r\n\r\n");
}

TEST(versions_are_raised) {
  HeadChange change;
  change.version_1_1 = true;
  expect(rewrite("GET / HTTP/1.0\r\n\r\n", change), "GET / HTTP/1.1\r\n\r\n");
  expect(rewrite("HTTP/1.0 200 HTTP/1.0\r\n\r\n", change), "HTTP/1.1 200 HTTP/1.0\r\n\r\n");
  expect(rewrite("GET / HTTP/1.0\r\n\r\n", change, Edits().add(EDIT_START_LINE, 0, "PUT /b HTTP/1.0")), "PUT /b HTTP/1.1\r\n\r\n");
  expect(rewrite("GET /old\r\n", change, {}, {.unsafe = true}), "GET /old HTTP/1.1\r\n\r\n");
  expect(rewrite("GET /old\r\n", KEEP, {}, {.unsafe = true}), "GET /old HTTP/1.0\r\n\r\n");
}

TEST(edits) {
  const Edits edits = Edits()
                          .add(EDIT_REPLACE, 1, "X: first")
                          .add(EDIT_APPEND, 0, "New: 1")
                          .add(EDIT_START_LINE, 0, "GET /first HTTP/1.1")
                          .add(EDIT_DELETE, 4, "")
                          .add(EDIT_REPLACE, 1, "X: second")
                          .add(EDIT_START_LINE, 0, "GET /second HTTP/1.1")
                          .add(EDIT_APPEND, 0, "New: 22");
  HeadChange change;
  change.extra = "x-forwarded-for: 192.0.2.1\r\n";
  change.extra_size = std::strlen(change.extra);
  expect(rewrite(REQUEST, change, edits),
         "GET /second HTTP/1.1\r\nHost: a\r\nX: second\r\nConnection: foo, keep-alive\r\nKeep-Alive: 5\r\nNew: 1\r\nNew: 22\r\nx-forwarded-for: 192.0.2.1\r\n\r\n");
  expect(rewrite(REQUEST, mode(ConnectionHeader::None), Edits().add(EDIT_DELETE, 0, "").add(EDIT_DELETE, 2, "")), "GET /a HTTP/1.1\r\nX:y  \r\nLast: z\r\n\r\n");
  expect(rewrite(REQUEST, KEEP, Edits().add(EDIT_DELETE, 1, "").add(EDIT_DELETE, 2, "").add(EDIT_DELETE, 3, "").add(EDIT_DELETE, 4, "").add(EDIT_DELETE, 0, "")), "GET /a HTTP/1.1\r\n\r\n");
}

TEST(edits_of_rows_64_apart_do_not_mix) {
  expect(rewrite(REQUEST, KEEP, Edits().add(EDIT_DELETE, 64, "").add(EDIT_REPLACE, 65, "Y: z")), REQUEST);
}

TEST(edits_cannot_end_a_line) {
  const string got = rewrite("GET / HTTP/1.1\r\nA: b\r\n\r\n", KEEP,
                             Edits().add(EDIT_REPLACE, 0, "A: b\r\nEvil: 1").add(EDIT_APPEND, 0, string_view("C: d\0\n\r\ne", 9)).add(EDIT_START_LINE, 0, "GET / HTTP/1.1\r\nEvil: 2"));
  expect(got, "GET / HTTP/1.1  Evil: 2\r\nA: b  Evil: 1\r\nC: d    e\r\n\r\n");
}

TEST(edits_cannot_move_the_end_of_the_body) {
  const string text = "POST / HTTP/1.1\r\nContent-Length: 5\r\nX: y\r\n\r\n";
  expect(rewrite(text, KEEP, Edits().add(EDIT_DELETE, 0, "").add(EDIT_REPLACE, 1, "content-LENGTH: 7").add(EDIT_APPEND, 0, "Transfer-Encoding: chunked")), text);
  expect(rewrite(text, KEEP, Edits().add(EDIT_REPLACE, 0, "X: z")), text);
  const string chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n";
  expect(rewrite(chunked, KEEP, Edits().add(EDIT_DELETE, 0, "")), chunked);
}

TEST(truncated_edits_are_left_out) {
  Edits edits;
  edits.add(EDIT_APPEND, 0, "A: b").add(EDIT_APPEND, 0, "C: d");
  edits.bytes.resize(edits.bytes.size() - 1);
  expect(rewrite("GET / HTTP/1.1\r\n\r\n", KEEP, edits), "GET / HTTP/1.1\r\nA: b\r\n\r\n");
  edits.bytes.resize(5);
  expect(rewrite("GET / HTTP/1.1\r\n\r\n", KEEP, edits), "GET / HTTP/1.1\r\n\r\n");
}

TEST(codings_are_agreed_hop_by_hop) {
  struct { const char* te; const char* sent; } const rows[] = {
      {"trailers", "te: trailers\r\n"}, {"gzip, trailers", "te: trailers\r\n"}, {"gzip", ""}, {"trailers;q=0.5", ""}, {"", ""}};
  for (const auto& row : rows) expect(rewrite(string("GET / HTTP/1.1\r\nTE: ") + row.te + "\r\nA: b\r\n\r\n", KEEP), string("GET / HTTP/1.1\r\n") + row.sent + "A: b\r\n\r\n");
}

TEST(a_name_is_left_out_whoever_wrote_it_and_last_lines_come_last) {
  HeadChange change;
  change.without = "X-Server";
  change.last = "X-Server: s1\r\n";
  change.extra = "X-Forwarded-For: 1\r\n";
  change.extra_size = 20;
  expect(rewrite("GET / HTTP/1.1\r\nx-server: a\r\nHost: b\r\nX-SERVER: c\r\nX-Servers: d\r\n\r\n", change,
                 Edits().add(EDIT_REPLACE, 1, "x-Server: e").add(EDIT_APPEND, 0, "X-server: f").add(EDIT_APPEND, 0, "G: h")),
         "GET / HTTP/1.1\r\nX-Servers: d\r\nG: h\r\nX-Forwarded-For: 1\r\nX-Server: s1\r\n\r\n");
}

TEST(start_lines_leave_with_single_blanks) {
  for (const char* line : {"GET  /a HTTP/1.1", "GET /a\t \tHTTP/1.1", "GET\t/a HTTP/1.1"}) expect(rewrite(string(line) + "\r\nA: b\r\n\r\n", KEEP), "GET /a HTTP/1.1\r\nA: b\r\n\r\n");
  for (const char* line : {"HTTP/1.1  200 Well  done", "HTTP/1.1 200 \tWell  done"}) expect(rewrite(string(line) + "\r\n\r\n", KEEP), "HTTP/1.1 200 Well  done\r\n\r\n");
}

TEST(framing_and_expectation_can_be_dropped) {
  HeadChange change;
  change.drop_transfer_encoding = true;
  expect(rewrite("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nA: b\r\n\r\n", change), "HTTP/1.1 200 OK\r\nA: b\r\n\r\n");
  change = {};
  change.drop_expect = true;
  expect(rewrite("POST / HTTP/1.1\r\nExpect: 100-continue\r\nA: b\r\n\r\n", change), "POST / HTTP/1.1\r\nA: b\r\n\r\n");
}

TEST(responses_that_never_have_a_body_leave_without_framing) {
  for (const char* line : {"HTTP/1.1 204 No Content\r\n", "HTTP/1.1 103 Early Hints\r\n"})
    expect(rewrite(string(line) + "Content-Length: 5\r\nA: b\r\n\r\n", KEEP), string(line) + "A: b\r\n\r\n");
  expect(rewrite("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", KEEP), "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n");
}

TEST(what_was_dropped_on_reading_does_not_leave) {
  expect(rewrite("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 5\r\nHost:a\r\nContent-Length: 5\r\nX:  y \r\n\r\n", KEEP), "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nX: y\r\n\r\n");
  expect(rewrite("POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n", KEEP), "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n");
  expect(rewrite("GET / HTTP/1.1\nA: b\nbad name: c\nC: d\n\n", KEEP, {}, {.unsafe = true}), "GET / HTTP/1.1\r\nA: b\r\nC: d\r\n\r\n");
  expect(rewrite("GET / HTTP/1.1\nConnection: close\nA: b\n\n", mode(ConnectionHeader::None), Edits().add(EDIT_REPLACE, 1, "A: c"), {.unsafe = true}), "GET / HTTP/1.1\r\nA: c\r\n\r\n");
}

RUN_TESTS()
