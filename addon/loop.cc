#include "loop.h"

#include <cerrno>
#include <system_error>
#include "timer.h"

namespace tsproxy {

namespace {

constexpr uint64_t NS_PER_MS = 1'000'000;

int checked(int fd, const char* what) {
  if (fd < 0) throw std::system_error(-fd, std::generic_category(), what);
  return fd;
}

epoll_event event_of(Pollable& p, uint32_t events) {
  epoll_event event{};
  event.events = events;
  event.data.ptr = &p;
  return event;
}

constexpr uint32_t EDGE = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

}  // namespace

Loop::Loop() {
  try {
    epoll_ = checked(sys::epoll_create(), "epoll_create");
    timer_.fd = checked(sys::timerfd(), "timerfd_create");
    mail_.fd = checked(sys::eventfd(), "eventfd");
    // Edge-triggered, the timerfd never has to be read: setting it anew clears it.
    epoll_event timer = event_of(timer_, EPOLLIN | EPOLLET), mail = event_of(mail_, EPOLLIN);
    checked(sys::epoll_ctl(epoll_, EPOLL_CTL_ADD, timer_.fd, &timer), "epoll_ctl");
    checked(sys::epoll_ctl(epoll_, EPOLL_CTL_ADD, mail_.fd, &mail), "epoll_ctl");
  } catch (...) {
    close();
    throw;
  }
  update_clock();
}

Loop::~Loop() { close(); }

void Loop::close() {
  for (int* fd : {&timer_.fd, &mail_.fd, &epoll_}) {
    if (*fd >= 0) sys::close(*fd);
    *fd = -1;
  }
}

void Loop::update_clock() {
  now_ns_ = sys::now_ns();
  now_ms_ = now_ns_ / NS_PER_MS;
}

int Loop::add_edge(Pollable& p) {
  epoll_event event = event_of(p, EDGE);
  return sys::epoll_ctl(epoll_, EPOLL_CTL_ADD, p.fd, &event);
}

int Loop::add_level_in(Pollable& p, bool exclusive) {
  epoll_event event = event_of(p, EPOLLIN | (exclusive ? EPOLLEXCLUSIVE : 0u));
  return sys::epoll_ctl(epoll_, EPOLL_CTL_ADD, p.fd, &event);
}

int Loop::rearm(Pollable& p) {
  epoll_event event = event_of(p, EDGE);
  return sys::epoll_ctl(epoll_, EPOLL_CTL_MOD, p.fd, &event);
}

int Loop::remove(Pollable& p) {
  epoll_event ignored{};
  return sys::epoll_ctl(epoll_, EPOLL_CTL_DEL, p.fd, &ignored);
}

int Loop::collect(epoll_event* events, int max) {
  int n = sys::epoll_wait(epoll_, events, max, 0);
  return n < 0 ? 0 : n;
}

void Loop::wake_at(uint64_t ms) {
  if (ms >= armed_ms_) return;
  // The clock of the pass may be old by now: against it the timer would fire late by the length of the pass.
  uint64_t now = sys::now_ns(), at = ms * NS_PER_MS;
  if (sys::timerfd_set(timer_.fd, at > now ? at - now : 1) == 0) armed_ms_ = ms;
}

void Loop::timer_fired() { armed_ms_ = TIMER_NEVER; }

void Loop::post() { sys::notify(mail_.fd); }

void Loop::mail_taken() { sys::drain(mail_.fd); }

}  // namespace tsproxy
