#include "loop.h"

#include <poll.h>
#include <unistd.h>
#include <atomic>
#include <thread>
#include "check.h"
#include "timer.h"

using namespace tsproxy;

namespace {

// Waits until the loop's descriptor is readable, as the worker's libuv loop does, and collects.
int wait_and_collect(Loop& loop, epoll_event* events, int max) {
  pollfd p{loop.fd(), POLLIN, 0};
  ::poll(&p, 1, 20000);
  return loop.collect(events, max);
}

PollKind kind_of(const epoll_event& event) { return static_cast<Pollable*>(event.data.ptr)->kind; }

struct Pair {
  Pair() { ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fds); }
  ~Pair() {
    ::close(fds[0]);
    ::close(fds[1]);
  }
  int fds[2];
};

}  // namespace

TEST(collect_does_not_block) {
  Loop loop;
  epoll_event events[4];
  CHECK(loop.collect(events, 4) == 0);
}

TEST(an_edge_is_reported_once_and_again_after_rearm) {
  Loop loop;
  Pair pair;
  Pollable p(PollKind::Connection);
  p.fd = pair.fds[0];
  CHECK(loop.add_edge(p) == 0);
  epoll_event events[4];
  CHECK(loop.collect(events, 4) == 1 && events[0].events == EPOLLOUT && events[0].data.ptr == &p);
  CHECK(loop.collect(events, 4) == 0);
  CHECK(::write(pair.fds[1], "x", 1) == 1);
  CHECK(loop.collect(events, 4) == 1 && (events[0].events & EPOLLIN) != 0);
  CHECK(loop.collect(events, 4) == 0);
  CHECK(loop.rearm(p) == 0);
  CHECK(loop.collect(events, 4) == 1 && (events[0].events & EPOLLIN) != 0);
  CHECK(loop.remove(p) == 0);
  CHECK(loop.add_edge(p) == 0);
  CHECK(loop.add_edge(p) < 0);
}

TEST(a_level_is_reported_until_it_is_served) {
  Loop loop;
  Pair pair;
  Pollable p(PollKind::Listener);
  p.fd = pair.fds[0];
  CHECK(loop.add_level_in(p, true) == 0);
  CHECK(::write(pair.fds[1], "x", 1) == 1);
  epoll_event events[4];
  CHECK(loop.collect(events, 4) == 1);
  CHECK(loop.collect(events, 4) == 1 && kind_of(events[0]) == PollKind::Listener);
  char byte;
  CHECK(sys::recv(p.fd, &byte, 1) == 1);
  CHECK(loop.collect(events, 4) == 0);
}

TEST(the_timer_wakes_once_and_can_be_armed_again) {
  Loop loop;
  epoll_event events[4];
  for (int round = 0; round < 3; round++) {
    uint64_t at = loop.now_ms() + 5;
    loop.wake_at(at);
    loop.wake_at(at + 1000);   // later: nothing
    CHECK(wait_and_collect(loop, events, 4) == 1 && kind_of(events[0]) == PollKind::Timer);
    loop.timer_fired();
    loop.update_clock();
    CHECK(loop.now_ms() >= at);
    CHECK(loop.collect(events, 4) == 0);
  }
}

TEST(an_earlier_time_replaces_a_later_one) {
  Loop loop;
  epoll_event events[4];
  loop.wake_at(loop.now_ms() + 3'600'000);
  loop.wake_at(loop.now_ms() + 1);
  CHECK(wait_and_collect(loop, events, 4) == 1 && kind_of(events[0]) == PollKind::Timer);
  loop.timer_fired();
  loop.wake_at(TIMER_NEVER);
  CHECK(loop.collect(events, 4) == 0);
}

TEST(a_time_that_is_over_wakes_at_once) {
  Loop loop;
  epoll_event events[4];
  loop.wake_at(0);
  CHECK(wait_and_collect(loop, events, 4) == 1 && kind_of(events[0]) == PollKind::Timer);
}

TEST(mail_from_other_threads_arrives) {
  Loop loop;
  std::atomic<int> sent{0};
  std::thread poster([&] {
    for (int i = 0; i < 100; i++) {
      sent++;
      loop.post();
    }
  });
  epoll_event events[4];
  CHECK(wait_and_collect(loop, events, 4) == 1 && kind_of(events[0]) == PollKind::Mail);
  poster.join();
  loop.mail_taken();
  CHECK(loop.collect(events, 4) == 0);
  loop.post();
  CHECK(loop.collect(events, 4) == 1 && sent == 100);
}

RUN_TESTS()
