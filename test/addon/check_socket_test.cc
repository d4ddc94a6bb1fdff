#include "check_socket.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>
#include <string>
#include "check.h"

using namespace tsproxy;

namespace {

// A listening socket of 127.0.0.1.
struct Listener {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  Listener() {
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address);
    ::listen(fd, 16);
    socklen_t length = sizeof address;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length);
  }
  ~Listener() { close(); }
  void close() {
    if (fd >= 0) ::close(fd);
    fd = -1;
  }
  const sockaddr* to() const { return reinterpret_cast<const sockaddr*>(&address); }
  int accept() { return ::accept(fd, nullptr, nullptr); }
  // True if a connection waits to be accepted.
  bool waiting(int ms) {
    pollfd one{fd, POLLIN, 0};
    return ::poll(&one, 1, ms) == 1;
  }
};

int32_t what_of(CheckSockets& sockets, int64_t handle, int32_t wanted) {
  int32_t all = 0;
  for (int tries = 0; tries < 200 && (all & wanted) != wanted; tries++) {
    pollfd one{sockets.fd(), POLLIN, 0};
    ::poll(&one, 1, 10);
    int32_t pairs[32];
    int count = sockets.collect(pairs, 16);
    for (int i = 0; i < count; i++)
      if (pairs[2 * i] == handle) all |= pairs[2 * i + 1];
  }
  return all;
}

std::string receive(CheckSockets& sockets, int64_t handle) {
  char bytes[256];
  ssize_t n = sockets.receive(static_cast<uint32_t>(handle), bytes, sizeof bytes);
  return n < 0 ? "error" : std::string(bytes, static_cast<size_t>(n));
}

int64_t connect_to(CheckSockets& sockets, const Listener& listener, uint32_t flags = 0, const CheckSource& source = {}) {
  return sockets.open(listener.to(), sizeof listener.address, source, flags);
}

}  // namespace

TEST(a_connection_sends_and_receives) {
  Listener listener;
  CheckSockets sockets;
  int64_t handle = connect_to(sockets, listener);
  CHECK(handle >= 0);
  CHECK(what_of(sockets, handle, CHECK_WRITABLE) == CHECK_WRITABLE);
  int peer = listener.accept();
  CHECK(sockets.send(static_cast<uint32_t>(handle), "ping", 4) == 4);
  char bytes[8];
  CHECK(::read(peer, bytes, sizeof bytes) == 4 && std::memcmp(bytes, "ping", 4) == 0);
  CHECK(sockets.receive(static_cast<uint32_t>(handle), bytes, sizeof bytes) == -EAGAIN);
  CHECK(::write(peer, "pong", 4) == 4);
  CHECK((what_of(sockets, handle, CHECK_READABLE) & CHECK_READABLE) != 0);
  CHECK(receive(sockets, handle) == "pong");
  ::close(peer);
  CHECK((what_of(sockets, handle, CHECK_END) & CHECK_END) != 0);
  CHECK(receive(sockets, handle) == "");
  sockets.close(static_cast<uint32_t>(handle), true);
  CHECK(sockets.open_count() == 0);
}

TEST(a_refused_connection_says_so) {
  Listener listener;
  listener.close();
  CheckSockets sockets;
  int64_t handle = connect_to(sockets, listener);
  CHECK(handle >= 0);
  CHECK(what_of(sockets, handle, CHECK_HANGUP) >> CHECK_ERROR_SHIFT == ECONNREFUSED);
}

TEST(what_the_system_refuses_leaves_nothing_open) {
  CheckSockets sockets;
  sockaddr_in broadcast{};
  broadcast.sin_family = AF_INET;
  broadcast.sin_port = htons(1);
  broadcast.sin_addr.s_addr = htonl(INADDR_BROADCAST);
  CHECK(sockets.open(reinterpret_cast<sockaddr*>(&broadcast), sizeof broadcast, {}, 0) == -ENETUNREACH);
  Listener listener;
  CheckSource source;
  sockaddr_in elsewhere{};
  elsewhere.sin_family = AF_INET;
  elsewhere.sin_addr.s_addr = inet_addr("192.0.2.1");
  source.address = reinterpret_cast<sockaddr*>(&elsewhere);
  source.length = sizeof elsewhere;
  CHECK(connect_to(sockets, listener, 0, source) == -EADDRNOTAVAIL);
  CHECK(sockets.open_count() == 0);
}

TEST(a_quiet_connection_is_never_accepted) {
  Listener listener;
  CheckSockets sockets;
  int64_t handle = connect_to(sockets, listener, CHECK_QUIET);
  CHECK(what_of(sockets, handle, CHECK_WRITABLE) == CHECK_WRITABLE);
  sockets.close(static_cast<uint32_t>(handle), true);
  CHECK(!listener.waiting(50));
}

TEST(the_source_address_is_used) {
  Listener listener;
  CheckSockets sockets;
  sockaddr_in from{};
  from.sin_family = AF_INET;
  from.sin_addr.s_addr = inet_addr("127.0.0.9");
  CheckSource source;
  source.address = reinterpret_cast<sockaddr*>(&from);
  source.length = sizeof from;
  int64_t handle = connect_to(sockets, listener, 0, source);
  CHECK(what_of(sockets, handle, CHECK_WRITABLE) == CHECK_WRITABLE);
  sockaddr_in seen{};
  socklen_t length = sizeof seen;
  int peer = ::accept(listener.fd, reinterpret_cast<sockaddr*>(&seen), &length);
  CHECK(seen.sin_addr.s_addr == from.sin_addr.s_addr);
  ::close(peer);
}

TEST(the_proxy_header_names_both_ends) {
  Listener listener;
  CheckSockets sockets;
  int64_t handle = connect_to(sockets, listener);
  what_of(sockets, handle, CHECK_WRITABLE);
  CHECK(sockets.send_proxy(static_cast<uint32_t>(handle), 1) == 0);
  int peer = listener.accept();
  char bytes[128];
  ssize_t n = ::read(peer, bytes, sizeof bytes);
  std::string text(bytes, static_cast<size_t>(n > 0 ? n : 0));
  CHECK(text.rfind("PROXY TCP4 127.0.0.1 127.0.0.1 ", 0) == 0);
  CHECK(text.find(" " + std::to_string(ntohs(listener.address.sin_port)) + "\r\n") != std::string::npos);
  ::close(peer);
}

TEST(a_handle_that_is_gone_does_no_harm) {
  Listener listener;
  CheckSockets sockets;
  int64_t handle = connect_to(sockets, listener);
  sockets.close(static_cast<uint32_t>(handle), true);
  sockets.close(static_cast<uint32_t>(handle), true);
  char byte = 0;
  CHECK(sockets.send(static_cast<uint32_t>(handle), &byte, 1) == -EBADF);
  CHECK(sockets.receive(static_cast<uint32_t>(handle), &byte, 1) == -EBADF);
  CHECK(sockets.send_proxy(static_cast<uint32_t>(handle), 1) == -EBADF);
  // The next one has the same place and another handle: what was said of the old one is not taken for it.
  int64_t next = connect_to(sockets, listener);
  CHECK(next >> 8 == handle >> 8);
  CHECK(next != handle);
}

TEST(a_reset_tells_the_peer_at_once) {
  Listener listener;
  CheckSockets sockets;
  for (bool reset : {true, false}) {
    int64_t handle = connect_to(sockets, listener);
    what_of(sockets, handle, CHECK_WRITABLE);
    int peer = listener.accept();
    sockets.close(static_cast<uint32_t>(handle), reset);
    char byte;
    ssize_t n = ::read(peer, &byte, 1);
    CHECK(reset ? n < 0 && errno == ECONNRESET : n == 0);
    ::close(peer);
  }
}

TEST(unix_sockets_work) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::string name = "tsproxy-check-" + std::to_string(::getpid());   // abstract: nothing is left in the file system
  std::memcpy(address.sun_path + 1, name.data(), name.size());
  auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + name.size());
  int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  CHECK(::bind(fd, reinterpret_cast<sockaddr*>(&address), length) == 0);
  ::listen(fd, 4);
  CheckSockets sockets;
  int64_t handle = sockets.open(reinterpret_cast<sockaddr*>(&address), length, {}, CHECK_QUIET);
  CHECK(handle >= 0);
  CHECK(what_of(sockets, handle, CHECK_WRITABLE) == CHECK_WRITABLE);
  sockets.close(static_cast<uint32_t>(handle), true);
  ::close(fd);
}

TEST(many_connections_are_told_in_batches) {
  Listener listener;
  ::listen(listener.fd, 1024);
  CheckSockets sockets;
  constexpr int COUNT = 600;
  for (int i = 0; i < COUNT; i++) CHECK(connect_to(sockets, listener, CHECK_QUIET) >= 0);
  int told = 0;
  int32_t pairs[512];
  for (int tries = 0; tries < 100 && told < COUNT; tries++) {
    pollfd one{sockets.fd(), POLLIN, 0};
    ::poll(&one, 1, 10);
    int count = sockets.collect(pairs, 256);
    CHECK(count <= 256);
    for (int i = 0; i < count; i++) sockets.close(static_cast<uint32_t>(pairs[2 * i]), true);
    told += count;
  }
  CHECK(told == COUNT);
  CHECK(sockets.open_count() == 0);
}

RUN_TESTS()
