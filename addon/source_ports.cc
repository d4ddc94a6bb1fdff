#include "source_ports.h"

#include <numeric>

namespace tsproxy {

SourcePorts::SourcePorts(uint16_t low, uint16_t high) : ring_(static_cast<size_t>(high - low) + 1), free_(ring_.size()) {
  std::iota(ring_.begin(), ring_.end(), low);
}

uint16_t SourcePorts::take() {
  std::lock_guard hold(lock_);
  if (free_ == 0) return 0;
  uint16_t port = ring_[first_];
  first_ = (first_ + 1) % ring_.size();
  free_--;
  return port;
}

void SourcePorts::give_back(uint16_t port) {
  std::lock_guard hold(lock_);
  ring_[(first_ + free_) % ring_.size()] = port;
  free_++;
}

}  // namespace tsproxy
