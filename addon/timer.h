// A hashed hierarchical timer wheel of one millisecond ticks. An expiry that is pushed back costs a store: the node keeps
// its old place, and when that comes up it is filed again at its true expiry.
#pragma once
#include <cstdint>

namespace tsproxy {

constexpr uint64_t TIMER_NEVER = ~0ull;

struct Timer {
  uint64_t expires = TIMER_NEVER;   // ms on the loop's clock; TIMER_NEVER = off
  uint64_t filed = TIMER_NEVER;     // tick under which the node is linked, TIMER_NEVER = not linked
  Timer* next = nullptr;
  Timer* prev = nullptr;
};

class TimerWheel {
 public:
  explicit TimerWheel(uint64_t now_ms);
  // Sets the expiry. Moves the node only if it is not linked or the new expiry is earlier than where it is filed.
  void set(Timer& timer, uint64_t expires_ms);
  void clear(Timer& timer) { timer.expires = TIMER_NEVER; }   // stays linked until its tick comes up
  void remove(Timer& timer);                                  // unlinks now: before its memory is freed
  // Calls fire(Timer&) for each that expired up to now; fire may set, clear or remove any timer.
  template <typename Fire>
  void advance(uint64_t now_ms, Fire&& fire) {
    while (Timer* timer = next_due(now_ms)) fire(*timer);
  }
  // The next tick at which something is filed (a lower bound of the next expiry), TIMER_NEVER if empty.
  uint64_t next_tick() const;

 private:
  Timer* next_due(uint64_t now_ms);   // unlinks and returns one that has expired, refiles those pushed back
  void link(Timer& timer, uint64_t tick);
  static constexpr int LEVELS = 5, SLOT_BITS = 6, SLOTS = 1 << SLOT_BITS;
  Timer slots_[LEVELS][SLOTS];
  uint64_t used_[LEVELS] = {};
  uint64_t now_;
};

}  // namespace tsproxy
