// Nanoseconds per update of a stick table with a million entries, and bytes per entry. Prints one JSON object.
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <random>
#include <string_view>
#include <vector>
#include "stick_table.h"

using namespace tsproxy;

namespace {

constexpr uint32_t ENTRIES = 1'000'000;

// Of this thread: what others do on the machine does not count.
double cpu_ns() {
  timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

// The median of several runs over keys in random order.
template <typename F>
double nanoseconds(const std::vector<uint32_t>& keys, F once) {
  std::vector<double> runs;
  for (int run = 0; run < 5; run++) {
    const double start = cpu_ns();
    for (uint32_t key : keys) once(std::string_view(reinterpret_cast<const char*>(&key), sizeof key));
    runs.push_back((cpu_ns() - start) / static_cast<double>(keys.size()));
  }
  std::sort(runs.begin(), runs.end());
  return runs[2];
}

// Bytes of memory that the process has.
double resident() {
  long total = 0, pages = 0;
  FILE* file = std::fopen("/proc/self/statm", "r");
  if (file == nullptr || std::fscanf(file, "%ld %ld", &total, &pages) != 2) pages = 0;
  if (file != nullptr) std::fclose(file);
  return static_cast<double>(pages) * 4096;
}

}  // namespace

int main() {
  StickSpec spec;
  spec.size = ENTRIES;
  spec.expire_ms = 300'000;
  spec.columns = {{STICK_GPC0, 1, 0}, {STICK_CONN_CNT, 1, 0}, {STICK_CONN_CUR, 1, 0}, {STICK_CONN_RATE, 1, 10'000}, {STICK_HTTP_REQ_CNT, 1, 0},
                  {STICK_HTTP_REQ_RATE, 1, 10'000}, {STICK_HTTP_ERR_RATE, 1, 10'000}, {STICK_BYTES_OUT_RATE, 1, 60'000}};
  std::vector<uint32_t> keys(ENTRIES);
  for (uint32_t i = 0; i < ENTRIES; i++) keys[i] = i;
  const double before = resident();
  StickTable table(spec);
  std::shuffle(keys.begin(), keys.end(), std::mt19937(1));
  const double start = cpu_ns();
  for (uint32_t key : keys) table.make(std::string_view(reinterpret_cast<const char*>(&key), sizeof key), 1000);
  const double fill = (cpu_ns() - start) / ENTRIES;
  const double bytes = (resident() - before) / ENTRIES - spec.key_size;
  std::shuffle(keys.begin(), keys.end(), std::mt19937(2));
  keys.resize(ENTRIES / 4);
  uint32_t now = 5000;
  const double update = nanoseconds(keys, [&](std::string_view key) {
    StickEntry e = table.make(key, now);
    e.increase(STICK_GPC0, 0, 1, now);
    e.count(STICK_EVENT_REQUEST, 1, 1, now);
    e.touch(now);
  });
  const double read = nanoseconds(keys, [&](std::string_view key) {
    volatile double value = table.find(key, now).get(STICK_HTTP_REQ_RATE, 0, now);
    (void)value;
  });
  // What a session costs: tracked, one request, let go.
  const double track = nanoseconds(keys, [&](std::string_view key) {
    StickHandle handle;
    {
      StickEntry e = table.make(key, now);
      e.count_connection(now);
      e.count(STICK_EVENT_REQUEST, 1, 1, now);
      handle = e.hold();
    }
    StickEntry e = table.at(handle);
    e.end_connection();
    e.drop(now);
  });
  std::vector<uint32_t> few(keys.begin(), keys.begin() + 1000);
  const double warm = nanoseconds(few, [&](std::string_view key) {
    StickEntry e = table.make(key, now);
    e.count(STICK_EVENT_REQUEST, 1, 1, now);
    e.touch(now);
  });
  std::printf("{\"entries\":%u,\"bytes_over_key\":%.1f,\"fill_ns\":%.0f,\"update_ns\":%.0f,\"read_ns\":%.0f,\"track_ns\":%.0f,\"warm_update_ns\":%.0f}\n",
              ENTRIES, bytes, fill, update, read, track, warm);
  return 0;
}
