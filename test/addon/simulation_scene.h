// What a seed stands for: the scene of one simulated run. Everything in it follows from the seed and from what was cut away.
#pragma once
#include <cstdint>
#include <string>

namespace simulation {

// A generator whose numbers are the same everywhere (splitmix64).
class Dice {
 public:
  explicit Dice(uint64_t seed) : state_(seed) {}
  uint64_t next() {
    uint64_t z = state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
  uint64_t below(uint64_t n) { return n == 0 ? 0 : next() % n; }
  uint64_t between(uint64_t least, uint64_t most) { return least + below(most - least + 1); }
  bool one_in(uint64_t n) { return n > 0 && below(n) == 0; }
  template <typename T, size_t N>
  T any(const T (&of)[N]) { return of[below(N)]; }

 private:
  uint64_t state_;
};

// What can be cut away from a scene to find the shortest one that still fails: bits of Cuts::off.
enum Feature : uint32_t {
  HTTP = 0x1, SPLICE = 0x2, FAULTS = 0x4, SHORTAGE = 0x8, ROUGH = 0x10, NO_MEMORY = 0x20, FD_LIMIT = 0x40, STALLS = 0x80, THINKING = 0x100,
  YIELDS = 0x200, SHUFFLE = 0x400, FEW_SLOTS = 0x800, CONNECT_FAULTS = 0x1000, SHARED_SERVERS = 0x2000, HALF_CLOSE = 0x4000, LIMITS = 0x8000,
  FEATURES = 0xffff
};

struct Cuts {
  uint32_t off = 0;
  int clients = 1000, exchanges = 1000;   // at most so many
};

struct Scene {
  uint64_t seed = 0;
  uint32_t features = 0;
  int clients = 1, exchanges = 1;
  int servers = 1;
  int32_t options = 0;           // PO_ bits
  int bufsize = 16384, max_pipes = 8;
  uint32_t slots = 0;            // of a pipe; 0: as the kernel has them
  bool one_segment = false;
  uint32_t fault_odds = 0;       // one call in so many meets a fault, 0: none
  uint32_t rough_odds = 0;       // one step of a rough client in so many is a rough one
  int max_connections = 1000;
  int fd_limit = 1 << 20;
  uint32_t largest = 0;          // bytes of the largest body or stream

  bool has(uint32_t feature) const { return (features & feature) != 0; }
  static Scene of(uint64_t seed, const Cuts& cuts);
  std::string text() const;
};

// --- payload ------------------------------------------------------------------------------------------------------------------------
// Each stream of bytes has a number, and the byte at each place follows from both: who receives it needs no copy to compare with.
std::string payload(uint64_t stream, uint64_t from, size_t n);
bool is_payload(uint64_t stream, uint64_t from, const char* bytes, size_t n);
uint64_t mix(uint64_t a, uint64_t b);

}  // namespace simulation
