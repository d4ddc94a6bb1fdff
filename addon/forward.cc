#include "forward.h"

#include <strings.h>
#include <algorithm>
#include <cstring>
#include "engine_parts.h"

namespace tsproxy {

namespace {

bool excepted(const ForwardFor& conf, const Address& a) {
  if (conf.except_family == 0 || conf.except_family != a.family) return false;
  int whole = conf.except_prefix / 8, rest = conf.except_prefix % 8;
  if (std::memcmp(conf.except_address, a.bytes, static_cast<size_t>(whole)) != 0) return false;
  if (rest == 0) return true;
  int mask = 0xff << (8 - rest);
  return ((conf.except_address[whole] ^ a.bytes[whole]) & mask) == 0;
}

bool has_header(const char* bytes, const Http1Head& head, const std::string& name) {
  for (int32_t i = 0; i < head.count; i++)
    if (static_cast<size_t>(head.fields[i].name.len) == name.size() &&
        strncasecmp(bytes + head.fields[i].name.off, name.data(), name.size()) == 0)
      return true;
  return false;
}

}  // namespace

size_t forward_line(const Worker& w, const Session& s, const char* bytes, const Http1Head& head, char* out) {
  // Either side may ask for it; the backend's words win (manual: option forwardfor).
  const ForwardFor& frontend = w.frontend(s).forward_for;
  const ForwardFor& backend = w.backend(s).forward_for;
  const ForwardFor& conf = backend.on ? backend : frontend;
  if (!conf.on || (s.source.family != 4 && s.source.family != 6)) return 0;
  if (excepted(frontend, s.source) || excepted(backend, s.source)) return 0;
  // One side that asks for it without if-none is enough.
  bool if_none = (!frontend.on || frontend.if_none) && (!backend.on || backend.if_none);
  if (if_none && has_header(bytes, head, conf.name)) return 0;
  size_t n = std::min(conf.name.size(), FORWARD_LINE_MAX - 64);
  std::memcpy(out, conf.name.data(), n);
  out[n++] = ':';
  out[n++] = ' ';
  n += address_text(s.source, out + n);
  out[n++] = '\r';
  out[n++] = '\n';
  return n;
}

}  // namespace tsproxy
