#include "pool.h"

#include <vector>
#include "check.h"

using namespace tsproxy;

namespace {
int alive = 0;
struct Thing {
  explicit Thing(int v) : value(v) { alive++; }
  ~Thing() { alive--; }
  uint32_t handle = 0;
  int value;
};
}  // namespace

TEST(a_handle_names_its_object_until_it_is_freed) {
  Slab<Thing, 4> slab;
  Thing* a = slab.make(1);
  uint32_t handle = a->handle;
  CHECK(slab.get(handle) == a && slab.live() == 1);
  slab.free(a);
  CHECK(slab.get(handle) == nullptr && slab.live() == 0);
  Thing* b = slab.make(2);
  CHECK(b == a && b->handle != handle);
  CHECK(slab.get(handle) == nullptr && slab.get(b->handle) == b);
  slab.free(b);
}

TEST(handles_that_were_never_given_name_nothing) {
  Slab<Thing, 4> slab;
  CHECK(slab.get(0) == nullptr && slab.get(0xffffffff) == nullptr);
  slab.make(1);
  CHECK(slab.get(1 << 8) == nullptr && slab.get(1) == nullptr);
}

TEST(objects_do_not_move_when_the_slab_grows) {
  Slab<Thing, 4> slab;
  std::vector<Thing*> all;
  for (int i = 0; i < 100; i++) all.push_back(slab.make(i));
  for (int i = 0; i < 100; i++) CHECK(all[i]->value == i && slab.get(all[i]->handle) == all[i]);
  int visited = 0;
  slab.each([&](Thing& t) { if (t.value % 2 == 0) slab.free(&t); });
  slab.each([&](Thing& t) { visited++; CHECK(t.value % 2 == 1); });
  CHECK(visited == 50 && slab.live() == 50);
}

TEST(the_slab_destroys_what_is_left) {
  alive = 0;
  {
    Slab<Thing, 4> slab;
    for (int i = 0; i < 10; i++) slab.make(i);
    CHECK(alive == 10);
  }
  CHECK(alive == 0);
}

TEST(a_generation_comes_round_after_256_lives_and_not_before) {
  Slab<Thing, 4> slab;
  Thing* first = slab.make(0);
  uint32_t handle = first->handle;
  slab.free(first);
  for (int i = 1; i < 256; i++) {
    Thing* t = slab.make(i);
    CHECK(slab.get(handle) == nullptr);
    slab.free(t);
  }
}

RUN_TESTS()
