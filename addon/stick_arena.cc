#include "stick_arena.h"

#include <sys/mman.h>
#include <cstdlib>

namespace tsproxy {

namespace {

constexpr size_t SLAB = 2u << 20;   // a huge page
constexpr size_t ALIGNMENT = 64;    // a cache line

size_t rounded(size_t n, size_t to) { return (n + to - 1) / to * to; }

}  // namespace

StickArena::~StickArena() {
  for (const Slab& slab : slabs_) {
    if (slab.mapped > 0) ::munmap(slab.memory, slab.mapped);
    else std::free(slab.memory);
  }
}

// A slab of that many huge pages, cleared; nullptr: memory is short.
char* StickArena::map(size_t size) {
  // Room to find a place that starts where huge pages start; what is around it goes back.
  void* memory = ::mmap(nullptr, size + SLAB, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  char* from = static_cast<char*>(memory);
  char* slab = reinterpret_cast<char*>(rounded(reinterpret_cast<size_t>(from), SLAB));
  if (slab > from) ::munmap(from, static_cast<size_t>(slab - from));
  if (slab < from + SLAB) ::munmap(slab + size, static_cast<size_t>(from + SLAB - slab));
  ::madvise(slab, size, MADV_HUGEPAGE);   // where there are none, nothing is lost
  slabs_.push_back({slab, size});
  return slab;
}

char* StickArena::take(size_t bytes) {
  std::lock_guard hold(lock_);
  slabs_.reserve(slabs_.size() + 1);
  if (!large_) {
    void* memory = std::calloc(bytes, 1);
    if (memory != nullptr) slabs_.push_back({memory, 0});
    return static_cast<char*>(memory);
  }
  bytes = rounded(bytes, ALIGNMENT);
  if (bytes > left_) {
    const size_t size = rounded(bytes, SLAB);
    char* slab = map(size);
    if (slab == nullptr) return nullptr;
    at_ = slab;
    left_ = size;
  }
  char* piece = at_;
  at_ += bytes;
  left_ -= bytes;
  return piece;
}

}  // namespace tsproxy
