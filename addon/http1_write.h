// Serialises a head: the bytes as they came in runs as long as possible, with the core's edits (EDIT_ records of abi.def)
// and the hop-by-hop changes of the connection mode applied on the way.
#pragma once
#include <string_view>
#include "http1_head.h"

namespace tsproxy {

enum class ConnectionHeader : uint8_t {
  Keep,        // as the message has it
  None,        // drop Connection (and Keep-Alive, Proxy-Connection): HTTP/1.1 persistence is implied
  Close,       // `connection: close`
  KeepAlive,   // `connection: keep-alive`, for HTTP/1.0 peers
};

struct HeadChange {
  const unsigned char* edits = nullptr;   // EDIT_ records, nullptr = none
  size_t edits_size = 0;
  ConnectionHeader connection = ConnectionHeader::Keep;
  bool drop_transfer_encoding = false;    // payload goes out unframed
  bool drop_expect = false;
  bool version_1_1 = false;               // write HTTP/1.1 whatever the message says (as HAProxy does)
  const char* extra = nullptr;            // complete lines with CRLF to add (forwarded-for), or nullptr
  size_t extra_size = 0;
  std::string_view without;               // fields of this name are left out, those of edits too
  std::string_view last;                  // complete lines with CRLF that stand last of all
};

// Writes the head to out[0..room). Returns its length, or 0 if it does not fit. `bytes` begins at the start line
// (behind head.skipped). The last record for a row or the start line wins. Content-Length and Transfer-Encoding say where
// the body ends: edits of them are ignored, by row or by name, and 1xx and 204 leave without them. CR, LF and NUL within an edit turn into blanks.
// A TE header is reduced to `te: trailers` or dropped, since codings are agreed hop by hop.
size_t write_head(const char* bytes, const Http1Head& head, const HeadChange& change, char* out, size_t room);

}  // namespace tsproxy
