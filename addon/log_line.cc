#include "log_line.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>
#include "engine_parts.h"

namespace tsproxy {

namespace {

constexpr uint32_t MOST = 8192;      // bytes of a line
constexpr uint32_t STEP = 128;       // lines of about a length share an allocation
constexpr size_t FROM_END = 256 + MOST;   // of the window's bytes: what is loaded of a message does not reach so far

RequestLine* with_room(RequestLine* line, uint32_t length) {
  if (line != nullptr && line->capacity >= length) return line;
  std::free(line);
  uint32_t capacity = (length + STEP - 1) / STEP * STEP;
  void* memory = std::malloc(sizeof(RequestLine) + capacity);
  if (memory == nullptr) return nullptr;
  auto* made = new (memory) RequestLine;
  made->capacity = capacity;
  return made;
}

}  // namespace

void keep_request_line(Worker& w, Session& s) {
  if ((w.frontend(s).options & PO_LOG) == 0) return;
  const Http1Head& head = w.loaded.head;
  const char* at = w.loaded.bytes + head.skipped;
  uint32_t method = std::min<uint32_t>(static_cast<uint32_t>(head.method_text.len), MOST / 2);
  uint32_t target = std::min<uint32_t>(static_cast<uint32_t>(head.target.len), MOST - method - 1);
  s.line = with_room(s.line, method + 1 + target);
  if (s.line == nullptr) return;
  RequestLine& line = *s.line;
  line.method = method;
  line.length = method + 1 + target;
  line.version = static_cast<uint8_t>(head.version);
  std::memcpy(line.bytes(), at + head.method_text.off, method);
  line.bytes()[method] = ' ';
  std::memcpy(line.bytes() + method + 1, at + head.target.off, target);
}

void forget_request_line(Session& s) {
  if (s.line != nullptr) s.line->length = 0;
}

void free_request_line(Session& s) {
  std::free(s.line);
  s.line = nullptr;
}

void put_request_line(Worker& w, const Session& s, int32_t* f) {
  if (s.line == nullptr || s.line->length == 0) return;
  const RequestLine& line = *s.line;
  size_t at = w.window.bytes_size() - FROM_END;
  std::memcpy(w.window.bytes() + at, line.bytes(), line.length);
  f[FACT_HEAD_OFF] = static_cast<int32_t>(w.window.bytes_off() + at);
  f[FACT_HEAD_LEN] = static_cast<int32_t>(line.length);
  f[FACT_VERSION] = line.version;
  f[FACT_METHOD_OFF] = 0;
  f[FACT_METHOD_LEN] = static_cast<int32_t>(line.method);
  f[FACT_URI_OFF] = static_cast<int32_t>(line.method + 1);
  f[FACT_URI_LEN] = static_cast<int32_t>(line.length - line.method - 1);
}

}  // namespace tsproxy
