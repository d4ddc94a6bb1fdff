#include "http1_field.h"

#include <cstring>
#include "http1_scan.h"

namespace tsproxy {
namespace {

constexpr uint64_t LENGTH_MAX = INT64_MAX;
constexpr char OTHER_CODING[] = "Transfer-Encoding with a coding before chunked";

// Is the token at p, whose length is known to fit, this lower-case literal? Or-ing 0x20 lowers letters; no other tchar
// turns into a letter or '-' by it.
template <size_t N>
inline bool same(const char* p, const char (&literal)[N]) {
  constexpr size_t length = N - 1;
  auto difference = [&]<typename Word>(Word blanks, size_t at) -> uint64_t {
    Word a, b;
    std::memcpy(&a, p + at, sizeof a);
    std::memcpy(&b, literal + at, sizeof b);
    return static_cast<Word>(a | blanks) ^ b;
  };
  uint64_t differ = 0;
  if constexpr (length >= 8) {
    for (size_t at = 0; at + 8 <= length; at += 8) differ |= difference(uint64_t{0x2020202020202020}, at);
    differ |= difference(uint64_t{0x2020202020202020}, length - 8);
  } else if constexpr (length >= 4) {
    differ = difference(uint32_t{0x20202020}, 0) | difference(uint32_t{0x20202020}, length - 4);
  } else {
    for (size_t at = 0; at < length; at++) differ |= difference(uint8_t{0x20}, at);
  }
  return differ == 0;
}

// Calls element(first, length) for each element of a comma list, surrounding blanks taken off, empty ones included.
template <typename F>
inline void each_element(const char* p, const char* end, F element) {
  for (;;) {
    while (p < end && is_blank(*p)) p++;
    const char* comma = p;
    while (comma < end && *comma != ',') comma++;
    const char* last = comma;
    while (last > p && is_blank(last[-1])) last--;
    element(p, static_cast<size_t>(last - p));
    if (comma == end) return;
    p = comma + 1;
  }
}

bool equal_ignoring_case(const char* a, const char* b, size_t n) {
  for (size_t i = 0; i < n; i++) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

Noted note_content_length(const char* bytes, HeaderField& field, Http1Head& head, FieldState& state, const char*& reason) {
  const char* value = bytes + field.value.off;
  int32_t first_length = -1;
  bool valid = true, differs = false;
  each_element(value, value + field.value.len, [&](const char* p, size_t n) {
    uint64_t length = 0;
    bool number = n > 0;
    for (size_t i = 0; i < n && number; i++) {
      const unsigned digit = static_cast<unsigned char>(p[i]) - '0';
      number = digit <= 9 && length <= (LENGTH_MAX - digit) / 10;
      length = length * 10 + digit;
    }
    valid &= number;
    if (!number) return;
    if (head.flags & H1_CONTENT_LENGTH) differs |= length != head.content_length;
    head.flags |= H1_CONTENT_LENGTH;
    head.content_length = length;
    if (first_length < 0) first_length = static_cast<int32_t>(n);
  });
  if (!valid) reason = "Content-Length is not a number from 0 to 2^63-1";
  if (differs) reason = "several Content-Length values that differ";
  if (!valid || differs) return Noted::Refuse;
  if (state.length_index >= 0) return Noted::Drop;
  state.length_index = head.count;
  if (field.value.len != first_length) head.flags |= H1_REBUILD;
  field.value.len = first_length;
  return Noted::Store;
}

Noted note_transfer_encoding(const char* bytes, const HeaderField& field, Http1Head& head, FieldState& state, const char*& reason) {
  const char* value = bytes + field.value.off;
  const bool lenient = state.unsafe && state.response;
  head.flags |= H1_TRANSFER_ENCODING;
  each_element(value, value + field.value.len, [&](const char* p, size_t n) {
    const bool is_chunked = n == 7 && same(p, "chunked");
    if (n == 0) {
      if (!lenient) reason = "empty element in Transfer-Encoding";
    } else if (scan_token(p, p + n) != p + n) {
      reason = "Transfer-Encoding with characters that no coding has";
    } else if (state.chunked && !(lenient && is_chunked)) {
      reason = is_chunked ? "Transfer-Encoding with chunked twice" : "Transfer-Encoding where chunked is not last";
    } else if (is_chunked) {
      state.chunked = true;
    } else {
      state.other_coding = true;
    }
  });
  return reason ? Noted::Refuse : Noted::Store;
}

void note_connection(const char* bytes, const HeaderField& field, Http1Head& head, FieldState& state) {
  const char* value = bytes + field.value.off;
  head.flags |= H1_HAS_CONNECTION;
  each_element(value, value + field.value.len, [&](const char* p, size_t n) {
    if (n == 5 && same(p, "close")) head.flags |= H1_CONNECTION_CLOSE;
    if (n == 10 && same(p, "keep-alive")) head.flags |= H1_CONNECTION_KEEP_ALIVE;
    if (n == 7 && same(p, "upgrade")) state.upgrade_option = true;
  });
}

Noted note_host(const char* bytes, const HeaderField& field, Http1Head& head, const FieldState& state, const char*& reason) {
  if (!(head.flags & H1_HAS_HOST)) {
    head.flags |= H1_HAS_HOST;
    head.host = field.value;
    head.host_index = head.count;
    return Noted::Store;
  }
  if (state.unsafe) return Noted::Store;
  const bool equal = field.value.len == head.host.len &&
                     equal_ignoring_case(bytes + field.value.off, bytes + head.host.off, static_cast<size_t>(field.value.len));
  if (equal) return Noted::Drop;
  reason = "several Host headers that differ";
  return Noted::Refuse;
}

void note_upgrade(const char* bytes, const HeaderField& field, FieldState& state) {
  const char* value = bytes + field.value.off;
  state.upgrade = true;
  each_element(value, value + field.value.len, [&](const char* p, size_t n) {
    if (n == 9 && same(p, "websocket")) state.websocket = true;
  });
}

// The schemes that authenticate a connection rather than a request (RFC 4559, NTLM).
bool authenticates_connection(const char* p, int32_t n) {
  return (n >= 9 && same(p, "negotiate")) || (n >= 4 && same(p, "ntlm")) || (n >= 6 && same(p, "nego2 "));
}

// host and port of an authority; port is empty without colon. False if it is no authority.
bool split_authority(const char* p, size_t n, size_t& host, size_t& port_at) {
  const char* end = p + n;
  if (scan_class(p, end, BC_HOST) != end) return false;
  const char* colon = end;
  if (n > 0 && *p == '[') {
    const char* close = static_cast<const char*>(std::memchr(p, ']', n));
    if (!close || (close + 1 != end && close[1] != ':')) return false;
    colon = close + 1;
  } else if (n > 0) {
    const char* found = static_cast<const char*>(std::memchr(p, ':', n));
    if (found) colon = found;
    if (std::memchr(p, '[', n) || std::memchr(p, ']', n)) return false;
  }
  host = static_cast<size_t>(colon - p);
  port_at = colon < end ? host + 1 : n;
  uint32_t port = 0;
  for (const char* q = p + port_at; q < end; q++) {
    if (!is_class(*q, BC_DIGIT) || (port = port * 10 + static_cast<uint32_t>(*q - '0')) > 65535) return false;
  }
  return host > 0 || n == 0;
}

// Are the two authorities the same, a missing port standing for the default one?
bool same_authority(const char* a, size_t an, const char* b, size_t bn, int default_port) {
  size_t ahost, aport, bhost, bport;
  if (!split_authority(a, an, ahost, aport) || !split_authority(b, bn, bhost, bport)) return false;
  if (ahost != bhost || !equal_ignoring_case(a, b, ahost)) return false;
  auto port = [default_port](const char* p, size_t at, size_t n) {
    int value = 0;
    if (at == n) return default_port;
    for (; at < n; at++) value = value * 10 + (p[at] - '0');
    return value;
  };
  return port(a, aport, an) == port(b, bport, bn);
}

// Checks the target against the method, and its authority against Host (RFC 9112 section 3.2). Null, or what is wrong.
const char* judge_target(const char* bytes, Http1Head& head, bool unsafe) {
  const char* target = bytes + head.target.off;
  const size_t n = static_cast<size_t>(head.target.len);
  const char* host = bytes + head.host.off;
  const size_t host_n = static_cast<size_t>(head.host.len);
  const bool has_host = head.flags & H1_HAS_HOST;
  size_t host_end, port_at;
  if (head.method == HM_CONNECT) {
    if (unsafe) return nullptr;
    if (!split_authority(target, n, host_end, port_at) || port_at == n) return "CONNECT needs a target host:port";
    // 80 and 443 stand for a missing port in Host as HAProxy has it: CONNECT itself has no default.
    const bool secure = n - port_at == 3 && std::memcmp(target + port_at, "443", 3) == 0;
    const bool equal = !has_host || same_authority(target, n, host, host_n, secure ? 443 : 80);
    return equal ? nullptr : "the target of CONNECT differs from Host";
  }
  if (*target == '/') return nullptr;
  if (n == 1 && *target == '*') return head.method == HM_OPTIONS || unsafe ? nullptr : "target * with another method than OPTIONS";
  const char* colon = static_cast<const char*>(std::memchr(target, ':', n));
  const char* end = target + n;
  const char* scheme_end = target;
  while (scheme_end < end && (is_class(*scheme_end, BC_ALPHA | BC_DIGIT) || *scheme_end == '+' || *scheme_end == '-' || *scheme_end == '.')) scheme_end++;
  const bool absolute = colon && scheme_end == colon && is_class(*target, BC_ALPHA) && end - colon >= 3 && colon[1] == '/' && colon[2] == '/';
  if (!absolute) return unsafe ? nullptr : "target is neither a path nor an absolute URI";
  head.flags |= H1_ABSOLUTE;
  if (unsafe) return nullptr;
  const char* authority = colon + 3;
  const char* slash = static_cast<const char*>(std::memchr(authority, '/', static_cast<size_t>(end - authority)));
  const size_t authority_n = static_cast<size_t>((slash ? slash : end) - authority);
  if (authority_n == 0 || !split_authority(authority, authority_n, host_end, port_at)) return "target with a malformed authority";
  const bool https = colon - target == 5 && same(target, "https");
  const bool equal = !has_host || same_authority(authority, authority_n, host, host_n, https ? 443 : 80);
  return equal ? nullptr : "the authority of the target differs from Host";
}

const char* judge_framing(Http1Head& head, const FieldState& state, const Http1Limits& limits) {
  if (!(head.flags & H1_TRANSFER_ENCODING)) return nullptr;
  if (!state.chunked && !(state.unsafe && state.response)) return "Transfer-Encoding without chunked";
  if (state.chunked) head.flags |= H1_CHUNKED;
  const bool both = head.flags & H1_CONTENT_LENGTH;
  if ((both || head.version == 0) && !limits.keep_insecure) head.flags |= H1_INSECURE | H1_CONNECTION_CLOSE;
  if (!both) return nullptr;
  // Transfer-Encoding wins (RFC 9112 section 6.3, as HAProxy): whoever gets the message from us sees one framing.
  const int32_t row = state.length_index;
  std::memmove(head.fields + row, head.fields + row + 1, static_cast<size_t>(head.count - row - 1) * sizeof(HeaderField));
  head.count--;
  if (head.host_index > row) head.host_index--;
  head.flags = (head.flags & ~static_cast<uint32_t>(H1_CONTENT_LENGTH)) | H1_REBUILD;
  head.content_length = 0;
  return nullptr;
}

void judge_persistence(Http1Head& head, const FieldState& state) {
  if (head.flags & H1_CONNECTION_CLOSE) head.flags &= ~static_cast<uint32_t>(H1_CONNECTION_KEEP_ALIVE);
  if (state.upgrade_option && state.upgrade) head.flags |= H1_CONNECTION_UPGRADE;
}

int refuse(Http1Error& error, int status, int32_t offset, const char* reason) {
  error = {status, static_cast<uint32_t>(offset), reason};
  return status;
}

}  // namespace

Noted note_field(const char* bytes, HeaderField& field, Http1Head& head, FieldState& state, const char*& reason) {
  const char* name = bytes + field.name.off;
  const int32_t value_n = field.value.len;
  switch (field.name.len) {
    case 2:
      if (!state.response && same(name, "te")) head.flags |= H1_HAS_TE;
      break;
    case 4:
      if (!state.response && same(name, "host")) return note_host(bytes, field, head, state, reason);
      break;
    case 6:
      if (!state.response && same(name, "expect") && value_n == 12 && same(bytes + field.value.off, "100-continue")) head.flags |= H1_EXPECT_100;
      break;
    case 7:
      if (same(name, "upgrade")) note_upgrade(bytes, field, state);
      break;
    case 10:
      if (same(name, "connection")) note_connection(bytes, field, head, state);
      else if (same(name, "keep-alive")) head.flags |= H1_HAS_KEEP_ALIVE;
      break;
    case 14:
      if (same(name, "content-length")) return note_content_length(bytes, field, head, state, reason);
      break;
    case 16:
      if (same(name, "proxy-connection")) head.flags |= H1_HAS_KEEP_ALIVE;
      else if (state.response && same(name, "www-authenticate") && authenticates_connection(bytes + field.value.off, value_n)) head.flags |= H1_AUTHENTICATE_CONN;
      break;
    case 17:
      if (same(name, "transfer-encoding")) return note_transfer_encoding(bytes, field, head, state, reason);
      if (!state.response && same(name, "sec-websocket-key")) state.websocket_key = value_n == 24;
      break;
    case 18:
      if (state.response && same(name, "proxy-authenticate") && authenticates_connection(bytes + field.value.off, value_n)) head.flags |= H1_AUTHENTICATE_CONN;
      break;
    case 20:
      if (state.response && same(name, "sec-websocket-accept")) state.websocket_key = value_n == 28;
      break;
    default:
      break;
  }
  return Noted::Store;
}

int judge_request(const char* bytes, Http1Head& head, const FieldState& state, const Http1Limits& limits, Http1Error& error) {
  size_t host_end, port_at;
  const char* reason = judge_framing(head, state, limits);
  if (reason) return refuse(error, 400, 0, reason);
  if (state.other_coding) return refuse(error, 422, 0, OTHER_CODING);
  if ((head.flags & H1_HAS_HOST) && !state.unsafe && !split_authority(bytes + head.host.off, static_cast<size_t>(head.host.len), host_end, port_at))
    return refuse(error, 400, head.host.off, "Host is not a host with an optional port");
  reason = judge_target(bytes, head, state.unsafe);
  if (reason) return refuse(error, 400, head.target.off, reason);
  judge_persistence(head, state);
  const bool body = (head.flags & H1_CHUNKED) || head.content_length > 0;
  if (body && head.method == HM_CONNECT) return refuse(error, 400, 0, "CONNECT with a body");
  const bool bodyless = head.method == HM_GET || head.method == HM_HEAD || head.method == HM_DELETE;
  if (body && bodyless && head.version == 0 && !limits.any_payload) return refuse(error, 413, 0, "HTTP/1.0 GET, HEAD or DELETE with a body");
  const bool handshake = (head.flags & H1_CONNECTION_UPGRADE) && state.websocket;
  if (handshake && !state.websocket_key && !state.unsafe) return refuse(error, 400, 0, "WebSocket upgrade without a valid Sec-WebSocket-Key");
  return 0;
}

int judge_response(Http1Head& head, const FieldState& state, const Http1Limits& limits, Http1Error& error) {
  const char* reason = judge_framing(head, state, limits);
  if (reason) return refuse(error, 502, 0, reason);
  if (state.other_coding && !state.unsafe) return refuse(error, 502, 0, OTHER_CODING);
  judge_persistence(head, state);
  const bool handshake = head.status == 101 && (head.flags & H1_CONNECTION_UPGRADE) && state.websocket;
  if (handshake && !state.websocket_key && !state.unsafe) return refuse(error, 502, 0, "WebSocket upgrade without a valid Sec-WebSocket-Accept");
  return 0;
}

}  // namespace tsproxy
