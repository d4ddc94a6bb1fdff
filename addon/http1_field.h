// The header fields that decide about framing, persistence and routing: collected field by field while the head is parsed,
// judged together at its end.
#pragma once
#include <array>
#include "http1_head.h"

namespace tsproxy {

struct FieldState {
  bool response = false, unsafe = false;
  bool chunked = false;         // the last transfer coding so far is chunked
  bool other_coding = false;    // any other coding was named
  bool upgrade_option = false;  // `Connection: upgrade`
  bool upgrade = false;         // an Upgrade field
  bool websocket = false;       // that names websocket
  bool websocket_key = false;   // a well-formed Sec-WebSocket-Key (request) or -Accept (response)
  int32_t length_index = -1;    // row of Content-Length
};

// Can note_field have anything to say about a name of this length and first byte? Spares most headers the call.
inline bool may_matter(const char* name, size_t n) {
  // Bit i of row n: a name of n bytes that begins with letter i.
  static constexpr auto letters = [] {
    std::array<uint32_t, 32> rows{};
    constexpr struct { uint8_t length; char first; } names[] = {
        {2, 't'}, {4, 'h'}, {6, 'e'}, {7, 'u'}, {10, 'c'}, {10, 'k'}, {14, 'c'}, {16, 'p'}, {16, 'w'}, {17, 't'}, {17, 's'}, {18, 'p'}, {20, 's'}};
    for (const auto& row : names) rows[row.length] |= uint32_t{1} << (row.first - 'a');
    return rows;
  }();
  return n < letters.size() && (letters[n] >> (((*name | 0x20) - 'a') & 31) & 1);
}

enum class Noted : uint8_t { Store, Drop, Refuse };

// Looks at one complete field before it gets its row head.count. Drop: it repeats what an earlier one says. Refuse: reason is set.
// May shorten field.value (a list of equal lengths).
Noted note_field(const char* bytes, HeaderField& field, Http1Head& head, FieldState& state, const char*& reason);

// What only the whole head shows. 0, or the status to answer, with error filled.
int judge_request(const char* bytes, Http1Head& head, const FieldState& state, const Http1Limits& limits, Http1Error& error);
int judge_response(Http1Head& head, const FieldState& state, const Http1Limits& limits, Http1Error& error);

}  // namespace tsproxy
