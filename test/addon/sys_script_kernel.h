// The state of the scripted kernel; sys_script.cc is what the engine calls, sys_script_peer.cc what a test calls.
#pragma once
#include <random>
#include <vector>
#include "sys_script.h"

namespace script {

struct PipeBody {
  std::deque<std::string> slots;
  uint32_t most = 16;
  bool fixed = false;   // `most` was chosen by the test
  int ends = 2;
  size_t bytes() const {
    size_t sum = 0;
    for (const std::string& slot : slots) sum += slot.size();
    return sum;
  }
};

struct Registration {
  uint32_t events;
  epoll_data_t data;
  bool pending;
  uint64_t order;       // of arrival
};

enum class Kind : uint8_t { Free, Socket, Listener, PipeIn, PipeOut, Epoll, Event, Timer };

struct Descriptor {
  Kind kind = Kind::Free;
  Peer* peer = nullptr;
  std::shared_ptr<PipeBody> pipe;
  std::deque<Peer*> backlog;                  // Listener
  std::string at;                             // Listener: its address
  std::map<int, Registration> interest;       // Epoll
  uint64_t counted = 0;                       // Event
  uint64_t at_ns = 0;                         // Timer, 0 = disarmed
  bool expired = false;
};

struct Script {
  Call call;
  int fd, error, times;
  size_t most;
};

constexpr int FIRST_FD = 3;
constexpr uint64_t START_NS = 1'000'000'000'000;
constexpr uint32_t PAGE = 4096;
constexpr uint64_t NS_PER_MS = 1'000'000;

std::string name_of(const sockaddr* at);

class Kernel {
 public:
  std::vector<Descriptor> table{FIRST_FD};
  std::vector<std::unique_ptr<Peer>> peers;
  std::vector<std::pair<Peer*, std::string>> connects;
  std::map<std::string, Connecting> policy;
  std::vector<Script> scripts;
  std::function<Fate(Call, int)> fate;
  uint64_t taken_in = 0, given_out = 0;
  uint64_t called[static_cast<size_t>(Call::Count)] = {};
  uint64_t now = START_NS, order = 0;
  int limit = 1 << 20;
  bool one_segment = false, shuffled = false;
  uint32_t pipe_slots = 0;
  tsproxy::sys::PipeLimits limits{1 << 20, 16384, true};
  std::string misuse;
  std::mt19937 random;

  static Kernel& instance();
  static void restart();

  // Counts the call; a scripted failure is returned as -error, a scripted length lowers n.
  int enter(Call call, int fd, size_t* n = nullptr);
  // The descriptor if it is open and of that kind (Free: of any); nullptr and a line of misuse otherwise.
  Descriptor* find(Call call, int fd, Kind kind);
  int open(Kind kind);                     // the lowest free descriptor, or -EMFILE
  int open_fds() const;
  Peer& make_peer();

  void signal(int fd);                     // something happened on fd: its registrations become pending
  void signal(const Peer& p) { if (p.fd_ >= 0) signal(p.fd_); }
  uint32_t mask_of(const Descriptor& d) const;
  std::vector<int> reportable(Descriptor& set);   // descriptors with something to report, in the order to report them

  ssize_t read(Peer& p, void* to, size_t n, bool keep);
  ssize_t at_end(Peer& p);                 // what a read says when no bytes are left
  void consume(Peer& p, size_t n);
  ssize_t sendable(Peer& p, size_t n);     // how many of n bytes the socket takes, or -errno
  void deliver(Peer& p, const char* bytes, size_t n, bool more);
  ssize_t fill(Peer& p, PipeBody& pipe, size_t n);
  ssize_t empty(PipeBody& pipe, Peer& p, size_t n, bool more);
  ssize_t take(PipeBody& pipe, void* to, size_t n);
  int connect(Peer& p, int fd, const std::string& to);
  void close_socket(Peer& p);

 private:
  static uint32_t mask_of(const Peer& p);
  void complete_connects();
};

}  // namespace script
