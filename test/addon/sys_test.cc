// The real kernel: that failures come as -errno, and that descriptors are what the engine takes them for.
#include "sys.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>
#include "check.h"

using namespace tsproxy;

namespace {

bool is_private(int fd) {
  return (::fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0 && ((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
}

// A connected pair of TCP sockets on the loopback interface.
struct Connected {
  int listener = sys::socket(AF_INET, SOCK_STREAM, 0), client = sys::socket(AF_INET, SOCK_STREAM, 0), server = -1;
  Connected() {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(sys::bind(listener, reinterpret_cast<sockaddr*>(&at), sizeof at) == 0 && sys::listen(listener, 1) == 0);
    sockaddr_storage bound;
    socklen_t length = sizeof bound;
    CHECK(sys::local_address(listener, &bound, &length) == 0);
    int result = sys::connect(client, reinterpret_cast<sockaddr*>(&bound), length);
    CHECK(result == 0 || result == -EINPROGRESS);
    length = sizeof bound;
    CHECK((server = sys::accept(listener, &bound, &length)) > 0 && length == sizeof at);
  }
  ~Connected() {
    for (int fd : {listener, client, server}) sys::close(fd);
  }
};

}  // namespace

TEST(descriptors_do_not_block_and_are_closed_on_exec) {
  Connected c;
  CHECK(is_private(c.client) && is_private(c.server));
  int fds[2];
  CHECK(sys::pipe(fds) == 0 && is_private(fds[0]) && is_private(fds[1]));
  int event = sys::eventfd(), timer = sys::timerfd();
  CHECK(is_private(event) && is_private(timer));
  for (int fd : {fds[0], fds[1], event, timer}) CHECK(sys::close(fd) == 0);
}

TEST(an_inherited_descriptor_can_be_made_not_to_block) {
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  CHECK((::fcntl(fd, F_GETFL) & O_NONBLOCK) == 0);
  CHECK(sys::set_nonblocking(fd) == 0 && (::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
  CHECK(sys::close(fd) == 0 && sys::set_nonblocking(fd) == -EBADF);
}

TEST(failures_are_negative_errors) {
  Connected c;
  char byte;
  CHECK(sys::recv(c.server, &byte, 1) == -EAGAIN);
  CHECK(sys::recv(-1, &byte, 1) == -EBADF && sys::close(-1) == -EBADF);
  CHECK(sys::accept(c.client, nullptr, nullptr) == -EINVAL);
  int fds[2], fresh = sys::socket(AF_INET, SOCK_STREAM, 0);
  CHECK(sys::shutdown_write(fresh) == -ENOTCONN && sys::close(fresh) == 0);
  CHECK(sys::pipe(fds) == 0);
  CHECK(sys::splice_in(c.server, fds[1], 10) == -EAGAIN);
  CHECK(sys::splice_in(fds[0], c.server, 10) == -EAGAIN);   // an empty pipe
  CHECK(sys::splice_in(c.listener, c.server, 10) == -EINVAL);
  sys::close(fds[0]);
  sys::close(fds[1]);
}

TEST(bytes_pass_by_copying_and_by_splicing) {
  Connected c;
  char text[32];
  iovec parts[2] = {{const_cast<char*>("hello "), 6}, {const_cast<char*>("world"), 5}};
  CHECK(sys::sendv(c.client, parts, 2, false) == 11);
  CHECK(sys::peek(c.server, text, 5) == 5 && sys::recv(c.server, text, 6) == 6);
  int fds[2];
  CHECK(sys::pipe(fds) == 0 && sys::splice_in(c.server, fds[1], 100) == 5);
  CHECK(sys::splice_out(fds[0], c.server, 100, false) == 5);
  CHECK(sys::recv(c.client, text, 32) == 5 && std::string(text, 5) == "world");
  CHECK(sys::shutdown_write(c.client) == 0);
  CHECK(sys::splice_in(c.server, fds[1], 100) == 0);
  sys::close(fds[0]);
  sys::close(fds[1]);
}

TEST(sending_to_a_peer_that_is_gone_is_an_error_and_no_signal) {
  Connected c;
  linger now{1, 0};
  CHECK(sys::set_option(c.client, SOL_SOCKET, SO_LINGER, &now, sizeof now) == 0);
  sys::close(c.client);
  c.client = -1;
  CHECK(sys::send(c.server, "x", 1, false) == -ECONNRESET);
  CHECK(sys::send(c.server, "x", 1, false) == -EPIPE);
  int fds[2];
  CHECK(sys::pipe(fds) == 0 && ::write(fds[1], "x", 1) == 1);
  std::signal(SIGPIPE, SIG_IGN);   // as in node: no flag of splice(2) does it
  CHECK(sys::splice_out(fds[0], c.server, 1, false) == -EPIPE);
  sys::close(fds[0]);
  sys::close(fds[1]);
}

TEST(an_eventfd_counts_until_it_is_drained) {
  int fd = sys::eventfd();
  CHECK(sys::drain(fd) == -EAGAIN);
  CHECK(sys::notify(fd) == 8 && sys::notify(fd) == 8);
  CHECK(sys::drain(fd) == 8 && sys::drain(fd) == -EAGAIN);
  sys::close(fd);
}

TEST(pipe_limits_are_the_systems) {
  sys::PipeLimits limits = sys::pipe_limits();
  CHECK(limits.max_size >= 4096 && limits.user_pages >= 0);
  int fds[2];
  CHECK(sys::pipe(fds) == 0);
  if (!limits.privileged) CHECK(sys::set_pipe_size(fds[1], limits.max_size * 2) == -EPERM);
  CHECK(sys::set_pipe_size(fds[1], 4096) == 4096 && sys::pipe_size(fds[0]) == 4096);
  sys::close(fds[0]);
  sys::close(fds[1]);
}

TEST(the_clock_does_not_run_backwards) {
  uint64_t before = sys::now_ns();
  CHECK(sys::now_ns() >= before && before > 0 && sys::wall_clock().tv_sec > 1'600'000'000);
}

RUN_TESTS()
