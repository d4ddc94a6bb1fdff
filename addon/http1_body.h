// The body of an HTTP/1 message as a decoder of framing only: it says how many of the bytes at hand belong to the message,
// and how many of those to come are payload that may pass unseen (be spliced). Framing bytes are checked and passed on as they
// came; a peer that can't read chunks gets the payload alone.
#pragma once
#include <cstddef>
#include <cstdint>
#include "http1_head.h"

namespace tsproxy {

enum class BodyKind : uint8_t { None, Length, Chunked, UntilClose, Tunnel };

class Http1Body {
 public:
  void begin(BodyKind kind, uint64_t length = 0);
  BodyKind kind() const { return kind_; }
  bool done() const { return state_ == State::Done; }
  bool bad() const { return state_ == State::Bad; }
  // Payload bytes that come next without any framing between them: these may be spliced. ~0 for UntilClose and Tunnel.
  uint64_t unseen() const { return state_ == State::Data ? left_ : 0; }
  // n <= unseen() payload bytes went past without having been looked at (splice).
  void passed(uint64_t n);
  // Looks at n bytes in order; returns how many belong to the message (the rest is the next message's). Stops at a
  // framing error: bad() is true then and reason() says why. The whole of what is consumed is to be forwarded as it came.
  size_t feed(const char* bytes, size_t n);
  // As feed, and calls payload(offset, length) for each run of payload in bytes, for a peer that gets no framing.
  size_t feed_payload(const char* bytes, size_t n, void (*payload)(void* arg, size_t offset, size_t length), void* arg);
  // The sender has closed: true if that is a proper end (UntilClose, Tunnel, or already done).
  bool end();
  const char* reason() const { return reason_; }
  uint64_t payload_bytes() const { return payload_; }

 private:
  enum class State : uint8_t { Data, Size, SizeBlank, Extension, SizeLf, DataCr, DataLf, TrailerStart, TrailerName, Trailer, TrailerLf, EndLf, Done, Bad };
  void fail(const char* reason);
  void feed_framing(char c);
  void feed_size(char c);
  void feed_trailer(char c);

  BodyKind kind_ = BodyKind::None;
  State state_ = State::Done;
  uint8_t digits_ = 0;       // 1: the chunk-size line has a digit
  uint32_t line_ = 0;        // bytes of the present chunk-size line or of the trailers: bounded
  uint64_t left_ = 0;        // payload bytes to come; in a trailer name its hash
  uint64_t payload_ = 0;
  const char* reason_ = "";
};

// Which body follows a head (RFC 9112 section 6.3). For a response the request's method decides too.
BodyKind request_body_kind(const Http1Head& head);
BodyKind response_body_kind(const Http1Head& head, int32_t request_method);

}  // namespace tsproxy
