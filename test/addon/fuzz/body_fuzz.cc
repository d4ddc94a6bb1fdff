// Bodies: the outcome does not depend on the pieces, payload that passes unseen included; what an accepted chunked body
// carries is what a plain reading of RFC 9112 section 7.1 finds. The first byte chooses the piece size, the second the kind.
#include <string>
#include "fuzz.h"
#include "http1_body.h"

using namespace tsproxy;

namespace {

struct Outcome {
  size_t consumed = 0;
  bool done = false, bad = false;
  uint64_t payload = 0;
  std::string text;
};

struct Sink {
  const char* bytes;
  std::string* text;
};

void collect(void* arg, size_t offset, size_t length) {
  const Sink* sink = static_cast<Sink*>(arg);
  sink->text->append(sink->bytes + offset, length);
}

void begin(Http1Body& body, uint8_t choice) {
  switch (choice & 3) {
    case 0:
      return body.begin(BodyKind::Length, choice >> 2);
    case 1:
      return body.begin(BodyKind::UntilClose);
    default:
      return body.begin(BodyKind::Chunked);
  }
}

Outcome decode(const char* bytes, size_t n, uint8_t choice, size_t step, bool splice) {
  Http1Body body;
  begin(body, choice);
  Outcome out;
  while (out.consumed < n && !body.done() && !body.bad()) {
    size_t piece = n - out.consumed < step ? n - out.consumed : step;
    if (splice && body.unseen() > 0) {
      if (body.unseen() < piece) piece = static_cast<size_t>(body.unseen());
      body.passed(piece);
      out.text.append(bytes + out.consumed, piece);
      out.consumed += piece;
      continue;
    }
    const Exact part(reinterpret_cast<const uint8_t*>(bytes + out.consumed), piece);
    Sink sink{part.bytes.get(), &out.text};
    const size_t used = body.feed_payload(part.bytes.get(), piece, collect, &sink);
    HOLDS(used <= piece);
    HOLDS(used == piece || body.done() || body.bad());
    out.consumed += used;
  }
  out.done = body.done();
  out.bad = body.bad();
  out.payload = body.payload_bytes();
  HOLDS(!(out.done && out.bad) && out.payload == out.text.size());
  HOLDS(out.bad == (*body.reason() != '\0'));
  return out;
}

// The payload of a complete chunked body, read naively. The decoder has accepted it.
std::string naive(const std::string& body) {
  std::string payload;
  for (size_t at = 0;;) {
    const size_t size = std::stoull(body.substr(at), nullptr, 16);
    at = body.find("\r\n", at) + 2;
    if (size == 0) return payload;
    payload.append(body, at, size);
    at += size + 2;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size < 2) return 0;
  const char* bytes = reinterpret_cast<const char*>(data + 2);
  const size_t n = size - 2;
  const Outcome whole = decode(bytes, n, data[1], n + 1, false);
  for (const Outcome& got : {decode(bytes, n, data[1], 1, false), decode(bytes, n, data[1], data[0] + size_t{1}, false), decode(bytes, n, data[1], data[0] + size_t{1}, true)}) {
    HOLDS(got.consumed == whole.consumed && got.done == whole.done && got.bad == whole.bad && got.text == whole.text);
  }
  if (whole.done && (data[1] & 2)) HOLDS(naive(std::string(bytes, whole.consumed)) == whole.text);
  return 0;
}
