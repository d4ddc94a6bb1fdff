// A kernel in memory, linked in place of addon/sys.cc: every call of sys.h works on virtual descriptors, sockets, pipes,
// epoll sets and a virtual clock, and a test decides what each call returns. One thread, one kernel; reset() starts anew.
//
//   script::reset();
//   int listener = script::listener();
//   script::on_connect("10.0.0.1:80", script::Connecting::Later);
//   … an Engine with that listener fd …
//   script::Peer& client = script::connect_to(listener);
//   script::run(engine);                       // passes until nothing is ready
//   script::Peer& server = script::connected(0);
//   client.write("hello");  script::run(engine);
//   CHECK(server.received() == "hello");
//   CHECK(script::misuse() == "");             // no call on a closed or wrong descriptor
//
// The semantics are those of Linux: edge-triggered registrations report on each arrival, on new room after a full send
// buffer and on ADD or MOD; RDHUP and HUP as for TCP; a pipe has slots, one for each segment spliced in, of any length.
#pragma once
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include "conf.h"
#include "sys.h"

namespace script {

constexpr size_t UNLIMITED = ~size_t{0};

enum class Call : uint8_t {
  Recv, Peek, Send, SpliceIn, SpliceOut, Read, Pipe, PipeSize, SetPipeSize, Accept, Socket, Connect, Bind, Listen,
  SetOption, GetOption, Address, ShutdownWrite, Close, EpollCreate, EpollCtl, EpollWait, EventFd, TimerFd, SendMany, Write, Count
};

// What connect() to an address does.
enum class Connecting : uint8_t {
  Now,      // returns 0
  Later,    // EINPROGRESS, and the connection stands at the next epoll_wait
  Hang,     // EINPROGRESS for ever, until the test calls establish() or refuse()
  Refuse,   // returns -ECONNREFUSED; what an address without on_connect() does
};

// The far end of one of the engine's sockets: a client, or a server that was connected to. Lives until reset().
class Peer {
 public:
  // What the far end does.
  void write(std::string_view bytes, size_t segment = UNLIMITED);   // arrives in segments of at most that size
  void shut();                     // FIN
  void close();                    // FIN; the first bytes sent afterwards bring a RST
  void reset();                    // RST: unread bytes stay readable, then ECONNRESET once
  void room(size_t n);             // bytes the socket takes from now on before a send says EAGAIN
  void stall() { room(0); }
  void drain() { room(UNLIMITED); }
  void establish();                // Hang: the connection stands
  void refuse(int error);          // Hang: it failed
  void wake();                     // an event without a cause
  // What it sees.
  const std::string& received() const { return received_; }
  std::string take() { return std::exchange(received_, {}); }
  bool finished() const { return shut_out_; }      // FIN arrived
  bool was_reset() const { return reset_out_; }    // RST arrived: closed with unread bytes, or with SO_LINGER 0
  bool closed() const { return closed_; }          // the engine has closed its descriptor
  bool more() const { return more_; }              // the last bytes came with MSG_MORE or SPLICE_F_MORE: TCP may hold them
  int fd() const { return fd_; }                   // the engine's descriptor, -1 before accept and after close
  size_t unread() const;                           // bytes the engine has not read
  int option(int level, int name) const;           // what the engine set, -1 if it did not

 private:
  friend class Kernel;
  enum class State : uint8_t { Fresh, Connecting, Open };
  State state_ = State::Fresh;
  bool completes_ = false;   // Connecting::Later: stands at the next epoll_wait
  bool eof_ = false, gone_ = false, closed_far_ = false, shut_out_ = false, reset_out_ = false, closed_ = false, more_ = false;
  int fd_ = -1, error_ = 0;
  size_t room_ = UNLIMITED;
  std::deque<std::string> in_;     // segments that arrived
  std::string received_;
  tsproxy::SocketAddress local_, remote_;
  std::map<std::pair<int, int>, std::string> options_;

 public:
  // For the kernel's own files.
  void attach(int fd) { fd_ = fd; }
  void set_addresses(const tsproxy::SocketAddress& local, const tsproxy::SocketAddress& remote) { local_ = local, remote_ = remote; }
  const tsproxy::SocketAddress& local() const { return local_; }
  const tsproxy::SocketAddress& remote() const { return remote_; }
  void set_option(int level, int name, std::string value) { options_[{level, name}] = std::move(value); }
  int take_error() { return std::exchange(error_, 0); }
  int shutdown_from_here();
};

void reset();

// Addresses in the form "10.0.0.1:80", "[2001:db8::1]:80" or "unix:/path".
tsproxy::SocketAddress address(const std::string& text);

int listener(const std::string& at = "192.0.2.1:80");                             // a listening descriptor
Peer& connect_to(int listener, const std::string& from = "198.51.100.7:1234");    // a client that waits to be accepted
void on_connect(const std::string& to, Connecting how);
size_t connections();                   // connects the engine made so far, failed ones included
Peer& connected(size_t nth);            // their far ends, in order
const std::string& target(size_t nth);  // where to, as on_connect() names it

// The next `times` calls of that kind (on fd, or on any) fail with -error and do nothing.
void fail(Call call, int error, int times = 1, int fd = -1);
// The next `times` calls of that kind move at most `most` bytes.
void shorten(Call call, size_t most, int times = 1, int fd = -1);
uint64_t calls(Call call);              // how often it was called since reset()

// What becomes of one call: it fails with -error, or moves at most `most` bytes.
struct Fate {
  int error = 0;
  size_t most = UNLIMITED;
};
// Asked at each call for which no fail() or shorten() stands. After a call that is cut short, or fails with EAGAIN, the cause is over:
// what could not be moved can be moved from then on, and epoll says so.
void on_call(std::function<Fate(Call call, int fd)> fate);
uint64_t taken_in();                    // bytes that the engine has read from sockets, by recv and splice
uint64_t given_out();                   // bytes that the sockets have taken from it
uint64_t next_timer();                  // ms until a timerfd fires, UNLIMITED if none is set
size_t piped(int fd);                   // bytes in the pipe of which fd is an end

// True while a call of sys.h runs: memory that it takes is the kernel's, not the engine's.
bool inside();
struct Inside {
  Inside();
  ~Inside();
};

void advance(uint64_t ms);              // moves the clock and fires timerfds
void shuffle(uint32_t seed);            // epoll_wait reports in a seeded random order from now on; 0: in order of arrival
void fd_limit(int most);                // more open descriptors: EMFILE
void one_segment(bool on);              // old kernels: a splice_in takes one segment
void slots(uint32_t most);              // slots of the pipes made from now on (16), whatever set_pipe_size says if `most` > 0
void pipe_limits(const tsproxy::sys::PipeLimits& limits);

int open_fds();                         // all that the engine holds, listeners of the test included
int open_pipes();                       // pipes with an open end
size_t piped();                         // bytes in all pipes
bool ready(int epoll);                  // epoll_wait would report something
std::string misuse();                   // calls on descriptors that are closed or of another kind, one a line

// Passes until nothing is ready or `most` were made; the number made. `most` reached: the engine spins.
template <typename Engine>
int run(Engine& engine, int most = 1000) {
  int passes = 0;
  while (passes < most && ready(engine.fd())) {
    engine.pass();
    passes++;
  }
  return passes;
}
// Moves the clock in steps of one millisecond and runs the engine after each.
template <typename Engine>
void run_for(Engine& engine, uint64_t ms) {
  for (uint64_t i = 0; i < ms; i++) {
    advance(1);
    run(engine);
  }
}

}  // namespace script
