// option forwardfor: the line that tells a server the client's address.
#pragma once
#include <cstddef>
#include "http1_head.h"
#include "session.h"

namespace tsproxy {

constexpr size_t FORWARD_LINE_MAX = 320;
// Writes "name: address\r\n" to out. 0: no such line for this request.
size_t forward_line(const Worker& w, const Session& s, const char* bytes, const Http1Head& head, char* out);

}  // namespace tsproxy
