#include "http1_body.h"

#include "http1_scan.h"

namespace tsproxy {
namespace {

constexpr uint32_t CHUNK_LINE_MAX = 1024;     // bytes of a chunk-size line with its extensions
constexpr uint32_t TRAILERS_MAX = 8192;       // bytes of all trailers
constexpr uint64_t FOREVER = ~uint64_t{0};

// Names are compared by hash, since a name may come in pieces. FNV-1a, 64 bits, of the lower-case name.
constexpr uint64_t NAME_SEED = 0xcbf29ce484222325;
constexpr uint64_t name_step(uint64_t hash, char c) {
  const char low = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
  return (hash ^ static_cast<uint8_t>(low)) * 0x100000001b3;
}
constexpr uint64_t name_hash(const char* name) {
  uint64_t hash = NAME_SEED;
  for (; *name; name++) hash = name_step(hash, *name);
  return hash;
}

// Fields about framing or routing must not come behind the body (RFC 9110 section 6.5.1): a recipient that merges trailers
// into the head would read another message.
constexpr uint64_t forbidden_trailers[] = {name_hash("content-length"), name_hash("transfer-encoding"), name_hash("host")};

bool is_forbidden_trailer(uint64_t hash) {
  for (uint64_t forbidden : forbidden_trailers) {
    if (hash == forbidden) return true;
  }
  return false;
}

}  // namespace

void Http1Body::begin(BodyKind kind, uint64_t length) {
  kind_ = kind;
  digits_ = 0;
  line_ = 0;
  left_ = payload_ = 0;
  reason_ = "";
  switch (kind) {
    case BodyKind::None:
      state_ = State::Done;
      break;
    case BodyKind::Length:
      state_ = length > 0 ? State::Data : State::Done;
      left_ = length;
      break;
    case BodyKind::Chunked:
      state_ = State::Size;
      break;
    case BodyKind::UntilClose:
    case BodyKind::Tunnel:
      state_ = State::Data;
      left_ = FOREVER;
      break;
  }
}

void Http1Body::passed(uint64_t n) {
  payload_ += n;
  if (left_ == FOREVER) return;
  left_ -= n;
  if (left_ == 0 && n > 0) state_ = kind_ == BodyKind::Chunked ? State::DataCr : State::Done;
}

void Http1Body::fail(const char* reason) {
  state_ = State::Bad;
  reason_ = reason;
}

// Bytes of a chunk-size line up to its LF.
void Http1Body::feed_size(char c) {
  if (++line_ > CHUNK_LINE_MAX) return fail("chunk-size line too long");
  if (state_ == State::Size) {
    const int digit = hex_digit(c);
    if (digit >= 0) {
      if (left_ >> 59) return fail("chunk size too large");
      left_ = left_ << 4 | static_cast<uint64_t>(digit);
      digits_ = 1;
      return;
    }
    if (digits_ == 0) return fail("chunk without a size");
  }
  if (state_ == State::SizeLf) {
    if (c != '\n') return fail("CR without LF in a chunk-size line");
    state_ = left_ > 0 ? State::Data : State::TrailerStart;
    line_ = 0;
    digits_ = 0;
    return;
  }
  if (c == '\r') {
    state_ = State::SizeLf;
  } else if (state_ == State::Extension) {
    if (!is_class(c, BC_VALUE)) fail(c == '\n' ? "LF without CR in a chunk extension" : "control character in a chunk extension");
  } else if (c == ';') {
    state_ = State::Extension;
  } else if (is_blank(c)) {
    state_ = State::SizeBlank;
  } else {
    fail(c == '\n' ? "LF without CR in a chunk-size line" : "character that no chunk size has");
  }
}

// Bytes of the trailers. left_ holds the hash of the name that is being read.
void Http1Body::feed_trailer(char c) {
  if (++line_ > TRAILERS_MAX) return fail("trailers too long");
  switch (state_) {
    case State::TrailerStart:
      if (c == '\r') {
        state_ = State::EndLf;
        return;
      }
      if (!is_class(c, BC_TOKEN)) return fail(is_blank(c) ? "folded trailer line" : "character that no trailer name has");
      left_ = name_step(NAME_SEED, c);
      state_ = State::TrailerName;
      return;
    case State::TrailerName:
      if (is_class(c, BC_TOKEN)) {
        left_ = name_step(left_, c);
        return;
      }
      if (c != ':') return fail(is_blank(c) ? "space before the colon of a trailer" : "character that no trailer name has");
      if (is_forbidden_trailer(left_)) return fail("trailer that belongs into the head");
      state_ = State::Trailer;
      return;
    case State::Trailer:
      if (c == '\r') state_ = State::TrailerLf;
      else if (!is_class(c, BC_VALUE)) fail(c == '\n' ? "LF without CR in a trailer" : "control character in a trailer");
      return;
    default:   // TrailerLf, EndLf
      if (c != '\n') return fail("CR without LF in a trailer");
      left_ = 0;
      state_ = state_ == State::EndLf ? State::Done : State::TrailerStart;
      return;
  }
}

void Http1Body::feed_framing(char c) {
  switch (state_) {
    case State::Size:
    case State::SizeBlank:
    case State::Extension:
    case State::SizeLf:
      return feed_size(c);
    case State::DataCr:
      if (c != '\r') return fail("chunk longer than its size");
      state_ = State::DataLf;
      return;
    case State::DataLf:
      if (c != '\n') return fail("CR without LF after a chunk");
      state_ = State::Size;
      return;
    default:
      return feed_trailer(c);
  }
}

size_t Http1Body::feed(const char* bytes, size_t n) {
  return feed_payload(bytes, n, nullptr, nullptr);
}

size_t Http1Body::feed_payload(const char* bytes, size_t n, void (*payload)(void* arg, size_t offset, size_t length), void* arg) {
  size_t at = 0;
  while (at < n && state_ < State::Done) {
    if (state_ == State::Data) {
      const size_t run = left_ < n - at ? static_cast<size_t>(left_) : n - at;
      if (payload) payload(arg, at, run);
      passed(run);
      at += run;
      continue;
    }
    feed_framing(bytes[at]);
    if (state_ == State::Bad) break;
    at++;
  }
  return at;
}

bool Http1Body::end() {
  if (state_ == State::Done) return true;
  if (state_ == State::Data && left_ == FOREVER) {
    state_ = State::Done;
    return true;
  }
  if (state_ != State::Bad) fail("closed before the end of the message");
  return false;
}

BodyKind request_body_kind(const Http1Head& head) {
  if (head.flags & H1_CHUNKED) return BodyKind::Chunked;
  return head.content_length > 0 ? BodyKind::Length : BodyKind::None;
}

BodyKind response_body_kind(const Http1Head& head, int32_t request_method) {
  if (head.status == 101) return BodyKind::Tunnel;
  if (request_method == HM_HEAD || head.status < 200 || head.status == 204 || head.status == 304) return BodyKind::None;
  if (request_method == HM_CONNECT && head.status < 300) return BodyKind::Tunnel;
  if (head.flags & H1_CHUNKED) return BodyKind::Chunked;
  if (head.flags & H1_CONTENT_LENGTH) return head.content_length > 0 ? BodyKind::Length : BodyKind::None;
  return BodyKind::UntilClose;
}

}  // namespace tsproxy
