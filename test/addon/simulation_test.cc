// The engine against thousands of seeded worlds. Each seed draws a configuration, clients, servers and what every system call meets;
// the same seed is the same run, call by call.
//   simulation_test [--seeds N] [--from N]                  seeds 1..N (ctest: see CMakeLists.txt)
//   simulation_test --seed N [--trace] [--off MASK] [--clients N] [--exchanges N]
// A seed that fails is cut down as far as it still fails, and the shortest replay is printed.
// Broken on purpose, it fails by these seeds: an end passed on with bytes in the pipe (pass_end): 101; CO_IN cleared by EAGAIN with bytes in
// the pipe (collect): 26; a pipe not given back (discard): 60.
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <unistd.h>
#include "simulation_world.h"

using namespace simulation;

namespace {

volatile uint64_t running = 0;
struct Totals {
  uint64_t bytes = 0, passes = 0, faults = 0, whole = 0, clients = 0;
} totals;

// A crash, a sanitizer's report or an endless loop names the seed, too.
void say_seed(int signal) {
  char line[96];
  int n = std::snprintf(line, sizeof line, "simulation_test: died by signal %d in seed %llu\n", signal, static_cast<unsigned long long>(running));
  ssize_t ignored = ::write(2, line, static_cast<size_t>(n));
  static_cast<void>(ignored);
  std::signal(signal, SIG_DFL);
  std::raise(signal);
}

std::string run(uint64_t seed, const Cuts& cuts, bool trace = false) {
  running = seed;
  World world(Scene::of(seed, cuts), trace);
  std::string wrong = world.run();
  totals.bytes += script::given_out();
  totals.passes += world.pages->row(0)[tsproxy::CW_PASSES];
  totals.faults += world.faults;
  totals.clients += world.clients.size();
  for (const auto& client : world.clients) totals.whole += client->complete;
  return wrong;
}

// Leaves out one feature after the other, then clients and exchanges, as long as it still fails.
Cuts shortest(uint64_t seed, Cuts cuts) {
  for (int round = 0; round < 2; round++) {
    for (uint32_t bit = 1; bit < FEATURES; bit <<= 1) {
      Cuts fewer = cuts;
      fewer.off |= bit;
      if (fewer.off != cuts.off && !run(seed, fewer).empty()) cuts = fewer;
    }
    for (int n = 1; n < std::min(cuts.clients, 17); n++) {
      Cuts fewer = cuts;
      fewer.clients = n;
      if (run(seed, fewer).empty()) continue;
      cuts = fewer;
      break;
    }
    for (int n = 1; n < std::min(cuts.exchanges, 9); n++) {
      Cuts fewer = cuts;
      fewer.exchanges = n;
      if (run(seed, fewer).empty()) continue;
      cuts = fewer;
      break;
    }
  }
  return cuts;
}

void report(uint64_t seed, const std::string& what) {
  std::printf("seed %llu: %s\n", static_cast<unsigned long long>(seed), what.c_str());
  Cuts cuts = shortest(seed, {});
  std::printf("  shortest replay: simulation_test --seed %llu --off 0x%x --clients %d --exchanges %d --trace\n  %s\n  %s\n",
              static_cast<unsigned long long>(seed), cuts.off, cuts.clients, cuts.exchanges, run(seed, cuts).c_str(), Scene::of(seed, cuts).text().c_str());
  std::fflush(stdout);
}

}  // namespace

int main(int argc, char** argv) {
  for (int signal : {SIGSEGV, SIGABRT, SIGFPE, SIGALRM}) std::signal(signal, say_seed);
  uint64_t seeds = 10000, from = 1, one = 0;
  bool trace = false;
  Cuts cuts;
  for (int i = 1; i < argc; i++) {
    std::string_view word = argv[i];
    if (word == "--trace") {
      trace = true;
      continue;
    }
    uint64_t value = i + 1 < argc ? std::strtoull(argv[++i], nullptr, 0) : 0;
    if (word == "--seeds") seeds = value;
    else if (word == "--from") from = value;
    else if (word == "--seed") one = value;
    else if (word == "--off") cuts.off = static_cast<uint32_t>(value);
    else if (word == "--clients") cuts.clients = static_cast<int>(value);
    else if (word == "--exchanges") cuts.exchanges = static_cast<int>(value);
  }
  if (one != 0) {
    std::printf("%s\n", Scene::of(one, cuts).text().c_str());
    std::string wrong = run(one, cuts, trace);
    std::printf("seed %llu: %s\n", static_cast<unsigned long long>(one), wrong.empty() ? "ok" : wrong.c_str());
    return wrong.empty() ? 0 : 1;
  }
  int failed = 0;
  for (uint64_t seed = from; seed < from + seeds && failed < 5; seed++) {
    std::string wrong = run(seed, {});
    if (wrong.empty()) continue;
    failed++;
    report(seed, wrong);
  }
  auto n = [](uint64_t of) { return static_cast<unsigned long long>(of); };
  std::printf("%llu seeds, %d failed: %llu clients (%llu got all), %llu bytes, %llu passes, %llu faults, %llu allocations refused\n", n(seeds), failed,
              n(totals.clients), n(totals.whole), n(totals.bytes), n(totals.passes), n(totals.faults), n(refused()));
  return failed == 0 ? 0 : 1;
}
