// The source ports of a server whose `source` has a range: each is used by one connection at a time, whichever worker made it.
#pragma once
#include <cstdint>
#include <mutex>
#include <vector>

namespace tsproxy {

class SourcePorts {
 public:
  SourcePorts(uint16_t low, uint16_t high);   // throws std::bad_alloc
  // The port that has been free for the longest; 0: all are in use.
  uint16_t take();
  void give_back(uint16_t port);

 private:
  std::mutex lock_;
  std::vector<uint16_t> ring_;   // free ports from first_ on
  size_t first_ = 0, free_ = 0;
};

}  // namespace tsproxy
