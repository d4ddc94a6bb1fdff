#include "pipe.h"

#include <algorithm>
#include <bit>
#include <new>
#include "sys.h"

namespace tsproxy {

namespace {

constexpr uint32_t PAGE = 4096;
constexpr uint32_t DEFAULT_SIZE = 16 * PAGE;   // what pipe(2) gives while the user is below the soft limit
// Fewer slots than these move less per pair of splices than one recv and send through the window.
constexpr uint32_t LEAST_SIZE = 4 * PAGE;
// Past the soft limit each attempt costs several system calls: most takes fail without one.
constexpr int SKIPPED_AFTER_SMALL = 64;

}  // namespace

uint32_t fitting_pipe_size(int max_pipes) {
  sys::PipeLimits limits = sys::pipe_limits();
  uint64_t most = static_cast<uint64_t>(std::max(limits.max_size, static_cast<int>(PAGE)));
  if (!limits.privileged && limits.user_pages > 0) {
    uint64_t share = static_cast<uint64_t>(limits.user_pages) * PAGE / static_cast<uint64_t>(std::max(max_pipes, 1));
    most = std::min(most, std::max<uint64_t>(share, DEFAULT_SIZE));
  }
  return static_cast<uint32_t>(std::bit_floor(most));
}

PipePool::PipePool(Pages& pages, int worker, int max_pipes, int wanted_size)
    : pages_(pages), counters_(pages.row(worker)), max_pipes_(max_pipes) {
  size_ = wanted_size > 0 ? static_cast<uint32_t>(wanted_size) : fitting_pipe_size(max_pipes);
  least_ = std::min(size_, LEAST_SIZE);
  free_.reserve(static_cast<size_t>(std::max(max_pipes, 0)));   // put() never needs memory
  std::lock_guard hold(pages_.pipes().lock);
  pages_.pipes().pools.push_back(this);
}

PipePool::~PipePool() {
  {
    std::lock_guard hold(pages_.pipes().lock);
    std::erase(pages_.pipes().pools, this);
  }
  while (Pipe* pipe = take_idle()) destroy(pipe);
}

int PipePool::idle() const {
  std::lock_guard hold(lock_);
  return static_cast<int>(free_.size());
}

// GS_PIPES_FREE is raised before a pipe can be taken and lowered after it was: it is never less than what lies idle.
Pipe* PipePool::take_idle() {
  std::lock_guard hold(lock_);
  if (free_.empty()) return nullptr;
  Pipe* pipe = free_.back();
  free_.pop_back();
  pages_.global(GS_PIPES_FREE).fetch_sub(1, std::memory_order_relaxed);
  return pipe;
}

void PipePool::put(Pipe* pipe) {
  std::lock_guard hold(lock_);
  pages_.global(GS_PIPES_FREE).fetch_add(1, std::memory_order_relaxed);
  free_.push_back(pipe);
}

Pipe* PipePool::steal() {
  PipeStock& stock = pages_.pipes();
  if (pages_.global(GS_PIPES_FREE).load(std::memory_order_relaxed) <= 0) return nullptr;
  std::lock_guard hold(stock.lock);
  for (PipePool* pool : stock.pools) {
    if (pool == this) continue;
    if (Pipe* pipe = pool->take_idle()) return pipe;
  }
  return nullptr;
}

bool PipePool::reserve() {
  std::atomic<int32_t>& open = pages_.pipes().open;
  int32_t now = open.load(std::memory_order_relaxed);
  do {
    if (now >= max_pipes_) return false;
  } while (!open.compare_exchange_weak(now, now + 1, std::memory_order_relaxed));
  return true;
}

// Opens both ends and gets the size as near to size_ as the limits allow.
bool PipePool::open(Pipe& pipe) {
  int fds[2];
  if (sys::pipe(fds) < 0) return false;
  pipe.out = fds[0];
  pipe.in = fds[1];
  pipe.size = static_cast<uint32_t>(std::max(sys::pipe_size(pipe.in), 0));
  for (uint32_t size = size_; size > pipe.size || (size == size_ && size != pipe.size); size /= 2) {
    int got = sys::set_pipe_size(pipe.in, static_cast<int>(size));
    if (got < 0) continue;
    pipe.size = static_cast<uint32_t>(got);
    break;
  }
  if (pipe.size < size_) count(&counters_[CW_PIPE_SHRUNK]);
  if (pipe.size >= least_) return true;
  skip_ = SKIPPED_AFTER_SMALL;
  sys::close(pipe.in);
  sys::close(pipe.out);
  return false;
}

Pipe* PipePool::make(PipeFailure& why) {
  if (!reserve()) {
    why = PipeFailure::Limit;
    return nullptr;
  }
  why = PipeFailure::System;
  bool skipped = skip_ > 0 && skip_-- > 0;
  Pipe* pipe = skipped ? nullptr : new (std::nothrow) Pipe;
  if (pipe != nullptr && open(*pipe)) {
    why = PipeFailure::None;
    return pipe;
  }
  delete pipe;
  pages_.pipes().open.fetch_sub(1, std::memory_order_relaxed);
  return nullptr;
}

void PipePool::destroy(Pipe* pipe) {
  sys::close(pipe->in);
  sys::close(pipe->out);
  delete pipe;
  pages_.pipes().open.fetch_sub(1, std::memory_order_relaxed);
}

void PipePool::preallocate(int count) {
  PipeFailure why;
  for (int i = 0; i < count; i++) {
    Pipe* pipe = make(why);
    if (pipe == nullptr) return;
    put(pipe);
  }
}

Pipe* PipePool::take(PipeFailure& why) {
  why = PipeFailure::None;
  Pipe* pipe = take_idle();
  if (pipe != nullptr) {
    count(&counters_[CW_PIPE_HITS]);
  } else if ((pipe = make(why)) != nullptr) {
    count(&counters_[CW_PIPE_MISSES]);
  } else if ((pipe = steal()) != nullptr) {
    count(&counters_[CW_PIPE_HITS]);
    why = PipeFailure::None;
  } else {
    return nullptr;
  }
  used_++;
  pages_.global(GS_PIPES_USED).fetch_add(1, std::memory_order_relaxed);
  return pipe;
}

void PipePool::give(Pipe* pipe) {
  used_--;
  pages_.global(GS_PIPES_USED).fetch_sub(1, std::memory_order_relaxed);
  if (pipe->bytes == 0) return put(pipe);
  count(&counters_[CW_PIPE_DIRTY]);
  destroy(pipe);
}

}  // namespace tsproxy
