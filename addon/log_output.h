// Log messages of one thread on their way to their receivers: syslog servers (UDP, unix datagrams) and descriptors.
// Messages that came up together leave together: sendmmsg(2) for each datagram receiver, writev(2) for each descriptor.
// Nothing here ever waits: what a receiver does not take at once is dropped and counted.
#pragma once
#include <sys/socket.h>
#include <sys/uio.h>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>
#include "conf.h"

namespace tsproxy {

// A datagram address, or a descriptor (fd >= 0).
struct LogReceiver {
  SocketAddress address;
  int fd = -1;
};

class LogOutput {
 public:
  // Messages of one send().
  struct Count {
    uint64_t sent = 0, dropped = 0;
  };
  // What stands before the bytes of a message: u16 receiver, u16 length.
  static constexpr size_t RECORD = 2 * sizeof(uint16_t);

  explicit LogOutput(const std::vector<LogReceiver>& receivers);
  ~LogOutput();
  LogOutput(const LogOutput&) = delete;
  LogOutput& operator=(const LogOutput&) = delete;

  // Sends messages, one record after the other in `length` bytes. A record of a receiver that does not exist is passed over, one that
  // is cut ends the list.
  Count send(const char* records, size_t length);

 private:
  struct Way {
    LogReceiver to;
    int fd = -1;                      // datagrams: opened by the first message; descriptors: may be one of our own
    bool own = false, stream = false; // to be closed; a socket that takes bytes, not messages
    std::string tail;                 // of a message that a descriptor took in part: must come first
    std::vector<iovec> messages;      // of this send()
  };
  void sort_out(const char* records, size_t length);
  Count send_datagrams(Way& way);
  bool open_socket(Way& way);
  Count write_all(Way& way);
  bool write_tail(Way& way);

  std::vector<Way> ways_;
};

}  // namespace tsproxy
