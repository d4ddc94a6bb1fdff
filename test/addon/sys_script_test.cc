#include "sys_script.h"

#include <algorithm>
#include <cerrno>
#include <vector>
#include "check.h"
#include "loop.h"

using namespace tsproxy;
using script::Call;
using script::Connecting;
using script::Peer;

namespace {

// A set of edge-triggered registrations, and what it reports.
struct Edges {
  int epoll = sys::epoll_create();
  void add(int fd) {
    epoll_event event{};
    event.events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    event.data.fd = fd;
    CHECK(sys::epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event) == 0);
  }
  uint32_t report(int fd) {
    epoll_event events[16];
    int n = sys::epoll_wait(epoll, events, 16, 0);
    for (int i = 0; i < n; i++)
      if (events[i].data.fd == fd) return events[i].events;
    return 0;
  }
};

int accept_from(int listener) {
  sockaddr_storage from;
  socklen_t length = sizeof from;
  return sys::accept(listener, &from, &length);
}

int dial(const std::string& to) {
  SocketAddress at = script::address(to);
  int fd = sys::socket(at.storage.ss_family, SOCK_STREAM, 0);
  int result = sys::connect(fd, reinterpret_cast<sockaddr*>(&at.storage), at.length);
  return result == 0 || result == -EINPROGRESS ? fd : result;
}

}  // namespace

TEST(a_client_is_accepted_and_bytes_pass_both_ways) {
  script::reset();
  int listener = script::listener();
  Peer& client = script::connect_to(listener);
  int fd = accept_from(listener);
  CHECK(fd > 0 && accept_from(listener) == -EAGAIN);
  char bytes[8];
  CHECK(sys::recv(fd, bytes, 8) == -EAGAIN);
  client.write("hello world", 5);
  CHECK(sys::peek(fd, bytes, 8) == 8 && sys::recv(fd, bytes, 8) == 8 && std::string(bytes, 8) == "hello wo");
  CHECK(client.unread() == 3);
  CHECK(sys::send(fd, "yes", 3, true) == 3 && client.take() == "yes" && client.more());
  sys::close(fd);
  CHECK(client.was_reset() && client.closed());   // three bytes were never read
  CHECK(script::misuse().empty());
}

TEST(edges_are_reported_once_each) {
  script::reset();
  int listener = script::listener();
  Peer& client = script::connect_to(listener);
  int fd = accept_from(listener);
  Edges edges;
  edges.add(fd);
  CHECK(edges.report(fd) == EPOLLOUT);
  CHECK(edges.report(fd) == 0);
  client.write("x");
  CHECK(edges.report(fd) == (EPOLLIN | EPOLLOUT));
  CHECK(edges.report(fd) == 0);   // nothing was read, nothing new came
  client.write("y");
  CHECK(edges.report(fd) != 0);
  client.stall();
  CHECK(sys::send(fd, "z", 1, false) == -EAGAIN && edges.report(fd) == 0);
  client.room(1);
  CHECK((edges.report(fd) & EPOLLOUT) != 0);
  client.shut();
  CHECK((edges.report(fd) & EPOLLRDHUP) != 0);
}

TEST(a_pipe_takes_a_segment_a_slot) {
  script::reset();
  int listener = script::listener();
  Peer& client = script::connect_to(listener);
  int fd = accept_from(listener), fds[2];
  CHECK(sys::pipe(fds) == 0 && sys::pipe_size(fds[1]) == 65536);
  client.write(std::string(20000, 'a'), 1000);
  CHECK(sys::splice_in(fd, fds[1], 100000) == 16000);
  CHECK(sys::splice_in(fd, fds[1], 100000) == -EAGAIN);   // full, not drained
  client.room(2500);
  CHECK(sys::splice_out(fds[0], fd, 16000, false) == 2500);
  CHECK(sys::splice_out(fds[0], fd, 13500, false) == -EAGAIN);
  client.drain();
  CHECK(sys::splice_out(fds[0], fd, 13500, false) == 13500);
  CHECK(sys::splice_out(fds[0], fd, 1, false) == -EAGAIN);
  CHECK(sys::splice_in(fd, fds[1], 100000) == 4000 && sys::splice_in(fd, fds[1], 1) == -EAGAIN);
  client.shut();
  CHECK(sys::splice_in(fd, fds[1], 1) == 0);
  CHECK(script::open_pipes() == 1 && script::piped() == 4000);
  std::vector<char> back(5000);
  CHECK(sys::read(fds[0], back.data(), 5000) == 4000);
  sys::close(fds[0]);
  sys::close(fds[1]);
  CHECK(script::open_pipes() == 0);
}

TEST(connects_end_as_told) {
  script::reset();
  script::on_connect("10.0.0.1:80", Connecting::Later);
  script::on_connect("[2001:db8::1]:80", Connecting::Now);
  script::on_connect("unix:/run/s", Connecting::Hang);
  CHECK(dial("10.0.0.9:80") == -ECONNREFUSED);
  int later = dial("10.0.0.1:80"), now = dial("[2001:db8::1]:80"), hang = dial("unix:/run/s");
  Edges edges;
  edges.add(later);
  CHECK(sys::send(later, "x", 1, false) == -EAGAIN);
  CHECK(edges.report(later) == EPOLLOUT);
  CHECK(sys::send(now, "x", 1, false) == 1 && script::connected(2).received() == "x");
  edges.add(hang);
  CHECK(edges.report(hang) == 0);
  script::connected(3).refuse(ETIMEDOUT);
  CHECK((edges.report(hang) & (EPOLLERR | EPOLLHUP)) == (EPOLLERR | EPOLLHUP));
  int error = 0;
  socklen_t length = sizeof error;
  CHECK(sys::get_option(hang, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == ETIMEDOUT);
  CHECK(script::connections() == 4 && script::target(3) == "unix:/run/s");
}

TEST(a_reset_leaves_the_bytes_before_it_and_fails_once) {
  script::reset();
  int listener = script::listener();
  Peer& client = script::connect_to(listener);
  int fd = accept_from(listener);
  client.write("tail");
  client.reset();
  char bytes[8];
  CHECK(sys::recv(fd, bytes, 8) == 4);
  CHECK(sys::recv(fd, bytes, 8) == -ECONNRESET);
  CHECK(sys::recv(fd, bytes, 8) == 0 && sys::send(fd, "x", 1, false) == -EPIPE);
}

TEST(a_closed_peer_answers_the_first_bytes_with_a_reset) {
  script::reset();
  int listener = script::listener();
  Peer& client = script::connect_to(listener);
  int fd = accept_from(listener);
  client.close();
  CHECK(sys::send(fd, "x", 1, false) == 1);
  CHECK(sys::send(fd, "x", 1, false) == -ECONNRESET);
}

TEST(scripted_failures_and_short_counts_come_as_often_as_told) {
  script::reset();
  int listener = script::listener();
  Peer& client = script::connect_to(listener);
  int fd = accept_from(listener);
  script::fail(Call::Send, EINTR, 2);
  script::shorten(Call::Send, 2, 1, fd);
  CHECK(sys::send(fd, "abc", 3, false) == -EINTR && sys::send(fd, "abc", 3, false) == -EINTR);
  CHECK(sys::send(fd, "abc", 3, false) == 2 && sys::send(fd, "c", 1, false) == 1);
  CHECK(client.received() == "abc" && script::calls(Call::Send) == 4);
  script::fd_limit(script::open_fds() + 1);
  int fds[2];
  CHECK(sys::pipe(fds) == -EMFILE);
}

TEST(the_loop_runs_on_the_virtual_clock) {
  script::reset();
  Loop loop;
  epoll_event events[4];
  loop.wake_at(loop.now_ms() + 10);
  script::advance(9);
  CHECK(!script::ready(loop.fd()));
  script::advance(1);
  CHECK(loop.collect(events, 4) == 1);
  loop.timer_fired();
  CHECK(!script::ready(loop.fd()));
  loop.post();
  CHECK(script::ready(loop.fd()));
  CHECK(loop.collect(events, 4) == 1);
  loop.mail_taken();
  CHECK(!script::ready(loop.fd()));
}

TEST(calls_on_closed_descriptors_are_noted) {
  script::reset();
  int listener = script::listener();
  CHECK(sys::close(listener) == 0 && script::open_fds() == 0);
  CHECK(sys::close(listener) == -EBADF);
  CHECK(!script::misuse().empty());
}

RUN_TESTS()
