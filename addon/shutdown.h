// Sessions that an administrator, or a server's change of state, ends: by server, backend, frontend, listener, or one by its handle.
#pragma once
#include <cstdint>

namespace tsproxy {

struct Worker;

struct Shutdown {
  int32_t of = 0;      // OF_
  int32_t index = 0;   // of the server, proxy or listener; the handle of a session
  char cause = 'K';    // first letter of the termination state: 'K' an administrator, 'D' the server is down, 'U' an active server is up
};

// Carries out w.shutdowns. What can still be answered is (502, 503), everything else is closed.
void shut_down(Worker& w);

}  // namespace tsproxy
