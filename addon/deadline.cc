#include "deadline.h"

#include <algorithm>
#include "dial.h"
#include "ending.h"
#include "engine_parts.h"
#include "observe.h"
#include "override.h"
#include "reply.h"
#include "stick_track.h"
#include "retry.h"

namespace tsproxy {

namespace {

constexpr uint64_t TURNAROUND_MS = 1000;   // before the next attempt at a server that refused (manual: retries)
constexpr uint64_t DRAIN_MS = 2000;        // longest wait for a client to stop sending after our last word

enum class Expiry : uint8_t { None, Close, Inspect, Request, Idle, Queue, Connect, Turnaround, Client, Server };

struct Deadline {
  uint64_t at = TIMER_NEVER;
  Expiry what = Expiry::None;
};

int32_t first_of(int32_t a, int32_t b) { return a > 0 ? a : b; }

Deadline after(uint64_t from, int32_t ms, Expiry what) {
  return ms > 0 ? Deadline{from + static_cast<uint64_t>(ms), what} : Deadline{};
}

Deadline sooner(Deadline a, Deadline b) { return b.at < a.at ? b : a; }

int32_t client_timeout(const Worker& w, const Session& s) {
  const int32_t* fe = w.frontend(s).timeouts;
  const int32_t client = timeout_of(s, w.frontend(s), TO_CLIENT);
  bool half_closed = s.has(SF_TUNNEL) && (s.up.has(BF_SHUTR) || s.down.has(BF_SHUTW));
  if (half_closed && fe[TO_CLIENT_FIN] > 0) return fe[TO_CLIENT_FIN];
  return s.has(SF_TUNNEL) ? first_of(timeout_of(s, w.backend(s), TO_TUNNEL), client) : client;
}

int32_t server_timeout(const Worker& w, const Session& s) {
  const int32_t* be = w.backend(s).timeouts;
  const int32_t server = timeout_of(s, w.backend(s), TO_SERVER);
  bool half_closed = s.has(SF_TUNNEL) && (s.down.has(BF_SHUTR) || s.up.has(BF_SHUTW));
  if (half_closed && be[TO_SERVER_FIN] > 0) return be[TO_SERVER_FIN];
  return s.has(SF_TUNNEL) ? first_of(timeout_of(s, w.backend(s), TO_TUNNEL), server) : server;
}

// An end is waited for if bytes wait to be sent to it, or if it is its turn to send and nothing keeps us from reading.
Deadline transfer_deadline(const Worker& w, const Session& s) {
  bool up_open = !s.up.has(BF_SHUTR), down_open = !s.down.has(BF_SHUTR);
  bool client = !s.down.has(BF_EMPTY) || (up_open && s.up.has(BF_EMPTY));
  bool server = !s.up.has(BF_EMPTY) || (down_open && s.down.has(BF_EMPTY) && (s.has(SF_TUNNEL) || !up_open));
  Deadline d;
  if (!s.has(SF_RESPONDED) && !s.has(SF_HTTP) && s.inspect_ms > 0) d = after(s.server_first_ms, s.inspect_ms, Expiry::Inspect);
  if (client) d = sooner(d, after(s.client_ms, client_timeout(w, s), Expiry::Client));
  if (server) d = sooner(d, after(s.server_ms, server_timeout(w, s), Expiry::Server));
  return d;
}

Deadline head_deadline(const Worker& w, const Session& s) {
  const int32_t* t = w.frontend(s).timeouts;
  if (!s.has(SF_STARTED) && s.requests > 0)
    return after(s.state_ms, first_of(first_of(t[TO_HTTP_KEEP_ALIVE], t[TO_HTTP_REQUEST]), t[TO_CLIENT]), Expiry::Idle);
  // http-request covers the whole head; without it, inactivity counts.
  if (t[TO_HTTP_REQUEST] > 0) return after(s.stream_ms, t[TO_HTTP_REQUEST], Expiry::Request);
  return after(s.client_ms, t[TO_CLIENT], Expiry::Request);
}

Deadline parked_deadline(const Worker& w, const Session& s) {
  if (s.has(SF_PAUSED)) return after(s.state_ms, s.inspect_ms, Expiry::Inspect);
  if (!s.has(SF_QUEUED)) return {};
  const ProxyConf& backend = w.backend(s);
  return after(s.state_ms, first_of(timeout_of(s, backend, TO_QUEUE), timeout_of(s, backend, TO_CONNECT)), Expiry::Queue);
}

Deadline deadline(const Worker& w, const Session& s) {
  const int32_t* fe = w.frontend(s).timeouts;
  switch (s.state) {
    case SessionState::ProxyHeader: return after(s.state_ms, first_of(fe[TO_CLIENT_HS], fe[TO_CLIENT]), Expiry::Close);
    case SessionState::Inspect:
      return sooner(after(s.state_ms, s.inspect_ms, Expiry::Inspect), after(s.client_ms, fe[TO_CLIENT], Expiry::Close));
    case SessionState::Head: return head_deadline(w, s);
    case SessionState::Body: return after(s.state_ms, s.inspect_ms, Expiry::Inspect);
    case SessionState::Parked: return parked_deadline(w, s);
    case SessionState::Connecting: return after(s.state_ms, timeout_of(s, w.backend(s), TO_CONNECT), Expiry::Connect);
    case SessionState::Turnaround: {
      int32_t connect = timeout_of(s, w.backend(s), TO_CONNECT);
      uint64_t ms = connect > 0 ? std::min<uint64_t>(TURNAROUND_MS, static_cast<uint64_t>(connect)) : TURNAROUND_MS;
      return {s.state_ms + ms, Expiry::Turnaround};
    }
    case SessionState::Transfer: return transfer_deadline(w, s);
    case SessionState::Reply: return after(s.client_ms, timeout_of(s, w.frontend(s), TO_CLIENT), Expiry::Client);
    case SessionState::Drain: return {s.state_ms + DRAIN_MS, Expiry::Close};
    default: return {};
  }
}

void close(Worker& w, Session& s) {
  constexpr uint8_t PRX_TIMEOUT = 13;   // of the manual's fc_err_str
  if (s.state != SessionState::ProxyHeader) return end_session(w, s);
  s.client_error = PRX_TIMEOUT;
  end_embryo(w, s);
}

void inspected(Worker& w, Session& s) { s.flags |= SF_INSPECTED; }

void request_late(Worker& w, Session& s) {
  note_cause(s, 'c', 'R');
  bool probe = !s.has(SF_STARTED) && (w.frontend(s).options & PO_HTTP_IGNORE_PROBES) != 0;
  if (probe) return end_session(w, s);
  if (s.has(SF_STARTED)) count_tracked(w, s, STICK_EVENT_REQUEST);
  refuse(w, s, 408, 'c', 'R');
}

void queue_late(Worker& w, Session& s) { refuse(w, s, 503, 's', 'Q'); }

void connect_late(Worker& w, Session& s) { connect_failed(w, s, DialFailure::TimedOut); }

void turn(Worker& w, Session& s) { enter(w, s, SessionState::Connect); }

void client_late(Worker& w, Session& s) {
  bool head = s.has(SF_HTTP) && !s.has(SF_RESPONDED) && s.state == SessionState::Transfer;
  if (head) refuse(w, s, 408, 'c', 'H');
  else refuse(w, s, 0, 'c', 'D');
}

void server_late(Worker& w, Session& s) {
  if (s.has(SF_HTTP) && !s.has(SF_RESPONDED)) observe(w, s, HANA_HTTP_READ_TIMEOUT);
  if (may_send_again(w, s, RE_RESPONSE_TIMEOUT)) {
    send_again(w, s);
  } else if (s.has(SF_HTTP) && !s.has(SF_RESPONDED)) {
    count_tracked(w, s, STICK_EVENT_FAIL);
    refuse(w, s, 504, 's', 'H');
  } else {
    refuse(w, s, 0, 's', 'D');
  }
}

using Act = void (*)(Worker&, Session&);
// In the order of Expiry.
constexpr Act ACTS[] = {nullptr, close, inspected, request_late, close, queue_late, connect_late, turn, client_late, server_late};

}  // namespace

void arm(Worker& w, Session& s) {
  uint64_t at = deadline(w, s).at;
  if (at == TIMER_NEVER) w.wheel.clear(s.timer);
  else w.wheel.set(s.timer, at);
}

void timer_due(Worker& w, Session& s) {
  Deadline d = deadline(w, s);
  if (d.at > w.loop.now_ms()) return arm(w, s);
  ACTS[static_cast<size_t>(d.what)](w, s);
  if (s.state != SessionState::Done) wake(w, s);
}

}  // namespace tsproxy
