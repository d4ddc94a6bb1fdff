#include "window.h"

#include <cstdlib>
#include <new>

namespace tsproxy {

namespace {

constexpr size_t CACHE_LINE = 64;

size_t rounded(size_t n) { return (n + CACHE_LINE - 1) / CACHE_LINE * CACHE_LINE; }

}  // namespace

Window::Window(int max_headers, size_t edit_size, size_t bytes_size)
    : edit_size_(edit_size), bytes_size_(bytes_size), max_headers_(max_headers) {
  edit_off_ = rounded(FACT_COUNT * sizeof(int32_t) + static_cast<size_t>(max_headers) * sizeof(HeaderField));
  bytes_off_ = edit_off_ + rounded(edit_size);
  size_ = bytes_off_ + rounded(bytes_size);
  memory_ = std::aligned_alloc(CACHE_LINE, size_);
  if (memory_ == nullptr) throw std::bad_alloc();
  // JavaScript sees all of it: no bytes of earlier owners of the memory.
  __builtin_memset(memory_, 0, size_);
}

Window::~Window() { std::free(memory_); }

}  // namespace tsproxy
