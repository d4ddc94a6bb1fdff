// A buffer: bytes that a channel holds because they could not leave yet. Most passes need none: reads go into the
// window of the worker and leave from there; only leftovers get a buffer of their own, for as long as they last.
#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tsproxy {

struct Block {
  uint32_t size;      // bytes of data
  char data[];
};

// Blocks of one size, freed ones kept for reuse up to a bound; one pool per worker.
class BlockPool {
 public:
  BlockPool(uint32_t block_size, uint32_t keep);
  ~BlockPool();
  BlockPool(const BlockPool&) = delete;
  BlockPool& operator=(const BlockPool&) = delete;
  Block* take();            // nullptr if there is no memory
  void give(Block* block);
  uint32_t block_size() const { return block_size_; }
  uint32_t in_use() const { return in_use_; }

 private:
  uint32_t block_size_, keep_, in_use_ = 0;
  std::vector<Block*> free_;
};

// A linear buffer over at most one block; its owner releases it to the pool it came from. data()..data()+length() are the bytes held, oldest first.
class Buffer {
 public:
  bool empty() const { return length_ == 0; }
  uint32_t length() const { return length_; }
  const char* data() const { return block_ == nullptr ? nullptr : block_->data + start_; }
  char* data() { return block_ == nullptr ? nullptr : block_->data + start_; }
  // Room behind the bytes; moves them to the front first if that gains more than there is (data() changes then).
  // 0 without a block or if the block is full.
  uint32_t room();
  char* tail() { return block_->data + start_ + length_; }
  bool ensure(BlockPool& pool);                                  // has a block afterwards, false: no memory
  bool append(BlockPool& pool, const char* bytes, uint32_t n);   // all or nothing; false: no memory or no room
  void grown(uint32_t n) { length_ += n; }                       // n bytes were written at tail()
  void drop(uint32_t n);                                         // the oldest n bytes are gone
  void release(BlockPool& pool);                                 // gives the block back, bytes and all
  void release_if_empty(BlockPool& pool) { if (length_ == 0 && block_ != nullptr) release(pool); }

 private:
  Block* block_ = nullptr;
  uint32_t start_ = 0, length_ = 0;
};

}  // namespace tsproxy
