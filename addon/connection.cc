#include "connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <cerrno>

namespace tsproxy {

void note_events(Connection& c, uint32_t events) {
  uint16_t flags = 0;
  if (events & EPOLLIN) flags |= CO_IN;
  if (events & EPOLLOUT) flags |= CO_OUT;
  if (events & EPOLLRDHUP) flags |= CO_IN | CO_RDHUP;
  if (events & EPOLLHUP) flags |= CO_IN | CO_OUT | CO_HUP;
  if (events & EPOLLERR) flags |= CO_IN | CO_OUT | CO_FAILED;
  c.flags |= flags;
}

void read_failed(Connection& c, ssize_t error) {
  c.flags &= static_cast<uint16_t>(~CO_IN);
  if (error != -EAGAIN && error != -EINTR) c.flags |= CO_READ_ERROR | CO_READ_END;
}

void write_failed(Connection& c, ssize_t error) {
  c.flags &= static_cast<uint16_t>(~CO_OUT);
  if (error != -EAGAIN && error != -EINTR) c.flags |= CO_WRITE_ERROR;
}

size_t receive(Connection& c, void* to, size_t room) {
  ssize_t n = sys::recv(c.fd, to, room);
  if (n > 0) {
    bool more_may_wait = static_cast<size_t>(n) == room || (c.flags & (CO_RDHUP | CO_HUP | CO_FAILED)) != 0;
    if (!more_may_wait) c.flags &= static_cast<uint16_t>(~CO_IN);
    return static_cast<size_t>(n);
  }
  if (n < 0) {
    read_failed(c, n);
    return 0;
  }
  c.flags &= static_cast<uint16_t>(~CO_IN);
  c.flags |= CO_READ_END;
  return 0;
}

size_t transmit(Connection& c, const iovec* parts, int count) {
  size_t wanted = 0;
  for (int i = 0; i < count; i++) wanted += parts[i].iov_len;
  ssize_t n = count == 1 ? sys::send(c.fd, parts[0].iov_base, wanted, false) : sys::sendv(c.fd, parts, count, false);
  if (n < 0) {
    write_failed(c, n);
    return 0;
  }
  // Short: the socket's buffer is full, and the kernel tells when there is room again.
  if (static_cast<size_t>(n) < wanted) c.flags &= static_cast<uint16_t>(~CO_OUT);
  return static_cast<size_t>(n);
}

void shut_write(Connection& c) {
  if (c.flags & CO_WRITE_SHUT) return;
  c.flags |= CO_WRITE_SHUT;
  sys::shutdown_write(c.fd);
}

void vanish(Connection& c, int ttl) {
  int on = 1;
  c.flags |= CO_NOLINGER;
  if (ttl == 0 && sys::set_option(c.fd, IPPROTO_TCP, TCP_REPAIR, &on, sizeof on) >= 0) return;
  int hops = ttl > 0 ? ttl : 1;
  sys::set_option(c.fd, IPPROTO_IP, IP_TTL, &hops, sizeof hops);
  sys::set_option(c.fd, IPPROTO_IPV6, IPV6_UNICAST_HOPS, &hops, sizeof hops);
}

void set_socket_options(int fd, const SocketOptions& options) {
  int on = 1, off = 0;
  if (options.tcp) sys::set_option(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (options.keepalive) sys::set_option(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
  if (options.tcp && options.quickack_off) sys::set_option(fd, IPPROTO_TCP, TCP_QUICKACK, &off, sizeof off);
}

void set_keepalive(int fd, const KeepAlive& conf) {
  const struct {
    int name, value;
  } options[] = {{TCP_KEEPCNT, conf.count}, {TCP_KEEPIDLE, conf.idle_s}, {TCP_KEEPINTVL, conf.interval_s}};
  for (const auto& option : options)
    if (option.value > 0) sys::set_option(fd, IPPROTO_TCP, option.name, &option.value, sizeof option.value);
}

void set_congestion(int fd, const std::string& name) {
  if (!name.empty()) sys::set_option(fd, IPPROTO_TCP, TCP_CONGESTION, name.data(), static_cast<socklen_t>(name.size()));
}

}  // namespace tsproxy
