#include "session.h"

#include <algorithm>
#include "deadline.h"
#include "decision.h"
#include "dial.h"
#include "ending.h"
#include "engine_parts.h"
#include "override.h"
#include "reply.h"
#include "stick_track.h"
#include "stream.h"
#include "wait.h"

namespace tsproxy {

namespace {

Step step_start(Worker& w, Session& s) {
  if ((w.frontend(s).phases & phase_bit(PHASE_CONNECTION)) == 0) return after_accept(w, s);
  return ask_and_act(w, s, PHASE_CONNECTION, false);
}

bool keep_tlvs(const Worker& w, Session& s, const ProxyHeader& header) {
  if (header.tlvs_size == 0 || (w.conf.listeners[static_cast<size_t>(s.listener)].options & LO_KEEP_TLVS) == 0) return true;
  try {
    s.connection->tlvs.assign(reinterpret_cast<const char*>(header.tlvs), header.tlvs_size);
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

// Numbers of the manual's fc_err_str.
constexpr uint8_t PRX_EMPTY = 11, PRX_ABORT = 12, PRX_TRUNCATED = 14, PRX_NOT_HDR = 15, PRX_BAD_HDR = 16;

uint8_t header_fault(const Connection& c, Parse parsed, std::string_view bytes) {
  if (parsed == Parse::Incomplete && (c.flags & CO_READ_ERROR) != 0) return PRX_ABORT;
  if (bytes.empty()) return PRX_EMPTY;
  if (parsed == Parse::Incomplete && c.ended()) return PRX_TRUNCATED;
  return bytes.starts_with("PROXY") || bytes.starts_with("\r\n\r\n") ? PRX_BAD_HDR : PRX_NOT_HDR;
}

Step step_proxy_header(Worker& w, Session& s) {
  Connection& c = *s.client;
  size_t limit = w.small.block_size();
  s.seen = c.ahead.length();
  size_t n = load(w, s, c, limit);
  ProxyHeader header;
  const char* reason = "";
  Parse parsed = parse_proxy_header(w.loaded.bytes, n, header, &reason);
  if (parsed == Parse::Error || n >= limit || (parsed == Parse::Incomplete && c.ended())) {
    if (n > 0) s.flags |= SF_STARTED;
    s.client_error = header_fault(c, parsed, {w.loaded.bytes, n});
    w.loaded.owner = nullptr;
    w.count_front(s, CF_REQ_ERRORS, CL_REQ_ERRORS);
    end_embryo(w, s);
    return Step::Wait;
  }
  if (n > 0) s.flags |= SF_STARTED;
  if (parsed == Parse::Incomplete) return c.readable() ? Step::Again : Step::Wait;
  if (!header.local) {
    if (!keep_endpoints(w, s) || !keep_tlvs(w, s, header)) {
      w.loaded.owner = nullptr;
      end_session(w, s);
      return Step::Wait;
    }
    s.source = header.source;
    s.destination = header.destination;
    s.flags |= SF_DESTINATION;
  }
  s.flags &= ~SF_STARTED;
  s.handshake_ms = static_cast<int32_t>(w.loop.now_ms() - s.stream_ms);
  w.loaded.bytes += header.length;
  w.loaded.n -= header.length;
  s.seen = 0;
  enter(w, s, SessionState::Established);
  return Step::Again;
}

Step step_established(Worker& w, Session& s) {
  count(&w.row[CW_SESSIONS]);
  w.count_front(s, CF_SESSIONS, CL_SESSIONS);
  if ((w.frontend(s).phases & phase_bit(PHASE_SESSION)) == 0) return after_session(w, s);
  return ask_and_act(w, s, PHASE_SESSION, false);
}

Step step_inspect(Worker& w, Session& s) {
  size_t limit = static_cast<size_t>(w.conf.bufsize);
  s.seen = s.client->ahead.length();
  size_t n = load(w, s, *s.client, limit);
  if (n > s.seen) s.client_ms = w.loop.now_ms();
  if (n >= limit || s.client->ended()) s.flags |= SF_INSPECTED;
  return ask_and_act(w, s, PHASE_CONTENT, true);
}

Step step_choose(Worker& w, Session& s) {
  bool shown = s.has(SF_HTTP) && load_request(w, s);
  return ask_and_act(w, s, PHASE_SERVER, shown);
}

Step step_parked(Worker& w, Session& s) {
  bool gone = (s.client->flags & CO_FAILED) != 0;
  bool shut = (s.client->flags & (CO_RDHUP | CO_READ_END)) != 0;
  bool tarpit = s.has(SF_PAUSED) && s.where == 'T';
  if (tarpit && (gone || shut)) s.flags |= SF_INSPECTED;   // nobody is held any more: the rule says its word
  else if (gone || (shut && s.has(SF_HTTP) && (w.backend(s).options & PO_ABORT_ON_CLOSE) != 0)) {
    note_cause(s, 'C', s.has(SF_QUEUED) ? 'Q' : 'R');
    end_session(w, s);
    return Step::Wait;
  }
  if (s.has(SF_PAUSED)) return s.has(SF_INSPECTED) ? ask_again(w, s) : Step::Wait;
  if (!s.has(SF_ANSWERED)) return Step::Wait;
  s.flags &= ~SF_ANSWERED;
  if ((s.answer & 0xff) == VERDICT_MORE) return ask_again(w, s);
  leave_queue(w, s);
  bool request = s.has(SF_HTTP) && (s.phase == PHASE_CONTENT || s.phase == PHASE_REQUEST || s.phase == PHASE_SERVER);
  if (request) load_request(w, s);
  return act(w, s, s.phase, s.answer);
}

Step wait(Worker&, Session&) { return Step::Wait; }

using StepFunction = Step (*)(Worker&, Session&);
// In the order of SessionState.
constexpr StepFunction STEPS[] = {
    step_start, step_proxy_header, step_established, step_inspect, step_body, step_head, step_request, step_choose, step_parked,
    step_connect, step_connecting, step_turnaround, step_transfer, step_reply, step_drain, wait,
};
static_assert(sizeof STEPS / sizeof STEPS[0] == static_cast<size_t>(SessionState::Count));

}  // namespace

void enter(Worker& w, Session& s, SessionState state) {
  s.state = state;
  s.state_ms = w.loop.now_ms();
}

void wake(Worker& w, Session& s) {
  if (s.has(SF_RUN)) return;
  s.flags |= SF_RUN;
  s.next_run = nullptr;
  (w.run_last != nullptr ? w.run_last->next_run : w.run_first) = &s;
  w.run_last = &s;
}

void run(Worker& w, Session& s) {
  while (s.state != SessionState::Done && STEPS[static_cast<size_t>(s.state)](w, s) == Step::Again) {}
  if (s.state != SessionState::Done && !unload(w)) {
    note_cause(s, 'R', 'R');
    end_session(w, s);
  }
  w.loaded.owner = nullptr;
  if (s.state == SessionState::Done) return;
  account(w, s);
  s.up.flags &= static_cast<uint16_t>(~BF_EVENTS);
  s.down.flags &= static_cast<uint16_t>(~BF_EVENTS);
  arm(w, s);
}

Step after_accept(Worker& w, Session& s) {
  bool header = (w.conf.listeners[static_cast<size_t>(s.listener)].options & LO_ACCEPT_PROXY) != 0;
  enter(w, s, header ? SessionState::ProxyHeader : SessionState::Established);
  return Step::Again;
}

Step after_session(Worker& w, Session& s) {
  count_tracked(w, s, STICK_EVENT_SESSION);
  if (s.has(SF_HTTP)) {
    enter(w, s, SessionState::Head);
    return Step::Again;
  }
  s.flags |= SF_STREAM;
  s.up.body.begin(BodyKind::Tunnel);
  if ((w.frontend(s).phases & phase_bit(PHASE_CONTENT)) != 0) {
    enter(w, s, SessionState::Inspect);
    return Step::Again;
  }
  return act(w, s, PHASE_CONTENT, VERDICT_CONTINUE);
}

bool begin_session(Worker& w, const Listener& listener, int fd, const Address& source) {
  Session* s = w.sessions.make();
  Connection* c = s == nullptr ? nullptr : w.connections.make();
  if (c != nullptr) c->fd = fd;
  if (c == nullptr || w.loop.add_edge(*c) < 0) {
    if (c != nullptr) w.connections.free(c);
    if (s != nullptr) w.sessions.free(s);
    sys::close(fd);
    return false;
  }
  int32_t options = w.conf.proxies[static_cast<size_t>(listener.frontend)].options;
  bool tcp = (listener.options & LO_UNIX) == 0;
  if ((options & PO_SMART_ACCEPT) != 0) set_socket_options(fd, {tcp, false, true});   // the rest comes from the listener
  // A client often has sent something by now, and its socket is empty: both are tried before epoll is asked.
  c->flags = CO_IN | CO_OUT;
  if ((options & PO_NOLINGER_CLIENT) != 0) c->flags |= CO_NOLINGER;
  c->session = s;
  s->client = s->up.producer = s->down.consumer = c;
  s->timer.session = s;
  s->frontend = listener.frontend;
  s->listener = listener.index;
  s->source = source;
  if (listener.specific) {
    s->destination = listener.local;
    s->flags |= SF_DESTINATION;
  }
  if ((options & PO_HTTP) != 0) s->flags |= SF_HTTP;
  s->accepted_ns = w.loop.now_ns();
  s->stream_ms = s->client_ms = s->state_ms = w.loop.now_ms();
  wake(w, *s);
  return true;
}

}  // namespace tsproxy
