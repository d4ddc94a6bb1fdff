#include "window.h"

#include <algorithm>
#include <cstring>
#include "check.h"

using namespace tsproxy;

TEST(its_parts_lie_one_behind_the_other) {
  Window window(101, 5000, 20000);
  auto* start = static_cast<char*>(window.memory());
  CHECK(window.facts() == window.memory());
  CHECK(reinterpret_cast<char*>(window.headers()) == start + FACT_COUNT * 4);
  CHECK(window.edit_off() >= FACT_COUNT * 4 + 101 * sizeof(HeaderField) && window.edit_off() % 64 == 0);
  CHECK(window.bytes_off() >= window.edit_off() + 5000 && window.bytes_off() % 64 == 0);
  CHECK(window.size() >= window.bytes_off() + 20000);
  CHECK(window.edit_size() == 5000 && window.bytes_size() == 20000 && window.max_headers() == 101);
}

TEST(shows_nothing_of_earlier_owners_of_the_memory) {
  {
    Window used(10, 100, 100);
    std::memset(used.memory(), 0xff, used.size());
  }
  Window window(10, 100, 100);
  auto* start = static_cast<char*>(window.memory());
  CHECK(std::all_of(start, start + window.size(), [](char c) { return c == 0; }));
}

RUN_TESTS()
