#include "stick_tables.h"

#include <cstring>
#include <set>
#include <string>
#include <thread>
#include "check.h"

using namespace tsproxy;

namespace {

constexpr uint32_t T0 = 4'000'000'000u;   // any time; near the end of 32 bits

StickSpec spec(uint32_t size, uint32_t expire_ms = 0, bool nopurge = false) {
  StickSpec s;
  s.key_kind = STICK_KEY_STRING;
  s.key_size = 16;
  s.size = size;
  s.expire_ms = expire_ms;
  s.nopurge = nopurge;
  s.columns = {{STICK_GPC0, 1, 0}, {STICK_CONN_CNT, 1, 0},  {STICK_CONN_CUR, 1, 0},     {STICK_CONN_RATE, 1, 1000},
               {STICK_GPC0_RATE, 1, 1000}, {STICK_BYTES_IN_CNT, 1, 0}, {STICK_BYTES_IN_RATE, 1, 1000}};
  return s;
}

bool has(StickTable& t, std::string_view key, uint32_t now) { return static_cast<bool>(t.find(key, now)); }
bool make(StickTable& t, std::string_view key, uint32_t now) { return static_cast<bool>(t.make(key, now)); }

std::string number(uint32_t n) { return "key" + std::to_string(n); }

}  // namespace

TEST(a_key_is_found_with_what_was_counted_for_it) {
  StickTable t(spec(10));
  CHECK(!has(t, "a", T0));
  {
    StickEntry e = t.make("a", T0);
    CHECK(e.increase(STICK_GPC0, 0, 3, T0) == 3);
    e.count(STICK_EVENT_BYTES_IN, 1ull << 40, 7, T0);
  }
  t.make("b", T0);
  StickEntry e = t.find("a", T0);
  CHECK(e && e.get(STICK_GPC0, 0, T0) == 3);
  CHECK(e.get(STICK_BYTES_IN_CNT, 0, T0) == static_cast<double>(1ull << 40) && e.get(STICK_BYTES_IN_RATE, 0, T0) == 7);
  CHECK(e.get(STICK_GPC1, 0, T0) == STICK_NOT_STORED && e.get(STICK_GPC0, 1, T0) == STICK_NOT_STORED);
  CHECK(e.get(STICK_IDLE, 0, T0 + 5) == 5 && e.get(STICK_EXPIRE, 0, T0) == 0);
}

TEST(keys_are_cut_and_filled_up) {
  StickSpec s = spec(10);
  s.key_size = 3;
  StickTable t(s);
  t.make("abcdef", T0);
  CHECK(has(t, "abc", T0) && has(t, "abcx", T0) && !has(t, "ab", T0));
  t.make("", T0);
  CHECK(has(t, "", T0) && t.used(T0) == 2);
}

TEST(an_entry_expires_unless_it_is_refreshed_or_held) {
  StickTable t(spec(10, 1000));
  t.make("a", T0);
  StickHandle held = t.make("b", T0).hold();
  t.make("c", T0).touch(T0 + 500);
  CHECK(t.used(T0 + 999) == 3);
  CHECK(!has(t, "a", T0 + 1000) && has(t, "b", T0 + 1000) && has(t, "c", T0 + 1499));
  CHECK(t.used(T0 + 1500) == 1);
  t.at(held).drop(T0 + 5000);
  CHECK(has(t, "b", T0 + 5999) && !has(t, "b", T0 + 6000) && t.used(T0 + 6000) == 0);
}

TEST(a_full_table_drops_its_oldest_entry) {
  StickTable t(spec(3));
  t.make("a", T0);
  t.make("b", T0 + 1);
  t.make("c", T0 + 2);
  t.make("a", T0 + 3).touch(T0 + 3);
  CHECK(make(t, "d", T0 + 4));
  CHECK(has(t, "a", T0 + 4) && !has(t, "b", T0 + 4) && has(t, "c", T0 + 4) && t.used(T0 + 4) == 3);
}

TEST(what_is_held_is_not_dropped) {
  StickTable t(spec(2));
  StickHandle a = t.make("a", T0).hold(), b = t.make("b", T0).hold();
  CHECK(!make(t, "c", T0 + 1));
  t.at(b).drop(T0 + 2);
  CHECK(make(t, "c", T0 + 3) && has(t, "a", T0 + 3) && !has(t, "b", T0 + 3));
  CHECK(!t.at(a).erase());
  t.at(a).drop(T0 + 4);
  CHECK(t.at(a).erase() && !has(t, "a", T0 + 4));
}

TEST(nopurge_refuses_new_keys_until_old_ones_expire) {
  StickTable t(spec(2, 100, true));
  t.make("a", T0);
  t.make("b", T0 + 50);
  CHECK(!make(t, "c", T0 + 60) && make(t, "a", T0 + 60));
  CHECK(make(t, "c", T0 + 100) && !has(t, "a", T0 + 100));
}

TEST(rates_slide_over_two_periods) {
  StickTable t(spec(10));
  StickEntry e = t.make("a", T0);
  for (int i = 0; i < 4; i++) e.increase(STICK_GPC0, 0, 1, T0);
  auto rate = [&](uint32_t ms) { return e.get(STICK_GPC0_RATE, 0, T0 + ms); };
  CHECK(rate(0) == 4 && rate(999) == 4 && rate(1000) == 4 && rate(1001) == 3 && rate(1250) == 3 && rate(1751) == 0 && rate(2000) == 0);
  e.increase(STICK_GPC0, 0, 1, T0 + 1500);
  CHECK(rate(1500) == 1 + 2 && rate(1999) == 1 && rate(2000) == 1 && rate(2999) == 1 && rate(3000) == 0);
  e.increase(STICK_GPC0, 0, 1, T0 + 9000);
  CHECK(rate(9000) == 1);
}

TEST(clocks_of_threads_may_differ_a_little) {
  StickTable t(spec(10, 1000));
  StickEntry e = t.make("a", T0 + 3);
  e.increase(STICK_GPC0, 0, 1, T0 + 3);
  CHECK(e.get(STICK_GPC0_RATE, 0, T0) == 1 && e.get(STICK_IDLE, 0, T0) == 0 && e.get(STICK_EXPIRE, 0, T0) == 1000);
  CHECK(e.increase(STICK_GPC0, 0, 1, T0) == 2 && e.get(STICK_GPC0_RATE, 0, T0) == 2);
}

TEST(arrays_answer_to_the_names_of_their_first_elements) {
  StickSpec s = spec(10);
  s.columns = {{STICK_GPC, 3, 0}, {STICK_GPC_RATE, 2, 1000}, {STICK_GPT, 1, 0}};
  StickTable t(s);
  StickEntry e = t.make("a", T0);
  CHECK(e.increase(STICK_GPC, 1, 5, T0) == 5 && e.get(STICK_GPC1, 0, T0) == 5 && e.get(STICK_GPC1_RATE, 0, T0) == 5);
  CHECK(e.increase(STICK_GPC0, 0, 1, T0) == 1 && e.get(STICK_GPC, 0, T0) == 1);
  CHECK(e.get(STICK_GPC, 3, T0) == STICK_NOT_STORED && e.increase(STICK_GPC, 2, 1, T0) == 1);
  CHECK(e.get(STICK_GPC_RATE, 2, T0) == STICK_NOT_STORED);
  CHECK(e.set(STICK_GPT0, 0, 9, T0) && e.get(STICK_GPT, 0, T0) == 9 && !e.set(STICK_GPT, 1, 9, T0));
}

TEST(connections_are_counted_as_long_as_they_last) {
  StickTable t(spec(10));
  StickEntry e = t.make("a", T0);
  e.count_connection(T0);
  e.count_connection(T0);
  CHECK(e.get(STICK_CONN_CNT, 0, T0) == 2 && e.get(STICK_CONN_CUR, 0, T0) == 2 && e.get(STICK_CONN_RATE, 0, T0) == 2);
  e.end_connection();
  e.end_connection();
  e.end_connection();
  CHECK(e.get(STICK_CONN_CUR, 0, T0) == 0 && e.get(STICK_CONN_CNT, 0, T0) == 2);
}

TEST(blocks_of_bytes_are_shown_as_bytes) {
  StickSpec s = spec(10);
  s.bytes_factor = 1024;
  StickTable t(s);
  StickEntry e = t.make("a", T0);
  e.count(STICK_EVENT_BYTES_IN, 4096, 4, T0);
  CHECK(e.get(STICK_BYTES_IN_RATE, 0, T0) == 4096);
  CHECK(e.set(STICK_CONN_RATE, 0, 12, T0) && e.get(STICK_CONN_RATE, 0, T0 + 500) == 12);
}

TEST(pages_visit_every_entry_once) {
  StickTable t(spec(5000));
  for (uint32_t i = 0; i < 3000; i++) t.make(number(i), T0);
  std::set<std::string> seen;
  std::set<uint64_t> addresses;
  uint64_t cursor = 0;
  int pages = 0;
  do {
    cursor = t.page(cursor, 100, T0, [&](StickEntry& e) {
      seen.insert(std::string(e.key().data()));
      addresses.insert(e.address());
    });
    pages++;
  } while (cursor != 0);
  CHECK(seen.size() == 3000 && addresses.size() == 3000 && pages >= 30);
  CHECK(t.at_address(*addresses.begin(), T0));
  CHECK(!t.at_address(*addresses.begin() + 1, T0) && !t.at_address(42, T0));
}

TEST(a_large_table_stays_within_its_size_and_keeps_young_entries) {
  StickTable t(spec(20'000, 60'000));
  for (uint32_t i = 0; i < 60'000; i++) CHECK(t.make(number(i), T0 + i / 10));
  CHECK(t.used(T0 + 6000) <= 20'000 && t.used(T0 + 6000) > 19'000);
  int young = 0, old = 0;
  for (uint32_t i = 0; i < 1000; i++) young += t.find(number(59'000 + i), T0 + 6000) ? 1 : 0;
  for (uint32_t i = 0; i < 1000; i++) old += t.find(number(i), T0 + 6000) ? 1 : 0;
  CHECK(young == 1000 && old == 0);
  CHECK(t.used(T0 + 70'000) == 0);
}

TEST(any_order_of_makes_and_erases_leaves_the_right_keys) {
  StickTable t(spec(300));
  std::set<std::string> expected;
  uint32_t x = 12345;
  for (int i = 0; i < 50'000; i++) {
    x = x * 1664525u + 1013904223u;
    std::string key = number(x >> 16 & 0x1ff);
    if (expected.count(key) > 0 && (x & 1) != 0) {
      CHECK(t.find(key, T0).erase());
      expected.erase(key);
    } else if (expected.size() < 300) {
      t.make(key, T0);
      expected.insert(key);
    }
    if (i % 500 != 0) continue;
    CHECK(t.used(T0) == expected.size());
    for (uint32_t n = 0; n < 512; n++) CHECK(has(t, number(n), T0) == (expected.count(number(n)) > 0));
  }
}

TEST(names_keep_their_numbers) {
  StickNames names;
  uint32_t a = names.number("a"), b = names.number("127.0.0.1:80");
  CHECK(a == 1 && b == 2 && names.number("a") == a && names.name(b) == "127.0.0.1:80" && names.name(0).empty() && names.name(3).empty());
}

TEST(threads_share_a_table_without_losing_a_count) {
  constexpr int THREADS = 4, ROUNDS = 20'000, KEYS = 500;
  StickTable t(spec(2000, 60'000));
  StickNames names;
  std::vector<std::thread> threads;
  for (int n = 0; n < THREADS; n++) {
    threads.emplace_back([&, n] {
      std::vector<StickHandle> held;
      for (uint32_t i = 0; i < ROUNDS; i++) {
        uint32_t now = T0 + i / 100;
        StickEntry e = t.make(number(i * 7 % KEYS), now);
        e.increase(STICK_GPC0, 0, 1, now);
        e.count_connection(now);
        e.touch(now);
        StickHandle handle = e.hold();
        { StickEntry gone = std::move(e); }
        names.number(number(i % 50));
        StickEntry back = t.at(handle);
        back.end_connection();
        back.drop(now);
        if (i % 1000 == static_cast<uint32_t>(n)) {
          { StickEntry gone = std::move(back); }
          t.used(now);
          t.page(0, 50, now, [](StickEntry&) {});
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  double sum = 0, current = 0, uses = 0;
  for (uint32_t i = 0; i < KEYS; i++) {
    StickEntry e = t.find(number(i), T0 + 500);
    CHECK(e);
    sum += e.get(STICK_GPC0, 0, T0 + 500);
    current += e.get(STICK_CONN_CUR, 0, T0 + 500);
    uses += e.get(STICK_TRACKERS, 0, T0 + 500);
  }
  CHECK(sum == THREADS * ROUNDS && current == 0 && uses == 0 && t.used(T0 + 500) == KEYS);
}

TEST(threads_fill_and_purge_a_small_table) {
  StickTable t(spec(100));
  std::vector<std::thread> threads;
  for (uint32_t n = 0; n < 4; n++) {
    threads.emplace_back([&, n] {
      for (uint32_t i = 0; i < 5000; i++) t.make(number(n * 5000 + i), T0 + i).increase(STICK_GPC0, 0, 1, T0 + i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(t.used(T0 + 5000) <= 100 && t.used(T0 + 5000) > 50);
}

RUN_TESTS()
