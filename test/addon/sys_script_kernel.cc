#include "sys_script_kernel.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

namespace script {

namespace {

const char* const CALL_NAMES[] = {
    "recv", "peek", "send", "splice_in", "splice_out", "read", "pipe", "pipe_size", "set_pipe_size", "accept", "socket", "connect", "bind",
    "listen", "set_option", "get_option", "address", "shutdown_write", "close", "epoll_create", "epoll_ctl", "epoll_wait",
    "eventfd", "timerfd", "sendmmsg", "writev"};
static_assert(sizeof CALL_NAMES / sizeof *CALL_NAMES == static_cast<size_t>(Call::Count));

std::unique_ptr<Kernel>& only() {
  static auto kernel = std::make_unique<Kernel>();
  return kernel;
}

}  // namespace

std::string name_of(const sockaddr* at) {
  char text[INET6_ADDRSTRLEN + 16] = "";
  if (at->sa_family == AF_INET) {
    auto* in = reinterpret_cast<const sockaddr_in*>(at);
    inet_ntop(AF_INET, &in->sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(in->sin_port));
  }
  if (at->sa_family == AF_INET6) {
    auto* in6 = reinterpret_cast<const sockaddr_in6*>(at);
    text[0] = '[';
    inet_ntop(AF_INET6, &in6->sin6_addr, text + 1, sizeof text - 1);
    return std::string(text) + "]:" + std::to_string(ntohs(in6->sin6_port));
  }
  return std::string("unix:").append(reinterpret_cast<const sockaddr_un*>(at)->sun_path);
}

Kernel& Kernel::instance() { return *only(); }

void Kernel::restart() { only() = std::make_unique<Kernel>(); }

int Kernel::enter(Call call, int fd, size_t* n) {
  called[static_cast<size_t>(call)]++;
  for (auto s = scripts.begin(); s != scripts.end(); ++s) {
    if (s->call != call || (s->fd != -1 && s->fd != fd)) continue;
    int error = s->error;
    if (n != nullptr) *n = std::min(*n, s->most);
    if (--s->times == 0) scripts.erase(s);
    return -error;
  }
  if (!fate) return 0;
  Fate of = fate(call, fd);
  if (n != nullptr) *n = std::min(*n, of.most);
  if (of.error == EAGAIN || of.error == EINTR || of.most != UNLIMITED) signal(fd);
  return -of.error;
}

Descriptor* Kernel::find(Call call, int fd, Kind kind) {
  size_t i = static_cast<size_t>(fd);
  bool there = fd >= 0 && i < table.size() && table[i].kind != Kind::Free;
  if (there && (table[i].kind == kind || kind == Kind::Free)) return &table[i];
  misuse += std::string(CALL_NAMES[static_cast<size_t>(call)]) + " on descriptor " + std::to_string(fd) +
            (there ? " of another kind\n" : ", which is closed\n");
  return nullptr;
}

int Kernel::open(Kind kind) {
  if (open_fds() >= limit) return -EMFILE;
  size_t fd = FIRST_FD;
  while (fd < table.size() && table[fd].kind != Kind::Free) fd++;
  if (fd == table.size()) table.emplace_back();
  table[fd] = Descriptor{};
  table[fd].kind = kind;
  return static_cast<int>(fd);
}

int Kernel::open_fds() const {
  return static_cast<int>(std::count_if(table.begin(), table.end(), [](const Descriptor& d) { return d.kind != Kind::Free; }));
}

Peer& Kernel::make_peer() {
  peers.push_back(std::make_unique<Peer>());
  return *peers.back();
}

void Kernel::signal(int fd) {
  for (Descriptor& set : table) {
    auto found = set.interest.find(fd);
    if (found == set.interest.end()) continue;
    if (!found->second.pending) found->second.order = ++order;
    found->second.pending = true;
  }
}

uint32_t Kernel::mask_of(const Peer& p) {
  if (p.state_ == Peer::State::Connecting) return 0;
  if (p.state_ == Peer::State::Fresh)
    return EPOLLOUT | EPOLLHUP | (p.error_ != 0 ? EPOLLIN | EPOLLRDHUP | EPOLLERR : 0u);
  uint32_t mask = 0;
  if (!p.in_.empty() || p.eof_) mask |= EPOLLIN;
  if (p.eof_) mask |= EPOLLRDHUP;
  if (p.eof_ && p.shut_out_) mask |= EPOLLHUP;
  if (p.room_ > 0 || p.shut_out_) mask |= EPOLLOUT;
  if (p.error_ != 0) mask |= EPOLLERR;
  if (p.gone_) mask |= EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLHUP;
  return mask;
}

uint32_t Kernel::mask_of(const Descriptor& d) const {
  switch (d.kind) {
    case Kind::Socket: return mask_of(*d.peer);
    case Kind::Listener: return d.backlog.empty() ? 0u : static_cast<uint32_t>(EPOLLIN);
    case Kind::Event: return d.counted > 0 ? static_cast<uint32_t>(EPOLLIN) : 0u;
    case Kind::Timer: return d.expired ? static_cast<uint32_t>(EPOLLIN) : 0u;
    default: return 0;
  }
}

void Kernel::complete_connects() {
  for (auto& [peer, to] : connects) {
    if (!peer->completes_) continue;
    peer->completes_ = false;
    peer->establish();
  }
}

std::vector<int> Kernel::reportable(Descriptor& set) {
  complete_connects();
  std::vector<int> fds;
  for (auto& [fd, r] : set.interest) {
    uint32_t mask = mask_of(table[static_cast<size_t>(fd)]) & (r.events | EPOLLERR | EPOLLHUP);
    bool edge = (r.events & EPOLLET) != 0;
    if (mask != 0 && (r.pending || !edge)) fds.push_back(fd);
  }
  std::stable_sort(fds.begin(), fds.end(), [&](int a, int b) { return set.interest.at(a).order < set.interest.at(b).order; });
  return fds;
}

ssize_t Kernel::read(Peer& p, void* to, size_t n, bool keep) {
  size_t got = 0;
  for (size_t i = 0; i < p.in_.size() && got < n; i++) {
    size_t part = std::min(n - got, p.in_[i].size());
    std::memcpy(static_cast<char*>(to) + got, p.in_[i].data(), part);
    got += part;
  }
  if (!keep) {
    consume(p, got);
    taken_in += got;
  }
  return got > 0 || n == 0 ? static_cast<ssize_t>(got) : at_end(p);
}

void Kernel::consume(Peer& p, size_t n) {
  while (n > 0) {
    std::string& first = p.in_.front();
    size_t part = std::min(n, first.size());
    first.erase(0, part);
    if (first.empty()) p.in_.pop_front();
    n -= part;
  }
}

ssize_t Kernel::at_end(Peer& p) {
  if (p.state_ == Peer::State::Connecting) return -EAGAIN;
  if (p.error_ != 0) return -std::exchange(p.error_, 0);
  if (p.state_ == Peer::State::Fresh) return -ENOTCONN;
  return p.eof_ || p.gone_ ? 0 : -EAGAIN;
}

ssize_t Kernel::sendable(Peer& p, size_t n) {
  if (p.state_ == Peer::State::Connecting) return -EAGAIN;
  if (p.error_ != 0) return -std::exchange(p.error_, 0);
  if (p.state_ == Peer::State::Fresh || p.gone_ || p.shut_out_) return -EPIPE;
  if (p.room_ == 0) return -EAGAIN;
  return static_cast<ssize_t>(std::min(n, p.room_));
}

void Kernel::deliver(Peer& p, const char* bytes, size_t n, bool more) {
  if (p.room_ != UNLIMITED) p.room_ -= n;
  p.more_ = more;
  given_out += n;
  if (p.closed_far_) p.reset();
  else p.received_.append(bytes, n);
}

ssize_t Kernel::fill(Peer& p, PipeBody& pipe, size_t n) {
  if (pipe.slots.size() >= pipe.most) return -EAGAIN;
  size_t moved = 0;
  while (moved < n && !p.in_.empty() && pipe.slots.size() < pipe.most) {
    size_t part = std::min(n - moved, p.in_.front().size());
    pipe.slots.emplace_back(p.in_.front().substr(0, part));
    consume(p, part);
    moved += part;
    if (one_segment) break;
  }
  taken_in += moved;
  return moved > 0 || n == 0 ? static_cast<ssize_t>(moved) : at_end(p);
}

ssize_t Kernel::empty(PipeBody& pipe, Peer& p, size_t n, bool more) {
  if (pipe.slots.empty()) return -EAGAIN;
  ssize_t room = sendable(p, std::min(n, pipe.bytes()));
  for (ssize_t left = room; left > 0;) {
    std::string& first = pipe.slots.front();
    size_t part = std::min(static_cast<size_t>(left), first.size());
    deliver(p, first.data(), part, more);
    first.erase(0, part);
    if (first.empty()) pipe.slots.pop_front();
    left -= static_cast<ssize_t>(part);
  }
  return room;
}

ssize_t Kernel::take(PipeBody& pipe, void* to, size_t n) {
  size_t got = 0;
  while (got < n && !pipe.slots.empty()) {
    std::string& first = pipe.slots.front();
    size_t part = std::min(n - got, first.size());
    std::memcpy(static_cast<char*>(to) + got, first.data(), part);
    first.erase(0, part);
    if (first.empty()) pipe.slots.pop_front();
    got += part;
  }
  return got > 0 || n == 0 ? static_cast<ssize_t>(got) : -EAGAIN;
}

int Kernel::connect(Peer& p, int fd, const std::string& to) {
  connects.emplace_back(&p, to);
  p.fd_ = fd;
  auto found = policy.find(to);
  switch (found == policy.end() ? Connecting::Refuse : found->second) {
    case Connecting::Refuse: return -ECONNREFUSED;
    case Connecting::Now:
      p.state_ = Peer::State::Open;
      signal(fd);
      return 0;
    case Connecting::Later: p.completes_ = true; [[fallthrough]];
    case Connecting::Hang: break;
  }
  p.state_ = Peer::State::Connecting;
  return -EINPROGRESS;
}

void Kernel::close_socket(Peer& p) {
  auto linger = p.options_.find({SOL_SOCKET, SO_LINGER});
  bool abort = linger != p.options_.end() && reinterpret_cast<const ::linger*>(linger->second.data())->l_onoff == 1 &&
               reinterpret_cast<const ::linger*>(linger->second.data())->l_linger == 0;
  if (p.state_ == Peer::State::Open && !p.gone_) {
    if (abort || !p.in_.empty()) p.reset_out_ = true;
    else p.shut_out_ = true;
  }
  p.closed_ = true;
  p.fd_ = -1;
}

}  // namespace script
