#include "log_output.h"

#include <sys/un.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include "sys.h"

namespace tsproxy {

namespace {

constexpr size_t BATCH = 64;              // datagrams in one system call
constexpr int MAX_PARTS = 64;             // messages in one writev()
constexpr size_t ATOMIC = PIPE_BUF;       // bytes that a pipe takes as a whole or not at all

// Where a message of a unix socket goes is said each time: whoever reads there may have come and gone since.
bool is_connected(const LogReceiver& to) { return to.address.storage.ss_family != AF_UNIX; }

}  // namespace

LogOutput::LogOutput(const std::vector<LogReceiver>& receivers) {
  ways_.reserve(receivers.size());
  for (const LogReceiver& receiver : receivers) {
    Way way;
    way.to = receiver;
    if (receiver.fd >= 0) {
      // Another description of the same pipe or terminal: not to wait must not become a property of everybody's.
      sys::WriteEnd end = sys::write_end(receiver.fd);
      way.fd = end.fd;
      way.own = end.fd != receiver.fd;
      way.stream = end.socket;
    }
    ways_.push_back(std::move(way));
  }
}

LogOutput::~LogOutput() {
  for (Way& way : ways_)
    if (way.fd >= 0 && (way.own || way.to.fd < 0)) sys::close(way.fd);
}

void LogOutput::sort_out(const char* records, size_t length) {
  for (size_t at = 0; at + RECORD <= length;) {
    uint16_t head[2];
    std::memcpy(head, records + at, RECORD);
    at += RECORD;
    if (at + head[1] > length) break;
    if (head[0] < ways_.size()) ways_[head[0]].messages.push_back({const_cast<char*>(records + at), head[1]});
    at += head[1];
  }
}

LogOutput::Count LogOutput::send(const char* records, size_t length) {
  Count all;
  sort_out(records, length);
  for (Way& way : ways_) {
    if (way.messages.empty()) continue;
    Count count = way.to.fd >= 0 ? write_all(way) : send_datagrams(way);
    all.sent += count.sent;
    all.dropped += count.dropped;
    way.messages.clear();
  }
  return all;
}

bool LogOutput::open_socket(Way& way) {
  if (way.fd >= 0) return true;
  const SocketAddress& to = way.to.address;
  int fd = sys::socket(to.storage.ss_family, SOCK_DGRAM, 0);
  if (fd < 0) return false;
  if (is_connected(way.to) && sys::connect(fd, reinterpret_cast<const sockaddr*>(&to.storage), to.length) < 0) {
    sys::close(fd);
    return false;
  }
  way.fd = fd;
  return true;
}

LogOutput::Count LogOutput::send_datagrams(Way& way) {
  size_t all = way.messages.size(), gone = 0;
  if (!open_socket(way)) return {0, all};
  bool refused = false;
  while (gone < all) {
    mmsghdr batch[BATCH] = {};
    size_t n = std::min(BATCH, all - gone);
    for (size_t i = 0; i < n; i++) {
      batch[i].msg_hdr.msg_iov = &way.messages[gone + i];
      batch[i].msg_hdr.msg_iovlen = 1;
      if (is_connected(way.to)) continue;
      batch[i].msg_hdr.msg_name = &way.to.address.storage;
      batch[i].msg_hdr.msg_namelen = way.to.address.length;
    }
    int took = sys::sendmmsg(way.fd, batch, static_cast<unsigned>(n));
    if (took > 0) {
      gone += static_cast<size_t>(took);
      refused = false;
      continue;
    }
    // The answer to an earlier datagram, nobody listened: this one has not been tried yet.
    if (took == -ECONNREFUSED && is_connected(way.to) && !refused) {
      refused = true;
      continue;
    }
    break;
  }
  return {gone, all - gone};
}

bool LogOutput::write_tail(Way& way) {
  if (way.tail.empty()) return true;
  iovec part{way.tail.data(), way.tail.size()};
  ssize_t n = way.stream ? sys::sendv(way.fd, &part, 1, false) : sys::writev(way.fd, &part, 1);
  if (n > 0) way.tail.erase(0, static_cast<size_t>(n));
  return way.tail.empty();
}

LogOutput::Count LogOutput::write_all(Way& way) {
  size_t all = way.messages.size(), next = 0;
  while (next < all && write_tail(way)) {
    size_t bytes = way.messages[next].iov_len, end = next + 1;
    while (end < all && end - next < MAX_PARTS && bytes + way.messages[end].iov_len <= ATOMIC) bytes += way.messages[end++].iov_len;
    const iovec* parts = &way.messages[next];
    int count = static_cast<int>(end - next);
    ssize_t n = way.stream ? sys::sendv(way.fd, parts, count, false) : sys::writev(way.fd, parts, count);
    if (n <= 0) break;
    size_t left = static_cast<size_t>(n);
    while (next < end && left >= way.messages[next].iov_len) left -= way.messages[next++].iov_len;
    if (next == end) continue;
    const iovec& cut = way.messages[next];
    if (left > 0) way.tail.assign(static_cast<const char*>(cut.iov_base) + left, cut.iov_len - left), next++;
  }
  return {next, all - next};
}

}  // namespace tsproxy
