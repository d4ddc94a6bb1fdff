// Events a second over all workers, in three state cells: the second, its events so far, those of the second before. The rate is that of
// a window of one second that slides: what has happened in this one, and the share of the last one that is still in the window.
// At the turn of a second two workers may each lose an event of the other: a limit is kept within that.
#pragma once
#include <atomic>
#include <cstdint>

namespace tsproxy {

constexpr uint64_t RATE_PERIOD_MS = 1000;

namespace rate {

// Makes the cells those of the second of `now_ms`.
inline void turn(std::atomic<int32_t>* cells, uint64_t now_ms) {
  int32_t second = static_cast<int32_t>(now_ms / RATE_PERIOD_MS), seen = cells[0].load(std::memory_order_relaxed);
  if (seen == second || !cells[0].compare_exchange_strong(seen, second, std::memory_order_relaxed)) return;
  int32_t last = cells[1].exchange(0, std::memory_order_relaxed);
  cells[2].store(second - seen == 1 ? last : 0, std::memory_order_relaxed);
}

inline void count(std::atomic<int32_t>* cells, uint64_t now_ms) {
  turn(cells, now_ms);
  cells[1].fetch_add(1, std::memory_order_relaxed);
}

inline int32_t now(std::atomic<int32_t>* cells, uint64_t now_ms) {
  turn(cells, now_ms);
  uint64_t left = RATE_PERIOD_MS - now_ms % RATE_PERIOD_MS;
  uint64_t before = static_cast<uint64_t>(cells[2].load(std::memory_order_relaxed));
  return cells[1].load(std::memory_order_relaxed) + static_cast<int32_t>(before * left / RATE_PERIOD_MS);
}

// Ms to wait before the next event, 0: none. `limit` 0: no limit.
inline uint64_t wait_ms(std::atomic<int32_t>* cells, int32_t limit, uint64_t now_ms) {
  if (limit <= 0 || now(cells, now_ms) < limit) return 0;
  uint64_t each = RATE_PERIOD_MS / static_cast<uint64_t>(limit);
  return each > 0 ? each : 1;
}

}  // namespace rate

}  // namespace tsproxy
