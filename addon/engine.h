// The engine of one worker: owns its loop, pools and sessions. Knows nothing of Node; binding.cc drives it.
// One pass, each step one function: collect events; accept; move bytes; settle the sessions; expire timers; free what was closed.
#pragma once
#include <memory>
#include <string_view>
#include <vector>
#include "buffer.h"
#include "capture.h"
#include "conf.h"
#include "loop.h"
#include "page.h"
#include "pipe.h"
#include "session_list.h"
#include "timer.h"
#include "window.h"

namespace tsproxy {

// Who decides: binding.cc calls JavaScript, a test answers by script.
class Decider {
 public:
  virtual ~Decider() = default;
  // A verdict of abi.def. `session` is its handle. The facts of the window have been filled.
  virtual int32_t decide(int32_t phase, uint32_t session) = 0;
  // Memory was short within a pass, and the session at hand was ended. `what`: of the exception.
  virtual void memory_short(const char* what) {}
};

constexpr size_t SAVED_SYN_MAX = 512;   // an IP and a TCP header with all their options

struct Tracked;

class Engine {
 public:
  Engine(EngineConf conf, std::shared_ptr<Pages> pages, Decider& decider);   // throws std::system_error, std::bad_alloc
  ~Engine();                        // closes everything at once
  int fd() const;                   // epoll fd to watch
  void start();                     // accept on the listeners from now on
  void pass();                      // one pass of the loop
  void stop_listening();            // soft stop: listeners close once nobody waits in them, idle keep-alive clients are closed, sessions go on
  void pause_listening(bool paused);
  int32_t listening() const;        // listeners that are not closed yet
  uint32_t sessions() const;        // sessions alive
  void resume(uint32_t session, int32_t verdict);                // answer to YIELD or QUEUE; a handle that is gone is ignored
  bool reply(uint32_t session, std::string_view head, std::string_view body);   // stages a reply for VERDICT_REPLY (bytes are copied)
  bool hint(uint32_t session, std::string_view field);          // a field of the 103 (Early Hints) that follows the decision at hand
  bool mark(uint32_t session, int32_t what, uint32_t value);     // mark.h
  size_t saved_syn(uint32_t session, void* to, size_t room);     // inspect.h
  // Stick tables (stick_track.h), by number; sessions that are gone track nothing.
  bool track(uint32_t session, int32_t phase, uint32_t slot, int32_t table, std::string_view key);
  const Tracked* tracked(uint32_t session, uint32_t slot) const;
  void count_tracked(uint32_t session, int32_t event);
  bool store_later(uint32_t session, int32_t table, std::string_view key);
  void store_server(int32_t server, int32_t table, std::string_view key);
  bool inspect(uint32_t session, int32_t what);                 // inspect.h
  std::string_view tlvs(uint32_t session);                      // of the client's PROXY header; valid until the next pass
  std::vector<SessionRow> list_sessions();                      // session_list.h; throws std::bad_alloc
  const Captures& captures() const;                             // capture.h
  // Ends sessions in the next pass; what is out of range is ignored. `of` is an OF_ number, `cause` the first letter of the termination
  // state: 'K', 'D' or 'U'. Throws std::bad_alloc.
  void shutdown_sessions(int32_t of, int32_t index, char cause);
  // Puts a server into a row that is not in use, or behind the last one. Throws std::bad_alloc.
  void set_server(int32_t index, ServerConf server);
  void post();                      // any thread: run a pass soon
  void pass_slot_on();              // a free slot is left to a session that waits in another worker: wake those
  Window& window();
  Pages& pages();

 private:
  struct Parts;                     // engine_parts.h: for the engine's own files
  std::unique_ptr<Parts> parts_;
};

}  // namespace tsproxy
