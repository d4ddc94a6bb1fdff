#include "buffer.h"

#include <algorithm>
#include <random>
#include <string>
#include "check.h"

using namespace tsproxy;

namespace {
std::string text(const Buffer& b) { return std::string(b.data(), b.length()); }
}  // namespace

TEST(blocks_are_kept_up_to_the_bound) {
  BlockPool pool(4096, 1);
  Block *a = pool.take(), *b = pool.take();
  CHECK(pool.in_use() == 2 && a->size == 4096);
  pool.give(a);
  pool.give(b);
  CHECK(pool.in_use() == 0);
  CHECK(pool.take() == a);
  pool.give(a);
}

TEST(a_buffer_without_a_block_is_empty_and_has_no_room) {
  Buffer b;
  CHECK(b.empty() && b.room() == 0 && b.data() == nullptr);
}

TEST(appends_all_or_nothing) {
  BlockPool pool(8, 1);
  Buffer b;
  CHECK(b.append(pool, "hello", 5));
  CHECK(!b.append(pool, "1234", 4));
  CHECK(text(b) == "hello");
  CHECK(b.append(pool, "123", 3) && b.room() == 0);
  b.drop(6);
  CHECK(b.append(pool, "abcdef", 6));
  CHECK(text(b) == "23abcdef");
  b.release(pool);
  CHECK(pool.in_use() == 0 && b.empty());
}

TEST(room_opens_again_at_a_full_block_after_a_drop) {
  BlockPool pool(8, 1);
  Buffer b;
  CHECK(b.append(pool, "abcdefgh", 8));
  CHECK(b.room() == 0);
  b.drop(1);
  CHECK(b.room() == 1);
  *b.tail() = 'i';
  b.grown(1);
  CHECK(text(b) == "bcdefghi");
  b.release(pool);
}

TEST(gives_the_block_back_when_empty) {
  BlockPool pool(8, 1);
  Buffer b;
  CHECK(b.append(pool, "abc", 3));
  b.release_if_empty(pool);
  CHECK(pool.in_use() == 1);
  b.drop(3);
  b.release_if_empty(pool);
  CHECK(pool.in_use() == 0);
  b.release_if_empty(pool);
}

TEST(keeps_the_order_of_bytes_through_random_use) {
  std::mt19937 random(7);
  BlockPool pool(97, 2);
  Buffer b;
  std::string model;
  char next = 0;
  for (int step = 0; step < 100000; step++) {
    uint32_t n = random() % 60;
    if (random() % 2 == 0) {
      std::string bytes;
      for (uint32_t i = 0; i < n; i++) bytes.push_back(next++);
      bool fits = model.size() + n <= 97;
      CHECK(b.append(pool, bytes.data(), n) == fits);
      if (fits) model += bytes;
    } else if (random() % 4 == 0 && b.ensure(pool)) {
      uint32_t room = b.room();
      CHECK((room == 0) == (model.size() == 97));
      for (uint32_t i = 0; i < room; i++) b.tail()[i] = next, model.push_back(next++);
      b.grown(room);
    } else {
      n = std::min<uint32_t>(n, b.length());
      b.drop(n);
      model.erase(0, n);
      b.release_if_empty(pool);
    }
    CHECK(b.length() == model.size() && text(b) == model);
  }
  b.release(pool);
}

RUN_TESTS()
