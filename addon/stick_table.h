// A stick table: keys with counters that all threads share (manual, section 11.1).
//
//   entry:  [next older newer last queued uses] [key] [columns]        24 bytes + key + what is stored
//   stripe: a lock, links to the entries of its share of the keys (open addressing, eight bits of the hash in each link), the
//           entries in blocks, and their order by age
//
// A key belongs to one stripe, by its hash; a table of up to 1024 entries has one stripe, a larger one 64
// (one of more than 2^28: 2048). An entry that is found
// stays locked with its stripe for as long as the StickEntry lives: a few reads and writes, and no other entry meanwhile.
// Times are milliseconds on one clock of the process, cut to 32 bits; differences hold for up to 49 days.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>
#include "abi.h"
#include "stick_arena.h"

namespace tsproxy {

struct StickColumn {
  int32_t column = 0;        // STICK_
  uint32_t count = 1;        // elements of an array
  uint32_t period_ms = 0;    // rates
};

struct StickSpec {
  int32_t number = 0;        // among the tables of the configuration
  int32_t key_kind = STICK_KEY_IP;
  uint32_t key_size = 4;     // bytes
  uint32_t size = 0;         // most entries
  uint32_t expire_ms = 0;    // 0: never
  bool nopurge = false;      // a full table refuses new keys instead of dropping its oldest
  uint32_t bytes_factor = 1; // bytes per block of BYTES_IN_RATE and BYTES_OUT_RATE
  bool server_by_address = false;   // SERVER_KEY is the address of a server, else its name
  std::vector<StickColumn> columns;
};

// Names an entry that hold() keeps in the table.
struct StickHandle {
  uint32_t stripe = 0;
  uint32_t entry = 0;        // 0: none
};

class StickTable;

// One entry with the lock of its stripe; empty if there is none.
class StickEntry {
 public:
  StickEntry() = default;
  StickEntry(StickEntry&&) noexcept = default;
  StickEntry& operator=(StickEntry&&) = delete;
  explicit operator bool() const { return entry_ != nullptr; }

  std::string_view key() const;                  // key_size bytes
  uint64_t address() const { return reinterpret_cast<uint64_t>(entry_); }
  // A column, or STICK_EXPIRE, STICK_IDLE, STICK_TRACKERS; STICK_NOT_STORED. GPT0, GPC0, GPC1 and their rates are the first
  // elements of the arrays in a table that has those.
  double get(int32_t column, uint32_t index, uint32_t now) const;
  bool set(int32_t column, uint32_t index, uint64_t value, uint32_t now);   // false: not stored
  // Adds to a counter, and for GPC0, GPC1 and GPC to its rate. The new value, or the rate's if only that is stored.
  double increase(int32_t column, uint32_t index, uint32_t by, uint32_t now);
  // Counts an event. `blocks`: what a rate of bytes counts.
  void count(int32_t event, uint64_t n, uint64_t blocks, uint32_t now);
  void count_connection(uint32_t now);           // CONN_CNT, CONN_RATE, CONN_CUR
  void end_connection();                         // CONN_CUR
  void touch(uint32_t now);                      // it expires a whole `expire` from now on
  StickHandle hold();                            // it stays in the table until drop()
  void drop(uint32_t now);
  bool erase();                                  // false: something holds it. The StickEntry is empty afterwards.

 private:
  friend class StickTable;
  struct Entry;
  struct Stripe;
  struct Place;
  StickEntry(StickTable& table, Stripe& stripe, uint32_t index, std::unique_lock<std::mutex> lock);
  bool find(int32_t column, uint32_t index, Place& place) const;
  StickTable* table_ = nullptr;
  Stripe* stripe_ = nullptr;
  Entry* entry_ = nullptr;
  uint32_t index_ = 0;
  std::unique_lock<std::mutex> lock_;
};

class StickTable {
 public:
  explicit StickTable(const StickSpec& spec);    // throws std::bad_alloc
  ~StickTable();
  StickTable(const StickTable&) = delete;
  StickTable& operator=(const StickTable&) = delete;

  const StickSpec& spec() const { return spec_; }
  bool stores(int32_t column) const { return offset_[column] != 0; }
  bool counts(int32_t event) const;              // a column follows this event
  // Keys are cut to key_size, shorter ones filled up with zeroes.
  StickEntry find(std::string_view key, uint32_t now);
  StickEntry make(std::string_view key, uint32_t now);    // found, or new; empty if the table is full, or memory short
  StickEntry at(StickHandle handle);                      // an entry that is held
  StickEntry at_address(uint64_t address, uint32_t now);  // what address() gave: empty if it is gone
  uint32_t used(uint32_t now);                            // drops what has expired
  // Visits up to `most` live entries in no order; returns where to go on, 0 at the end. Begin with 0.
  template <typename Visit>
  uint64_t page(uint64_t from, uint32_t most, uint32_t now, Visit visit);
  size_t entry_bytes() const { return stride_; }

 private:
  friend class StickEntry;
  using Entry = StickEntry::Entry;
  using Stripe = StickEntry::Stripe;
  struct Hash {
    uint32_t stripe, link;   // where the look-up begins
    uint32_t tag;            // what a link has beside the place
  };
  void lay_out();
  Hash hash(const char* key) const;
  void copy_key(std::string_view key, char* to) const;
  Entry* entry(const Stripe& s, uint32_t index) const;
  uint32_t seek(const Stripe& s, const Hash& h, const char* key) const;
  void link_key(Stripe& s, const Hash& h, uint32_t index);
  void unlink_key(Stripe& s, uint32_t index);
  uint32_t allocate(Stripe& s);
  void remove(Stripe& s, uint32_t index);
  void link_newest(Stripe& s, uint32_t index, uint32_t now);
  void unlink(Stripe& s, uint32_t index);
  bool expired(const Entry& e, uint32_t now) const;
  void sweep(Stripe& s, uint32_t now, uint32_t most);
  bool purge(uint32_t now);
  uint32_t purge_stripe(Stripe& s, uint32_t now, uint32_t most);
  bool reserve();
  StickEntry next_live(uint64_t& cursor, uint32_t now);

  StickSpec spec_;
  uint32_t key_bytes_ = 0, stride_ = 0, stripe_count_ = 1, stripe_shift_ = 0;
  uint32_t move_after_ms_ = 0;     // an entry keeps its place in the order by age until it is that much younger
  uint32_t offset_[STICK_COLUMNS] = {}, elements_[STICK_COLUMNS] = {}, period_[STICK_COLUMNS] = {};
  uint64_t seed_[2];
  StickArena arena_;
  std::atomic<uint32_t> used_{0};
  std::unique_ptr<Stripe[]> stripes_;
};

template <typename Visit>
uint64_t StickTable::page(uint64_t from, uint32_t most, uint32_t now, Visit visit) {
  for (uint32_t i = 0; i < most; i++) {
    StickEntry e = next_live(from, now);
    if (!e) return 0;
    visit(e);
  }
  return from;
}

}  // namespace tsproxy
