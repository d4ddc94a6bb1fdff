// What entries and stripes of stick tables are made of; for stick_table.cc and stick_entry.cc only.
#pragma once
#include "stick_table.h"

namespace tsproxy {

constexpr uint32_t MOST_KEY = 4096;   // bytes of the longest key

// ms from `since` to `now`; 0 if `since` was read a little later, by another thread.
uint32_t elapsed(uint32_t now, uint32_t since);

// One of three kinds: a counter of 32 bits, one of 64 (wide), a rate.
bool is_wide(int32_t column);
bool is_rate(int32_t column);
uint32_t element_bytes(int32_t column);

// Events in two periods: the present one, and the one before it as far as it still lies within a period from now.
struct StickRate {
  uint32_t begin, current, previous;   // begin: ms of the present period
  uint32_t read(uint32_t now, uint32_t period) const;
  void add(uint64_t n, uint32_t now, uint32_t period);
  void assign(uint32_t value, uint32_t now);
};

// Links are places in the stripe, from 1; 0: none.
struct StickEntry::Entry {
  uint32_t next;              // among the free ones
  uint32_t older, newer;      // in the order by age
  uint32_t last;              // when it was refreshed
  uint32_t queued;            // when it took its place in that order
  uint32_t uses;              // who holds it
  char* key() { return reinterpret_cast<char*>(this + 1); }
  const char* key() const { return reinterpret_cast<const char*>(this + 1); }
};

struct alignas(64) StickEntry::Stripe {
  std::mutex lock;            // of all below but the atomics, which are hints for others
  uint32_t* links = nullptr;  // 0: empty
  uint32_t mask = 0;
  uint32_t free = 0, oldest = 0, newest = 0;
  std::vector<char*> blocks;
  std::atomic<uint32_t> used{0}, oldest_at{0};
};

// Where an element of a column lies.
struct StickEntry::Place {
  char* at;
  int32_t column;
  uint32_t period;
};

}  // namespace tsproxy
