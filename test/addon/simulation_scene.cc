#include "simulation_scene.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include "abi.h"

namespace simulation {

using namespace tsproxy;

namespace {

// One scene in so many has the feature.
const struct {
  uint32_t feature;
  uint32_t odds;
} ODDS[] = {
    {SHORTAGE, 4}, {ROUGH, 3}, {NO_MEMORY, 12}, {FD_LIMIT, 16}, {STALLS, 2}, {THINKING, 2}, {YIELDS, 3}, {SHUFFLE, 2}, {FEW_SLOTS, 3},
    {CONNECT_FAULTS, 4}, {SHARED_SERVERS, 2}, {HALF_CLOSE, 2}, {LIMITS, 6},
};

uint32_t draw_features(Dice& dice) {
  uint32_t features = 0;
  if (!dice.one_in(3)) features |= HTTP;
  if (!dice.one_in(4)) features |= SPLICE;
  if (!dice.one_in(4)) features |= FAULTS;
  for (const auto& row : ODDS)
    if (dice.one_in(row.odds)) features |= row.feature;
  return features;
}

int32_t draw_options(Dice& dice, const Scene& s) {
  int32_t options = 0;
  if (s.has(HTTP)) {
    const int32_t modes[] = {0, 0, 0, PO_SERVER_CLOSE, PO_CLOSE};
    const int32_t reuse[] = {0, PO_REUSE_NEVER, PO_REUSE_AGGRESSIVE, PO_REUSE_ALWAYS};
    options |= PO_HTTP | dice.any(modes);
    options |= s.has(SHARED_SERVERS) ? PO_REUSE_ALWAYS : dice.any(reuse);
  }
  const int32_t splices[] = {PO_SPLICE_REQUEST | PO_SPLICE_RESPONSE, PO_SPLICE_REQUEST | PO_SPLICE_RESPONSE, PO_SPLICE_RESPONSE,
                             PO_SPLICE_REQUEST, PO_SPLICE_AUTO};
  int32_t splice = dice.any(splices);
  if (s.has(SPLICE)) options |= splice;
  if (dice.one_in(6)) options |= PO_NOLINGER_SERVER;
  if (dice.one_in(6)) options |= PO_REDISPATCH;
  if (dice.one_in(6)) options |= PO_INDEPENDENT_STREAMS;
  return options;
}

constexpr uint64_t WORD = 8;
uint64_t word_at(uint64_t stream, uint64_t place) { return mix(stream, place); }

}  // namespace

uint64_t mix(uint64_t a, uint64_t b) {
  uint64_t z = a * 0xff51afd7ed558ccd + b * 0x9e3779b97f4a7c15;
  z ^= z >> 29;
  z *= 0xc4ceb9fe1a85ec53;
  return z ^ (z >> 32);
}

Scene Scene::of(uint64_t seed, const Cuts& cuts) {
  Dice dice(mix(seed, 0x5ce7e));
  Scene s;
  s.seed = seed;
  s.features = draw_features(dice) & ~cuts.off;
  s.clients = static_cast<int>(std::min<uint64_t>(dice.one_in(4) ? dice.between(5, 16) : dice.between(1, 6), static_cast<uint64_t>(cuts.clients)));
  s.exchanges = static_cast<int>(std::min<uint64_t>(dice.between(1, 8), static_cast<uint64_t>(cuts.exchanges)));
  s.servers = static_cast<int>(dice.between(1, 2));
  s.options = draw_options(dice, s);
  const int sizes[] = {2048, 4096, 16384, 16384};
  s.bufsize = dice.any(sizes);
  const int pipes[] = {0, 1, 2, 8, 64};
  s.max_pipes = dice.any(pipes);
  uint32_t slots = static_cast<uint32_t>(dice.between(1, 16));
  if (s.has(FEW_SLOTS)) s.slots = slots;
  s.one_segment = dice.one_in(4);
  const uint32_t odds[] = {5, 12, 50, 200};
  uint32_t fault_odds = dice.any(odds), rough_odds = dice.any(odds);
  if (s.has(FAULTS)) s.fault_odds = fault_odds;
  if (s.has(ROUGH)) s.rough_odds = rough_odds * 2;
  if (s.has(LIMITS)) s.max_connections = static_cast<int>(dice.between(1, 3));
  if (s.has(FD_LIMIT)) s.fd_limit = static_cast<int>(dice.between(12, 30));
  const uint32_t largest[] = {1000, 20000, 70000, 150000, 400000};
  s.largest = dice.any(largest);
  return s;
}

std::string Scene::text() const {
  char line[256];
  std::snprintf(line, sizeof line, "features 0x%x clients %d exchanges %d servers %d options 0x%x bufsize %d pipes %d slots %u faults 1/%u rough 1/%u largest %u",
                features, clients, exchanges, servers, static_cast<unsigned>(options), bufsize, max_pipes, slots, fault_odds, rough_odds, largest);
  return line;
}

std::string payload(uint64_t stream, uint64_t from, size_t n) {
  uint64_t first = from / WORD, last = (from + n + WORD - 1) / WORD;
  std::string words((last - first) * WORD, '\0');
  for (uint64_t place = first; place < last; place++) {
    uint64_t word = word_at(stream, place);
    std::memcpy(words.data() + (place - first) * WORD, &word, WORD);
  }
  return words.substr(from - first * WORD, n);
}

bool is_payload(uint64_t stream, uint64_t from, const char* bytes, size_t n) {
  return payload(stream, from, n).compare(0, n, bytes, n) == 0;
}

}  // namespace simulation
