// The head of an HTTP/1.0 or 1.1 message: strict parser, no allocation, no copy. Semantics: RFC 9110, RFC 9112, and
// where HAProxy is stricter, HAProxy. What two parsers could read in two ways is refused, never repaired.
#pragma once
#include <cstddef>
#include <cstdint>
#include "abi.h"

namespace tsproxy {

// A piece of the head: offset and length in bytes from its first byte. Layout shared with JavaScript (FACT_HEADER_TABLE).
struct Slice {
  int32_t off = 0, len = 0;
};

struct HeaderField {
  Slice name, value;   // value without surrounding blanks
};
static_assert(sizeof(HeaderField) == 16, "the header table is read by JavaScript");

enum Http1Flag : uint32_t {
  H1_CONTENT_LENGTH = 0x1,
  H1_CHUNKED = 0x2,
  H1_CONNECTION_CLOSE = 0x4,
  H1_CONNECTION_KEEP_ALIVE = 0x8,
  H1_CONNECTION_UPGRADE = 0x10,   // `Connection: upgrade` and an Upgrade header
  H1_EXPECT_100 = 0x20,
  H1_HAS_HOST = 0x40,
  H1_ABSOLUTE = 0x80,             // absolute-form target
  H1_HAS_CONNECTION = 0x100,      // a Connection header (fields to look at while serialising)
  H1_TRANSFER_ENCODING = 0x200,   // any Transfer-Encoding
  H1_AUTHENTICATE_CONN = 0x400,   // response: WWW-/Proxy-Authenticate with NTLM or Negotiate (connection-bound)
  H1_HAS_TE = 0x800,              // request: a TE header
  H1_HAS_KEEP_ALIVE = 0x1000,     // a Keep-Alive or Proxy-Connection header
  H1_REBUILD = 0x2000,            // the bytes are not to go out as they came (a field was dropped as repeated, bare LF):
                                  // write_head makes each line anew from the table
  H1_INSECURE = 0x4000,           // Transfer-Encoding beside Content-Length (which was dropped) or in HTTP/1.0: some agent on the way may
                                  // have read another message, so neither connection is kept behind it (RFC 9112 section 6.1)
  H1_BLANKS = 0x8000,             // several blanks or tabs between the parts of the start line: write_head leaves one, as HAProxy does
};

enum class Parse : uint8_t { Complete, Incomplete, Error };

struct Http1Error {
  int status = 0;              // 400, 413 (HTTP/1.0 GET, HEAD or DELETE with a body) or 422 (coding before chunked); 502 for responses
  uint32_t offset = 0;         // byte that is wrong
  const char* reason = "";     // static text for people: "space before the colon of a header"
};

struct Http1Head {
  HeaderField* fields = nullptr;   // the caller's table
  int32_t capacity = 0;            // its rows (tune.http.maxhdr)
  int32_t count = 0;
  uint32_t length = 0;             // head incl. the empty line, bytes; leading empty lines of a request are counted in `skipped`
  uint32_t skipped = 0;            // bytes of empty lines before the start line (requests: at most one CRLF); slices count from after them
  uint32_t flags = 0;              // H1_ bits
  int32_t method = HM_OTHER;
  int32_t status = 0;
  int32_t version = 1;             // minor
  Slice method_text, target, reason, start_line;   // start_line without CRLF
  Slice host;                      // value of Host
  int32_t host_index = -1;
  uint64_t content_length = 0;     // valid with H1_CONTENT_LENGTH
};

struct Http1Limits {
  bool unsafe = false;             // accept-unsafe-violations-*: what HAProxy's manual lists there is accepted, and a bare LF as line end
  bool keep_insecure = false;      // h1-do-not-close-on-insecure-transfer-encoding: H1_INSECURE is never set
  bool any_payload = false;        // h1-accept-payload-with-any-method: no 413
};
constexpr uint32_t HEADER_NAME_MAX = 255;   // bytes; HAProxy's bound

// A field that repeats an earlier one without saying anything new (Host, Content-Length) is not in the table.
// Refused beyond the RFCs: obs-fold, bare LF, control characters in values, HTTP/1.2 and above, a Host that is no authority.
// bytes[0..n) starts at the first byte of the message. `seen` is the number of bytes that an earlier call has already
// searched without finding the end (0 at first); it makes a slow head linear. Complete: head is filled. Error: error is filled.
Parse parse_request(const char* bytes, size_t n, size_t seen, const Http1Limits& limits, Http1Head& head, Http1Error& error);
Parse parse_response(const char* bytes, size_t n, size_t seen, const Http1Limits& limits, Http1Head& head, Http1Error& error);

// Compares a slice with a lower-case literal, ignoring ASCII case.
bool slice_is(const char* bytes, Slice slice, const char* lower, size_t n);

}  // namespace tsproxy
