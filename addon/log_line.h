// The request line of a stream whose frontend logs (PO_LOG): its head is gone by the time its log line is written.
#pragma once
#include <cstdint>
#include "session.h"

namespace tsproxy {

struct Worker;

// Kept by the session and reused for each of its requests.
struct RequestLine {
  uint32_t capacity = 0, method = 0, length = 0;   // bytes; `length` 0: none
  uint8_t version = 0;                             // minor, of HTTP/1
  // Method, blank, target.
  char* bytes() { return reinterpret_cast<char*>(this + 1); }
  const char* bytes() const { return reinterpret_cast<const char*>(this + 1); }
};

// Copies the line of the head in the window. Without memory there is none.
void keep_request_line(Worker& w, Session& s);
// The next request has none until its head is there.
void forget_request_line(Session& s);
void free_request_line(Session& s);
// PHASE_END: shows it in the window as a head without fields. Long targets are cut.
void put_request_line(Worker& w, const Session& s, int32_t* facts);

}  // namespace tsproxy
