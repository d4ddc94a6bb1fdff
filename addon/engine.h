// The engine of one worker: owns its loop, pools and sessions. Knows nothing of Node; binding.cc drives it.
// One pass, each step one function: collect events; accept; move bytes; settle the sessions; expire timers; free what was closed.
#pragma once
#include <memory>
#include <string_view>
#include <vector>
#include "buffer.h"
#include "conf.h"
#include "loop.h"
#include "page.h"
#include "pipe.h"
#include "timer.h"
#include "window.h"

namespace tsproxy {

// Who decides: binding.cc calls JavaScript, a test answers by script.
class Decider {
 public:
  virtual ~Decider() = default;
  // A verdict of abi.def. `session` is its handle. The facts of the window have been filled.
  virtual int32_t decide(int32_t phase, uint32_t session) = 0;
};

class Engine {
 public:
  Engine(EngineConf conf, std::shared_ptr<Pages> pages, Decider& decider);   // throws std::system_error, std::bad_alloc
  ~Engine();                        // closes everything at once
  int fd() const;                   // epoll fd to watch
  void start();                     // accept on the listeners from now on
  void pass();                      // one pass of the loop
  void stop_listening();            // soft stop: listeners are closed, idle keep-alive clients are closed, sessions go on
  void pause_listening(bool paused);
  uint32_t sessions() const;        // sessions alive
  void resume(uint32_t session, int32_t verdict);                // answer to YIELD or QUEUE; a handle that is gone is ignored
  bool reply(uint32_t session, std::string_view head, std::string_view body);   // stages a reply for VERDICT_REPLY (bytes are copied)
  bool interim(uint32_t session, std::string_view head);        // sends a 1xx response now, before the final one; head without the empty line
  bool inspect(uint32_t session, int32_t what);                 // inspect.h
  std::string_view tlvs(uint32_t session);                      // of the client's PROXY header; valid until the next pass
  void shutdown_server(int32_t server);                          // on-marked-down shutdown-sessions: ends its sessions and idle connections
  void post();                      // any thread: run a pass soon
  Window& window();
  Pages& pages();

 private:
  struct Parts;                     // engine_parts.h: for the engine's own files
  std::unique_ptr<Parts> parts_;
};

}  // namespace tsproxy
