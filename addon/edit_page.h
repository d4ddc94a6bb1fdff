// The EDIT_ records of abi.def that a decision has left on the edit page.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include "abi.h"

namespace tsproxy {

struct Edit {
  int32_t op = EDIT_END;
  uint32_t row = 0;
  const char* text = nullptr;
  size_t size = 0;
};

// Walks the records; a truncated one ends the walk.
class Edits {
 public:
  Edits(const unsigned char* bytes, size_t size) : p_(bytes), left_(bytes ? size : 0) {}
  bool next(Edit& edit) {
    if (left_ < 8 || p_[0] == EDIT_END) return false;
    uint16_t row;
    uint32_t size;
    std::memcpy(&row, p_ + 2, sizeof row);
    std::memcpy(&size, p_ + 4, sizeof size);
    if (size > left_ - 8) return false;
    edit = {p_[0], row, reinterpret_cast<const char*>(p_ + 8), size};
    const size_t step = 8 + ((static_cast<size_t>(size) + 3) & ~size_t{3});
    p_ += step < left_ ? step : left_;
    left_ -= step < left_ ? step : left_;
    return true;
  }

 private:
  const unsigned char* p_;
  size_t left_;
};

}  // namespace tsproxy
