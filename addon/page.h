// Shared pages: memory of the process that all workers and the main thread see.
//   state:    int32 cells, atomic, any thread writes (GS_, PS_, SS_, LS_ of abi.def)
//   counters: uint64 cells, one writer (the worker that owns the row), relaxed; readers add up the workers
// JavaScript sees them as external ArrayBuffers over the same memory. Layouts stand in abi.def.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>
#include "abi.h"

namespace tsproxy {

class PipePool;
class StickTables;

// What the workers' pipe pools (pipe.h) have in common.
struct PipeStock {
  std::atomic<int32_t> open{0};      // pipes of the process that are open: the bound of maxpipes holds for this one
  std::mutex lock;                   // of pools
  std::vector<PipePool*> pools;
};

class Pages {
 public:
  // Zeroed pages for that many things. Throws std::bad_alloc.
  Pages(int workers, int proxies, int servers, int listeners);
  ~Pages();
  Pages(const Pages&) = delete;
  Pages& operator=(const Pages&) = delete;

  std::atomic<int32_t>& global(int cell) { return state_[cell]; }
  std::atomic<int32_t>& proxy(int index, int cell) { return state_[GS_COUNT + index * PS_COUNT + cell]; }
  std::atomic<int32_t>& server(int index, int cell) { return state_[server_base_ + index * SS_COUNT + cell]; }
  // Lists a server that has a slot less in use (RR_ of abi.def). An entry is complete when its lap is the right one.
  void note_release(int32_t server) {
    uint32_t number = static_cast<uint32_t>(state_[GS_RELEASES].fetch_add(1));
    uint32_t lap = number / RR_COUNT + 1;
    state_[release_base_ + number % RR_COUNT].store(static_cast<int32_t>(static_cast<uint32_t>(server) | lap << 20));
  }
  std::atomic<int32_t>& listener(int index, int cell) { return state_[listener_base_ + index * LS_COUNT + cell]; }
  // Adds one and keeps the maximum in the next cell, as for *_SESSIONS and *_SESSIONS_MAX.
  static void enter(std::atomic<int32_t>* cell);

  // First counter of a worker's row.
  uint64_t* row(int worker) { return counters_ + static_cast<size_t>(worker) * row_cells_; }
  size_t row_cells() const { return row_cells_; }
  size_t frontend_cell(int proxy) const { return CW_COUNT + static_cast<size_t>(proxy) * (CF_COUNT + CB_COUNT); }
  size_t backend_cell(int proxy) const { return frontend_cell(proxy) + CF_COUNT; }
  size_t server_cell(int server) const { return server_cell_base_ + static_cast<size_t>(server) * CS_COUNT; }
  size_t listener_cell(int listener) const { return listener_cell_base_ + static_cast<size_t>(listener) * CL_COUNT; }

  PipeStock& pipes() { return pipes_; }
  // Those of the configuration: nullptr before share() was called, by the main thread, before workers start.
  StickTables* stick_tables() { return stick_tables_.get(); }
  void share(std::shared_ptr<StickTables> tables) { stick_tables_ = std::move(tables); }

  void* state_memory() { return state_; }
  size_t state_bytes() const { return state_bytes_; }
  void* counter_memory() { return counters_; }
  size_t counter_bytes() const { return counter_bytes_; }

 private:
  PipeStock pipes_;
  std::shared_ptr<StickTables> stick_tables_;
  std::atomic<int32_t>* state_ = nullptr;
  uint64_t* counters_ = nullptr;
  size_t server_base_ = 0, listener_base_ = 0, release_base_ = 0, server_cell_base_ = 0, listener_cell_base_ = 0;
  size_t row_cells_ = 0, state_bytes_ = 0, counter_bytes_ = 0;
};

// One writer per cell: a plain add that other threads may read at any time.
inline void count(uint64_t* cell, uint64_t by = 1) {
  __atomic_store_n(cell, __atomic_load_n(cell, __ATOMIC_RELAXED) + by, __ATOMIC_RELAXED);
}

// The pages of the process by number, for the threads that did not make them. All threads.
int32_t register_pages(std::shared_ptr<Pages> pages);
std::shared_ptr<Pages> find_pages(int32_t id);   // nullptr if unknown
void forget_pages(int32_t id);                   // the memory lives on while somebody holds the pages

}  // namespace tsproxy
