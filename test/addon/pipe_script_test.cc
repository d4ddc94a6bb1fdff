// The pool of pipes against a kernel that says no.
#include "pipe.h"

#include <cerrno>
#include <vector>
#include "check.h"
#include "sys_script.h"

using namespace tsproxy;
using script::Call;

namespace {

struct World {
  World() { script::reset(); }
  Pages pages{2, 0, 0, 0};
  int32_t used() { return pages.global(GS_PIPES_USED); }
  int32_t free() { return pages.global(GS_PIPES_FREE); }
};

}  // namespace

TEST(an_empty_pipe_is_used_again_and_a_dirty_one_is_closed) {
  World w;
  PipePool pool(w.pages, 0, 8, 65536);
  PipeFailure why;
  Pipe* a = pool.take(why);
  CHECK(a != nullptr && why == PipeFailure::None && pool.used() == 1 && w.used() == 1 && w.free() == 0);
  pool.give(a);
  CHECK(pool.idle() == 1 && w.used() == 0 && w.free() == 1);
  CHECK(pool.take(why) == a);
  a->bytes = 1;
  pool.give(a);
  CHECK(pool.idle() == 0 && script::open_pipes() == 0 && w.used() == 0 && w.free() == 0);
  uint64_t* row = w.pages.row(0);
  CHECK(row[CW_PIPE_HITS] == 1 && row[CW_PIPE_MISSES] == 1 && row[CW_PIPE_DIRTY] == 1);
}

TEST(preallocates_and_closes_all_at_the_end) {
  World w;
  {
    PipePool pool(w.pages, 0, 4, 65536);
    pool.preallocate(10);
    CHECK(pool.idle() == 4 && script::open_pipes() == 4 && w.pages.pipes().open == 4);
  }
  CHECK(script::open_fds() == 0 && w.free() == 0 && w.pages.pipes().open == 0);
}

TEST(no_pipes_at_all) {
  World w;
  PipePool pool(w.pages, 0, 0, 0);
  pool.preallocate(4);
  PipeFailure why;
  CHECK(pool.take(why) == nullptr && why == PipeFailure::Limit && script::calls(Call::Pipe) == 0);
}

TEST(at_the_bound_another_workers_idle_pipe_is_taken_over) {
  World w;
  PipePool a(w.pages, 0, 2, 65536), b(w.pages, 1, 2, 65536);
  a.preallocate(2);
  PipeFailure why;
  Pipe* first = b.take(why);
  Pipe* second = b.take(why);
  CHECK(first != nullptr && second != nullptr && a.idle() == 0 && script::open_pipes() == 2);
  CHECK(b.take(why) == nullptr && why == PipeFailure::Limit);
  CHECK(w.used() == 2 && w.free() == 0);
  b.give(first);
  CHECK(a.take(why) == first && why == PipeFailure::None);
  a.give(first);
  b.give(second);
}

TEST(without_descriptors_an_idle_pipe_elsewhere_helps_and_then_nothing) {
  World w;
  PipePool a(w.pages, 0, 9, 65536), b(w.pages, 1, 9, 65536);
  a.preallocate(1);
  script::fd_limit(script::open_fds());
  PipeFailure why;
  Pipe* taken = b.take(why);
  CHECK(taken != nullptr && why == PipeFailure::None);
  CHECK(b.take(why) == nullptr && why == PipeFailure::System);
  CHECK(w.pages.pipes().open == 1 && w.used() == 1);
  script::fd_limit(100);
  Pipe* made = b.take(why);
  CHECK(made != nullptr);
  b.give(made);
  b.give(taken);
}

TEST(a_refused_size_is_halved) {
  World w;
  PipePool pool(w.pages, 0, 8, 1 << 20);
  script::fail(Call::SetPipeSize, EPERM, 2);
  PipeFailure why;
  Pipe* pipe = pool.take(why);
  CHECK(pipe != nullptr && pipe->size == 1 << 18);
  CHECK(w.pages.row(0)[CW_PIPE_SHRUNK] == 1);
  script::fail(Call::SetPipeSize, EPERM, 4);
  Pipe* least = pool.take(why);
  CHECK(least != nullptr && least->size == 65536 && w.pages.row(0)[CW_PIPE_SHRUNK] == 2);
  pool.give(pipe);
  pool.give(least);
}

TEST(a_pipe_of_two_pages_is_not_worth_having) {
  World w;
  script::slots(2);
  PipePool pool(w.pages, 0, 8, 1 << 20);
  script::fail(Call::SetPipeSize, EPERM, 1 << 20);
  PipeFailure why;
  CHECK(pool.take(why) == nullptr && why == PipeFailure::System);
  CHECK(script::open_fds() == 0 && w.pages.pipes().open == 0 && w.used() == 0);
  // The next attempts are spared, then it is tried again.
  uint64_t tried = script::calls(Call::Pipe);
  int until = 0;
  while (script::calls(Call::Pipe) == tried && until < 1000) {
    CHECK(pool.take(why) == nullptr && why == PipeFailure::System);
    until++;
  }
  CHECK(until > 10 && until < 1000);
}

TEST(small_pipes_are_fine_if_that_is_what_was_asked_for) {
  World w;
  PipePool pool(w.pages, 0, 8, 4096);
  PipeFailure why;
  Pipe* pipe = pool.take(why);
  CHECK(pipe != nullptr && pipe->size == 4096 && w.pages.row(0)[CW_PIPE_SHRUNK] == 0);
  pool.give(pipe);
}

TEST(the_size_fits_the_users_limit) {
  script::reset();
  script::pipe_limits({1 << 20, 16384, false});
  CHECK(fitting_pipe_size(64) == 1 << 20);
  CHECK(fitting_pipe_size(65) == 1 << 19);
  CHECK(fitting_pipe_size(500) == 1 << 17);
  CHECK(fitting_pipe_size(100000) == 65536);
  script::pipe_limits({1 << 20, 16384, true});
  CHECK(fitting_pipe_size(100000) == 1 << 20);
  script::pipe_limits({1 << 20, 0, false});
  CHECK(fitting_pipe_size(100000) == 1 << 20);
  script::pipe_limits({300000, 16384, true});
  CHECK(fitting_pipe_size(1) == 1 << 18);
}

RUN_TESTS()
