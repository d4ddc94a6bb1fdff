// The framing of bodies: where a message ends, which bytes are payload, what is refused; the same for every way to cut the bytes.
#include "http1_body.h"

#include <memory>
#include <string>
#include <string_view>
#include "check.h"

using namespace tsproxy;
using std::string;
using std::string_view;
using namespace std::string_view_literals;

namespace {

struct Outcome {
  bool done = false, bad = false;
  size_t consumed = 0;
  string payload, reason;
  bool operator==(const Outcome&) const = default;
};

struct Sink {
  const char* bytes;
  string* payload;
};

void collect(void* arg, size_t offset, size_t length) {
  const Sink* sink = static_cast<Sink*>(arg);
  sink->payload->append(sink->bytes + offset, length);
}

// Feeds the pieces that end at the cuts (and at the end), each from a block of exactly its size.
Outcome decode(string_view text, BodyKind kind, uint64_t length, std::initializer_list<size_t> cuts) {
  Http1Body body;
  body.begin(kind, length);
  Outcome out;
  auto piece = [&](size_t to) {
    const size_t n = to - out.consumed;
    std::unique_ptr<char[]> copy(new char[n]);
    text.copy(copy.get(), n, out.consumed);
    Sink sink{copy.get(), &out.payload};
    const size_t used = body.feed_payload(copy.get(), n, collect, &sink);
    const bool stuck = used < n;
    out.consumed += used;
    return stuck;
  };
  bool stop = false;
  for (size_t cut : cuts) {
    if (!stop && cut > out.consumed) stop = piece(cut);
  }
  if (!stop) piece(text.size());
  out.done = body.done();
  out.bad = body.bad();
  out.reason = body.reason();
  CHECK(body.payload_bytes() == out.payload.size());
  return out;
}

// Every cut in one and in two places, and byte by byte.
Outcome decode_all_ways(string_view text, BodyKind kind, uint64_t length = 0) {
  const Outcome whole = decode(text, kind, length, {});
  for (size_t a = 0; a <= text.size(); a++) {
    CHECK(decode(text, kind, length, {a}) == whole);
    for (size_t b = a + 1; b <= text.size() && text.size() < 60; b++) CHECK(decode(text, kind, length, {a, b}) == whole);
  }
  Http1Body body;
  body.begin(kind, length);
  size_t used = 0;
  while (used < text.size() && body.feed(text.data() + used, 1) == 1) used++;
  CHECK(used == whole.consumed && body.done() == whole.done && body.bad() == whole.bad && body.reason() == whole.reason);
  return whole;
}

}  // namespace

TEST(lengths) {
  const Outcome got = decode_all_ways("hello worldNEXT", BodyKind::Length, 11);
  CHECK(got.done && got.consumed == 11 && got.payload == "hello world");
  CHECK(decode_all_ways("NEXT", BodyKind::Length, 0).done);
  CHECK(!decode_all_ways("hello", BodyKind::Length, 11).done);
  CHECK(decode_all_ways("NEXT", BodyKind::None).consumed == 0);
}

TEST(chunks) {
  struct { string_view text; size_t consumed; string_view payload; } const rows[] = {
      {"0\r\n\r\n", 5, ""},
      {"5\r\nhello\r\n0\r\n\r\nNEXT", 15, "hello"},
      {"5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n", 26, "hello world"},
      {"0000a\r\n0123456789\r\n000\r\n\r\n", 26, "0123456789"},
      {"A;name=value;q=\"x y\"\r\n0123456789\r\n0;last\r\n\r\n", 44, "0123456789"},
      {"1 \t\r\nx\r\n0 ;e\r\n\r\n", 16, "x"},
      {"2\r\n\r\n\r\n0\r\n\r\n", 12, "\r\n"},
      {"1\r\nx\r\n0\r\nA: b\r\nC-D:\te\x80\r\n\r\nNEXT", 26, "x"},
  };
  for (const auto& row : rows) {
    const Outcome got = decode_all_ways(row.text, BodyKind::Chunked);
    if (!(got.done && got.consumed == row.consumed)) std::printf("%s: consumed %zu %s\n", string(row.text).c_str(), got.consumed, got.reason.c_str());
    CHECK(got.done && !got.bad && got.consumed == row.consumed && got.payload == row.payload);
  }
}

TEST(malformed_chunks_are_refused) {
  struct { string_view text, reason; } const rows[] = {
      {"\r\nhello", "chunk without a size"},
      {";x\r\nhello", "chunk without a size"},
      {"-5\r\nhello", "chunk without a size"},
      {"+5\r\nhello", "chunk without a size"},
      {" 5\r\nhello", "chunk without a size"},
      {"g\r\n", "chunk without a size"},
      {"0x5\r\nhello", "character that no chunk size has"},
      {"5_\r\nhello", "character that no chunk size has"},
      {"5 5\r\nhello", "character that no chunk size has"},
      {"5\0\r\nhello"sv, "character that no chunk size has"},
      {"5\x0b\r\nhello", "character that no chunk size has"},
      {"5\nhello", "LF without CR in a chunk-size line"},
      {"5 \nhello", "LF without CR in a chunk-size line"},
      {"5\rhello", "CR without LF in a chunk-size line"},
      {"5\r\rhello", "CR without LF in a chunk-size line"},
      {"5;a\nhello", "LF without CR in a chunk extension"},
      {"5;a\0\r\nhello"sv, "control character in a chunk extension"},
      {"5;a=\"\r\"\r\nhello", "CR without LF in a chunk-size line"},
      {"5\r\nhelloX\r\n", "chunk longer than its size"},
      {"5\r\nhello\n0\r\n\r\n", "chunk longer than its size"},
      {"5\r\nhello\rX", "CR without LF after a chunk"},
      {"10000000000000000\r\n", "chunk size too large"},
      {"8000000000000000\r\n", "chunk size too large"},
      {"ffffffffffffffff1\r\n", "chunk size too large"},
      {"fffffffffffffffffffffffffffffffffffff\r\n", "chunk size too large"},
  };
  for (const auto& row : rows) {
    const Outcome got = decode_all_ways(row.text, BodyKind::Chunked);
    if (got.reason != row.reason) std::printf("%s: %s\n", string(row.text).c_str(), got.reason.c_str());
    CHECK(got.bad && !got.done && got.reason == row.reason && got.consumed < row.text.size());
  }
}

TEST(malformed_trailers_are_refused) {
  struct { string_view text, reason; } const rows[] = {
      {": b\r\n\r\n", "character that no trailer name has"},
      {"A : b\r\n\r\n", "space before the colon of a trailer"},
      {"A\r\n\r\n", "character that no trailer name has"},
      {"A(: b\r\n\r\n", "character that no trailer name has"},
      {" A: b\r\n\r\n", "folded trailer line"},
      {"A: b\r\n c\r\n\r\n", "folded trailer line"},
      {"A: b\n\r\n", "LF without CR in a trailer"},
      {"\n", "character that no trailer name has"},
      {"A: b\rc\r\n\r\n", "CR without LF in a trailer"},
      {"\rX", "CR without LF in a trailer"},
      {"A: \0\r\n\r\n"sv, "control character in a trailer"},
      {"Content-Length: 5\r\n\r\n", "trailer that belongs into the head"},
      {"X: y\r\ntransfer-ENCODING: chunked\r\n\r\n", "trailer that belongs into the head"},
      {"Host: b\r\n\r\n", "trailer that belongs into the head"},
  };
  for (const auto& row : rows) {
    const Outcome got = decode_all_ways("0\r\n" + string(row.text), BodyKind::Chunked);
    if (got.reason != row.reason) std::printf("%s: %s\n", string(row.text).c_str(), got.reason.c_str());
    CHECK(got.bad && got.reason == row.reason);
  }
}

TEST(framing_lines_are_bounded) {
  for (const string& text : {"5;" + string(2000, 'x') + "\r\nhello\r\n0\r\n\r\n", string(2000, '0') + "5\r\nhello\r\n0\r\n\r\n", "5" + string(2000, ' ') + "\r\n"}) {
    const Outcome got = decode(text, BodyKind::Chunked, 0, {});
    CHECK(got.bad && got.reason == "chunk-size line too long" && got.consumed == 1024);
  }
  CHECK(decode("5;" + string(1020, 'x') + "\r\nhello\r\n0\r\n\r\n", BodyKind::Chunked, 0, {}).bad == false);
  string trailers = "0\r\n";
  for (int i = 0; i < 2000; i++) trailers += "A: b\r\n";
  CHECK(decode(trailers, BodyKind::Chunked, 0, {}).reason == "trailers too long");
}

TEST(the_bound_of_a_line_does_not_add_up_over_chunks) {
  string text;
  for (int i = 0; i < 3000; i++) text += "1;e\r\nx\r\n";
  const Outcome got = decode(text + "0\r\n\r\n", BodyKind::Chunked, 0, {});
  CHECK(got.done && got.payload.size() == 3000);
}

TEST(payload_may_pass_unseen) {
  Http1Body body;
  body.begin(BodyKind::Chunked);
  CHECK(body.unseen() == 0);
  CHECK(body.feed("64\r\nabc", 7) == 7);
  CHECK(body.unseen() == 97);
  body.passed(90);
  CHECK(body.unseen() == 7 && !body.done());
  body.passed(7);
  CHECK(body.unseen() == 0 && body.payload_bytes() == 100);
  CHECK(body.feed("\r\n0\r\n\r\nX", 8) == 7 && body.done());
  body.begin(BodyKind::Length, uint64_t{1} << 40);
  body.passed((uint64_t{1} << 40) - 1);
  CHECK(body.unseen() == 1 && !body.done());
  body.passed(1);
  CHECK(body.done() && body.unseen() == 0);
}

TEST(the_largest_chunk_fits) {
  Http1Body body;
  body.begin(BodyKind::Chunked);
  CHECK(body.feed("7fffffffffffffff\r\n", 18) == 18);
  CHECK(body.unseen() == 0x7fffffffffffffff && !body.bad());
}

TEST(until_close_and_tunnel_end_with_the_connection) {
  for (BodyKind kind : {BodyKind::UntilClose, BodyKind::Tunnel}) {
    Http1Body body;
    body.begin(kind);
    CHECK(body.feed("anything\r\n0\r\n\r\n", 15) == 15);
    CHECK(body.unseen() == ~uint64_t{0} && !body.done());
    body.passed(1000);
    CHECK(body.unseen() == ~uint64_t{0} && body.payload_bytes() == 1015);
    CHECK(body.end() && body.done());
  }
}

TEST(a_close_within_a_message_is_no_end) {
  struct { string_view text; BodyKind kind; uint64_t length; bool proper; } const rows[] = {
      {"", BodyKind::None, 0, true},     {"hello", BodyKind::Length, 5, true}, {"hell", BodyKind::Length, 5, false}, {"0\r\n\r\n", BodyKind::Chunked, 0, true},
      {"0\r\n", BodyKind::Chunked, 0, false}, {"5\r\nhello", BodyKind::Chunked, 0, false}, {"5\r\nhello\r\n", BodyKind::Chunked, 0, false}, {"", BodyKind::Chunked, 0, false},
  };
  for (const auto& row : rows) {
    Http1Body body;
    body.begin(row.kind, row.length);
    body.feed(row.text.data(), row.text.size());
    CHECK(body.end() == row.proper && body.bad() != row.proper);
  }
}

TEST(the_head_says_which_body_follows) {
  Http1Head head;
  CHECK(request_body_kind(head) == BodyKind::None);
  head.flags = H1_CHUNKED;
  CHECK(request_body_kind(head) == BodyKind::Chunked);
  struct { int32_t status; uint32_t flags; uint64_t length; int32_t method; BodyKind kind; } const rows[] = {
      {200, 0, 0, HM_GET, BodyKind::UntilClose},
      {200, H1_CONTENT_LENGTH, 5, HM_GET, BodyKind::Length},
      {200, H1_CONTENT_LENGTH, 0, HM_GET, BodyKind::None},
      {200, H1_CHUNKED, 0, HM_POST, BodyKind::Chunked},
      {200, H1_CONTENT_LENGTH, 5, HM_HEAD, BodyKind::None},
      {200, H1_CHUNKED, 0, HM_HEAD, BodyKind::None},
      {204, H1_CONTENT_LENGTH, 5, HM_GET, BodyKind::None},
      {304, H1_CONTENT_LENGTH, 5, HM_GET, BodyKind::None},
      {100, 0, 0, HM_POST, BodyKind::None},
      {103, 0, 0, HM_GET, BodyKind::None},
      {101, 0, 0, HM_GET, BodyKind::Tunnel},
      {200, H1_CONTENT_LENGTH, 5, HM_CONNECT, BodyKind::Tunnel},
      {407, H1_CONTENT_LENGTH, 5, HM_CONNECT, BodyKind::Length},
  };
  for (const auto& row : rows) {
    head = Http1Head{};
    head.status = row.status;
    head.flags = row.flags;
    head.content_length = row.length;
    CHECK(response_body_kind(head, row.method) == row.kind);
  }
}

RUN_TESTS()
