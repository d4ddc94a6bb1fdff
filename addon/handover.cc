#include "handover.h"

#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/un.h>
#include <unistd.h>
#include <cerrno>
#include <cstring>

namespace tsproxy {

namespace {

// 0 once the socket is ready for `events`, or -errno.
int await(int socket, short events, int timeout_ms) {
  pollfd watched{socket, events, 0};
  int ready;
  do ready = ::poll(&watched, 1, timeout_ms);
  while (ready < 0 && errno == EINTR);
  if (ready < 0) return -errno;
  return ready == 0 ? -ETIMEDOUT : 0;
}

// The space for the descriptors of one message, aligned for its header.
struct Control {
  alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(int) * MOST_DESCRIPTORS)];
};

void attach(msghdr& message, Control& control, const std::vector<int>& fds) {
  size_t size = sizeof(int) * fds.size();
  message.msg_control = control.bytes;
  message.msg_controllen = CMSG_SPACE(size);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(size);
  std::memcpy(CMSG_DATA(header), fds.data(), size);
}

void detach(msghdr& message, std::vector<int>& fds) {
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) continue;
    size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int), before = fds.size();
    fds.resize(before + count);
    std::memcpy(fds.data() + before, CMSG_DATA(header), count * sizeof(int));
  }
}

}  // namespace

int connect_unix(std::string_view path) {
  sockaddr_un address{};
  if (path.size() >= sizeof address.sun_path) return -ENAMETOOLONG;
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.data(), path.size());
  int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return -errno;
  if (::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  int failed = -errno;
  ::close(fd);
  return failed;
}

int send_descriptors(int socket, std::string_view bytes, const std::vector<int>& fds, int timeout_ms) {
  if (fds.size() > MOST_DESCRIPTORS || (!fds.empty() && bytes.empty())) return -EMSGSIZE;
  Control control{};
  for (size_t sent = 0; sent < bytes.size();) {
    iovec part{const_cast<char*>(bytes.data()) + sent, bytes.size() - sent};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    if (sent == 0 && !fds.empty()) attach(message, control, fds);
    ssize_t now = ::sendmsg(socket, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (now >= 0) {
      sent += static_cast<size_t>(now);
      continue;
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return -errno;
    if (int failed = await(socket, POLLOUT, timeout_ms); failed < 0) return failed;
  }
  return 0;
}

int receive_descriptors(int socket, size_t most, std::string& bytes, std::vector<int>& fds, int timeout_ms) {
  bytes.resize(most);
  for (;;) {
    Control control{};
    iovec part{bytes.data(), most};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control.bytes;
    message.msg_controllen = sizeof control.bytes;
    ssize_t got = ::recvmsg(socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got >= 0) {
      detach(message, fds);
      bytes.resize(static_cast<size_t>(got));
      return static_cast<int>(got);
    }
    if (errno == EINTR) continue;
    if (errno != EAGAIN) return -errno;
    if (int failed = await(socket, POLLIN, timeout_ms); failed < 0) return failed;
  }
}

int bound_address(int fd, Bound& to) {
  int type = 0, accepts = 0;
  socklen_t length = sizeof type;
  if (::getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &length) < 0) return -errno;
  length = sizeof accepts;
  if (::getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &length) < 0) return -errno;
  if (type != SOCK_STREAM || accepts == 0) return -EINVAL;
  to.length = sizeof to.address;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&to.address), &to.length) < 0) return -errno;
  char interface[IFNAMSIZ] = "";
  length = sizeof interface;
  if (::getsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, &length) == 0) to.interface.assign(interface, ::strnlen(interface, length));
  int v6only = 0;
  length = sizeof v6only;
  to.v6only = to.address.ss_family == AF_INET6 && ::getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &v6only, &length) == 0 && v6only != 0;
  return 0;
}

}  // namespace tsproxy
