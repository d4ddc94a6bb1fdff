// Kernel pipes for splice(2), and the pool they come from.
// A pipe is held only while it holds bytes. Empty ones go back to the pool; one that is dropped with bytes in it is closed,
// never pooled, so that nobody's bytes reach anybody else. A pipe may hold more bytes than F_GETPIPE_SZ says (large segments).
#pragma once
#include <cstdint>
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

// One per worker. maxpipes is one bound for the process: GS_PIPES_USED + GS_PIPES_FREE in the pages, kept with
// compare-and-swap; a worker that needs a pipe at the bound takes none (the session copies), and an idle pipe is
// closed when another worker has told that it missed one.
class PipePool {
 public:
  // wanted_size: bytes, 0 = choose: the largest that max_pipes of them fit into the user's soft pipe-page limit.
  PipePool(Pages& pages, int worker, int max_pipes, int wanted_size);
  ~PipePool();
  PipePool(const PipePool&) = delete;
  PipePool& operator=(const PipePool&) = delete;
  void preallocate(int count);     // part of the pool, at start; stops silently at the first failure
  Pipe* take(PipeFailure& why);    // an empty pipe or nullptr
  void give(Pipe* pipe);           // pooled if empty, closed if dirty
  int idle() const { return static_cast<int>(free_.size()); }
  int used() const { return used_; }

 private:
  Pipe* make(PipeFailure& why);
  void destroy(Pipe* pipe);
  Pages& pages_;
  uint64_t* counters_;
  int max_pipes_, size_, used_ = 0;
  std::vector<Pipe*> free_;
};

}  // namespace tsproxy
