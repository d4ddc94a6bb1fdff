#include "stick_table.h"

#include <algorithm>
#include <cstring>
#include <new>
#include <random>

#include "stick_entry.h"

namespace tsproxy {

namespace {

constexpr uint32_t ONE_STRIPE = 1024;           // entries up to which one lock is enough
constexpr uint32_t STRIPES_SHIFT = 6, HUGE_STRIPES_SHIFT = 11;
constexpr uint32_t HUGE_TABLE = 1u << 28;       // entries from which 64 stripes would be too few for PLACE_BITS
constexpr uint32_t PLACE_BITS = 24;             // of a link: the place of an entry in its stripe
constexpr uint32_t PLACE_MASK = (1u << PLACE_BITS) - 1;
constexpr uint32_t EXACT_ORDER = 1u << 16;      // entries up to which the order by age is exact
constexpr uint32_t MOVE_AFTER_MS = 1000;
constexpr uint32_t MOST_LINKS = 1u << 25;       // of a stripe
constexpr uint32_t BLOCK_SHIFT = 8;             // entries of a block
constexpr uint32_t BLOCK = 1u << BLOCK_SHIFT;
constexpr uint32_t SWEEP = 2;                   // expired entries that a new one takes away
constexpr uint32_t PURGE = 8;                   // most entries dropped at once for want of room
constexpr uint32_t FREE = ~0u;                  // Entry::uses of an unused place
constexpr uint32_t NOT_LATER = 0xffff0000u;     // differences above: the other thread's clock was read a little later

uint64_t fold(uint64_t a, uint64_t b) {
  unsigned __int128 product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

uint64_t load64(const char* from, size_t n) {
  uint64_t value = 0;
  std::memcpy(&value, from, n);
  return value;
}

uint32_t power_of_two(uint32_t n) {
  uint32_t p = 1;
  while (p < n && p < MOST_LINKS) p <<= 1;
  return p;
}

}  // namespace

uint32_t elapsed(uint32_t now, uint32_t since) {
  uint32_t ms = now - since;
  return ms > NOT_LATER ? 0 : ms;
}

StickTable::StickTable(const StickSpec& spec) : spec_(spec), arena_(spec.size > EXACT_ORDER) {
  lay_out();
  std::random_device random;
  for (uint64_t& seed : seed_) seed = static_cast<uint64_t>(random()) << 32 | random();
  if (spec_.size > ONE_STRIPE) stripe_shift_ = spec_.size < HUGE_TABLE ? STRIPES_SHIFT : HUGE_STRIPES_SHIFT;
  stripe_count_ = 1u << stripe_shift_;
  if (spec_.size > EXACT_ORDER) move_after_ms_ = spec_.expire_ms > 0 ? std::min(MOVE_AFTER_MS, spec_.expire_ms / 16) : MOVE_AFTER_MS;
  stripes_ = std::make_unique<Stripe[]>(stripe_count_);
  // At least twice as many as entries, and some more where few entries may lie unevenly: an empty link ends each look-up.
  const uint32_t links = power_of_two(2 * (spec_.size >> stripe_shift_) + 64);
  auto* all = reinterpret_cast<uint32_t*>(arena_.take(static_cast<size_t>(links) * stripe_count_ * sizeof(uint32_t)));
  if (all == nullptr) throw std::bad_alloc();
  for (uint32_t i = 0; i < stripe_count_; i++) {
    stripes_[i].links = all + static_cast<size_t>(i) * links;
    stripes_[i].mask = links - 1;
  }
}

StickTable::~StickTable() = default;

void StickTable::lay_out() {
  key_bytes_ = (spec_.key_size + 3) & ~3u;
  uint32_t at = static_cast<uint32_t>(sizeof(Entry)) + key_bytes_;
  // Wide ones first, so that the rest needs no gaps.
  for (bool wide : {true, false}) {
    for (const StickColumn& c : spec_.columns) {
      if (is_wide(c.column) != wide) continue;
      if (wide) at = (at + 7) & ~7u;
      offset_[c.column] = at;
      elements_[c.column] = c.count;
      period_[c.column] = c.period_ms;
      at += element_bytes(c.column) * c.count;
    }
  }
  stride_ = (at + 7) & ~7u;
}

// Keys with zeroes behind them count as if they ended there, so that long keys cost what they hold.
StickTable::Hash StickTable::hash(const char* key) const {
  size_t n = spec_.key_size;
  if (spec_.key_kind == STICK_KEY_STRING) n = strnlen(key, n);
  uint64_t h = seed_[0] ^ n;
  size_t i = 0;
  for (; i + 8 <= n; i += 8) h = fold(h ^ load64(key + i, 8), seed_[1] | 1);
  if (i < n) h = fold(h ^ load64(key + i, n - i), seed_[1] | 1);
  h = fold(h ^ 0x9e3779b97f4a7c15ull, 0xd6e8feb86659fd93ull);
  const auto stripe = stripe_shift_ == 0 ? 0 : static_cast<uint32_t>(h >> (64 - stripe_shift_));
  return {stripe, static_cast<uint32_t>(h), static_cast<uint32_t>(h >> 32) << PLACE_BITS};
}

void StickTable::copy_key(std::string_view key, char* to) const {
  size_t n = std::min<size_t>(key.size(), spec_.key_size);
  std::memcpy(to, key.data(), n);
  std::memset(to + n, 0, key_bytes_ - n);
}

StickTable::Entry* StickTable::entry(const Stripe& s, uint32_t index) const {
  uint32_t at = index - 1;
  return reinterpret_cast<Entry*>(s.blocks[at >> BLOCK_SHIFT] + static_cast<size_t>(at & (BLOCK - 1)) * stride_);
}

// Links with another tag are passed over without a look at their entries.
uint32_t StickTable::seek(const Stripe& s, const Hash& h, const char* key) const {
  for (uint32_t at = h.link & s.mask;; at = (at + 1) & s.mask) {
    const uint32_t link = s.links[at];
    if (link == 0) return 0;
    if (((link ^ h.tag) & ~PLACE_MASK) != 0) continue;
    if (std::memcmp(entry(s, link & PLACE_MASK)->key(), key, spec_.key_size) == 0) return link & PLACE_MASK;
  }
}

void StickTable::link_key(Stripe& s, const Hash& h, uint32_t index) {
  uint32_t at = h.link & s.mask;
  while (s.links[at] != 0) at = (at + 1) & s.mask;
  s.links[at] = h.tag | index;
}

// Closes the gap: what stands behind it moves up, unless it would come before the place where its look-up begins.
void StickTable::unlink_key(Stripe& s, uint32_t index) {
  uint32_t gap = hash(entry(s, index)->key()).link & s.mask;
  while ((s.links[gap] & PLACE_MASK) != index) gap = (gap + 1) & s.mask;
  for (uint32_t at = (gap + 1) & s.mask; s.links[at] != 0; at = (at + 1) & s.mask) {
    const uint32_t begin = hash(entry(s, s.links[at] & PLACE_MASK)->key()).link & s.mask;
    if (((at - begin) & s.mask) < ((at - gap) & s.mask)) continue;
    s.links[gap] = s.links[at];
    gap = at;
  }
  s.links[gap] = 0;
}

uint32_t StickTable::allocate(Stripe& s) {
  if (s.free == 0) {
    uint32_t places = std::min(BLOCK, spec_.size);
    uint32_t first = static_cast<uint32_t>(s.blocks.size()) * BLOCK + 1;
    char* block = nullptr;
    try {
      if (s.blocks.size() == s.blocks.capacity()) s.blocks.reserve(2 * s.blocks.size() + 1);
      block = arena_.take(static_cast<size_t>(BLOCK) * stride_);
    } catch (const std::bad_alloc&) {
    }
    if (block == nullptr) return 0;
    s.blocks.push_back(block);
    for (uint32_t i = places; i > 0; i--) {
      Entry* e = entry(s, first + i - 1);
      e->uses = FREE;
      e->next = s.free;
      s.free = first + i - 1;
    }
    for (uint32_t i = places; i < BLOCK; i++) entry(s, first + i)->uses = FREE;
  }
  uint32_t index = s.free;
  s.free = entry(s, index)->next;
  return index;
}

void StickTable::link_newest(Stripe& s, uint32_t index, uint32_t now) {
  Entry* e = entry(s, index);
  e->queued = now;
  e->older = s.newest;
  e->newer = 0;
  if (s.newest != 0) entry(s, s.newest)->newer = index;
  else s.oldest = index;
  s.newest = index;
  s.oldest_at.store(entry(s, s.oldest)->queued, std::memory_order_relaxed);
}

void StickTable::unlink(Stripe& s, uint32_t index) {
  Entry* e = entry(s, index);
  (e->older != 0 ? entry(s, e->older)->newer : s.oldest) = e->newer;
  (e->newer != 0 ? entry(s, e->newer)->older : s.newest) = e->older;
  if (s.oldest != 0) s.oldest_at.store(entry(s, s.oldest)->queued, std::memory_order_relaxed);
}

void StickTable::remove(Stripe& s, uint32_t index) {
  Entry* e = entry(s, index);
  unlink(s, index);
  unlink_key(s, index);
  e->uses = FREE;
  e->next = s.free;
  s.free = index;
  s.used.fetch_sub(1, std::memory_order_relaxed);
  used_.fetch_sub(1, std::memory_order_relaxed);
}

bool StickTable::expired(const Entry& e, uint32_t now) const {
  return spec_.expire_ms > 0 && e.uses == 0 && elapsed(now, e.last) >= spec_.expire_ms;
}

// Drops expired entries, oldest first. What is held goes behind the others: it is looked at again when it may have been let go.
void StickTable::sweep(Stripe& s, uint32_t now, uint32_t most) {
  if (spec_.expire_ms == 0) return;
  for (; most > 0 && s.oldest != 0; most--) {
    uint32_t index = s.oldest;
    Entry* e = entry(s, index);
    if (elapsed(now, e->queued) < spec_.expire_ms) return;
    if (e->uses > 0) {
      unlink(s, index);
      link_newest(s, index, now);
    } else if (expired(*e, now)) {
      remove(s, index);
    } else {
      return;   // refreshed without changing its place: not for long
    }
  }
}

// Takes the oldest entries that nothing holds away; with nopurge only expired ones. Returns their number.
uint32_t StickTable::purge_stripe(Stripe& s, uint32_t now, uint32_t most) {
  std::lock_guard hold(s.lock);
  uint32_t removed = 0;
  for (uint32_t left = s.used.load(std::memory_order_relaxed); left > 0 && removed < most; left--) {
    uint32_t index = s.oldest;
    Entry* e = entry(s, index);
    if (e->uses > 0) {
      unlink(s, index);
      link_newest(s, index, now);
    } else if (!spec_.nopurge || expired(*e, now)) {
      remove(s, index);
      removed++;
    } else {
      break;
    }
  }
  return removed;
}

// Makes room: from the stripe with the oldest entry, else from any.
bool StickTable::purge(uint32_t now) {
  uint32_t most = std::min(PURGE, 1 + (spec_.size >> 8));
  uint32_t first = 0, age = 0;
  for (uint32_t i = 0; i < stripe_count_; i++) {
    const Stripe& s = stripes_[i];
    if (s.used.load(std::memory_order_relaxed) == 0) continue;
    uint32_t its = elapsed(now, s.oldest_at.load(std::memory_order_relaxed)) + 1;
    if (its > age) {
      age = its;
      first = i;
    }
  }
  for (uint32_t i = 0; i < stripe_count_; i++) {
    if (purge_stripe(stripes_[(first + i) & (stripe_count_ - 1)], now, most) > 0) return true;
  }
  return false;
}

bool StickTable::reserve() {
  uint32_t n = used_.load(std::memory_order_relaxed);
  while (n < spec_.size) {
    if (used_.compare_exchange_weak(n, n + 1, std::memory_order_relaxed)) return true;
  }
  return false;
}

StickEntry StickTable::find(std::string_view key, uint32_t now) {
  alignas(8) char bytes[MOST_KEY];
  copy_key(key, bytes);
  Hash h = hash(bytes);
  Stripe& s = stripes_[h.stripe];
  __builtin_prefetch(&s.links[h.link & s.mask]);
  std::unique_lock lock(s.lock);
  uint32_t index = seek(s, h, bytes);
  if (index == 0) return {};
  if (expired(*entry(s, index), now)) {
    remove(s, index);
    return {};
  }
  return {*this, s, index, std::move(lock)};
}

StickEntry StickTable::make(std::string_view key, uint32_t now) {
  alignas(8) char bytes[MOST_KEY];
  copy_key(key, bytes);
  Hash h = hash(bytes);
  Stripe& s = stripes_[h.stripe];
  __builtin_prefetch(&s.links[h.link & s.mask]);
  for (;;) {
    std::unique_lock lock(s.lock);
    uint32_t index = seek(s, h, bytes);
    if (index != 0 && !expired(*entry(s, index), now)) return {*this, s, index, std::move(lock)};
    if (index != 0) remove(s, index);
    sweep(s, now, SWEEP);
    if (!reserve()) {
      lock.unlock();
      if (!purge(now)) return {};
      continue;
    }
    // A stripe is full when the keys are spread against all odds.
    const bool room = s.used.load(std::memory_order_relaxed) < std::min(s.mask - s.mask / 8, PLACE_MASK - BLOCK);
    index = room ? allocate(s) : 0;
    if (index == 0) {
      used_.fetch_sub(1, std::memory_order_relaxed);
      return {};
    }
    Entry* e = entry(s, index);
    std::memset(static_cast<void*>(e), 0, stride_);
    std::memcpy(e->key(), bytes, key_bytes_);
    e->last = now;
    link_key(s, h, index);
    s.used.fetch_add(1, std::memory_order_relaxed);
    link_newest(s, index, now);
    return {*this, s, index, std::move(lock)};
  }
}

StickEntry StickTable::at(StickHandle handle) {
  Stripe& s = stripes_[handle.stripe];
  std::unique_lock lock(s.lock);
  return {*this, s, handle.entry, std::move(lock)};
}

StickEntry StickTable::at_address(uint64_t address, uint32_t now) {
  for (uint32_t i = 0; i < stripe_count_; i++) {
    Stripe& s = stripes_[i];
    std::unique_lock lock(s.lock);
    for (size_t b = 0; b < s.blocks.size(); b++) {
      uint64_t first = reinterpret_cast<uint64_t>(s.blocks[b]);
      if (address < first || address >= first + static_cast<uint64_t>(BLOCK) * stride_) continue;
      if ((address - first) % stride_ != 0) return {};
      uint32_t index = static_cast<uint32_t>(b * BLOCK + (address - first) / stride_) + 1;
      const Entry* e = entry(s, index);
      if (e->uses == FREE || expired(*e, now)) return {};
      return {*this, s, index, std::move(lock)};
    }
  }
  return {};
}

uint32_t StickTable::used(uint32_t now) {
  if (spec_.expire_ms > 0) {
    for (uint32_t i = 0; i < stripe_count_; i++) {
      Stripe& s = stripes_[i];
      if (s.used.load(std::memory_order_relaxed) == 0) continue;
      if (elapsed(now, s.oldest_at.load(std::memory_order_relaxed)) < spec_.expire_ms) continue;
      std::lock_guard hold(s.lock);
      sweep(s, now, s.used.load(std::memory_order_relaxed));
    }
  }
  return used_.load(std::memory_order_relaxed);
}

// cursor: stripe << 32 | place, from 1.
StickEntry StickTable::next_live(uint64_t& cursor, uint32_t now) {
  for (;;) {
    auto stripe = static_cast<uint32_t>(cursor >> 32);
    if (stripe >= stripe_count_) return {};
    Stripe& s = stripes_[stripe];
    std::unique_lock lock(s.lock);
    auto places = static_cast<uint32_t>(s.blocks.size()) * BLOCK;
    for (auto index = static_cast<uint32_t>(cursor) + 1; index <= places; index++) {
      const Entry* e = entry(s, index);
      if (e->uses == FREE || expired(*e, now)) continue;
      cursor = static_cast<uint64_t>(stripe) << 32 | index;
      return {*this, s, index, std::move(lock)};
    }
    cursor = static_cast<uint64_t>(stripe + 1) << 32;
  }
}

}  // namespace tsproxy
