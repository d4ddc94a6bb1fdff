// Connections of the health checks: non-blocking connect, send, receive for thousands of servers, on the main thread and beside the
// data path. What is ready is handed over in pairs of integers, a whole pass at once; nothing is decided here.
// An own epoll descriptor, edge-triggered, watched by the thread's libuv loop.
#pragma once
#include <sys/socket.h>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include "pool.h"

namespace tsproxy {

// How a check connects.
enum CheckConnect : uint32_t {
  // Nothing will be sent unless the server speaks first: the last ACK of the handshake is held back, so that a reset that follows at
  // once leaves no connection for the server's application to accept.
  CHECK_QUIET = 1,
};

// What collect() says of a connection, with the error (errno) shifted by CHECK_ERROR_SHIFT; 0 = none.
enum CheckReady : int32_t {
  CHECK_WRITABLE = 1,   // the first one says that the connection stands
  CHECK_READABLE = 2,   // bytes, or the end of the stream
  CHECK_HANGUP = 4,     // both directions are over
  CHECK_END = 8,        // the peer sends no more: reading goes on until the end is seen
};
constexpr int CHECK_ERROR_SHIFT = 8;

struct CheckSource {
  const sockaddr* address = nullptr;   // null: the system chooses
  socklen_t length = 0;
  std::string_view device;             // empty: any
};

class CheckSockets {
 public:
  CheckSockets();    // throws std::system_error
  ~CheckSockets();   // closes everything
  CheckSockets(const CheckSockets&) = delete;
  CheckSockets& operator=(const CheckSockets&) = delete;

  int fd() const { return epoll_; }
  // Begins to connect: a handle from 0 up (pool.h), or -errno with nothing left open. `flags`: CheckConnect.
  int64_t open(const sockaddr* to, socklen_t length, const CheckSource& source, uint32_t flags);
  // Bytes taken, or -errno; -EBADF for a handle that is gone.
  ssize_t send(uint32_t handle, const void* bytes, size_t n);
  // Bytes received, 0 at the end of the stream, or -errno (-EAGAIN: nothing there).
  ssize_t receive(uint32_t handle, void* to, size_t n);
  // Sends the header of the PROXY protocol: version 1 with the connection's own addresses, 2 as LOCAL. 0 or -errno.
  int send_proxy(uint32_t handle, int version);
  // A handle that is gone is ignored. reset: a TCP peer gets a reset instead of an end of stream, and no port stays in TIME_WAIT.
  void close(uint32_t handle, bool reset);
  // Fills [handle, what] pairs; returns how many. Never blocks.
  int collect(int32_t* pairs, int most);
  uint32_t open_count() const { return slots_.live(); }

 private:
  struct Slot {
    uint32_t handle = 0;
    int fd = -1;
    bool tcp = false;
  };
  int prepare(int fd, bool tcp, int family, const CheckSource& source, uint32_t flags);
  Slab<Slot> slots_;
  int epoll_ = -1;
};

}  // namespace tsproxy
