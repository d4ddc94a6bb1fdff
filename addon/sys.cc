#include "sys.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>

namespace tsproxy::sys {

namespace {

template <typename T>
T result(T returned) {
  return returned < 0 ? -errno : returned;
}

constexpr int SEND_FLAGS = MSG_DONTWAIT | MSG_NOSIGNAL;

int64_t read_number(const char* path, int64_t otherwise) {
  std::FILE* file = std::fopen(path, "re");
  if (file == nullptr) return otherwise;
  long long number = 0;
  bool read = std::fscanf(file, "%lld", &number) == 1;
  std::fclose(file);
  return read ? number : otherwise;
}

bool may_exceed_pipe_limits() {
  __user_cap_header_struct header{_LINUX_CAPABILITY_VERSION_3, 0};
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {};
  if (syscall(SYS_capget, &header, data) < 0) return false;
  return (data[0].effective & (1u << CAP_SYS_RESOURCE | 1u << CAP_SYS_ADMIN)) != 0;
}

}  // namespace

ssize_t recv(int fd, void* to, size_t n) { return result(::recv(fd, to, n, MSG_DONTWAIT)); }

ssize_t peek(int fd, void* to, size_t n) { return result(::recv(fd, to, n, MSG_DONTWAIT | MSG_PEEK)); }

ssize_t send(int fd, const void* from, size_t n, bool more) {
  return result(::send(fd, from, n, SEND_FLAGS | (more ? MSG_MORE : 0)));
}

ssize_t sendv(int fd, const iovec* iov, int count, bool more) {
  msghdr message{};
  message.msg_iov = const_cast<iovec*>(iov);
  message.msg_iovlen = static_cast<size_t>(count);
  return result(::sendmsg(fd, &message, SEND_FLAGS | (more ? MSG_MORE : 0)));
}

int sendmmsg(int fd, mmsghdr* messages, unsigned count) { return result(::sendmmsg(fd, messages, count, SEND_FLAGS)); }

ssize_t writev(int fd, const iovec* iov, int count) { return result(::writev(fd, iov, count)); }

WriteEnd write_end(int fd) {
  struct stat info;
  if (::fstat(fd, &info) < 0) return {fd, false};
  if (S_ISSOCK(info.st_mode)) return {fd, true};
  if (!S_ISFIFO(info.st_mode) && !S_ISCHR(info.st_mode)) return {fd, false};
  char path[32];
  std::snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
  int own = ::open(path, O_WRONLY | O_APPEND | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
  if (own >= 0) return {own, false};
  set_nonblocking(fd);
  return {fd, false};
}

ssize_t splice_in(int fd, int pipe_in, size_t n) {
  return result(::splice(fd, nullptr, pipe_in, nullptr, n, SPLICE_F_MOVE | SPLICE_F_NONBLOCK));
}

ssize_t splice_out(int pipe_out, int fd, size_t n, bool more) {
  unsigned flags = SPLICE_F_MOVE | SPLICE_F_NONBLOCK | (more ? SPLICE_F_MORE : 0u);
  return result(::splice(pipe_out, nullptr, fd, nullptr, n, flags));
}

ssize_t read(int fd, void* to, size_t n) { return result(::read(fd, to, n)); }

int pipe(int fds[2]) { return result(::pipe2(fds, O_NONBLOCK | O_CLOEXEC)); }

int pipe_size(int fd) { return result(::fcntl(fd, F_GETPIPE_SZ)); }

int set_pipe_size(int fd, int bytes) { return result(::fcntl(fd, F_SETPIPE_SZ, bytes)); }

int accept(int fd, sockaddr_storage* from, socklen_t* length) {
  return result(::accept4(fd, reinterpret_cast<sockaddr*>(from), length, SOCK_NONBLOCK | SOCK_CLOEXEC));
}

int socket(int family, int type, int protocol) {
  return result(::socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, protocol));
}

int connect(int fd, const sockaddr* to, socklen_t length) { return result(::connect(fd, to, length)); }

int bind(int fd, const sockaddr* to, socklen_t length) { return result(::bind(fd, to, length)); }

int listen(int fd, int backlog) { return result(::listen(fd, backlog)); }

int set_nonblocking(int fd) {
  int flags = ::fcntl(fd, F_GETFL);
  return flags < 0 ? -errno : result(::fcntl(fd, F_SETFL, flags | O_NONBLOCK));
}

int set_option(int fd, int level, int name, const void* value, socklen_t length) {
  return result(::setsockopt(fd, level, name, value, length));
}

int get_option(int fd, int level, int name, void* value, socklen_t* length) {
  return result(::getsockopt(fd, level, name, value, length));
}

int local_address(int fd, sockaddr_storage* to, socklen_t* length) {
  return result(::getsockname(fd, reinterpret_cast<sockaddr*>(to), length));
}

int peer_address(int fd, sockaddr_storage* to, socklen_t* length) {
  return result(::getpeername(fd, reinterpret_cast<sockaddr*>(to), length));
}

int shutdown_write(int fd) { return result(::shutdown(fd, SHUT_WR)); }

int shutdown_read(int fd) { return result(::shutdown(fd, SHUT_RD)); }

int close(int fd) { return result(::close(fd)); }

int epoll_create() { return result(::epoll_create1(EPOLL_CLOEXEC)); }

int epoll_ctl(int epoll, int op, int fd, epoll_event* event) { return result(::epoll_ctl(epoll, op, fd, event)); }

int epoll_wait(int epoll, epoll_event* events, int max, int timeout_ms) {
  return result(::epoll_wait(epoll, events, max, timeout_ms));
}

int eventfd() { return result(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)); }

int notify(int fd) {
  uint64_t one = 1;
  return static_cast<int>(result(::write(fd, &one, sizeof one)));
}

int drain(int fd) {
  uint64_t counted = 0;
  return static_cast<int>(result(::read(fd, &counted, sizeof counted)));
}

int timerfd() { return result(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC)); }

int timerfd_set(int fd, uint64_t after_ns) {
  itimerspec when{};
  when.it_value.tv_sec = static_cast<time_t>(after_ns / 1'000'000'000);
  when.it_value.tv_nsec = static_cast<long>(after_ns % 1'000'000'000);
  return result(::timerfd_settime(fd, 0, &when, nullptr));
}

uint64_t now_ns() {
  timespec now;
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

timespec wall_clock() {
  timespec now;
  ::clock_gettime(CLOCK_REALTIME, &now);
  return now;
}

PipeLimits pipe_limits() {
  // The kernel's own defaults stand in where /proc can't be read.
  static const int64_t max_size = read_number("/proc/sys/fs/pipe-max-size", 1 << 20);
  static const int64_t user_pages = read_number("/proc/sys/fs/pipe-user-pages-soft", 16384);
  return {static_cast<int>(max_size), user_pages, may_exceed_pipe_limits()};
}

}  // namespace tsproxy::sys
