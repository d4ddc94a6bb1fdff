#include "page.h"

#include <sys/mman.h>

#include <map>
#include <new>

namespace tsproxy {

namespace {

constexpr size_t CACHE_LINE = 64;   // memory starts on a page of its own, and so on a line

size_t rounded(size_t n, size_t to) { return (n + to - 1) / to * to; }

// Zeroed when it is first touched: rows that wait for servers of later take no memory until then.
void* zeroed(size_t bytes) {
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
  return memory;
}

struct Registry {
  std::mutex lock;
  std::map<int32_t, std::shared_ptr<Pages>> pages;
  int32_t next = 1;
};

Registry& registry() {
  static Registry only;
  return only;
}

}  // namespace

Pages::Pages(int workers, int proxies, int servers, int listeners) {
  server_base_ = GS_COUNT + static_cast<size_t>(proxies) * PS_COUNT;
  listener_base_ = server_base_ + static_cast<size_t>(servers) * SS_COUNT;
  release_base_ = listener_base_ + static_cast<size_t>(listeners) * LS_COUNT;
  // Behind them a double for each queue of each worker: only the core uses them (cells.ts).
  size_t heads = (release_base_ + RR_COUNT + 1) * sizeof(int32_t);
  heads += static_cast<size_t>(workers) * static_cast<size_t>(proxies + servers) * sizeof(double);
  state_bytes_ = rounded(heads, CACHE_LINE);

  server_cell_base_ = frontend_cell(proxies);
  listener_cell_base_ = server_cell(servers);
  // Rows start on a cache line of their own: two workers never write to the same one.
  row_cells_ = rounded(listener_cell(listeners), CACHE_LINE / sizeof(uint64_t));
  counter_bytes_ = rounded(static_cast<size_t>(workers) * row_cells_ * sizeof(uint64_t), CACHE_LINE);

  state_ = static_cast<std::atomic<int32_t>*>(zeroed(state_bytes_));
  try {
    counters_ = static_cast<uint64_t*>(zeroed(counter_bytes_));
  } catch (...) {
    ::munmap(state_, state_bytes_);
    throw;
  }
}

Pages::~Pages() {
  ::munmap(state_, state_bytes_);
  ::munmap(counters_, counter_bytes_);
}

void Pages::enter(std::atomic<int32_t>* cell) {
  int32_t now = cell->fetch_add(1, std::memory_order_relaxed) + 1;
  int32_t most = cell[1].load(std::memory_order_relaxed);
  while (now > most && !cell[1].compare_exchange_weak(most, now, std::memory_order_relaxed)) {
  }
}

int32_t register_pages(std::shared_ptr<Pages> pages) {
  Registry& all = registry();
  std::lock_guard hold(all.lock);
  int32_t id = all.next++;
  all.pages.emplace(id, std::move(pages));
  return id;
}

std::shared_ptr<Pages> find_pages(int32_t id) {
  Registry& all = registry();
  std::lock_guard hold(all.lock);
  auto found = all.pages.find(id);
  return found == all.pages.end() ? nullptr : found->second;
}

void forget_pages(int32_t id) {
  Registry& all = registry();
  std::lock_guard hold(all.lock);
  all.pages.erase(id);
}

}  // namespace tsproxy
