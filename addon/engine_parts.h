// What one worker's engine is made of. For the engine's own files: everybody else sees engine.h.
#pragma once
#include <memory>
#include <vector>
#include "engine.h"

namespace tsproxy {

struct Listener : Pollable {
  Listener() : Pollable(PollKind::Listener) {}
  int32_t index = 0;
};

// The worker: its loop, its pools, its tables. Functions of the engine's files take it as their first argument.
struct Worker {
  Worker(EngineConf c, std::shared_ptr<Pages> p, Decider& d);
  EngineConf conf;
  std::shared_ptr<Pages> pages;
  Decider& decider;
  uint64_t* row;            // this worker's counters
  Loop loop;
  TimerWheel wheel;
  Window window;
  std::vector<Listener> listeners;
};

struct Engine::Parts : Worker {
  using Worker::Worker;
};

}  // namespace tsproxy
