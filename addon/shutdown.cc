#include "shutdown.h"

#include "dial.h"
#include "ending.h"
#include "engine_parts.h"
#include "reply.h"

namespace tsproxy {

namespace {

bool is_meant(const Shutdown& what, const Session& s) {
  switch (what.of) {
    case OF_SERVER: return s.server == what.index && (s.target != nullptr || s.has(SF_SLOT));
    case OF_BACKEND: return s.has(SF_IN_BACKEND) && s.backend == what.index;
    case OF_FRONTEND: return s.frontend == what.index;
    case OF_LISTENER: return s.listener == what.index;
    default: return what.of == OF_ALL;
  }
}

// Connections that were kept for their client between two requests.
void drop_kept_connections(Worker& w, const Shutdown& what, Session& s) {
  if (what.of != OF_SERVER) return;
  drop_private(w, s, what.index);
  if (s.state != SessionState::Head || s.target == nullptr || s.target->server != what.index) return;
  detach_target(s);
  close_connection(w, s.target);
}

void end(Worker& w, Session& s, char cause) {
  const bool responded = s.has(SF_RESPONDED) || !s.has(SF_HTTP);
  switch (s.state) {
    case SessionState::Done: return;
    case SessionState::Parked: refuse(w, s, 503, cause, s.has(SF_QUEUED) ? 'Q' : 'R'); break;
    case SessionState::Connecting: case SessionState::Turnaround: refuse(w, s, 503, cause, 'C'); break;
    case SessionState::Transfer:
      // A request that has not come as a whole can't be answered in its place.
      if (responded || !s.up.has(BF_SHUTR)) refuse(w, s, 0, cause, 'D');
      else refuse(w, s, 502, cause, 'H');
      break;
    default: refuse(w, s, 0, cause, s.status > 0 ? 'D' : 'R');
  }
  if (s.state != SessionState::Done) wake(w, s);
}

void carry_out(Worker& w, const Shutdown& what) {
  if (what.of == OF_SESSION) {
    if (Session* s = w.sessions.get(static_cast<uint32_t>(what.index))) end(w, *s, what.cause);
    return;
  }
  if (what.of == OF_SERVER) drop_idle_of(w, what.index);
  w.sessions.each([&](Session& s) {
    if (is_meant(what, s)) end(w, s, what.cause);
    else drop_kept_connections(w, what, s);
  });
}

}  // namespace

void shut_down(Worker& w) {
  if (w.shutdowns.empty()) return;
  std::vector<Shutdown> now;
  now.swap(w.shutdowns);
  for (const Shutdown& what : now) carry_out(w, what);
}

}  // namespace tsproxy
