#include "page.h"

#include <set>
#include <thread>
#include <vector>
#include "check.h"

using namespace tsproxy;

TEST(cells_do_not_overlap_and_start_at_zero) {
  Pages pages(2, 3, 4, 5);
  std::set<void*> cells;
  size_t n = 0;
  auto take = [&](std::atomic<int32_t>& cell) {
    CHECK(cell.load() == 0);
    cells.insert(&cell);
    n++;
    auto at = reinterpret_cast<char*>(&cell) - static_cast<char*>(pages.state_memory());
    CHECK(at >= 0 && static_cast<size_t>(at) + 4 <= pages.state_bytes());
  };
  for (int c = 0; c < GS_COUNT; c++) take(pages.global(c));
  for (int i = 0; i < 3; i++) for (int c = 0; c < PS_COUNT; c++) take(pages.proxy(i, c));
  for (int i = 0; i < 4; i++) for (int c = 0; c < SS_COUNT; c++) take(pages.server(i, c));
  for (int i = 0; i < 5; i++) for (int c = 0; c < LS_COUNT; c++) take(pages.listener(i, c));
  CHECK(cells.size() == n);
}

TEST(rows_of_workers_share_no_cache_line) {
  Pages pages(3, 1, 1, 1);
  CHECK(pages.row_cells() % 8 == 0 && pages.row_cells() >= pages.listener_cell(1));
  CHECK(reinterpret_cast<uintptr_t>(pages.row(1)) % 64 == 0);
  CHECK(pages.row(2) + pages.row_cells() <= pages.row(0) + pages.counter_bytes() / 8);
  CHECK(pages.server_cell(0) == pages.backend_cell(0) + CB_COUNT);
  CHECK(pages.listener_cell(0) == pages.server_cell(0) + CS_COUNT);
}

TEST(enter_keeps_the_maximum_across_threads) {
  Pages pages(1, 1, 1, 1);
  std::atomic<int32_t>* cell = &pages.server(0, SS_SESSIONS);
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; i++)
    threads.emplace_back([&] {
      for (int k = 0; k < 1000; k++) Pages::enter(cell);
    });
  for (auto& t : threads) t.join();
  CHECK(cell[0] == 4000 && cell[1] == 4000);
  cell[0] -= 10;
  Pages::enter(cell);
  CHECK(cell[0] == 3991 && cell[1] == 4000);
}

TEST(pages_are_found_by_id_until_forgotten) {
  auto pages = std::make_shared<Pages>(1, 1, 0, 0);
  int32_t id = register_pages(pages);
  std::shared_ptr<Pages> found;
  std::thread([&] { found = find_pages(id); }).join();
  CHECK(found == pages);
  CHECK(find_pages(id + 1) == nullptr);
  forget_pages(id);
  CHECK(find_pages(id) == nullptr);
  CHECK(found.use_count() == 2);
}

RUN_TESTS()

TEST(releases_are_listed_with_their_lap) {
  Pages pages(1, 1, 3, 2);
  auto entry = [&](int slot) { return (&pages.listener(2, 0) + slot)->load(); };   // right behind the listeners
  for (int i = 0; i < RR_COUNT + 2; i++) pages.note_release(i % 3);
  CHECK(pages.global(GS_RELEASES).load() == RR_COUNT + 2);
  CHECK(entry(0) == (RR_COUNT % 3 | 2 << 20));
  CHECK(entry(1) == ((RR_COUNT + 1) % 3 | 2 << 20));
  CHECK(entry(2) == (2 | 1 << 20));
  CHECK(entry(RR_COUNT - 1) == ((RR_COUNT - 1) % 3 | 1 << 20));
}

TEST(queues_have_a_number_for_each_worker) {
  Pages pages(4, 2, 3, 1);
  auto end = reinterpret_cast<char*>(&pages.listener(1, 0) + RR_COUNT) + 4 * (2 + 3) * sizeof(double);
  CHECK(end <= static_cast<char*>(pages.state_memory()) + pages.state_bytes());
}
