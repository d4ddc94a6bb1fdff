// Limits that hold for the whole process, and who waits for them. Workers that wait, for a server's slot or for a free connection,
// are noted on the board of the shared pages; whoever gives something back wakes them.
// Lost wake-ups: who waits notes itself first and looks at the cell afterwards; who gives back lowers the cell first and
// looks at the board afterwards; both with sequential consistency, so that one of the two sees the other.
#pragma once
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <tuple>
#include "loop.h"
#include "page.h"
#include "reuse.h"
#include "source_ports.h"

namespace tsproxy {

class Board {
 public:
  // The board of these pages: the same for all workers that share them.
  static std::shared_ptr<Board> of(const std::shared_ptr<Pages>& pages);

  void enter(int worker, Loop& loop, std::shared_ptr<IdlePool> idle);
  void leave(int worker);
  void wait_for_connection(int worker, bool waits) { flag(worker).accept.store(waits); }
  void wait_for_slot(int worker, bool waits) { flag(worker).slot.store(waits); }
  void connection_freed(int worker) { wake(worker, &Seat::accept); }
  void slot_freed(int worker) { wake(worker, &Seat::slot); }
  // The idle connections of another worker, nullptr if there is none.
  std::shared_ptr<IdlePool> idle_of(int worker);
  // The ports from low to high of a server, the same for all workers. Throws std::bad_alloc.
  SourcePorts& source_ports(int server, uint16_t low, uint16_t high);

 private:
  static constexpr int SEATS = 256;   // nbthread is at most that
  struct Seat {
    std::atomic<bool> accept{false}, slot{false};
    Loop* loop = nullptr;             // under lock_, as what follows
    std::shared_ptr<IdlePool> idle;
  };
  Seat& flag(int worker) { return seats_[worker % SEATS]; }
  void wake(int worker, std::atomic<bool> Seat::* waits);
  std::mutex lock_;
  std::atomic<int> top_{0};           // seats in use are below it
  Seat seats_[SEATS];
  std::map<std::tuple<int, uint16_t, uint16_t>, SourcePorts> ports_;   // by server and range, under lock_
};

// Takes one of `limit` (0: no limit). False: none is left.
bool take(std::atomic<int32_t>& cell, int32_t limit);
// Raises a maximum.
void raise_to(std::atomic<int32_t>& cell, int32_t value);

}  // namespace tsproxy
