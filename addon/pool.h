// A slab of objects of one type: blocks of memory that are never moved; freed objects are used again first.
// Index and generation name an object safely from JavaScript: handle = index << 8 | (generation & 0xff).
#pragma once
#include <cstdint>
#include <memory>
#include <new>
#include <utility>
#include <vector>

namespace tsproxy {

template <typename T, int BLOCK = 256>
class Slab {
 public:
  Slab() = default;
  Slab(const Slab&) = delete;
  Slab& operator=(const Slab&) = delete;
  ~Slab() {
    for (uint32_t i = 0; i < size_; i++)
      if (slot(i).live) object(i)->~T();
  }

  // A new T, or nullptr if there is no memory. T must have a member `uint32_t handle`.
  template <typename... Args>
  T* make(Args&&... args) {
    uint32_t index = free_;
    if (index != NONE) free_ = slot(index).next;
    else if (!grow(index)) return nullptr;
    Slot& s = slot(index);
    T* made = new (s.bytes) T(static_cast<Args&&>(args)...);
    s.live = true;
    made->handle = index << 8 | s.generation;
    live_++;
    return made;
  }

  void free(T* object) {
    uint32_t index = object->handle >> 8;
    Slot& s = slot(index);
    object->~T();
    s.live = false;
    s.generation++;
    s.next = free_;
    free_ = index;
    live_--;
  }

  // Frees it with the next sweep(); until then every pointer to it is good. Needs no memory.
  void retire(T* object) {
    uint32_t index = object->handle >> 8;
    slot(index).next = retired_;
    retired_ = index;
  }

  void sweep() {
    while (retired_ != NONE) {
      uint32_t index = retired_;
      retired_ = slot(index).next;
      free(object(index));
    }
  }

  // The object of a handle, nullptr if it is gone.
  T* get(uint32_t handle) {
    uint32_t index = handle >> 8;
    if (index >= size_) return nullptr;
    Slot& s = slot(index);
    return s.live && s.generation == (handle & 0xff) ? object(index) : nullptr;
  }

  template <typename Visit>
  void each(Visit&& visit) {
    for (uint32_t i = 0; i < size_; i++)
      if (slot(i).live) visit(*object(i));
  }

  uint32_t live() const { return live_; }

 private:
  static constexpr uint32_t NONE = ~0u;
  static constexpr uint32_t MOST = 1u << 24;   // indices a handle can name
  struct Slot {
    alignas(T) unsigned char bytes[sizeof(T)];
    uint32_t next;
    uint8_t generation;
    bool live;
  };
  Slot& slot(uint32_t i) { return blocks_[i / BLOCK][i % BLOCK]; }
  T* object(uint32_t i) { return std::launder(reinterpret_cast<T*>(slot(i).bytes)); }
  bool grow(uint32_t& index) {
    if (size_ == MOST) return false;
    if (size_ % BLOCK == 0) {
      std::unique_ptr<Slot[]> block(new (std::nothrow) Slot[BLOCK]());
      if (block == nullptr) return false;
      try {
        blocks_.push_back(std::move(block));
      } catch (const std::bad_alloc&) {
        return false;
      }
    }
    index = size_++;
    return true;
  }
  std::vector<std::unique_ptr<Slot[]>> blocks_;
  uint32_t size_ = 0, live_ = 0, free_ = NONE, retired_ = NONE;
};

}  // namespace tsproxy
