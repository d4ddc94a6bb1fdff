// What rules change for the stream at hand (FACT_TAKE): addresses, timeouts, retries. A session whose rules change nothing
// carries a null pointer.
#pragma once
#include "conf.h"
#include "mark.h"
#include "session.h"

namespace tsproxy {

struct Overrides {
  Address source, destination;          // the session's own, to return to with the next stream
  bool addressed = false;               // ... and whether they are to be returned to
  int32_t timeouts[TO_COUNT];           // ms; UNCHANGED: as configured
  static constexpr int32_t UNCHANGED = -1;
  int32_t retries = UNCHANGED;
  Marks marks;                          // of the connection to the server
};

// Those of the stream, made if need be. nullptr: no memory.
Overrides* overrides_of(Session& s);

// From here on the session may have other addresses than its connection. False: no memory.
bool keep_endpoints(Worker& w, Session& s);
// Takes over what the decision in `phase` has left in the facts. False: no memory.
bool take_over(Worker& w, Session& s, int32_t phase);
// The stream is over: the session is what it was before.
void drop_overrides(Session& s);

// A timeout of the frontend or backend `proxy` as this stream sees it.
inline int32_t timeout_of(const Session& s, const ProxyConf& proxy, int32_t which) {
  if (s.overrides == nullptr || s.overrides->timeouts[which] == Overrides::UNCHANGED) return proxy.timeouts[which];
  return s.overrides->timeouts[which];
}

// connects that may fail, for this stream in its backend.
inline int32_t retries_of(const Session& s, const ProxyConf& backend) {
  return s.overrides == nullptr || s.overrides->retries == Overrides::UNCHANGED ? backend.retries : s.overrides->retries;
}

}  // namespace tsproxy
