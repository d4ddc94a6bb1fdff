#include "http1_head.h"

#include <cstring>
#include "http1_field.h"
#include "http1_scan.h"

namespace tsproxy {
namespace {

// One run of the parser over the bytes of a head. It keeps no state between calls: an incomplete head is parsed again from
// its start when another line end has come, so at most once a line.
struct Cursor {
  const char* start;   // the start line; slices count from here
  const char* p;
  const char* end;
  bool unsafe;
  int refusal;         // status of an ordinary refusal
  uint32_t skipped;
  Http1Head& head;
  Http1Error& error;

  Parse refuse(const char* at, const char* reason) {
    error = {refusal, static_cast<uint32_t>(at - start) + skipped, reason};
    return Parse::Error;
  }
  Slice slice(const char* from, const char* to) const {
    return {static_cast<int32_t>(from - start), static_cast<int32_t>(to - from)};
  }
};

void reset(Http1Head& head) {
  head.count = 0;
  head.length = head.skipped = head.flags = 0;
  head.method = HM_OTHER;
  head.status = 0;
  head.version = 1;
  head.method_text = head.target = head.reason = head.start_line = head.host = Slice{};
  head.host_index = -1;
  head.content_length = 0;
}

Parse other_line_end(Cursor& c);

// The byte at c.p ends a value or start line if it begins a line end: skips that. Otherwise says what is wrong.
inline Parse line_end(Cursor& c) {
  if (c.end - c.p < 2 || c.p[0] != '\r' || c.p[1] != '\n') [[unlikely]] return other_line_end(c);
  c.p += 2;
  return Parse::Complete;
}

Parse other_line_end(Cursor& c) {
  const char* at = c.p;
  if (at == c.end) return Parse::Incomplete;
  if (*at == '\r') {
    return at + 1 == c.end ? Parse::Incomplete : c.refuse(at, "CR without LF");
  }
  if (*at == '\n') {
    if (!c.unsafe) return c.refuse(at, "LF without CR");
    c.head.flags |= H1_REBUILD;
    c.p = at + 1;
    return Parse::Complete;
  }
  return c.refuse(at, *at == '\0' ? "NUL character" : "control character");
}

inline const char* value_end(const Cursor& c, const char* p) {
  const char* stop = scan_value(p, c.end);
  if (!c.unsafe) [[likely]] return stop;
  while (stop < c.end && *stop != '\r' && *stop != '\n') stop = scan_value(stop + 1, c.end);
  return stop;
}

const char* name_fault(const char* name, const char* stop) {
  if (stop == name) return *stop == ':' ? "empty header name" : "character that no header name has";
  if (is_blank(*stop)) return "space before the colon of a header";
  if (*stop == '\r' || *stop == '\n') return "header line without a colon";
  return "character that no header name has";
}

// A line whose name is invalid is dropped in unsafe mode, if it has a colon at all.
Parse drop_line(Cursor& c, const char* stop) {
  const char* colon = stop;
  while (colon < c.end && *colon != ':' && *colon != '\r' && *colon != '\n') colon++;
  if (colon == c.end) return Parse::Incomplete;
  if (*colon != ':' || colon == c.p) return c.refuse(stop, name_fault(c.p, colon));
  c.p = value_end(c, colon);
  c.head.flags |= H1_REBUILD;
  return line_end(c);
}

Parse parse_field(Cursor& c, FieldState& state) {
  const char* name = c.p;
  if (is_blank(*name)) return c.refuse(name, "folded header line");
  const char* colon = scan_token(name, c.end);
  if (colon - name > static_cast<ptrdiff_t>(HEADER_NAME_MAX)) return c.refuse(name, "header name too long");
  if (colon == c.end) return Parse::Incomplete;
  if (*colon != ':' || colon == name) return c.unsafe ? drop_line(c, colon) : c.refuse(colon, name_fault(name, colon));
  const char* value = colon + 1;
  while (value < c.end && is_blank(*value)) value++;
  const char* stop = value_end(c, value);
  c.p = stop;
  const Parse ended = line_end(c);
  if (ended != Parse::Complete) return ended;
  while (stop > value && is_blank(stop[-1])) stop--;
  HeaderField field{c.slice(name, colon), c.slice(value, stop)};
  const char* reason = nullptr;
  const bool matters = may_matter(name, static_cast<size_t>(colon - name));
  switch (matters ? note_field(c.start, field, c.head, state, reason) : Noted::Store) {
    case Noted::Refuse:
      return c.refuse(value, reason);
    case Noted::Drop:
      c.head.flags |= H1_REBUILD;
      return Parse::Complete;
    case Noted::Store:
      break;
  }
  if (c.head.count >= c.head.capacity) return c.refuse(name, "too many headers");
  c.head.fields[c.head.count++] = field;
  return Parse::Complete;
}

Parse parse_fields(Cursor& c, FieldState& state) {
  for (;;) {
    if (c.p == c.end) return Parse::Incomplete;
    if (*c.p == '\r' || *c.p == '\n') break;
    const Parse parsed = parse_field(c, state);
    if (parsed != Parse::Complete) return parsed;
  }
  const Parse ended = line_end(c);
  c.head.length = static_cast<uint32_t>(c.p - c.start);
  return ended;
}

bool equal(const char* p, const char* text, size_t n) { return std::memcmp(p, text, n) == 0; }

int32_t method_code(const char* p, size_t n) {
  switch (n) {
    case 3:
      return equal(p, "GET", 3) ? HM_GET : equal(p, "PUT", 3) ? HM_PUT : HM_OTHER;
    case 4:
      return equal(p, "POST", 4) ? HM_POST : equal(p, "HEAD", 4) ? HM_HEAD : HM_OTHER;
    case 5:
      return equal(p, "PATCH", 5) ? HM_PATCH : equal(p, "TRACE", 5) ? HM_TRACE : HM_OTHER;
    case 6:
      return equal(p, "DELETE", 6) ? HM_DELETE : HM_OTHER;
    case 7:
      return equal(p, "OPTIONS", 7) ? HM_OPTIONS : equal(p, "CONNECT", 7) ? HM_CONNECT : HM_OTHER;
    default:
      return HM_OTHER;
  }
}

// `NAME/digits.digits`, as unsafe mode takes it. HTTP/0.x and HTTP/1.0 are version 0, all else is handled as 1.1.
Parse loose_version(Cursor& c) {
  const char* p = c.p;
  while (p < c.end && is_class(*p, BC_ALPHA)) p++;
  const bool named = p > c.p && p < c.end && *p == '/';
  uint32_t numbers[2] = {0, 0};
  if (p < c.end) p++;
  bool digits = named;
  for (int i = 0; i < 2 && digits; i++) {
    const char* first = p;
    for (; p < c.end && is_class(*p, BC_DIGIT); p++) numbers[i] = numbers[i] > 99 ? 100 : numbers[i] * 10 + static_cast<uint32_t>(*p - '0');
    digits = p > first;
    if (i == 0 && digits && p < c.end) digits = *p++ == '.';
  }
  if (p == c.end) return Parse::Incomplete;
  if (!digits) return c.refuse(c.p, "malformed protocol version");
  c.head.version = numbers[0] == 0 || (numbers[0] == 1 && numbers[1] == 0) ? 0 : 1;
  c.p = p;
  return Parse::Complete;
}

// `HTTP/1.0` or `HTTP/1.1` at c.p.
Parse parse_version(Cursor& c) {
  const size_t have = static_cast<size_t>(c.end - c.p);
  if (have >= 8 && equal(c.p, "HTTP/1.", 7) && (c.p[7] == '0' || c.p[7] == '1')) {
    c.head.version = c.p[7] - '0';
    c.p += 8;
    return Parse::Complete;
  }
  if (c.unsafe) return loose_version(c);
  if (!equal(c.p, "HTTP/1.", have < 7 ? have : 7)) return c.refuse(c.p, have >= 5 && equal(c.p, "HTTP/", 5) ? "unsupported HTTP version" : "malformed protocol version");
  if (have < 8) return Parse::Incomplete;
  return c.refuse(c.p + 7, "unsupported HTTP version");
}

const char* target_fault(char c) {
  if (c == '#') return "fragment (#) in the target";
  return c == '\r' || c == '\n' ? "request line without a version (HTTP/0.9)" : "character that no target has";
}

const char* target_end(const Cursor& c, const char* p) {
  const char* stop = scan_target(p, c.end);
  while (c.unsafe && stop < c.end && (*stop == '#' || static_cast<unsigned char>(*stop) > 0x7f)) stop = scan_target(stop + 1, c.end);
  return stop;
}

// The blanks between two parts of the start line, at least one. Several, or tabs, are read as one (RFC 9112 section 3).
void skip_blanks(Cursor& c) {
  const char* first = c.p;
  while (c.p < c.end && is_blank(*c.p)) c.p++;
  if (c.p - first != 1 || *first != ' ') c.head.flags |= H1_BLANKS;
}

// HTTP/0.9: `GET target` and nothing more; only in unsafe mode.
Parse simple_request(Cursor& c, const char* target_stop) {
  Http1Head& head = c.head;
  c.p = target_stop;
  if (head.method != HM_GET) return c.refuse(c.p, target_fault(*c.p));
  const Parse ended = line_end(c);
  head.version = 0;
  head.flags |= H1_CONNECTION_CLOSE | H1_REBUILD;
  head.start_line = c.slice(c.start, target_stop);
  head.length = static_cast<uint32_t>(c.p - c.start);
  return ended;
}

// Complete when the line is read; *simple: that was the whole request.
Parse request_line(Cursor& c, bool& simple) {
  Http1Head& head = c.head;
  const char* blank = scan_token(c.p, c.end);
  if (blank == c.end) return Parse::Incomplete;
  if (blank == c.p || !is_blank(*blank)) return c.refuse(blank, "malformed method");
  head.method_text = c.slice(c.p, blank);
  head.method = method_code(c.p, static_cast<size_t>(blank - c.p));
  c.p = blank;
  skip_blanks(c);
  const char* target = c.p;
  const char* stop = target_end(c, target);
  if (stop == c.end) return Parse::Incomplete;
  head.target = c.slice(target, stop);
  simple = c.unsafe && stop > target && (*stop == '\r' || *stop == '\n');
  if (simple) return simple_request(c, stop);
  if (!is_blank(*stop) || stop == target) return c.refuse(stop, target_fault(*stop));
  c.p = stop;
  skip_blanks(c);
  const Parse version = parse_version(c);
  if (version != Parse::Complete) return version;
  head.start_line = c.slice(c.start, c.p);
  if (c.p < c.end && *c.p != '\r' && *c.p != '\n') return c.refuse(c.p, "malformed protocol version");
  return line_end(c);
}

// Three digits; unsafe mode takes more of them while the value fits 16 bits.
Parse parse_status(Cursor& c) {
  const char* digit = c.p;
  int32_t status = 0;
  for (; digit < c.end && is_class(*digit, BC_DIGIT) && status <= 0xffff; digit++) status = status * 10 + (*digit - '0');
  const ptrdiff_t digits = digit - c.p;
  if (digits > 3 && (!c.unsafe || status > 0xffff)) return c.refuse(c.p, "status is not three digits");
  if (digit == c.end) return Parse::Incomplete;
  if (digits < 3 || status < 100) return c.refuse(c.p, "status is not three digits");
  c.head.status = status;
  c.p = digit;
  return Parse::Complete;
}

Parse status_line(Cursor& c) {
  Http1Head& head = c.head;
  const Parse version = parse_version(c);
  if (version != Parse::Complete) return version;
  if (c.p == c.end) return Parse::Incomplete;
  if (!is_blank(*c.p)) return c.refuse(c.p, "malformed protocol version");
  skip_blanks(c);
  const Parse status = parse_status(c);
  if (status != Parse::Complete) return status;
  if (!is_blank(*c.p) && *c.p != '\r' && *c.p != '\n') return c.refuse(c.p, "status is not three digits");
  if (is_blank(*c.p)) skip_blanks(c);
  const char* reason = c.p;
  c.p = value_end(c, reason);
  head.reason = c.slice(reason, c.p);
  head.start_line = c.slice(c.start, c.p);
  return line_end(c);
}

// Nothing new can be said while the bytes since the last call end no line. A CR counts too: without LF it is refused.
bool no_news(const char* bytes, size_t n, size_t seen) {
  if (seen == 0) return false;
  return seen >= n || (!std::memchr(bytes + seen, '\n', n - seen) && !std::memchr(bytes + seen - 1, '\r', n - seen + 1));
}

}  // namespace

Parse parse_request(const char* bytes, size_t n, size_t seen, const Http1Limits& limits, Http1Head& head, Http1Error& error) {
  if (no_news(bytes, n, seen)) return Parse::Incomplete;
  reset(head);
  if (n > 0 && bytes[0] == '\r') {
    if (n == 1) return Parse::Incomplete;
    if (bytes[1] == '\n') head.skipped = 2;
  }
  const char* start = bytes + head.skipped;
  Cursor c{start, start, bytes + n, limits.unsafe, 400, head.skipped, head, error};
  FieldState state;
  state.unsafe = limits.unsafe;
  bool simple = false;
  Parse parsed = request_line(c, simple);
  if (parsed != Parse::Complete || simple) return parsed;
  parsed = parse_fields(c, state);
  if (parsed != Parse::Complete) return parsed;
  if (judge_request(start, head, state, limits, error)) {
    error.offset += head.skipped;
    return Parse::Error;
  }
  return Parse::Complete;
}

Parse parse_response(const char* bytes, size_t n, size_t seen, const Http1Limits& limits, Http1Head& head, Http1Error& error) {
  if (no_news(bytes, n, seen)) return Parse::Incomplete;
  reset(head);
  Cursor c{bytes, bytes, bytes + n, limits.unsafe, 502, 0, head, error};
  FieldState state;
  state.response = true;
  state.unsafe = limits.unsafe;
  Parse parsed = status_line(c);
  if (parsed != Parse::Complete) return parsed;
  parsed = parse_fields(c, state);
  if (parsed != Parse::Complete) return parsed;
  return judge_response(head, state, limits, error) ? Parse::Error : Parse::Complete;
}

bool slice_is(const char* bytes, Slice slice, const char* lower_text, size_t n) {
  if (slice.len < 0 || static_cast<size_t>(slice.len) != n) return false;
  for (size_t i = 0; i < n; i++) {
    if (lower(bytes[slice.off + static_cast<int32_t>(i)]) != lower_text[i]) return false;
  }
  return true;
}

}  // namespace tsproxy
