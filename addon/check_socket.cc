#include "check_socket.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <algorithm>
#include <cerrno>
#include <system_error>
#include "proxy_protocol.h"
#include "sys.h"

namespace tsproxy {

namespace {

constexpr int BATCH = 256;
constexpr uint32_t EDGES = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;

int set(int fd, int level, int name, int value) { return sys::set_option(fd, level, name, &value, sizeof value); }

// The error that waits on a socket; taking it clears it.
int pending_error(int fd) {
  int error = 0;
  socklen_t length = sizeof error;
  int failed = sys::get_option(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  return failed < 0 ? -failed : error;
}

Address address_at(int (*ask)(int, sockaddr_storage*, socklen_t*), int fd) {
  sockaddr_storage storage{};
  socklen_t length = sizeof storage;
  return ask(fd, &storage, &length) < 0 ? Address{} : address_of(storage);
}

}  // namespace

CheckSockets::CheckSockets() : epoll_(sys::epoll_create()) {
  if (epoll_ < 0) throw std::system_error(-epoll_, std::generic_category(), "epoll_create");
}

CheckSockets::~CheckSockets() {
  slots_.each([](Slot& slot) { sys::close(slot.fd); });
  sys::close(epoll_);
}

// 0 or -errno.
int CheckSockets::prepare(int fd, bool tcp, int family, const CheckSource& source, uint32_t flags) {
  if (tcp) {
    set(fd, IPPROTO_TCP, (flags & CHECK_QUIET) != 0 ? TCP_QUICKACK : TCP_NODELAY, (flags & CHECK_QUIET) != 0 ? 0 : 1);
  }
  if (!source.device.empty()) {
    int failed = sys::set_option(fd, SOL_SOCKET, SO_BINDTODEVICE, source.device.data(), static_cast<socklen_t>(source.device.size()));
    if (failed < 0) return failed;
  }
  if (source.address == nullptr) return 0;
  // The port is chosen at connect(): one that is in use towards another server may be used again.
  set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
  set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
  return sys::bind(fd, source.address, source.length);
}

int64_t CheckSockets::open(const sockaddr* to, socklen_t length, const CheckSource& source, uint32_t flags) {
  bool tcp = to->sa_family != AF_UNIX;
  int fd = sys::socket(to->sa_family, SOCK_STREAM, 0);
  if (fd < 0) return fd;
  int failed = prepare(fd, tcp, to->sa_family, source, flags);
  if (failed == 0) failed = sys::connect(fd, to, length);
  if (failed == -EINPROGRESS) failed = 0;
  Slot* slot = failed == 0 ? slots_.make() : nullptr;
  if (failed == 0 && slot == nullptr) failed = -ENOMEM;
  if (failed == 0) {
    slot->fd = fd;
    slot->tcp = tcp;
    epoll_event event{};
    event.events = EDGES;
    event.data.u32 = slot->handle;
    failed = sys::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
    if (failed == 0) return slot->handle;
    slots_.free(slot);
  }
  sys::close(fd);
  return failed;
}

ssize_t CheckSockets::send(uint32_t handle, const void* bytes, size_t n) {
  Slot* slot = slots_.get(handle);
  return slot == nullptr ? -EBADF : sys::send(slot->fd, bytes, n, false);
}

ssize_t CheckSockets::receive(uint32_t handle, void* to, size_t n) {
  Slot* slot = slots_.get(handle);
  return slot == nullptr ? -EBADF : sys::recv(slot->fd, to, n);
}

int CheckSockets::send_proxy(uint32_t handle, int version) {
  Slot* slot = slots_.get(handle);
  if (slot == nullptr) return -EBADF;
  char header[PROXY_HEADER_MAX];
  Address from = address_at(sys::local_address, slot->fd), to = address_at(sys::peer_address, slot->fd);
  size_t n = version == 2 ? write_proxy_v2(from, to, true, header) : write_proxy_v1(from, to, header);
  // The first bytes of a connection: the socket's buffer takes them all.
  ssize_t sent = sys::send(slot->fd, header, n, false);
  return sent < 0 ? static_cast<int>(sent) : static_cast<size_t>(sent) == n ? 0 : -EAGAIN;
}

void CheckSockets::close(uint32_t handle, bool reset) {
  Slot* slot = slots_.get(handle);
  if (slot == nullptr) return;
  if (reset && slot->tcp) {
    linger at_once{1, 0};
    sys::set_option(slot->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  sys::close(slot->fd);
  slots_.free(slot);
}

int CheckSockets::collect(int32_t* pairs, int most) {
  epoll_event events[BATCH];
  int n = sys::epoll_wait(epoll_, events, std::min(most, BATCH), 0), filled = 0;
  for (int i = 0; i < n; i++) {
    Slot* slot = slots_.get(events[i].data.u32);
    if (slot == nullptr) continue;
    uint32_t seen = events[i].events;
    int32_t what = ((seen & EPOLLOUT) != 0 ? CHECK_WRITABLE : 0) | ((seen & (EPOLLIN | EPOLLRDHUP)) != 0 ? CHECK_READABLE : 0) |
                   ((seen & (EPOLLHUP | EPOLLERR)) != 0 ? CHECK_HANGUP : 0) | ((seen & EPOLLRDHUP) != 0 ? CHECK_END : 0);
    if ((seen & EPOLLERR) != 0) what |= pending_error(slot->fd) << CHECK_ERROR_SHIFT;
    pairs[2 * filled] = static_cast<int32_t>(slot->handle);
    pairs[2 * filled++ + 1] = what;
  }
  return filled;
}

}  // namespace tsproxy
