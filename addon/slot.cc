#include "slot.h"

#include <algorithm>

namespace tsproxy {

std::shared_ptr<Board> Board::of(const std::shared_ptr<Pages>& pages) {
  static std::mutex lock;
  static std::map<const Pages*, std::weak_ptr<Board>> boards;
  std::lock_guard hold(lock);
  std::erase_if(boards, [](const auto& entry) { return entry.second.expired(); });
  std::shared_ptr<Board> board = boards[pages.get()].lock();
  if (board == nullptr) boards[pages.get()] = board = std::make_shared<Board>();
  return board;
}

void Board::enter(int worker, Loop& loop, std::shared_ptr<IdlePool> idle) {
  std::lock_guard hold(lock_);
  flag(worker).loop = &loop;
  flag(worker).idle = std::move(idle);
  top_.store(std::max(top_.load(), worker % SEATS + 1));
}

void Board::leave(int worker) {
  std::lock_guard hold(lock_);
  Seat& seat = flag(worker);
  seat.accept.store(false);
  seat.slot.store(false);
  seat.loop = nullptr;
  seat.idle = nullptr;
}

std::shared_ptr<IdlePool> Board::idle_of(int worker) {
  std::lock_guard hold(lock_);
  return flag(worker).idle;
}

SourcePorts& Board::source_ports(int server, uint16_t low, uint16_t high) {
  std::lock_guard hold(lock_);
  return ports_.try_emplace({server, low, high}, low, high).first->second;
}

void Board::wake(int worker, std::atomic<bool> Seat::* waits) {
  int top = top_.load();
  for (int i = 0; i < top; i++) {
    if (i == worker || !(seats_[i].*waits).load()) continue;
    std::lock_guard hold(lock_);
    if (seats_[i].loop != nullptr) seats_[i].loop->post();
  }
}

bool take(std::atomic<int32_t>& cell, int32_t limit) {
  if (limit <= 0) {
    cell.fetch_add(1);
    return true;
  }
  int32_t now = cell.load();
  do {
    if (now >= limit) return false;
  } while (!cell.compare_exchange_weak(now, now + 1));
  return true;
}

void raise_to(std::atomic<int32_t>& cell, int32_t value) {
  int32_t now = cell.load(std::memory_order_relaxed);
  while (now < value && !cell.compare_exchange_weak(now, value, std::memory_order_relaxed)) {}
}

}  // namespace tsproxy
