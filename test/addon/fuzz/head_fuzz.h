// The properties of heads, for requests and responses alike:
// 1. The outcome does not depend on how the bytes came in pieces.
// 2. Every slice lies inside the head, and no accepted name or value holds a byte that ends a line.
// 3. A head that was written parses again, with the same framing (what we send on is read as we read it).
#pragma once
#include <string>
#include "fuzz.h"
#include "http1_body.h"
#include "http1_write.h"

namespace fuzz {
using namespace tsproxy;

using Parser = Parse (*)(const char*, size_t, size_t, const Http1Limits&, Http1Head&, Http1Error&);

struct Result {
  Parse parse = Parse::Incomplete;
  Http1Head head;
  Http1Error error;
  HeaderField fields[24];
  Result() {
    head.fields = fields;
    head.capacity = 24;
  }
};

inline void check_slices(const char* start, const Http1Head& head, bool unsafe) {
  auto inside = [&](Slice s) { return s.off >= 0 && s.len >= 0 && static_cast<uint32_t>(s.off + s.len) <= head.length; };
  HOLDS(inside(head.start_line) && inside(head.target) && inside(head.method_text) && inside(head.reason) && inside(head.host));
  for (int32_t i = 0; i < head.count; i++) {
    const HeaderField& field = head.fields[i];
    HOLDS(inside(field.name) && inside(field.value) && field.name.len > 0);
    for (Slice s : {field.name, field.value}) {
      for (int32_t at = s.off; at < s.off + s.len; at++) HOLDS(start[at] != '\r' && start[at] != '\n' && (unsafe || start[at] != '\0'));
    }
  }
}

inline void check_pieces(Parser parser, const Exact& input, const Http1Limits& limits, const Result& whole, size_t step) {
  Result got;
  for (size_t seen = 0; got.parse == Parse::Incomplete && seen < input.n;) {
    const size_t n = seen + step < input.n ? seen + step : input.n;
    const Exact part(reinterpret_cast<const uint8_t*>(input.bytes.get()), n);
    got.parse = parser(part.bytes.get(), n, seen, limits, got.head, got.error);
    seen = n;
  }
  // An error in a line that has not ended yet may be told later.
  HOLDS(got.parse == whole.parse || (whole.parse == Parse::Error && got.parse == Parse::Incomplete));
  if (got.parse != Parse::Complete) return;
  HOLDS(got.head.length == whole.head.length && got.head.skipped == whole.head.skipped && got.head.flags == whole.head.flags && got.head.count == whole.head.count);
  HOLDS(std::memcmp(got.fields, whole.fields, sizeof(HeaderField) * static_cast<size_t>(got.head.count)) == 0);
}

inline void check_written(Parser parser, const char* start, const Result& whole, const Http1Limits& limits, uint8_t choice) {
  HeadChange change;
  change.connection = static_cast<ConnectionHeader>(choice & 3);
  change.version_1_1 = choice & 4;
  change.drop_expect = choice & 8;
  const size_t room = whole.head.length + 64;
  const std::unique_ptr<char[]> out(new char[room]);
  const size_t n = write_head(start, whole.head, change, out.get(), room);
  HOLDS(n > 0 && n <= room);
  Result again;
  again.parse = parser(out.get(), n, 0, limits, again.head, again.error);
  const bool room_left = whole.head.count < whole.head.capacity;
  HOLDS(again.parse == Parse::Complete || !room_left || (limits.unsafe && again.parse == Parse::Error));
  if (again.parse != Parse::Complete) return;
  if (whole.head.status != 0 && (whole.head.status < 200 || whole.head.status == 204)) return;   // leave without framing
  constexpr uint32_t framing = H1_CONTENT_LENGTH | H1_CHUNKED | H1_TRANSFER_ENCODING;
  HOLDS(again.head.length == n && (again.head.flags & framing) == (whole.head.flags & framing));
  HOLDS(again.head.content_length == whole.head.content_length && again.head.method == whole.head.method && again.head.status == whole.head.status);
}

inline int run(Parser parser, const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const Exact input(data + 2, size - 2);
  const Http1Limits limits{.unsafe = (data[0] & 1) != 0, .keep_insecure = (data[0] & 2) != 0, .any_payload = (data[0] & 4) != 0};
  Result whole;
  whole.parse = parser(input.bytes.get(), input.n, 0, limits, whole.head, whole.error);
  for (size_t step : {size_t{1}, static_cast<size_t>(data[0] >> 2) + 1}) check_pieces(parser, input, limits, whole, step);
  if (whole.parse == Parse::Error) HOLDS(whole.error.status >= 400 && whole.error.offset <= input.n && *whole.error.reason);
  if (whole.parse != Parse::Complete) return 0;
  HOLDS(whole.head.skipped + whole.head.length <= input.n);
  const char* start = input.bytes.get() + whole.head.skipped;
  check_slices(start, whole.head, limits.unsafe);
  check_written(parser, start, whole, limits, data[1]);
  return 0;
}

}  // namespace fuzz
