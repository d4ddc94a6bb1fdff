// The origin of the benchmarks, one thread on epoll, cheap enough not to be what is measured.
//   http    GET /N answers with N bytes; keep-alive unless the request says `Connection: close`
//   source  sends without end to whoever connects
// Prints {"http": PORT, "source": PORT} and runs until stdin closes.
#include <sys/uio.h>
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include "net.h"

namespace {

using namespace bench;

constexpr size_t BODY_MAX = size_t{8} << 20;
constexpr size_t TURN = size_t{256} << 10;   // bytes that one connection may send before the others' turn

struct Connection {
  bool source = false, close = false;
  bool writing = false;  // waits for room to send
  std::string in;        // request bytes so far
  std::string head;      // of the answer
  size_t sent = 0, total = 0;   // head and body
};

class Origin {
 public:
  Origin() : epoll_(epoll_create1(EPOLL_CLOEXEC)), body_(BODY_MAX, 'x'), connections_(65536) {
    http_ = listen_any(http_port_);
    source_ = listen_any(source_port_);
    watch(epoll_, http_, EPOLLIN);
    watch(epoll_, source_, EPOLLIN);
    watch(epoll_, 0, EPOLLIN);
  }

  void run() {
    std::printf("{\"http\": %u, \"source\": %u}\n", http_port_, source_port_);
    std::fflush(stdout);
    epoll_event events[256];
    for (;;) {
      const int n = epoll_wait(epoll_, events, 256, -1);
      for (int i = 0; i < n; i++) {
        const int fd = events[i].data.fd;
        if (fd == 0) return;
        if (fd == http_ || fd == source_) accept_all(fd);
        else serve(fd, events[i].events);
      }
    }
  }

 private:
  void accept_all(int listener) {
    for (;;) {
      const int fd = accept4(listener, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (fd < 0) return;
      if (static_cast<size_t>(fd) >= connections_.size()) {
        close(fd);
        continue;
      }
      no_delay(fd);
      connections_[static_cast<size_t>(fd)] = std::make_unique<Connection>();
      Connection& c = *connections_[static_cast<size_t>(fd)];
      c.source = listener == source_;
      watch(epoll_, fd, c.source ? EPOLLOUT : EPOLLIN);
    }
  }

  void drop(int fd) {
    close(fd);
    connections_[static_cast<size_t>(fd)].reset();
  }

  void serve(int fd, uint32_t events) {
    Connection* c = connections_[static_cast<size_t>(fd)].get();
    if (!c) return;
    if (events & (EPOLLERR | EPOLLHUP)) return drop(fd);
    if (c->source) {
      if (send(fd, body_.data(), TURN, MSG_NOSIGNAL) < 0 && errno != EAGAIN) drop(fd);
      return;
    }
    if (events & EPOLLIN) {
      char bytes[16384];
      const ssize_t n = recv(fd, bytes, sizeof bytes, 0);
      if (n == 0 || (n < 0 && errno != EAGAIN)) return drop(fd);
      if (n > 0) c->in.append(bytes, static_cast<size_t>(n));
    }
    answer(fd, *c);
  }

  // Sends what is due, then takes the next request, as far as the socket goes.
  void answer(int fd, Connection& c) {
    for (;;) {
      if (c.sent == c.total && !next_request(c)) break;
      if (!send_some(fd, c)) {
        if (errno != EAGAIN) return drop(fd);
        if (!c.writing) watch(epoll_, fd, EPOLLOUT, EPOLL_CTL_MOD);
        c.writing = true;
        return;
      }
      if (c.sent == c.total && c.close) return drop(fd);
    }
    if (c.writing) watch(epoll_, fd, EPOLLIN, EPOLL_CTL_MOD);
    c.writing = false;
  }

  bool next_request(Connection& c) {
    const size_t end = c.in.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    const std::string_view head(c.in.data(), end);
    const size_t slash = head.find('/');
    size_t size = slash == std::string_view::npos ? 0 : std::strtoull(c.in.c_str() + slash + 1, nullptr, 10);
    if (size > BODY_MAX) size = BODY_MAX;
    c.close = head.find("onnection: close") != std::string_view::npos;
    c.in.erase(0, end + 4);
    c.head = "HTTP/1.1 200 OK\r\nServer: origin\r\nContent-Type: application/octet-stream\r\nContent-Length: " + std::to_string(size) + (c.close ? "\r\nConnection: close\r\n\r\n" : "\r\n\r\n");
    c.sent = 0;
    c.total = c.head.size() + size;
    return true;
  }

  bool send_some(int fd, Connection& c) {
    iovec parts[2];
    msghdr message{};
    message.msg_iov = parts;
    size_t from = 0;
    if (c.sent < c.head.size()) parts[message.msg_iovlen++] = {c.head.data() + c.sent, c.head.size() - c.sent};
    else from = c.sent - c.head.size();
    const size_t rest = c.total - c.head.size() - from;
    if (rest) parts[message.msg_iovlen++] = {body_.data() + from, rest};
    const ssize_t n = sendmsg(fd, &message, MSG_NOSIGNAL);
    if (n < 0) return false;
    c.sent += static_cast<size_t>(n);
    return true;
  }

  int epoll_, http_ = -1, source_ = -1;
  uint16_t http_port_ = 0, source_port_ = 0;
  std::string body_;
  std::vector<std::unique_ptr<Connection>> connections_;   // by descriptor
};

}  // namespace

int main() {
  bench::raise_descriptors();
  Origin().run();
}
