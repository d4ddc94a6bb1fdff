// An engine in a thread of its own, between test clients and test servers on real loopback sockets.
#pragma once
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <atomic>
#include <csignal>
#include <cstring>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>
#include "check.h"
#include "engine.h"

namespace rig {

using namespace tsproxy;

inline sockaddr_in loopback(int port) {
  sockaddr_in a{};
  a.sin_family = AF_INET;
  a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  a.sin_port = htons(static_cast<uint16_t>(port));
  return a;
}

inline int listen_socket(int flags = 0) {
  int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
  sockaddr_in a = loopback(0);
  ::bind(fd, reinterpret_cast<sockaddr*>(&a), sizeof a);
  ::listen(fd, 1024);
  return fd;
}

inline int port_of(int fd) {
  sockaddr_in a{};
  socklen_t n = sizeof a;
  ::getsockname(fd, reinterpret_cast<sockaddr*>(&a), &n);
  return ntohs(a.sin_port);
}

inline SocketAddress address(int port) {
  SocketAddress to;
  sockaddr_in a = loopback(port);
  std::memcpy(&to.storage, &a, sizeof a);
  to.length = sizeof a;
  return to;
}

// A blocking socket of a test: gives up after 20 s, so that a hang is a failure and not a stuck run.
class Wire {
 public:
  explicit Wire(int fd = -1) : fd_(fd) { limit(); }
  Wire(Wire&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  Wire& operator=(Wire&& o) noexcept {
    std::swap(fd_, o.fd_);
    return *this;
  }
  ~Wire() { close(); }
  static Wire to(int port, int receive_buffer = 0) {
    int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (receive_buffer > 0) ::setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &receive_buffer, sizeof receive_buffer);
    sockaddr_in a = loopback(port);
    if (::connect(fd, reinterpret_cast<sockaddr*>(&a), sizeof a) < 0) {
      ::close(fd);
      return Wire(-1);
    }
    return Wire(fd);
  }
  int fd() const { return fd_; }
  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      ssize_t n = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (n <= 0) return false;
      bytes.remove_prefix(static_cast<size_t>(n));
    }
    return true;
  }
  // At most n bytes; empty at the end or on an error.
  std::string some(size_t n = 65536) {
    std::string out(n, '\0');
    ssize_t got = ::recv(fd_, out.data(), n, 0);
    error_ = got < 0 ? errno : 0;
    out.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return out;
  }
  std::string exactly(size_t n) {
    std::string out;
    while (out.size() < n) {
      std::string more = some(n - out.size());
      if (more.empty()) break;
      out += more;
    }
    return out;
  }
  std::string all() {
    std::string out;
    for (std::string more; !(more = some()).empty();) out += more;
    return out;
  }
  // Up to and with the mark.
  std::string until(std::string_view mark) {
    std::string out;
    while (out.find(mark) == std::string::npos) {
      std::string more = some(1);
      if (more.empty()) break;
      out += more;
    }
    return out;
  }
  // A response (or request) with content-length: head and body.
  std::string message(bool body = true) {
    std::string head = until("\r\n\r\n");
    std::string lower = head;
    for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    size_t at = lower.find("\r\ncontent-length: ");
    if (!body || at == std::string::npos) return head;
    return head + exactly(static_cast<size_t>(std::stoul(lower.substr(at + 18))));
  }
  void shut() { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(fd_);
    fd_ = -1;
  }
  void reset() {
    linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }
  int error() const { return error_; }

 private:
  void limit() {
    timeval t{20, 0};
    if (fd_ >= 0) ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
    if (fd_ >= 0) ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &t, sizeof t);
  }
  int fd_ = -1, error_ = 0;
};

// A server: each connection is served by `serve` in a thread of its own.
class Origin {
 public:
  explicit Origin(std::function<void(Wire&)> serve) : serve_(std::move(serve)), fd_(listen_socket()), port_(port_of(fd_)) {
    accept_ = std::thread([this] { run(); });
  }
  ~Origin() {
    ::shutdown(fd_, SHUT_RDWR);
    accept_.join();
    ::close(fd_);
    for (std::thread& t : threads_) t.join();
  }
  int port() const { return port_; }
  int connections() const { return connections_; }

 private:
  void run() {
    for (;;) {
      int fd = ::accept4(fd_, nullptr, nullptr, SOCK_CLOEXEC);
      if (fd < 0) return;
      connections_++;
      threads_.emplace_back([this, fd] {
        Wire wire(fd);
        serve_(wire);
      });
    }
  }
  std::function<void(Wire&)> serve_;
  int fd_, port_;
  std::atomic<int> connections_{0};
  std::thread accept_;
  std::vector<std::thread> threads_;
};

// Answers by a function; without one: the first server, whose slot is taken.
class Script : public Decider {
 public:
  explicit Script(Pages& pages) : pages_(pages) {}
  int32_t decide(int32_t phase, uint32_t session) override {
    if (hook) {
      int32_t verdict = hook(phase, session);
      if (verdict != -1) return verdict;
    }
    if (phase != PHASE_SERVER) return VERDICT_CONTINUE;
    return server(0);
  }
  int32_t server(int32_t index) {
    pages_.server(index, SS_SESSIONS).fetch_add(1);
    return VERDICT_SERVER | index << 8;
  }
  std::function<int32_t(int32_t phase, uint32_t session)> hook;   // -1: the default

 private:
  Pages& pages_;
};

struct Rig {
  EngineConf conf;
  std::shared_ptr<Pages> pages;
  std::unique_ptr<Script> script;
  std::unique_ptr<Engine> engine;
  int port = 0;
  std::thread thread;
  std::atomic<bool> stop{false};
  std::mutex lock;
  std::vector<std::function<void()>> mail;

  // One listener, the servers at these ports, and one proxy that is frontend and backend at once, or two: frontend and backend.
  explicit Rig(std::vector<int> ports, int32_t options = 0, int proxies = 1) {
    std::signal(SIGPIPE, SIG_IGN);
    conf.proxies.resize(1);
    ProxyConf& proxy = conf.proxies[0];
    proxy.options = options;
    proxy.default_backend = proxies - 1;
    proxy.timeouts[TO_CLIENT] = proxy.timeouts[TO_SERVER] = 10000;
    proxy.timeouts[TO_CONNECT] = 5000;
    conf.proxies.resize(static_cast<size_t>(proxies), ProxyConf(proxy));
    for (int p : ports) {
      ServerConf server;
      server.address = address(p);
      server.proxy = proxies - 1;
      conf.servers.push_back(server);
    }
    ListenerConf listener;
    listener.fd = listen_socket(SOCK_NONBLOCK);
    port = port_of(listener.fd);
    conf.listeners.push_back(listener);
    conf.max_pipes = 64;
    pages = std::make_shared<Pages>(1, proxies, static_cast<int>(ports.size()), 1);
    script = std::make_unique<Script>(*pages);
  }
  ~Rig() { finish(); }
  void start() {
    engine = std::make_unique<Engine>(conf, pages, *script);
    engine->start();
    thread = std::thread([this] { loop(); });
  }
  void loop() {
    while (!stop) {
      pollfd p{engine->fd(), POLLIN, 0};
      ::poll(&p, 1, 1000);
      take_mail();
      engine->pass();
    }
  }
  void take_mail() {
    std::vector<std::function<void()>> now;
    {
      std::lock_guard hold(lock);
      now.swap(mail);
    }
    for (auto& f : now) f();
  }
  // Runs f in the engine's thread.
  void post(std::function<void()> f) {
    {
      std::lock_guard hold(lock);
      mail.push_back(std::move(f));
    }
    engine->post();
  }
  // Waits until f() holds, asked in the engine's thread; false after 20 s.
  bool wait_for(std::function<bool()> f) {
    for (int i = 0; i < 2000; i++) {
      std::atomic<int> answer{-1};
      post([&] { answer = f() ? 1 : 0; });
      while (answer < 0) ::usleep(100);
      if (answer == 1) return true;
      ::usleep(10000);
    }
    return false;
  }
  // No session is left, and all that they held was given back.
  bool quiet() {
    return wait_for([this] {
      return engine->sessions() == 0 && pages->global(GS_PIPES_USED) == 0 && pages->global(GS_CONNECTIONS) == 0 &&
             pages->proxy(0, PS_SESSIONS) == 0 && pages->proxy(0, PS_BACKEND_SESSIONS) == 0 && pages->server(0, SS_SESSIONS) == 0 &&
             pages->listener(0, LS_CONNECTIONS) == 0;
    });
  }
  void finish() {
    if (!thread.joinable()) return;
    stop = true;
    engine->post();
    thread.join();
    engine.reset();
  }
  uint64_t counter(int cell) { return __atomic_load_n(&pages->row(0)[cell], __ATOMIC_RELAXED); }
  uint64_t frontend(int cell) { return counter(static_cast<int>(pages->frontend_cell(0)) + cell); }
  uint64_t backend(int cell) { return counter(static_cast<int>(pages->backend_cell(0)) + cell); }
  int32_t fact(int cell) { return engine->window().facts()[cell]; }
};

// Bytes that differ at every place, from a seed.
inline std::string noise(size_t n, uint32_t seed = 1) {
  std::string out(n, '\0');
  uint32_t x = seed * 2654435761u + 1;
  for (char& c : out) {
    x ^= x << 13;
    x ^= x >> 17;
    x ^= x << 5;
    c = static_cast<char>(x);
  }
  return out;
}

inline int open_fds() {
  int n = 0;
  for (int fd = 0; fd < 1024; fd++)
    if (::fcntl(fd, F_GETFD) >= 0) n++;
  return n;
}

}  // namespace rig
