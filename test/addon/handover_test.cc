#include "handover.h"

#include <netinet/in.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include "check.h"

using namespace tsproxy;

namespace {

struct Pair {
  int ends[2];
  Pair() { CHECK(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0); }
  ~Pair() {
    for (int end : ends) ::close(end);
  }
};

int listening_socket() {
  int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  any.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  CHECK(::bind(fd, reinterpret_cast<sockaddr*>(&any), sizeof any) == 0);
  CHECK(::listen(fd, 1) == 0);
  return fd;
}

}  // namespace

TEST(descriptors_arrive_with_their_bytes) {
  Pair pair;
  int fd = listening_socket();
  Bound sent, arrived;
  CHECK(bound_address(fd, sent) == 0);
  CHECK(send_descriptors(pair.ends[0], "abcdef", {fd, fd}, 100) == 0);
  std::string bytes;
  std::vector<int> fds;
  CHECK(receive_descriptors(pair.ends[1], 64, bytes, fds, 100) == 6);
  CHECK(bytes == "abcdef");
  CHECK(fds.size() == 2 && fds[0] != fd && fds[0] != fds[1]);
  for (int got : fds) {
    CHECK(bound_address(got, arrived) == 0);
    CHECK(arrived.length == sent.length && std::memcmp(&arrived.address, &sent.address, sent.length) == 0);
    ::close(got);
  }
  ::close(fd);
}

TEST(as_many_as_the_kernel_takes) {
  Pair pair;
  int fd = listening_socket();
  CHECK(send_descriptors(pair.ends[0], "x", std::vector<int>(MOST_DESCRIPTORS + 1, fd), 100) == -EMSGSIZE);
  CHECK(send_descriptors(pair.ends[0], "", {fd}, 100) == -EMSGSIZE);
  CHECK(send_descriptors(pair.ends[0], "x", std::vector<int>(MOST_DESCRIPTORS, fd), 100) == 0);
  std::string bytes;
  std::vector<int> fds;
  CHECK(receive_descriptors(pair.ends[1], 64, bytes, fds, 100) == 1);
  CHECK(fds.size() == MOST_DESCRIPTORS);
  for (int got : fds) ::close(got);
  ::close(fd);
}

TEST(nobody_waits_for_ever) {
  Pair pair;
  std::string bytes;
  std::vector<int> fds;
  CHECK(receive_descriptors(pair.ends[1], 64, bytes, fds, 1) == -ETIMEDOUT);
  CHECK(send_descriptors(pair.ends[0], std::string(4 << 20, 'x'), {}, 1) == -ETIMEDOUT);
}

TEST(the_end_and_a_peer_that_is_gone) {
  Pair pair;
  std::string bytes;
  std::vector<int> fds;
  ::shutdown(pair.ends[0], SHUT_WR);
  CHECK(receive_descriptors(pair.ends[1], 64, bytes, fds, 100) == 0);
  CHECK(send_descriptors(pair.ends[0], "x", {}, 100) == -EPIPE);
}

TEST(only_listening_stream_sockets_have_an_address) {
  Bound bound;
  int datagram = ::socket(AF_INET, SOCK_DGRAM, 0), stream = ::socket(AF_INET, SOCK_STREAM, 0);
  CHECK(bound_address(datagram, bound) < 0);
  CHECK(bound_address(stream, bound) == -EINVAL);
  CHECK(bound_address(-1, bound) == -EBADF);
  ::close(datagram);
  ::close(stream);
}

TEST(paths) {
  CHECK(connect_unix("/nonexistent/socket") == -ENOENT);
  CHECK(connect_unix(std::string(200, 'a')) == -ENAMETOOLONG);
}

RUN_TESTS()
