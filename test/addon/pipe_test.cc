// The pool of pipes on the real kernel, as an ordinary user, and by two threads.
#include "pipe.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <thread>
#include <vector>
#include "check.h"
#include "sys.h"

using namespace tsproxy;

namespace {

// Runs `body` as a user without rights, in a child of its own; true if it returned true.
template <typename Body>
bool as_ordinary_user(Body&& body) {
  pid_t child = ::fork();
  if (child == 0) {
    // The limits count for a user: one of our own, lest another program of the same user has a share in them.
    uid_t user = 100000 + static_cast<uid_t>(::getpid());
    bool plain = ::geteuid() != 0 || (::setgroups(0, nullptr) == 0 && ::setgid(user) == 0 && ::setuid(user) == 0);
    ::_exit(plain && body() ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// Uses up what the user may have in pipes, all but less than one of them; the descriptors stay open.
void spend_soft_limit() {
  int fds[2];
  while (sys::pipe(fds) == 0) {
    while (sys::set_pipe_size(fds[1], 1 << 20) < 0 && sys::set_pipe_size(fds[1], 1 << 17) < 0) break;
    if (sys::pipe_size(fds[1]) < 65536) return;
  }
}

}  // namespace

TEST(a_pipe_carries_bytes_and_has_the_size_asked_for) {
  Pages pages(1, 0, 0, 0);
  PipePool pool(pages, 0, 4, 1 << 17);
  PipeFailure why;
  Pipe* pipe = pool.take(why);
  CHECK(pipe != nullptr && pipe->size == 1 << 17);
  CHECK(::write(pipe->in, "bytes", 5) == 5);
  char got[8];
  CHECK(sys::read(pipe->out, got, 8) == 5 && sys::read(pipe->out, got, 8) == -EAGAIN);
  CHECK((::fcntl(pipe->in, F_GETFD) & FD_CLOEXEC) != 0);
  pool.give(pipe);
}

TEST(past_the_soft_limit_an_ordinary_user_gets_less_or_nothing_but_never_an_error) {
  sys::PipeLimits limits = sys::pipe_limits();
  if (limits.user_pages == 0) return;   // this system has no limit
  CHECK(as_ordinary_user([] {
    if (sys::pipe_limits().privileged) return false;
    Pages pages(1, 0, 0, 0);
    PipePool pool(pages, 0, 100, 1 << 20);
    spend_soft_limit();
    PipeFailure why;
    std::vector<Pipe*> got;
    for (int i = 0; i < 10; i++)
      if (Pipe* pipe = pool.take(why)) got.push_back(pipe);
    bool degraded = pages.row(0)[CW_PIPE_SHRUNK] > 0 && got.size() < 10 && why == PipeFailure::System;
    bool counted = pages.global(GS_PIPES_USED) == static_cast<int32_t>(got.size()) &&
                   pages.pipes().open == static_cast<int32_t>(got.size());
    for (Pipe* pipe : got) pool.give(pipe);
    return degraded && counted;
  }));
}

TEST(the_chosen_size_keeps_a_whole_pool_within_the_soft_limit) {
  CHECK(as_ordinary_user([] {
    constexpr int PIPES = 40;
    Pages pages(1, 0, 0, 0);
    PipePool pool(pages, 0, PIPES, 0);
    PipeFailure why;
    std::vector<Pipe*> all;
    for (int i = 0; i < PIPES; i++) all.push_back(pool.take(why));
    bool whole = true;
    for (Pipe* pipe : all) whole = whole && pipe != nullptr && pipe->size == fitting_pipe_size(PIPES);
    for (Pipe* pipe : all)
      if (pipe != nullptr) pool.give(pipe);
    return whole && pages.row(0)[CW_PIPE_SHRUNK] == 0;
  }));
}

TEST(two_threads_stay_within_the_bound_and_no_counter_turns_negative) {
  constexpr int MOST = 4;
  Pages pages(2, 0, 0, 0);
  std::atomic<bool> running{true};
  std::atomic<int> held{0}, worst{0}, starved[2]{0, 0};
  std::atomic<uint64_t> taken[2]{0, 0};
  auto work = [&](int worker) {
    PipePool pool(pages, worker, MOST, 65536);
    std::vector<Pipe*> mine;
    PipeFailure why;
    uint32_t random = static_cast<uint32_t>(worker) + 1;
    for (int step = 0; step < 20000; step++) {
      random = random * 1664525 + 1013904223;
      if ((random >> 16 & 1) != 0 && !mine.empty()) {
        if ((random >> 17 & 15) == 0) mine.back()->bytes = 1;   // dropped with bytes in it
        held--;
        pool.give(mine.back());
        mine.pop_back();
      } else if (Pipe* pipe = pool.take(why)) {
        int now = ++held;
        if (now > worst) worst = now;
        taken[worker]++;
        mine.push_back(pipe);
      } else {
        starved[worker]++;
      }
    }
    for (Pipe* pipe : mine) held--, pool.give(pipe);
  };
  int lowest = 0, most_open = 0;
  std::thread watcher([&] {
    while (running) {
      lowest = std::min({lowest, pages.global(GS_PIPES_USED).load(), pages.global(GS_PIPES_FREE).load(), pages.pipes().open.load()});
      most_open = std::max(most_open, pages.pipes().open.load());
    }
  });
  std::thread a(work, 0), b(work, 1);
  a.join();
  b.join();
  running = false;
  watcher.join();
  CHECK(worst <= MOST && most_open <= MOST && lowest == 0);
  CHECK(taken[0] > 0 && taken[1] > 0 && starved[0] + starved[1] > 0);
  CHECK(pages.global(GS_PIPES_USED) == 0 && pages.global(GS_PIPES_FREE) == 0 && pages.pipes().open == 0);
}

RUN_TESTS()
