#include "wait.h"

#include <algorithm>
#include "decision.h"
#include "ending.h"
#include "engine_parts.h"
#include "reply.h"
#include "stream.h"

namespace tsproxy {

namespace {

constexpr char CONTINUE[] = "HTTP/1.1 100 Continue\r\n\r\n";

// Who waits for a 100 before it sends its body would wait for ever (RFC 9110 section 10.1.1).
void invite(Worker& w, Session& s) {
  bool asked = (w.loaded.head.flags & H1_EXPECT_100) != 0 && !s.has(SF_HTTP10 | SF_CONTINUED);
  if (!asked) return;
  s.flags |= SF_CONTINUED;
  iovec part{const_cast<char*>(CONTINUE), sizeof CONTINUE - 1};
  emit(w, s.down, &part, 1);
}

// The response head in the window again, and what is here behind it. False: it is gone.
bool load_response(Worker& w, Session& s) {
  s.seen = s.target->ahead.length();
  load(w, s, *s.target, head_limit(w));
  s.seen = 0;
  Loaded& m = w.loaded;
  Http1Error error;
  return parse_response(m.bytes, m.n, 0, {true}, m.head, error) == Parse::Complete;
}

}  // namespace

Step await_body(Worker& w, Session& s, int32_t phase, int32_t ms) {
  bool first = s.state != SessionState::Body || s.has(SF_INSPECTED);   // a delay that is over belongs to the wait before
  if (first && phase == PHASE_REQUEST) invite(w, s);
  s.flags &= ~SF_INSPECTED;
  s.phase = static_cast<uint8_t>(phase);
  s.inspect_ms = std::max(ms, 1);
  if (!first) return Step::Wait;
  enter(w, s, SessionState::Body);
  return Step::Again;
}

Step step_body(Worker& w, Session& s) {
  bool request = s.phase == PHASE_REQUEST;
  if ((s.client->flags & (CO_FAILED | CO_WRITE_ERROR)) != 0) {
    note_cause(s, 'C', request ? 'D' : 'H');
    end_session(w, s);
    return Step::Wait;
  }
  flush(w, s.down);
  if (!request) move(w, s.up);
  if (!(request ? load_request(w, s) : load_response(w, s))) return refuse(w, s, 500, 'I', 'R');
  Connection& from = request ? *s.client : *s.target;
  bool ended = from.ended(), more = false;
  while (load_more(w, head_limit(w))) more = true;
  if (more) (request ? s.client_ms : s.server_ms) = w.loop.now_ms();
  if (!more && from.ended() == ended && !s.has(SF_INSPECTED)) return Step::Wait;
  s.flags |= SF_AGAIN;
  return ask_and_act(w, s, s.phase, true);
}

Step inspect_response(Worker& w, Session& s) {
  size_t limit = static_cast<size_t>(w.conf.bufsize);
  s.seen = s.target->ahead.length();
  size_t n = load(w, s, *s.target, limit);
  bool more = n > s.seen, ended = s.target->ended();
  if (n >= limit || ended) s.flags |= SF_INSPECTED;
  s.seen = static_cast<uint32_t>(n);
  if (!more && !s.has(SF_INSPECTED)) return Step::Wait;
  if (more) s.server_ms = w.loop.now_ms();
  return ask_and_act(w, s, PHASE_TCP_RESPONSE, true);
}

Step ask_again(Worker& w, Session& s) {
  s.flags = (s.flags | SF_AGAIN) & ~SF_PAUSED;
  switch (s.phase) {
    case PHASE_REQUEST:
      if (!load_request(w, s)) return refuse(w, s, 500, 'I', 'R');
      return ask_and_act(w, s, PHASE_REQUEST, true);
    case PHASE_CONTENT: enter(w, s, SessionState::Inspect); return Step::Again;
    case PHASE_SERVER: enter(w, s, SessionState::Choose); return Step::Again;
    case PHASE_RESPONSE: enter(w, s, SessionState::Transfer); return Step::Again;
    default: return act(w, s, s.phase, VERDICT_CONTINUE);
  }
}

}  // namespace tsproxy
