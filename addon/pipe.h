// Kernel pipes for splice(2), and the pool they come from.
// A pipe is held only while it holds bytes. Empty ones go back to the pool; one that is dropped with bytes in it is closed,
// never pooled, so that nobody's bytes reach anybody else. A pipe may hold more bytes than F_GETPIPE_SZ says (large segments).
#pragma once
#include <cstdint>
#include <mutex>
#include <vector>
#include "page.h"

namespace tsproxy {

struct Pipe {
  int in = -1;              // write end: splice_in goes here
  int out = -1;             // read end
  uint32_t size = 0;        // F_GETPIPE_SZ, bytes: a hint only
  uint32_t bytes = 0;       // bytes in it now
};

enum class PipeFailure : uint8_t { None, Limit /* maxpipes reached */, System /* no descriptor, no memory */ };

// The size that fits `max_pipes` pipes into the user's limits: a power of two from 64 KiB up to pipe-max-size.
uint32_t fitting_pipe_size(int max_pipes);

// One per worker. maxpipes is one bound for the process (Pages::pipes().open, kept with compare-and-swap). A worker without
// an idle pipe makes one; at the bound, or when the system has none left, it takes one that lies idle in another worker's
// pool, so that no thread sits on all of them. GS_PIPES_USED and GS_PIPES_FREE tell the world; they never turn negative.
//
// Sizes degrade: past the user's soft limit the kernel refuses F_SETPIPE_SZ and makes new pipes of two pages. A size that is
// refused is halved down to the kernel's default; what is got counts as PIPE_SHRUNK. A pipe too small to beat copying is no
// pipe at all: PipeFailure::System, and the session copies.
class PipePool {
 public:
  // wanted_size: bytes, 0 = fitting_pipe_size(max_pipes). max_pipes 0: no pipes, every take() fails with Limit.
  PipePool(Pages& pages, int worker, int max_pipes, int wanted_size);
  ~PipePool();                     // every pipe that was taken must have been given back
  PipePool(const PipePool&) = delete;
  PipePool& operator=(const PipePool&) = delete;
  void preallocate(int count);     // part of the pool, at start; stops silently at the first failure
  Pipe* take(PipeFailure& why);    // an empty pipe or nullptr
  void give(Pipe* pipe);           // pooled if empty, closed if dirty
  int idle() const;
  int used() const { return used_; }

 private:
  Pipe* take_idle();               // any thread
  Pipe* steal();
  bool reserve();
  Pipe* make(PipeFailure& why);
  bool open(Pipe& pipe);
  void destroy(Pipe* pipe);
  void put(Pipe* pipe);
  Pages& pages_;
  uint64_t* counters_;
  int max_pipes_, used_ = 0, skip_ = 0;
  uint32_t size_, least_;
  mutable std::mutex lock_;        // of free_, which other workers may take from
  std::vector<Pipe*> free_;
};

}  // namespace tsproxy
