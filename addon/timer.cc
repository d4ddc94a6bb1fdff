#include "timer.h"

#include <algorithm>
#include <bit>

namespace tsproxy {

TimerWheel::Place TimerWheel::place_of(uint64_t tick) const {
  uint64_t differs = tick ^ now_;
  int level = differs == 0 ? 0 : (63 - std::countl_zero(differs)) / SLOT_BITS;
  return {level, static_cast<int>(tick >> (level * SLOT_BITS) & (SLOTS - 1))};
}

void TimerWheel::link(Timer& timer, uint64_t tick) {
  auto [level, slot] = place_of(tick);
  Timer*& head = slots_[level][slot];
  timer.filed = tick;
  timer.prev = nullptr;
  timer.next = head;
  if (head != nullptr) head->prev = &timer;
  head = &timer;
  used_[level] |= 1ull << slot;
}

void TimerWheel::unlink(Timer& timer) {
  if (timer.next != nullptr) timer.next->prev = timer.prev;
  if (timer.prev != nullptr) {
    timer.prev->next = timer.next;
  } else {
    auto [level, slot] = place_of(timer.filed);
    slots_[level][slot] = timer.next;
    if (timer.next == nullptr) used_[level] &= ~(1ull << slot);
  }
  timer.filed = TIMER_NEVER;
  timer.next = timer.prev = nullptr;
}

void TimerWheel::set(Timer& timer, uint64_t expires_ms) {
  timer.expires = expires_ms;
  if (expires_ms == TIMER_NEVER) return;
  // Never at the present tick: a timer that is set again and again for `now` would keep advance() from ending.
  uint64_t tick = std::max(expires_ms, now_ + 1);
  if (tick >= timer.filed) return;
  if (timer.filed != TIMER_NEVER) unlink(timer);
  link(timer, tick);
}

void TimerWheel::remove(Timer& timer) {
  timer.expires = TIMER_NEVER;
  if (timer.filed != TIMER_NEVER) unlink(timer);
}

uint64_t TimerWheel::next_tick() const {
  for (int level = 0; level < LEVELS; level++) {
    if (used_[level] == 0) continue;
    // Used slots lie ahead of the present tick, and a level's slots end where the next level's begin.
    int shift = level * SLOT_BITS, above = shift + SLOT_BITS;
    uint64_t base = above >= 64 ? 0 : now_ >> above << above;
    return base | static_cast<uint64_t>(std::countr_zero(used_[level])) << shift;
  }
  return TIMER_NEVER;
}

bool TimerWheel::refile(Timer& timer) {
  unlink(timer);
  if (timer.expires == TIMER_NEVER) return true;
  if (timer.expires <= now_) return false;
  link(timer, timer.expires);
  return true;
}

void TimerWheel::enter(uint64_t tick) {
  auto [level, slot] = place_of(tick);
  Timer* list = nullptr;
  if (level > 0) {
    list = slots_[level][slot];
    slots_[level][slot] = nullptr;
    used_[level] &= ~(1ull << slot);
  }
  now_ = tick;
  while (list != nullptr) {
    Timer& timer = *list;
    list = timer.next;
    timer.filed = TIMER_NEVER;
    timer.next = timer.prev = nullptr;
    if (timer.expires != TIMER_NEVER) link(timer, std::max(timer.expires, now_));
  }
}

Timer* TimerWheel::next_due(uint64_t now_ms) {
  for (;;) {
    while (Timer* timer = slots_[0][now_ & (SLOTS - 1)]) {
      if (refile(*timer)) continue;
      timer->expires = TIMER_NEVER;
      return timer;
    }
    uint64_t next = next_tick();
    if (next > now_ms) break;
    enter(next);
  }
  now_ = std::max(now_, now_ms);
  return nullptr;
}

}  // namespace tsproxy
