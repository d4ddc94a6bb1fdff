// The event loop of a worker: one epoll fd for its sockets, one timerfd, one eventfd for mail from other threads.
// The loop does not block: its epoll fd is watched by the worker's libuv loop, which calls Engine::pass().
// Sockets are registered edge-triggered once, for IN, OUT and RDHUP; readiness is kept in the Pollable until a call says EAGAIN.
#pragma once
#include <cstdint>
#include "sys.h"

namespace tsproxy {

enum class PollKind : uint8_t { Connection, Listener, Timer, Mail };

struct Pollable {
  int fd = -1;
  PollKind kind;
  explicit Pollable(PollKind k) : kind(k) {}
};

class Loop {
 public:
  Loop();                                    // throws std::system_error
  ~Loop();
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  int fd() const { return epoll_; }
  uint64_t now_ms() const { return now_ms_; }
  uint64_t now_ns() const { return now_ns_; }
  void update_clock();
  int add_edge(Pollable& p);                 // IN | OUT | RDHUP | ET; 0 or -errno
  int add_level_in(Pollable& p, bool exclusive);
  int rearm(Pollable& p);                    // MOD with the same mask: the kernel reports what is ready now
  int remove(Pollable& p);
  int collect(epoll_event* events, int max); // never blocks
  void wake_at(uint64_t ms);                 // arms the timerfd if that is earlier than it is armed for; TIMER_NEVER: nothing
  void timer_fired();                        // to be called when the timerfd is readable
  void post();                               // any thread: wake this loop (eventfd)
  void mail_taken();

 private:
  void close();
  int epoll_ = -1;
  Pollable timer_{PollKind::Timer}, mail_{PollKind::Mail};
  uint64_t now_ms_ = 0, now_ns_ = 0, armed_ms_ = ~0ull;
};

}  // namespace tsproxy
