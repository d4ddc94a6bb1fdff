// The last invalid message of each proxy and kind, as `show errors` shows it (management guide, 9.3). Good messages cost nothing.
#pragma once
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include "proxy_protocol.h"

namespace tsproxy {

struct Worker;
struct Session;
struct Http1Error;

struct Captured {
  int64_t wall_ns = 0;             // when, since 1970
  uint64_t number = 0;             // of this worker, from 1 on; 0: none
  int32_t frontend = -1, backend = -1, server = -1;
  Address source;
  uint32_t position = 0;           // of the byte that is wrong
  const char* reason = "";         // static text
  std::string bytes;               // as they had come so far
};

// By proxy: invalid requests that a frontend has refused, invalid responses that a backend has refused.
struct Captures {
  uint64_t total = 0;
  std::vector<Captured> requests, responses;
};

// Keeps what is in the window: n bytes of a message that can't be read. Without memory nothing is kept.
void capture(Worker& w, const Session& s, bool response, std::string_view bytes, uint32_t position, const char* reason);

}  // namespace tsproxy
