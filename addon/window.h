// The window of a worker: one piece of memory that C++ and JavaScript share (one external ArrayBuffer, made once).
//   [facts: FACT_COUNT int32][header table: max_headers rows of 4 int32][edit page][bytes]
// Reads land in `bytes` first; a head is parsed there, and if decide() is called about a head that lies elsewhere it is copied here.
#pragma once
#include <cstddef>
#include <cstdint>
#include "abi.h"
#include "http1_head.h"

namespace tsproxy {

class Window {
 public:
  Window(int max_headers, size_t edit_size, size_t bytes_size);   // throws std::bad_alloc
  ~Window();
  Window(const Window&) = delete;
  Window& operator=(const Window&) = delete;
  void* memory() { return memory_; }
  size_t size() const { return size_; }
  int32_t* facts() { return static_cast<int32_t*>(memory_); }
  HeaderField* headers() { return reinterpret_cast<HeaderField*>(static_cast<char*>(memory_) + FACT_COUNT * 4); }
  int max_headers() const { return max_headers_; }
  unsigned char* edits() { return static_cast<unsigned char*>(memory_) + edit_off_; }
  size_t edit_off() const { return edit_off_; }
  size_t edit_size() const { return edit_size_; }
  char* bytes() { return static_cast<char*>(memory_) + bytes_off_; }
  size_t bytes_off() const { return bytes_off_; }
  size_t bytes_size() const { return bytes_size_; }   // at least bufsize; copies of bodies use all of it

 private:
  void* memory_ = nullptr;
  size_t size_ = 0, edit_off_ = 0, edit_size_ = 0, bytes_off_ = 0, bytes_size_ = 0;
  int max_headers_ = 0;
};

}  // namespace tsproxy
