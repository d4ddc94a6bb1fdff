#include "observe.h"

namespace tsproxy {

void note_outcome(Worker& w, int32_t server, int32_t hana) {
  std::atomic<int32_t>& run = w.pages->server(server, SS_ERRORS_RUN);
  if (hana == HANA_L4_OK || hana == HANA_HTTP_OK) {
    // Most requests find a 0 there, and leave the cache line alone.
    if (run.load(std::memory_order_relaxed) != 0) run.store(0, std::memory_order_relaxed);
    return;
  }
  w.pages->server(server, SS_ERRORS_LAST).store(hana, std::memory_order_relaxed);
  if (run.fetch_add(1, std::memory_order_relaxed) + 1 < w.conf.servers[static_cast<size_t>(server)].error_limit) return;
  run.store(0, std::memory_order_relaxed);
  w.pages->server(server, SS_ERRORS_TRIPS).fetch_add(1, std::memory_order_release);
}

}  // namespace tsproxy
