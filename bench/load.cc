// The load of the benchmarks, one thread on epoll:
//   load bulk PORT CONNECTIONS              reads and throws away what the port sends
//   load http PORT CONNECTIONS SIZE         GET /SIZE again and again, keep-alive
//   load connect PORT CONNECTIONS SIZE      connect, one request with `Connection: close`, read to the end, again
//   load idle PORT CONNECTIONS              only connects
//   load idle PORT CONNECTIONS SIZE         connects, one request, then nothing
// Prints {"ready": true} when all have connected (idle: and were answered). Each line on stdin is answered by the totals so far:
// {"units": requests, "bytes": payload and heads received, "errors": N}. Ends when stdin closes.
#include <memory>
#include <string>
#include <string_view>
#include <vector>
#include "net.h"

namespace {

using namespace bench;

constexpr size_t BURST = 128;   // connects under way at once: no listen queue overflows

enum class Kind { Bulk, Http, Connect, Idle };

struct Client {
  bool connected = false, answered = false;
  std::string head;           // of the answer, until it is complete
  uint64_t left = 0;          // body bytes to come
};

class Load {
 public:
  Load(Kind kind, uint16_t port, size_t count, const char* size)
      : kind_(kind), port_(port), count_(count), epoll_(epoll_create1(EPOLL_CLOEXEC)), clients_(65536), scratch_(size_t{1} << 20) {
    if (size) request_ = std::string("GET /") + size + " HTTP/1.1\r\nHost: 127.0.0.1\r\n" + (kind == Kind::Connect ? "Connection: close\r\n\r\n" : "\r\n");
    watch(epoll_, 0, EPOLLIN);
    while (started_ < count && started_ < BURST) grow();
  }

  void run() {
    epoll_event events[512];
    for (;;) {
      const int n = epoll_wait(epoll_, events, 512, -1);
      for (int i = 0; i < n; i++) {
        const int fd = events[i].data.fd;
        if (fd != 0) turn(fd, events[i].events);
        else if (!command()) return;
      }
    }
  }

 private:
  bool command() {
    char line[256];
    const ssize_t n = read(0, line, sizeof line);
    if (n <= 0) return false;
    std::printf("{\"units\": %llu, \"bytes\": %llu, \"errors\": %llu}\n", static_cast<unsigned long long>(units_), static_cast<unsigned long long>(bytes_), static_cast<unsigned long long>(errors_));
    std::fflush(stdout);
    return true;
  }

  void grow() {
    started_++;
    begin();
  }

  void begin() {
    const int fd = connect_start(port_);
    if (fd < 0) {
      if (++errors_ > 100000) die("connect");
      return;
    }
    clients_[static_cast<size_t>(fd)] = std::make_unique<Client>();
    watch(epoll_, fd, EPOLLOUT);
  }

  void drop(int fd, bool error) {
    // A reset on closing leaves no TIME_WAIT behind, so that ports don't run out.
    const linger reset{1, 0};
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    close(fd);
    clients_[static_cast<size_t>(fd)].reset();
    if (error) errors_++;
    if (kind_ != Kind::Idle) begin();
  }

  void arrived() {
    if (++ready_ != count_) return;
    std::printf("{\"ready\": true}\n");
    std::fflush(stdout);
  }

  void ask(int fd) {
    if (!request_.empty() && send(fd, request_.data(), request_.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request_.size())) drop(fd, true);
  }

  void turn(int fd, uint32_t events) {
    Client* client = clients_[static_cast<size_t>(fd)].get();
    if (!client) return;
    if (!client->connected) {
      if (events & (EPOLLERR | EPOLLHUP)) return drop(fd, true);
      client->connected = true;
      watch(epoll_, fd, EPOLLIN, EPOLL_CTL_MOD);
      if (started_ < count_) grow();
      if (kind_ != Kind::Idle || request_.empty()) arrived();
      return ask(fd);
    }
    if (kind_ == Kind::Bulk) return drain(fd);
    if (kind_ == Kind::Connect) return read_to_end(fd, *client);
    read_answer(fd, *client);
  }

  // MSG_TRUNC: the kernel throws the bytes away without copying them.
  ssize_t discard(int fd, size_t n) { return recv(fd, scratch_.data(), n, MSG_TRUNC); }

  void drain(int fd) {
    const ssize_t n = discard(fd, scratch_.size());
    if (n > 0) bytes_ += static_cast<uint64_t>(n);
    else if (n == 0 || errno != EAGAIN) drop(fd, true);
  }

  void read_to_end(int fd, Client& client) {
    const ssize_t n = client.answered ? discard(fd, scratch_.size()) : recv(fd, scratch_.data(), 12, 0);
    if (n > 0) {
      bytes_ += static_cast<uint64_t>(n);
      if (!client.answered && std::memcmp(scratch_.data(), "HTTP/1.1 200", static_cast<size_t>(n))) return drop(fd, true);
      client.answered = true;
      return;
    }
    if (n < 0 && errno == EAGAIN) return;
    if (n == 0 && client.answered) units_++;
    drop(fd, n < 0 || !client.answered);
  }

  void read_answer(int fd, Client& client) {
    const bool in_head = client.left == 0;
    const ssize_t n = in_head ? recv(fd, scratch_.data(), 4096, 0) : discard(fd, client.left < scratch_.size() ? client.left : scratch_.size());
    if (n < 0 && errno == EAGAIN) return;
    if (n <= 0) return drop(fd, true);
    bytes_ += static_cast<uint64_t>(n);
    if (in_head) {
      client.head.append(scratch_.data(), static_cast<size_t>(n));
      const size_t end = client.head.find("\r\n\r\n");
      if (end == std::string::npos) return;
      const uint64_t have = client.head.size() - end - 4;
      const uint64_t length = content_length(client.head);
      if (client.head.compare(0, 12, "HTTP/1.1 200") || have > length) return drop(fd, true);
      client.left = length - have;
      client.head.clear();
    } else {
      client.left -= static_cast<uint64_t>(n);
    }
    if (client.left > 0) return;
    units_++;
    if (kind_ == Kind::Idle) arrived();
    else ask(fd);
  }

  static uint64_t content_length(const std::string& head) {
    static constexpr std::string_view names[] = {"\r\nContent-Length:", "\r\ncontent-length:"};
    for (std::string_view name : names) {
      const size_t at = head.find(name);
      if (at != std::string::npos) return std::strtoull(head.c_str() + at + name.size(), nullptr, 10);
    }
    return 0;
  }

  Kind kind_;
  uint16_t port_;
  size_t count_, started_ = 0, ready_ = 0;
  int epoll_;
  std::string request_;
  uint64_t units_ = 0, bytes_ = 0, errors_ = 0;
  std::vector<std::unique_ptr<Client>> clients_;   // by descriptor
  std::vector<char> scratch_;
};

}  // namespace

int main(int argc, char** argv) {
  static constexpr struct { const char* name; Kind kind; int arguments; } kinds[] = {
      {"bulk", Kind::Bulk, 4}, {"http", Kind::Http, 5}, {"connect", Kind::Connect, 5}, {"idle", Kind::Idle, 4}};
  for (const auto& row : kinds) {
    if (argc < row.arguments || std::strcmp(argv[1], row.name)) continue;
    bench::raise_descriptors();
    Load(row.kind, static_cast<uint16_t>(std::atoi(argv[2])), static_cast<size_t>(std::atoi(argv[3])), argc > 4 ? argv[4] : nullptr).run();
    return 0;
  }
  std::fprintf(stderr, "usage: load bulk|idle PORT CONNECTIONS [SIZE] | load http|connect PORT CONNECTIONS SIZE\n");
  return 2;
}
