// Descriptors that travel between processes over a unix socket (SCM_RIGHTS, unix(7)), for `expose-fd listeners` and `-x`.
// For the main thread: these calls wait, at most as long as they are told. Errors are -errno.
#pragma once
#include <sys/socket.h>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tsproxy {

// Descriptors in one message: the kernel's SCM_MAX_FD.
constexpr size_t MOST_DESCRIPTORS = 253;

// A blocking socket that is connected to this path, close-on-exec.
int connect_unix(std::string_view path);

// Sends all bytes, the descriptors with the first of them. EMSGSIZE: more than MOST_DESCRIPTORS, or no byte to carry them.
int send_descriptors(int socket, std::string_view bytes, const std::vector<int>& fds, int timeout_ms);

// Takes up to `most` bytes and what descriptors come with them (close-on-exec). Returns how many bytes, 0 at the end; ETIMEDOUT.
int receive_descriptors(int socket, size_t most, std::string& bytes, std::vector<int>& fds, int timeout_ms);

// What a listening stream socket is bound to.
struct Bound {
  sockaddr_storage address{};
  socklen_t length = 0;
  std::string interface;   // SO_BINDTODEVICE, empty = any
  bool v6only = false;
};
// ENOTSOCK, EBADF; EINVAL: not a stream socket that listens.
int bound_address(int fd, Bound& to);

}  // namespace tsproxy
