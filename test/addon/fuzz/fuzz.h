// What the fuzzers share. A property that does not hold ends the run with its text.
#pragma once
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>

#define HOLDS(condition)                                                           \
  do {                                                                             \
    if (!(condition)) {                                                            \
      std::fprintf(stderr, "%s:%d: %s does not hold\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                \
    }                                                                              \
  } while (0)

// A copy in a block of exactly n bytes: a read behind the end is seen.
struct Exact {
  std::unique_ptr<char[]> bytes;
  size_t n;
  Exact(const uint8_t* from, size_t size) : bytes(new char[size]), n(size) {
    if (size) std::memcpy(bytes.get(), from, size);
  }
};
