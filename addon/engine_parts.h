// What one worker's engine is made of. For the engine's own files: everybody else sees engine.h.
#pragma once
#include <memory>
#include <vector>
#include "engine.h"
#include "listener.h"
#include "pool.h"
#include "reuse.h"
#include "session.h"
#include "shutdown.h"
#include "slot.h"

namespace tsproxy {

constexpr uint32_t NOBODY = ~0u;
constexpr size_t SLICE = 1u << 20;   // bytes that one channel may move before the next session has its turn

// The message that lies in the window, for as long as one run of its session lasts. What is not consumed by then is put
// back into the connection it came from.
struct Loaded {
  Session* owner = nullptr;
  Connection* from = nullptr;
  char* bytes = nullptr;       // inside the window
  size_t n = 0;                // bytes there: head, and what came behind it
  Http1Head head;
  bool edited = false;         // the edit page holds changes of this head that are not applied yet
};

// The worker: its loop, its pools, its tables. Functions of the engine's files take it as their first argument.
struct Worker {
  Worker(EngineConf c, std::shared_ptr<Pages> p, Decider& d);
  ~Worker();
  EngineConf conf;
  std::shared_ptr<Pages> pages;
  Decider& decider;
  uint64_t* row;                      // this worker's counters
  Loop loop;
  TimerWheel wheel;
  Window window;
  BlockPool small, large;             // bufsize; as large as the window
  PipePool pipes;
  std::vector<char> scratch;          // heads being written, payload taken out of chunks
  Slab<Session> sessions;
  Slab<Connection> connections;
  std::vector<Listener> listeners;
  std::shared_ptr<IdlePool> idle;
  std::shared_ptr<Board> board;
  Loaded loaded;
  Route route;                        // of the session that is about to connect, while its step runs
  Session* run_first = nullptr;       // sessions to run in this pass
  Session* run_last = nullptr;
  size_t pass_left = 0;               // bytes that may still be moved in this pass
  std::vector<uint32_t> again;        // handles of those that used up their budget: run in the next pass
  std::vector<int32_t> freed_slots;   // servers of which a slot was given back in this pass; has room for all of them
  int full_listeners = 0;             // listeners that wait for a place
  uint32_t queued = 0;                // sessions of this worker that stand in a queue
  std::vector<Shutdown> shutdowns;    // whose sessions are to end
  Captures captures;                  // the last invalid message of each proxy
  uint32_t deciding = NOBODY;         // handle of the session that decide() is being asked about
  uint32_t asks = 0;                  // decisions, to time one in 64
  int64_t wall_offset_ns = 0;         // wall clock minus loop clock
  bool stopping = false, paused = false;
  bool closing = false;               // nobody is asked any more
  std::string hints;                  // the 103 (Early Hints) that rules put together in the decision at hand
  uint64_t idle_sweep_ms = TIMER_NEVER;
  SessionTimer accept_timer;          // listeners try again after a shortage, or when a rate allows it
  uint64_t accept_at_ms = TIMER_NEVER;   // when accept_timer is due
  int32_t listeners_epoch = 0;        // GS_LISTENERS_EPOCH as it was followed last

  const ProxyConf& frontend(const Session& s) const { return conf.proxies[static_cast<size_t>(s.frontend)]; }
  // Before the choice of a backend: the frontend's own.
  const ProxyConf& backend(const Session& s) const {
    return conf.proxies[static_cast<size_t>(s.backend >= 0 ? s.backend : s.frontend)];
  }
  uint64_t* frontend_row(const Session& s) { return row + pages->frontend_cell(s.frontend); }
  uint64_t* backend_row(const Session& s) { return row + pages->backend_cell(s.backend); }
  uint64_t* server_row(const Session& s) { return row + pages->server_cell(s.server); }
  // nullptr without LO_STATS.
  uint64_t* listener_row(const Session& s) {
    bool counted = (conf.listeners[static_cast<size_t>(s.listener)].options & LO_STATS) != 0;
    return counted ? row + pages->listener_cell(s.listener) : nullptr;
  }
  void count_request(const Session& s) {
    count(&row[CW_REQUESTS]);
    count(&frontend_row(s)[CF_REQUESTS]);
  }
  // Counts in the frontend, and in the listener if it counts.
  void count_front(const Session& s, int32_t frontend, int32_t listener) {
    count(&frontend_row(s)[frontend]);
    if (uint64_t* l = listener_row(s)) count(&l[listener]);
  }
};

struct Engine::Parts : Worker {
  using Worker::Worker;
};

// A connection's fd is closed now, its memory is freed at the end of the pass.
void close_connection(Worker& w, Connection*& c);

}  // namespace tsproxy
