#include "buffer.h"

#include <cstdlib>
#include <cstring>

namespace tsproxy {

BlockPool::BlockPool(uint32_t block_size, uint32_t keep) : block_size_(block_size), keep_(keep) { free_.reserve(keep); }

BlockPool::~BlockPool() {
  for (Block* block : free_) std::free(block);
}

Block* BlockPool::take() {
  Block* block = nullptr;
  if (!free_.empty()) {
    block = free_.back();
    free_.pop_back();
  } else {
    block = static_cast<Block*>(std::malloc(sizeof(Block) + block_size_));
    if (block == nullptr) return nullptr;
    block->size = block_size_;
  }
  in_use_++;
  return block;
}

void BlockPool::give(Block* block) {
  in_use_--;
  if (free_.size() < keep_) free_.push_back(block);
  else std::free(block);
}

uint32_t Buffer::room() {
  if (block_ == nullptr) return 0;
  uint32_t behind = block_->size - start_ - length_;
  // Moving bytes pays only if it gains more than there is: a buffer that trickles out is not moved for each drop.
  if (start_ > behind) {
    std::memmove(block_->data, block_->data + start_, length_);
    behind += start_;
    start_ = 0;
  }
  return behind;
}

bool Buffer::ensure(BlockPool& pool) {
  if (block_ == nullptr) block_ = pool.take();
  return block_ != nullptr;
}

bool Buffer::append(BlockPool& pool, const char* bytes, uint32_t n) {
  if (!ensure(pool) || n > block_->size - length_) return false;
  if (n > block_->size - start_ - length_) {
    std::memmove(block_->data, block_->data + start_, length_);
    start_ = 0;
  }
  std::memcpy(tail(), bytes, n);
  length_ += n;
  return true;
}

void Buffer::drop(uint32_t n) {
  length_ -= n;
  start_ = length_ == 0 ? 0 : start_ + n;
}

void Buffer::release(BlockPool& pool) {
  if (block_ != nullptr) pool.give(block_);
  block_ = nullptr;
  start_ = length_ = 0;
}

}  // namespace tsproxy
