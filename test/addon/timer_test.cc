#include "timer.h"

#include <map>
#include <random>
#include <set>
#include <vector>
#include "check.h"

using namespace tsproxy;

namespace {

std::vector<Timer*> fired_until(TimerWheel& wheel, uint64_t now) {
  std::vector<Timer*> fired;
  wheel.advance(now, [&](Timer& t) { fired.push_back(&t); });
  return fired;
}

}  // namespace

TEST(fires_at_its_tick_and_once) {
  TimerWheel wheel(1000);
  Timer t;
  wheel.set(t, 1070);
  CHECK(fired_until(wheel, 1069).empty());
  CHECK(fired_until(wheel, 1070) == std::vector<Timer*>{&t});
  CHECK(t.expires == TIMER_NEVER && t.filed == TIMER_NEVER);
  CHECK(fired_until(wheel, 5000).empty());
}

TEST(an_expiry_in_the_past_fires_at_the_next_tick) {
  TimerWheel wheel(1000);
  Timer t;
  wheel.set(t, 3);
  CHECK(wheel.next_tick() == 1001);
  CHECK(fired_until(wheel, 1000).empty());
  CHECK(fired_until(wheel, 1001).size() == 1);
}

TEST(pushing_back_does_not_move_the_node) {
  TimerWheel wheel(0);
  Timer t;
  wheel.set(t, 10);
  wheel.set(t, 500000);
  CHECK(t.filed == 10 && wheel.next_tick() == 10);
  CHECK(fired_until(wheel, 499999).empty());
  CHECK(fired_until(wheel, 500000).size() == 1);
}

TEST(an_earlier_expiry_moves_the_node) {
  TimerWheel wheel(0);
  Timer t;
  wheel.set(t, 500000);
  wheel.set(t, 20);
  CHECK(fired_until(wheel, 20).size() == 1);
  CHECK(wheel.next_tick() == TIMER_NEVER);
}

TEST(cleared_and_removed_ones_do_not_fire) {
  TimerWheel wheel(0);
  Timer cleared, removed, again;
  wheel.set(cleared, 100);
  wheel.set(removed, 100);
  wheel.set(again, 100);
  wheel.clear(cleared);
  wheel.remove(removed);
  wheel.clear(again);
  wheel.set(again, 150);
  CHECK(removed.filed == TIMER_NEVER);
  CHECK(fired_until(wheel, 149).empty());
  CHECK(fired_until(wheel, 150) == std::vector<Timer*>{&again});
  CHECK(wheel.next_tick() == TIMER_NEVER);
}

TEST(far_expiries_at_every_level) {
  for (uint64_t start : {0ull, 63ull, (1ull << 30) - 1, (1ull << 36) - 5, 0x7fffffffffffffffull}) {
    TimerWheel wheel(start);
    Timer timers[45];
    for (int bit = 0; bit < 45; bit++) wheel.set(timers[bit], start + (1ull << bit));
    for (int bit = 0; bit < 45; bit++) {
      CHECK(fired_until(wheel, start + (1ull << bit) - 1).empty());
      CHECK(fired_until(wheel, start + (1ull << bit)) == std::vector<Timer*>{&timers[bit]});
    }
  }
}

TEST(next_tick_never_lies_behind_the_earliest_expiry) {
  TimerWheel wheel(0);
  Timer a, b;
  wheel.set(a, 10000);
  wheel.set(b, 70000);
  CHECK(wheel.next_tick() > 0 && wheel.next_tick() <= 10000);
  int wakes = 0;
  while (wheel.next_tick() != TIMER_NEVER) {
    fired_until(wheel, wheel.next_tick());
    wakes++;
  }
  CHECK(wakes <= 8);   // one for each level a timer comes down
}

TEST(firing_may_set_clear_and_remove_any_timer) {
  TimerWheel wheel(0);
  Timer same[3], late;
  for (Timer& t : same) wheel.set(t, 5);
  wheel.set(late, 6);
  int fired = 0;
  wheel.advance(100, [&](Timer& t) {
    fired++;
    if (fired > 1) return;
    for (Timer& other : same)
      if (&other != &t) wheel.remove(other);
    wheel.clear(late);
    wheel.set(t, 0);   // again, as soon as may be
  });
  CHECK(fired == 2);
}

TEST(a_timer_that_is_always_set_for_now_does_not_hang) {
  TimerWheel wheel(0);
  Timer t;
  wheel.set(t, 1);
  int fired = 0;
  wheel.advance(50, [&](Timer& timer) {
    fired++;
    wheel.set(timer, 50);
  });
  CHECK(fired == 2);   // at 1, then at 50
  CHECK(wheel.next_tick() == 51);
}

// Random operations against a map of expiries: what fires, and at which tick, must agree.
TEST(agrees_with_a_naive_model) {
  for (uint32_t seed = 1; seed <= 20; seed++) {
    std::mt19937 random(seed);
    uint64_t now = seed % 2 == 0 ? (1ull << 30) - 3000 : 123456;
    TimerWheel wheel(now);
    std::vector<Timer> timers(64);
    std::map<Timer*, uint64_t> model;
    auto below = [&](uint64_t n) { return std::uniform_int_distribution<uint64_t>(0, n - 1)(random); };
    for (int step = 0; step < 20000; step++) {
      Timer& t = timers[below(timers.size())];
      switch (below(8)) {
        case 0: wheel.clear(t), model.erase(&t); break;
        case 1: wheel.remove(t), model.erase(&t); break;
        case 2: {
          now += below(10) == 0 ? below(1 << 20) : below(200);
          std::set<Timer*> due, fired;
          for (auto& [timer, at] : model)
            if (at <= now) due.insert(timer);
          uint64_t last = 0;
          wheel.advance(now, [&](Timer& timer) {
            uint64_t at = model.at(&timer);
            CHECK(at >= last);   // in order of expiry
            last = at;
            CHECK(fired.insert(&timer).second);
            model.erase(&timer);
          });
          CHECK(fired == due);
          break;
        }
        default: {
          uint64_t at = now + 1 + (below(4) == 0 ? below(1ull << (6 + below(34))) : below(5000));
          wheel.set(t, at), model[&t] = at;
        }
      }
      uint64_t next = wheel.next_tick();
      for (auto& [timer, at] : model) CHECK(next <= at);
    }
  }
}

RUN_TESTS()
