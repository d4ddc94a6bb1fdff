// Memory that is short for the engine, never for the simulation itself: what the scripted kernel and the core take is theirs.
// buffer.cc takes its blocks by malloc, which the linker sends here (--wrap=malloc).
#include <cstdlib>
#include <new>
#include "simulation_world.h"

extern "C" void* __real_malloc(size_t n);

namespace {

long left = -1, failing = 0;   // left < 0: all goes well
uint64_t refusals = 0;

bool refuses() {
  if (left < 0 || script::inside()) return false;
  if (left > 0) {
    left--;
    return false;
  }
  if (failing == 0) return false;
  failing--;
  refusals++;
  return true;
}

}  // namespace

namespace simulation {

void starve(long after, long failures) {
  left = after;
  failing = failures;
}
void feed_again() { left = -1; }
uint64_t refused() { return refusals; }

}  // namespace simulation

extern "C" void* __wrap_malloc(size_t n) { return refuses() ? nullptr : __real_malloc(n); }

void* operator new(size_t n) {
  void* memory = refuses() ? nullptr : __real_malloc(n);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new[](size_t n) { return operator new(n); }
void* operator new(size_t n, const std::nothrow_t&) noexcept { return refuses() ? nullptr : __real_malloc(n); }
void* operator new[](size_t n, const std::nothrow_t& tag) noexcept { return operator new(n, tag); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }
