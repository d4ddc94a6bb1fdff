// Every system call of the engine. addon/sys.cc is the kernel; test/addon/sys_script.cc is a scripted one that is linked
// in its place, so that a test decides what each call returns and in which order events arrive.
// All functions return what the system call returns, or -errno on failure (never -1 and errno).
#pragma once
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <cstddef>
#include <cstdint>
#include <ctime>

namespace tsproxy::sys {

ssize_t recv(int fd, void* to, size_t n);                        // MSG_DONTWAIT
ssize_t peek(int fd, void* to, size_t n);                        // MSG_DONTWAIT | MSG_PEEK
ssize_t send(int fd, const void* from, size_t n, bool more);     // MSG_DONTWAIT | MSG_NOSIGNAL, MSG_MORE if more
ssize_t sendv(int fd, const iovec* iov, int count, bool more);   // sendmsg, as send
int sendmmsg(int fd, mmsghdr* messages, unsigned count);         // MSG_DONTWAIT | MSG_NOSIGNAL; how many datagrams went
ssize_t writev(int fd, const iovec* iov, int count);             // SIGPIPE is ignored process-wide
ssize_t splice_in(int fd, int pipe_in, size_t n);                // socket -> pipe, SPLICE_F_MOVE | SPLICE_F_NONBLOCK
ssize_t splice_out(int pipe_out, int fd, size_t n, bool more);   // pipe -> socket, SPLICE_F_MORE if more; SIGPIPE is ignored process-wide
ssize_t read(int fd, void* to, size_t n);                        // read(2) of a pipe: for bytes whose socket turned out not to take splice
int pipe(int fds[2]);                                            // O_NONBLOCK | O_CLOEXEC
int pipe_size(int fd);                                           // F_GETPIPE_SZ, bytes
int set_pipe_size(int fd, int bytes);                            // F_SETPIPE_SZ, bytes got
int accept(int fd, sockaddr_storage* from, socklen_t* length);   // accept4, SOCK_NONBLOCK | SOCK_CLOEXEC
int socket(int family, int type, int protocol);                  // SOCK_NONBLOCK | SOCK_CLOEXEC
int connect(int fd, const sockaddr* to, socklen_t length);
int bind(int fd, const sockaddr* to, socklen_t length);
int listen(int fd, int backlog);
int set_nonblocking(int fd);                                     // for descriptors that were inherited
int set_option(int fd, int level, int name, const void* value, socklen_t length);
int get_option(int fd, int level, int name, void* value, socklen_t* length);
int local_address(int fd, sockaddr_storage* to, socklen_t* length);   // getsockname
int peer_address(int fd, sockaddr_storage* to, socklen_t* length);    // getpeername
// A descriptor to write to without waiting: a new description of the same pipe or terminal where that can be had, else `fd` itself,
// which does not wait from then on unless it is a regular file. `socket`: to be written by sendv(), which never waits.
struct WriteEnd {
  int fd;
  bool socket;
};
WriteEnd write_end(int fd);
int shutdown_write(int fd);
int shutdown_read(int fd);                                       // a listening TCP socket gives its port up; listen() takes it again
int close(int fd);
int epoll_create();
int epoll_ctl(int epoll, int op, int fd, epoll_event* event);
int epoll_wait(int epoll, epoll_event* events, int max, int timeout_ms);
int eventfd();                                // O_NONBLOCK | O_CLOEXEC
int notify(int fd);                           // adds one to an eventfd; any thread
int drain(int fd);                            // takes what an eventfd has counted
int timerfd();                                // CLOCK_MONOTONIC, O_NONBLOCK | O_CLOEXEC
int timerfd_set(int fd, uint64_t after_ns);   // one shot, 0 disarms
uint64_t now_ns();                            // CLOCK_MONOTONIC
timespec wall_clock();                        // CLOCK_REALTIME

// What the kernel lets this user have in pipes (pipe(7)).
struct PipeLimits {
  int max_size;             // pipe-max-size, bytes: the largest F_SETPIPE_SZ
  int64_t user_pages;       // pipe-user-pages-soft: pages of all pipes of a user, 0 = no limit
  bool privileged;          // CAP_SYS_RESOURCE or CAP_SYS_ADMIN: neither limit holds
};
// The two numbers are read at the first call and kept, so that they outlive a chroot; the capabilities are read each time.
PipeLimits pipe_limits();

}  // namespace tsproxy::sys
