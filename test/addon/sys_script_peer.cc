#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <algorithm>
#include <cerrno>
#include <cstring>
#include <set>
#include <stdexcept>
#include "sys_script_kernel.h"

namespace script {

namespace {

Kernel& kernel() { return Kernel::instance(); }

bool split(const std::string& text, std::string& host, uint16_t& port) {
  size_t colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  host = text.substr(0, colon);
  if (host.size() > 1 && host.front() == '[') host = host.substr(1, host.size() - 2);
  port = static_cast<uint16_t>(std::stoi(text.substr(colon + 1)));
  return true;
}

}  // namespace

void Peer::write(std::string_view bytes, size_t segment) {
  for (size_t at = 0; at < bytes.size(); at += std::min(segment, bytes.size() - at))
    in_.emplace_back(bytes.substr(at, segment));
  kernel().signal(*this);
}

void Peer::shut() {
  eof_ = true;
  kernel().signal(*this);
}

void Peer::close() {
  closed_far_ = true;
  shut();
}

void Peer::reset() {
  gone_ = true;
  error_ = state_ == State::Connecting ? ECONNREFUSED : ECONNRESET;
  kernel().signal(*this);
}

void Peer::room(size_t n) {
  bool opened = n > room_;
  room_ = n;
  if (opened) kernel().signal(*this);
}

void Peer::establish() {
  state_ = State::Open;
  kernel().signal(*this);
}

void Peer::refuse(int error) {
  state_ = State::Fresh;
  error_ = error;
  kernel().signal(*this);
}

void Peer::wake() { kernel().signal(*this); }

size_t Peer::unread() const {
  size_t sum = 0;
  for (const std::string& segment : in_) sum += segment.size();
  return sum;
}

int Peer::option(int level, int name) const {
  auto found = options_.find({level, name});
  if (found == options_.end() || found->second.size() < sizeof(int)) return -1;
  int value;
  std::memcpy(&value, found->second.data(), sizeof value);
  return value;
}

int Peer::shutdown_from_here() {
  if (state_ != State::Open || gone_) return -ENOTCONN;
  shut_out_ = true;
  kernel().signal(*this);
  return 0;
}

void reset() { Kernel::restart(); }

tsproxy::SocketAddress address(const std::string& text) {
  tsproxy::SocketAddress made;
  auto* in = reinterpret_cast<sockaddr_in*>(&made.storage);
  auto* in6 = reinterpret_cast<sockaddr_in6*>(&made.storage);
  auto* un = reinterpret_cast<sockaddr_un*>(&made.storage);
  std::string host;
  uint16_t port = 0;
  if (text.starts_with("unix:")) {
    un->sun_family = AF_UNIX;
    text.substr(5).copy(un->sun_path, sizeof un->sun_path - 1);
    made.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + text.size() - 5 + 1);
  } else if (!split(text, host, port)) {
    throw std::invalid_argument(text);
  } else if (inet_pton(AF_INET, host.c_str(), &in->sin_addr) == 1) {
    in->sin_family = AF_INET;
    in->sin_port = htons(port);
    made.length = sizeof *in;
  } else if (inet_pton(AF_INET6, host.c_str(), &in6->sin6_addr) == 1) {
    in6->sin6_family = AF_INET6;
    in6->sin6_port = htons(port);
    made.length = sizeof *in6;
  } else {
    throw std::invalid_argument(text);
  }
  return made;
}

int listener(const std::string& at) {
  int fd = kernel().open(Kind::Listener);
  if (fd >= 0) kernel().table[static_cast<size_t>(fd)].at = at;
  return fd;
}

Peer& connect_to(int listener, const std::string& from) {
  Descriptor& d = kernel().table.at(static_cast<size_t>(listener));
  if (d.kind != Kind::Listener) throw std::invalid_argument("not a listener");
  Peer& p = kernel().make_peer();
  p.set_addresses(address(d.at), address(from));
  p.establish();
  d.backlog.push_back(&p);
  kernel().signal(listener);
  return p;
}

void on_connect(const std::string& to, Connecting how) { kernel().policy[to] = how; }

size_t connections() { return kernel().connects.size(); }

Peer& connected(size_t nth) { return *kernel().connects.at(nth).first; }

const std::string& target(size_t nth) { return kernel().connects.at(nth).second; }

void fail(Call call, int error, int times, int fd) { kernel().scripts.push_back({call, fd, error, times, UNLIMITED}); }

void shorten(Call call, size_t most, int times, int fd) { kernel().scripts.push_back({call, fd, 0, times, most}); }

uint64_t calls(Call call) { return kernel().called[static_cast<size_t>(call)]; }

void on_call(std::function<Fate(Call call, int fd)> fate) { kernel().fate = std::move(fate); }

uint64_t taken_in() { return kernel().taken_in; }

uint64_t given_out() { return kernel().given_out; }

uint64_t next_timer() {
  uint64_t first = UNLIMITED;
  for (const Descriptor& d : kernel().table) {
    if (d.kind != Kind::Timer || d.at_ns == 0) continue;
    uint64_t left = d.at_ns > kernel().now ? d.at_ns - kernel().now : 0;
    first = std::min<uint64_t>(first, (left + NS_PER_MS - 1) / NS_PER_MS);
  }
  return first;
}

void advance(uint64_t ms) {
  Kernel& k = kernel();
  k.now += ms * NS_PER_MS;
  for (size_t fd = FIRST_FD; fd < k.table.size(); fd++) {
    Descriptor& d = k.table[fd];
    if (d.kind != Kind::Timer || d.at_ns == 0 || d.at_ns > k.now) continue;
    d.at_ns = 0;
    d.expired = true;
    k.signal(static_cast<int>(fd));
  }
}

void shuffle(uint32_t seed) {
  kernel().shuffled = seed != 0;
  kernel().random.seed(seed);
}

void fd_limit(int most) { kernel().limit = most; }

void one_segment(bool on) { kernel().one_segment = on; }

void slots(uint32_t most) { kernel().pipe_slots = most; }

void pipe_limits(const tsproxy::sys::PipeLimits& limits) { kernel().limits = limits; }

int open_fds() { return kernel().open_fds(); }

int open_pipes() {
  std::set<const PipeBody*> bodies;
  for (const Descriptor& d : kernel().table)
    if (d.pipe != nullptr) bodies.insert(d.pipe.get());
  return static_cast<int>(bodies.size());
}

size_t piped() {
  size_t sum = 0;
  for (const Descriptor& d : kernel().table)
    if (d.kind == Kind::PipeOut) sum += d.pipe->bytes();
  return sum;
}

size_t piped(int fd) {
  const Descriptor& d = kernel().table.at(static_cast<size_t>(fd));
  return d.pipe == nullptr ? 0 : d.pipe->bytes();
}

namespace {
int depth = 0;
}

bool inside() { return depth > 0; }
Inside::Inside() { depth++; }
Inside::~Inside() { depth--; }

bool ready(int epoll) {
  Descriptor* set = kernel().find(Call::EpollWait, epoll, Kind::Epoll);
  return set != nullptr && !kernel().reportable(*set).empty();
}

std::string misuse() { return kernel().misuse; }

}  // namespace script
