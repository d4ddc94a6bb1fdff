// The deciding side of a simulated run.
#include <algorithm>
#include "simulation_world.h"

namespace simulation {

using namespace tsproxy;

namespace {

constexpr uint64_t NEVER = ~0ull;

}  // namespace

int32_t Core::take(int32_t server) {
  world_.pages->server(server, SS_SESSIONS).fetch_add(1);
  return VERDICT_SERVER | server << 8;
}

int32_t Core::choose(uint32_t session) {
  int32_t server = static_cast<int32_t>(world_.dice.below(static_cast<uint64_t>(world_.scene.servers)));
  bool full = world_.scene.has(LIMITS) && world_.pages->server(server, SS_SESSIONS).load() >= 1;
  if (!full) return take(server);
  world_.pages->server(server, SS_QUEUED).fetch_add(1);
  queue_.emplace_back(session, server);
  return VERDICT_QUEUE | server << 8;
}

void Core::forget(uint32_t session) {
  for (auto it = queue_.begin(); it != queue_.end(); ++it) {
    if (it->first != session) continue;
    world_.pages->server(it->second, SS_QUEUED).fetch_sub(1);
    queue_.erase(it);
    return;
  }
}

void Core::slot_free() {
  for (size_t i = 0; i < queue_.size();) {
    auto [session, server] = queue_[i];
    if (world_.pages->server(server, SS_SESSIONS).load() >= 1) {
      i++;
      continue;
    }
    forget(session);
    world_.engine->resume(session, take(server));
  }
}

int32_t Core::decide(int32_t phase, uint32_t session) {
  script::Inside none_of_the_engines_memory;
  if (phase == PHASE_SLOT) {
    slot_free();
    return VERDICT_CONTINUE;
  }
  if (phase == PHASE_END) {
    forget(session);
    return VERDICT_CONTINUE;
  }
  bool again = (world_.engine->window().facts()[FACT_FLAGS] & FF_AGAIN) != 0;
  if (world_.scene.has(YIELDS) && !again) {
    bool pauses = phase == PHASE_REQUEST || phase == PHASE_RESPONSE;
    if (pauses && world_.dice.one_in(6)) return VERDICT_PAUSE | static_cast<int32_t>(world_.dice.between(1, 100)) << 8;
    if (phase == PHASE_CONTENT && world_.dice.one_in(4)) return VERDICT_MORE | 50 << 8;
    if (world_.dice.one_in(3)) {
      later_.push_back({session, phase, world_.now + world_.dice.below(50)});
      return VERDICT_YIELD;
    }
  }
  return phase == PHASE_SERVER ? choose(session) : static_cast<int32_t>(VERDICT_CONTINUE);
}

void Core::resume_due(uint64_t now) {
  for (size_t i = 0; i < later_.size();) {
    if (later_[i].at > now) {
      i++;
      continue;
    }
    Later due = later_[i];
    later_.erase(later_.begin() + static_cast<ptrdiff_t>(i));
    int32_t server = static_cast<int32_t>(world_.dice.below(static_cast<uint64_t>(world_.scene.servers)));
    world_.engine->resume(due.session, due.phase == PHASE_SERVER ? take(server) : static_cast<int32_t>(VERDICT_CONTINUE));
  }
}

uint64_t Core::next_due() const {
  uint64_t first = NEVER;
  for (const Later& l : later_) first = std::min(first, l.at);
  return first;
}

}  // namespace simulation
