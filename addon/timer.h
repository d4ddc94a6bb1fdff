// A hashed hierarchical timer wheel of one millisecond ticks. An expiry that is pushed back costs a store: the node keeps
// its old place, and when that comes up it is filed again at its true expiry.
//
// Level L has 64 slots of 64^L ticks each; eleven levels cover every 64-bit tick, so there is no overflow to treat apart.
// A node filed under tick t lies at the level of the highest 6-bit digit in which t differs from the wheel's present tick,
// in the slot of that digit; a slot is spread over the levels below when the wheel's tick enters it.
// Example: at tick 0 the node of tick 70 (digits 1, 6) lies at level 1, slot 1; at tick 64 it moves to level 0, slot 6.
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
  explicit TimerWheel(uint64_t now_ms) : now_(now_ms) {}
  TimerWheel(const TimerWheel&) = delete;
  TimerWheel& operator=(const TimerWheel&) = delete;
  // Sets the expiry; one that is not in the future fires at the next tick. Moves the node only if it is not linked or the
  // new expiry is earlier than where it is filed.
  void set(Timer& timer, uint64_t expires_ms);
  void clear(Timer& timer) { timer.expires = TIMER_NEVER; }   // stays linked until its tick comes up
  void remove(Timer& timer);                                  // unlinks now and turns off: before its memory is freed
  // Calls fire(Timer&) for each that expired up to now, tick by tick; it is off and not linked by then. fire may set, clear
  // or remove any timer.
  template <typename Fire>
  void advance(uint64_t now_ms, Fire&& fire) {
    while (Timer* timer = next_due(now_ms)) fire(*timer);
  }
  // The next tick at which something is filed (a lower bound of the next expiry), TIMER_NEVER if empty.
  uint64_t next_tick() const;

 private:
  static constexpr int LEVELS = 11, SLOT_BITS = 6, SLOTS = 1 << SLOT_BITS;
  struct Place {
    int level, slot;
  };
  Place place_of(uint64_t tick) const;
  void link(Timer& timer, uint64_t tick);
  void unlink(Timer& timer);
  bool refile(Timer& timer);          // after its slot came up: false if it has expired
  void enter(uint64_t tick);          // moves the wheel to the tick of a used slot and spreads that slot
  Timer* next_due(uint64_t now_ms);   // unlinks and returns one that has expired
  Timer* slots_[LEVELS][SLOTS] = {};
  uint64_t used_[LEVELS] = {};        // bit per slot: has nodes
  uint64_t now_;                      // every tick before it is done
};

}  // namespace tsproxy
