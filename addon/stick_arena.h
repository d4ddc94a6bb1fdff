// Memory of stick tables: pieces that live as long as the table. Large tables take it by huge pages, where the system has them: a
// look-up in a million entries is two cache misses, and would be as many misses of the address translation.
#pragma once
#include <cstddef>
#include <mutex>
#include <vector>

namespace tsproxy {

class StickArena {
 public:
  // large: pieces are cut from slabs of 2 MiB.
  explicit StickArena(bool large) : large_(large) {}
  ~StickArena();
  StickArena(const StickArena&) = delete;
  StickArena& operator=(const StickArena&) = delete;
  // Cleared, aligned for any type; nullptr or std::bad_alloc: memory is short. Any thread.
  char* take(size_t bytes);

 private:
  struct Slab {
    void* memory;
    size_t mapped;   // bytes; 0: by calloc()
  };
  char* map(size_t size);
  bool large_;
  std::mutex lock_;
  std::vector<Slab> slabs_;
  char* at_ = nullptr;
  size_t left_ = 0;
};

}  // namespace tsproxy
