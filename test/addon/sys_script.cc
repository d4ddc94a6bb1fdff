#include <sys/socket.h>
#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include "sys_script_kernel.h"

namespace tsproxy::sys {

namespace {

using script::Call;
using script::Descriptor;
using script::Kernel;
using script::Kind;
using script::Peer;

Kernel& kernel() { return Kernel::instance(); }

// The socket behind fd after the script was asked; nullptr: `failed` is what the call returns.
Peer* socket_of(Call call, int fd, ssize_t& failed, size_t* n = nullptr) {
  Descriptor* d = kernel().find(call, fd, Kind::Socket);
  if (d == nullptr) {
    failed = -EBADF;
    return nullptr;
  }
  failed = kernel().enter(call, fd, n);
  return failed < 0 ? nullptr : d->peer;
}

void copy_address(const sockaddr_storage& from, socklen_t from_length, sockaddr_storage* to, socklen_t* length) {
  std::memcpy(to, &from, std::min(*length, from_length));
  *length = from_length;
}

int open_as(Call call, Kind kind) {
  int failed = kernel().enter(call, -1);
  return failed < 0 ? failed : kernel().open(kind);
}

}  // namespace

ssize_t recv(int fd, void* to, size_t n) {
  script::Inside inside;
  ssize_t failed;
  Peer* p = socket_of(Call::Recv, fd, failed, &n);
  return p == nullptr ? failed : kernel().read(*p, to, n, false);
}

ssize_t peek(int fd, void* to, size_t n) {
  script::Inside inside;
  ssize_t failed;
  Peer* p = socket_of(Call::Peek, fd, failed, &n);
  return p == nullptr ? failed : kernel().read(*p, to, n, true);
}

ssize_t send(int fd, const void* from, size_t n, bool more) {
  script::Inside inside;
  iovec all{const_cast<void*>(from), n};
  return sendv(fd, &all, 1, more);
}

ssize_t sendv(int fd, const iovec* iov, int count, bool more) {
  script::Inside inside;
  ssize_t failed;
  size_t n = script::UNLIMITED, total = 0;
  Peer* p = socket_of(Call::Send, fd, failed, &n);
  if (p == nullptr) return failed;
  for (int i = 0; i < count; i++) total += iov[i].iov_len;
  ssize_t room = kernel().sendable(*p, std::min(n, total));
  ssize_t left = room;
  for (int i = 0; i < count && left > 0; i++) {
    size_t part = std::min(static_cast<size_t>(left), iov[i].iov_len);
    kernel().deliver(*p, static_cast<const char*>(iov[i].iov_base), part, more);
    left -= static_cast<ssize_t>(part);
  }
  return room;
}

// A datagram is taken as a whole or not at all.
int sendmmsg(int fd, mmsghdr* messages, unsigned count) {
  script::Inside inside;
  ssize_t failed;
  size_t most = count;
  Peer* p = socket_of(Call::SendMany, fd, failed, &most);
  if (p == nullptr) return static_cast<int>(failed);
  int sent = 0;
  for (unsigned i = 0; i < count && sent < static_cast<int>(most); i++) {
    const iovec& part = messages[i].msg_hdr.msg_iov[0];
    ssize_t room = kernel().sendable(*p, part.iov_len);
    if (room < static_cast<ssize_t>(part.iov_len)) return sent > 0 ? sent : room < 0 ? static_cast<int>(room) : -EAGAIN;
    kernel().deliver(*p, static_cast<const char*>(part.iov_base), part.iov_len, false);
    sent++;
  }
  return sent;
}

// A pipe takes a page into each of its slots.
ssize_t writev(int fd, const iovec* iov, int count) {
  script::Inside inside;
  Descriptor* d = kernel().find(Call::Write, fd, Kind::PipeIn);
  if (d == nullptr) return -EBADF;
  size_t most = script::UNLIMITED;
  int failed = kernel().enter(Call::Write, fd, &most);
  if (failed < 0) return failed;
  std::string all;
  for (int i = 0; i < count; i++) all.append(static_cast<const char*>(iov[i].iov_base), iov[i].iov_len);
  all.resize(std::min(all.size(), most));
  size_t taken = 0;
  while (taken < all.size() && d->pipe->slots.size() < d->pipe->most) {
    d->pipe->slots.push_back(all.substr(taken, script::PAGE));
    taken += d->pipe->slots.back().size();
  }
  return taken > 0 ? static_cast<ssize_t>(taken) : -EAGAIN;
}

WriteEnd write_end(int fd) {
  Descriptor* d = kernel().find(Call::Write, fd, Kind::Free);
  return {fd, d != nullptr && d->kind == Kind::Socket};
}

ssize_t splice_in(int fd, int pipe_in, size_t n) {
  script::Inside inside;
  ssize_t failed;
  Peer* p = socket_of(Call::SpliceIn, fd, failed, &n);
  if (p == nullptr) return failed;
  Descriptor* d = kernel().find(Call::SpliceIn, pipe_in, Kind::PipeIn);
  return d == nullptr ? -EBADF : kernel().fill(*p, *d->pipe, n);
}

ssize_t splice_out(int pipe_out, int fd, size_t n, bool more) {
  script::Inside inside;
  ssize_t failed;
  Peer* p = socket_of(Call::SpliceOut, fd, failed, &n);
  if (p == nullptr) return failed;
  Descriptor* d = kernel().find(Call::SpliceOut, pipe_out, Kind::PipeOut);
  return d == nullptr ? -EBADF : kernel().empty(*d->pipe, *p, n, more);
}

ssize_t read(int fd, void* to, size_t n) {
  script::Inside inside;
  Descriptor* d = kernel().find(Call::Read, fd, Kind::PipeOut);
  if (d == nullptr) return -EBADF;
  int failed = kernel().enter(Call::Read, fd, &n);
  return failed < 0 ? failed : kernel().take(*d->pipe, to, n);
}

int pipe(int fds[2]) {
  script::Inside inside;
  int failed = kernel().enter(Call::Pipe, -1);
  if (failed < 0) return failed;
  if (kernel().open_fds() + 2 > kernel().limit) return -EMFILE;
  auto body = std::make_shared<script::PipeBody>();
  body->fixed = kernel().pipe_slots > 0;
  if (body->fixed) body->most = kernel().pipe_slots;
  fds[0] = kernel().open(Kind::PipeOut);
  fds[1] = kernel().open(Kind::PipeIn);
  for (int i : {0, 1}) kernel().table[static_cast<size_t>(fds[i])].pipe = body;
  return 0;
}

int pipe_size(int fd) {
  script::Inside inside;
  Descriptor* d = kernel().find(Call::PipeSize, fd, Kind::PipeIn);
  if (d == nullptr) return -EBADF;
  int failed = kernel().enter(Call::PipeSize, fd);
  return failed < 0 ? failed : static_cast<int>(d->pipe->most * script::PAGE);
}

int set_pipe_size(int fd, int bytes) {
  script::Inside inside;
  Descriptor* d = kernel().find(Call::SetPipeSize, fd, Kind::PipeIn);
  if (d == nullptr) return -EBADF;
  int failed = kernel().enter(Call::SetPipeSize, fd);
  if (failed < 0) return failed;
  uint32_t size = std::bit_ceil(std::max(static_cast<uint32_t>(bytes), script::PAGE));
  if (!d->pipe->fixed) d->pipe->most = size / script::PAGE;
  return static_cast<int>(size);
}

int accept(int fd, sockaddr_storage* from, socklen_t* length) {
  script::Inside inside;
  Descriptor* d = kernel().find(Call::Accept, fd, Kind::Listener);
  if (d == nullptr) return -EBADF;
  int failed = kernel().enter(Call::Accept, fd);
  if (failed < 0) return failed;
  if (d->backlog.empty()) return -EAGAIN;
  int made = kernel().open(Kind::Socket);
  if (made < 0) return made;
  d = &kernel().table[static_cast<size_t>(fd)];   // opening may have moved the table
  Peer* p = d->backlog.front();
  d->backlog.pop_front();
  kernel().table[static_cast<size_t>(made)].peer = p;
  p->attach(made);
  if (from != nullptr) copy_address(p->remote().storage, p->remote().length, from, length);
  return made;
}

int socket(int family, int type, int protocol) {
  script::Inside inside;
  int fd = open_as(Call::Socket, Kind::Socket);
  if (fd < 0) return fd;
  Peer& p = kernel().make_peer();
  p.attach(fd);
  kernel().table[static_cast<size_t>(fd)].peer = &p;
  return fd;
}

int connect(int fd, const sockaddr* to, socklen_t length) {
  script::Inside inside;
  ssize_t failed;
  Peer* p = socket_of(Call::Connect, fd, failed);
  if (p == nullptr) return static_cast<int>(failed);
  SocketAddress remote;
  std::memcpy(&remote.storage, to, length);
  remote.length = length;
  if (p->local().length == 0) p->set_addresses(script::address("192.0.2.1:40000"), remote);
  else p->set_addresses(p->local(), remote);
  return kernel().connect(*p, fd, script::name_of(to));
}

int bind(int fd, const sockaddr* to, socklen_t length) {
  script::Inside inside;
  ssize_t failed;
  Peer* p = socket_of(Call::Bind, fd, failed);
  if (p == nullptr) return static_cast<int>(failed);
  SocketAddress local;
  std::memcpy(&local.storage, to, length);
  local.length = length;
  p->set_addresses(local, p->remote());
  return 0;
}

int listen(int fd, int backlog) {
  script::Inside inside;
  ssize_t failed;
  Peer* p = socket_of(Call::Listen, fd, failed);
  if (p == nullptr) return static_cast<int>(failed);
  Descriptor& d = kernel().table[static_cast<size_t>(fd)];
  d.kind = Kind::Listener;
  d.at = script::name_of(reinterpret_cast<const sockaddr*>(&p->local().storage));
  d.peer = nullptr;
  return 0;
}

int set_nonblocking(int fd) { return kernel().find(Call::SetOption, fd, Kind::Free) == nullptr ? -EBADF : 0; }

int set_option(int fd, int level, int name, const void* value, socklen_t length) {
  script::Inside inside;
  Descriptor* d = kernel().find(Call::SetOption, fd, Kind::Free);
  if (d == nullptr) return -EBADF;
  int failed = kernel().enter(Call::SetOption, fd);
  if (failed == 0 && d->peer != nullptr) d->peer->set_option(level, name, {static_cast<const char*>(value), length});
  return failed;
}

int get_option(int fd, int level, int name, void* value, socklen_t* length) {
  script::Inside inside;
  ssize_t failed;
  Peer* p = socket_of(Call::GetOption, fd, failed);
  if (p == nullptr) return static_cast<int>(failed);
  int answer = level == SOL_SOCKET && name == SO_ERROR ? p->take_error() : std::max(p->option(level, name), 0);
  std::memset(value, 0, *length);
  std::memcpy(value, &answer, std::min<size_t>(*length, sizeof answer));
  return 0;
}

int local_address(int fd, sockaddr_storage* to, socklen_t* length) {
  script::Inside inside;
  Descriptor* d = kernel().find(Call::Address, fd, Kind::Free);
  if (d == nullptr) return -EBADF;
  int failed = kernel().enter(Call::Address, fd);
  if (failed < 0) return failed;
  SocketAddress local = d->kind == Kind::Listener ? script::address(d->at) : d->peer->local();
  copy_address(local.storage, local.length, to, length);
  return 0;
}

int peer_address(int fd, sockaddr_storage* to, socklen_t* length) {
  script::Inside inside;
  ssize_t failed;
  Peer* p = socket_of(Call::Address, fd, failed);
  if (p == nullptr) return static_cast<int>(failed);
  copy_address(p->remote().storage, p->remote().length, to, length);
  return 0;
}

int shutdown_write(int fd) {
  script::Inside inside;
  ssize_t failed;
  Peer* p = socket_of(Call::ShutdownWrite, fd, failed);
  return p == nullptr ? static_cast<int>(failed) : p->shutdown_from_here();
}

// A listening socket stops listening: nobody is in its backlog any more.
int shutdown_read(int fd) {
  Descriptor* d = kernel().find(Call::ShutdownWrite, fd, Kind::Listener);
  if (d == nullptr) return -EBADF;
  for (Peer* waiting : d->backlog) waiting->reset();
  d->backlog.clear();
  return 0;
}

int close(int fd) {
  script::Inside inside;
  Descriptor* d = kernel().find(Call::Close, fd, Kind::Free);
  if (d == nullptr) return -EBADF;
  kernel().enter(Call::Close, fd);
  if (d->peer != nullptr) kernel().close_socket(*d->peer);
  for (Peer* waiting : d->backlog) waiting->reset();
  for (Descriptor& set : kernel().table) set.interest.erase(fd);
  *d = Descriptor{};
  return 0;
}

int epoll_create() { return open_as(Call::EpollCreate, Kind::Epoll); }

int epoll_ctl(int epoll, int op, int fd, epoll_event* event) {
  script::Inside inside;
  Descriptor* set = kernel().find(Call::EpollCtl, epoll, Kind::Epoll);
  if (set == nullptr || kernel().find(Call::EpollCtl, fd, Kind::Free) == nullptr) return -EBADF;
  int failed = kernel().enter(Call::EpollCtl, fd);
  if (failed < 0) return failed;
  bool there = set->interest.contains(fd);
  if (op == EPOLL_CTL_ADD && there) return -EEXIST;
  if (op != EPOLL_CTL_ADD && !there) return -ENOENT;
  if (op == EPOLL_CTL_DEL) set->interest.erase(fd);
  else set->interest[fd] = {event->events, event->data, true, ++kernel().order};
  return 0;
}

int epoll_wait(int epoll, epoll_event* events, int max, int timeout_ms) {
  script::Inside inside;
  Descriptor* set = kernel().find(Call::EpollWait, epoll, Kind::Epoll);
  if (set == nullptr) return -EBADF;
  int failed = kernel().enter(Call::EpollWait, epoll);
  if (failed < 0) return failed;
  std::vector<int> fds = kernel().reportable(*set);
  if (kernel().shuffled) std::shuffle(fds.begin(), fds.end(), kernel().random);
  int n = std::min(max, static_cast<int>(fds.size()));
  for (int i = 0; i < n; i++) {
    int fd = fds[static_cast<size_t>(i)];
    script::Registration& r = set->interest.at(fd);
    events[i].events = kernel().mask_of(kernel().table[static_cast<size_t>(fd)]) & (r.events | EPOLLERR | EPOLLHUP);
    events[i].data = r.data;
    r.pending = false;
    r.order = ++kernel().order;
  }
  return n;
}

int eventfd() { return open_as(Call::EventFd, Kind::Event); }

int notify(int fd) {
  script::Inside inside;
  Descriptor* d = kernel().find(Call::EventFd, fd, Kind::Event);
  if (d == nullptr) return -EBADF;
  d->counted++;
  kernel().signal(fd);
  return 8;
}

int drain(int fd) {
  script::Inside inside;
  Descriptor* d = kernel().find(Call::EventFd, fd, Kind::Event);
  if (d == nullptr) return -EBADF;
  return std::exchange(d->counted, 0) > 0 ? 8 : -EAGAIN;
}

int timerfd() { return open_as(Call::TimerFd, Kind::Timer); }

int timerfd_set(int fd, uint64_t after_ns) {
  script::Inside inside;
  Descriptor* d = kernel().find(Call::TimerFd, fd, Kind::Timer);
  if (d == nullptr) return -EBADF;
  d->at_ns = after_ns == 0 ? 0 : kernel().now + after_ns;
  d->expired = false;
  return 0;
}

uint64_t now_ns() { return kernel().now; }

timespec wall_clock() { return {static_cast<time_t>(kernel().now / 1'000'000'000), static_cast<long>(kernel().now % 1'000'000'000)}; }

PipeLimits pipe_limits() { return kernel().limits; }

}  // namespace tsproxy::sys
