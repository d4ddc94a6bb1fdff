#include "capture.h"

#include <new>
#include "engine_parts.h"

namespace tsproxy {

void capture(Worker& w, const Session& s, bool response, std::string_view bytes, uint32_t position, const char* reason) {
  Captures& all = w.captures;
  std::vector<Captured>& kind = response ? all.responses : all.requests;
  auto proxy = static_cast<size_t>(response ? s.backend : s.frontend);
  all.total++;
  try {
    if (kind.size() < w.conf.proxies.size()) kind.resize(w.conf.proxies.size());
    if (proxy >= kind.size()) return;
    Captured& to = kind[proxy];
    to.bytes.assign(bytes);
    to.number = all.total;
    to.wall_ns = static_cast<int64_t>(w.loop.now_ns()) + w.wall_offset_ns;
    to.frontend = s.frontend;
    to.backend = s.backend;
    to.server = response ? s.server : -1;
    to.source = s.source;
    to.position = position;
    to.reason = reason;
  } catch (const std::bad_alloc&) {
  }
}

}  // namespace tsproxy
