#include "decision.h"

#include <algorithm>
#include <cstring>
#include "dial.h"
#include "ending.h"
#include "engine_parts.h"
#include "log_line.h"
#include "override.h"
#include "reply.h"
#include "stream.h"
#include "wait.h"

namespace tsproxy {

namespace {

constexpr uint32_t TIMED_EACH = 64;   // one decision in so many is timed and stands for all of them
constexpr int64_t NS_PER_SECOND = 1'000'000'000, NS_PER_US = 1000;

void put_address(int32_t* family, int32_t* port, int32_t* bytes, const Address& a) {
  *family = a.family;
  *port = a.port;
  std::memcpy(bytes, a.bytes, sizeof a.bytes);
}

void put_pair(int32_t* cells, uint64_t value) {
  cells[0] = static_cast<int32_t>(value & 0xffffffffu);
  cells[1] = static_cast<int32_t>(value >> 32);
}

int32_t flag_facts(const Session& s, int32_t phase) {
  int32_t flags = 0;
  if (phase == PHASE_RESPONSE || phase == PHASE_AFTER) flags |= FF_RESPONSE;
  if (s.has(SF_REDISPATCH)) flags |= FF_REDISPATCH;
  if (s.has(SF_REUSED)) flags |= FF_REUSED;
  if (s.has(SF_INSPECTED)) flags |= FF_TIMEOUT;
  if (s.client != nullptr && (s.client->flags & (CO_RDHUP | CO_READ_END)) != 0) flags |= FF_CLIENT_SHUT;
  if (s.target != nullptr && (s.target->flags & (CO_RDHUP | CO_READ_END)) != 0) flags |= FF_SERVER_SHUT;
  if (s.has(SF_AGAIN)) flags |= FF_AGAIN;
  if (s.client_error != 0) flags |= FF_EMBRYO;
  return flags;
}

void put_session(Worker& w, Session& s, int32_t phase, int32_t* f) {
  f[FACT_SESSION] = static_cast<int32_t>(s.handle);
  f[FACT_FRONTEND] = s.frontend;
  f[FACT_BACKEND] = s.backend;
  f[FACT_SERVER] = s.server;
  f[FACT_LISTENER] = s.listener;
  f[FACT_FLAGS] = flag_facts(s, phase);
  put_address(&f[FACT_SRC_FAMILY], &f[FACT_SRC_PORT], &f[FACT_SRC_ADDR], s.source);
  put_address(&f[FACT_DST_FAMILY], &f[FACT_DST_PORT], &f[FACT_DST_ADDR], destination_of(w, s));
  f[FACT_METHOD] = s.method;
  f[FACT_STATUS] = s.status;
  f[FACT_ATTEMPT] = s.attempts;
  f[FACT_REQUESTS] = static_cast<int32_t>(s.requests);
  int64_t accepted = static_cast<int64_t>(s.accepted_ns) + w.wall_offset_ns;
  f[FACT_ACCEPT_SEC] = static_cast<int32_t>(accepted / NS_PER_SECOND);
  f[FACT_ACCEPT_USEC] = static_cast<int32_t>(accepted % NS_PER_SECOND / NS_PER_US);
}

void put_slice(int32_t* off, int32_t* len, Slice slice) {
  *off = slice.off;
  *len = slice.len;
}

// What is here of the body of a request or response that nothing was consumed of yet.
void put_body(Worker& w, const Session& s, int32_t phase, int32_t* f) {
  const Loaded& m = w.loaded;
  Http1Body body = s.up.body;
  if (phase == PHASE_RESPONSE) body.begin(response_body_kind(m.head, s.sent_method), m.head.content_length);
  size_t used = std::min<size_t>(m.n, m.head.skipped + m.head.length);
  f[FACT_BODY_LEN] = static_cast<int32_t>(body.feed(m.bytes + used, m.n - used));
  if (body.done()) f[FACT_FLAGS] |= FF_BODY_COMPLETE;
  if (m.n >= head_limit(w)) f[FACT_FLAGS] |= FF_TRUNCATED;
}

// The message in the window: its head if one was parsed, else raw bytes.
void put_message(Worker& w, int32_t* f) {
  const Loaded& m = w.loaded;
  const Http1Head& head = m.head;
  size_t off = w.window.bytes_off() + static_cast<size_t>(m.bytes - w.window.bytes());
  size_t used = std::min<size_t>(m.n, head.skipped + head.length);
  f[FACT_VERSION] = head.version;
  f[FACT_HEAD_OFF] = static_cast<int32_t>(off + head.skipped);
  f[FACT_HEAD_LEN] = static_cast<int32_t>(head.length);
  put_slice(&f[FACT_METHOD_OFF], &f[FACT_METHOD_LEN], head.method_text);
  put_slice(&f[FACT_URI_OFF], &f[FACT_URI_LEN], head.target);
  put_slice(&f[FACT_REASON_OFF], &f[FACT_REASON_LEN], head.reason);
  f[FACT_HEADER_COUNT] = head.count;
  f[FACT_HEADER_TABLE] = FACT_COUNT;
  f[FACT_BODY_OFF] = static_cast<int32_t>(off + used);
  f[FACT_BODY_LEN] = static_cast<int32_t>(m.n - used);
  put_pair(&f[FACT_BODY_SIZE_LO], (head.flags & H1_CONTENT_LENGTH) != 0 ? head.content_length : ~0ull);
}

void put_no_message(Worker& w, int32_t* f) {
  std::fill(&f[FACT_VERSION], &f[FACT_ATTEMPT], 0);
  f[FACT_HEAD_OFF] = f[FACT_BODY_OFF] = static_cast<int32_t>(w.window.bytes_off());
  f[FACT_HEADER_TABLE] = FACT_COUNT;
  put_pair(&f[FACT_BODY_SIZE_LO], ~0ull);
}

// The manual's number (fc_err_str) of what has broken a connection, 0 if nothing has.
int32_t error_of(const Connection* c) {
  constexpr int32_t RESET = 47;
  return c != nullptr && (c->flags & (CO_FAILED | CO_READ_ERROR | CO_WRITE_ERROR)) != 0 ? RESET : 0;
}

// What is known so far: FF_KNOWN.
void put_progress(Worker& w, const Session& s, int32_t phase, int32_t* f) {
  f[FACT_FLAGS] |= FF_KNOWN;
  // As logs have it: a request that was held for its own sake was never received, a response that was refused never came.
  const bool held = s.where == 'T' || (s.cause == 'c' && s.where == 'R'), refused = s.cause == 'P' && s.where == 'H';
  f[FACT_QUEUE_MS] = s.queue_ms;
  f[FACT_CONNECT_MS] = s.connect_ms;
  f[FACT_RESPONSE_MS] = refused ? -1 : s.response_ms;
  const uint64_t now = w.loop.now_ms();
  f[FACT_TOTAL_MS] = static_cast<int32_t>(now - s.stream_ms);
  f[FACT_REQUEST_MS] = held ? -1 : s.request_ms;
  f[FACT_IDLE_MS] = s.idle_ms;
  f[FACT_TERM] = s.cause == '-' && phase != PHASE_END ? 0 : s.cause | s.where << 8;
  put_pair(&f[FACT_BYTES_IN_LO], s.up.received);
  put_pair(&f[FACT_BYTES_OUT_LO], s.down.sent);
  f[FACT_REQUEST_VERSION] = s.request_ms < 0 ? -1 : s.has(SF_HTTP10) ? 0 : 1;
  f[FACT_HANDSHAKE_MS] = s.handshake_ms;
  f[FACT_ERRORS] = (s.client_error != 0 ? s.client_error : error_of(s.client)) | error_of(s.target) << 8;
  put_pair(&f[FACT_SENT_LO], s.up.sent);
  put_pair(&f[FACT_RECEIVED_LO], s.down.received);
  f[FACT_DATA_MS] = s.response_ms < 0 ? -1 : static_cast<int32_t>(now - s.connected_ms) - s.response_ms;
}

// Why a message could not be read, at the far end of the window, where no message reaches.
void put_fault(Worker& w, const Session& s, int32_t* f) {
  constexpr size_t MOST = 256;
  const size_t length = s.fault == nullptr ? 0 : std::min(std::strlen(s.fault), MOST);
  const size_t at = w.window.bytes_size() - MOST;
  f[FACT_FAULT_OFF] = static_cast<int32_t>(w.window.bytes_off() + at);
  f[FACT_FAULT_LEN] = static_cast<int32_t>(length);
  if (length > 0) std::memcpy(w.window.bytes() + at, s.fault, length);
}

int32_t decide(Worker& w, int32_t phase, uint32_t session) {
  count(&w.row[CW_DECISIONS + phase]);
  if (w.asks++ % TIMED_EACH != 0) return w.decider.decide(phase, session);
  uint64_t before = sys::now_ns();
  int32_t verdict = w.decider.decide(phase, session);
  count(&w.row[CW_DECISION_NS + phase], (sys::now_ns() - before) * TIMED_EACH);
  return verdict;
}

// --- verdicts ---------------------------------------------------------------------------------------------------

Step choose(Worker& w, Session& s, int32_t backend) {
  if (backend < 0 || backend >= static_cast<int32_t>(w.conf.proxies.size())) return refuse(w, s, 503, 'S', 'C');
  enter_backend(w, s, backend);
  enter(w, s, SessionState::Choose);
  return Step::Again;
}

// default_backend, unless an administrator has hidden it.
int32_t default_backend(const Worker& w, const Session& s) {
  int32_t backend = w.frontend(s).default_backend;
  if (backend < 0 || backend == s.frontend || w.pages->proxy(backend, PS_CLOSED).load(std::memory_order_relaxed) == 0) return backend;
  return -1;
}

Step go_on(Worker& w, Session& s, int32_t phase, int32_t) {
  switch (phase) {
    case PHASE_CONNECTION: return after_accept(w, s);
    case PHASE_SESSION: return after_session(w, s);
    case PHASE_CONTENT:
      if (s.has(SF_HTTP)) return request_rules(w, s);
      [[fallthrough]];
    case PHASE_REQUEST: return choose(w, s, s.backend >= 0 ? s.backend : default_backend(w, s));
    case PHASE_RESPONSE:
      s.flags |= SF_DECIDED;
      if (w.loaded.owner == &s) return send_response(w, s);
      enter(w, s, SessionState::Transfer);
      return Step::Again;
    case PHASE_TCP_RESPONSE:
      s.flags |= SF_RESPONDED;
      if (!unload(w)) s.down.flags |= BF_NO_MEMORY;
      return Step::Again;
    default: return refuse(w, s, 503, 'S', 'C');
  }
}

Step use_backend(Worker& w, Session& s, int32_t, int32_t arg) { return choose(w, s, arg); }

Step use_server(Worker& w, Session& s, int32_t, int32_t arg) {
  if (arg < 0 || arg >= static_cast<int32_t>(w.conf.servers.size())) return refuse(w, s, 503, 'S', 'C');
  if (!s.has(SF_IN_BACKEND)) enter_backend(w, s, w.conf.servers[static_cast<size_t>(arg)].proxy);
  take_server(w, s, arg);
  enter(w, s, SessionState::Connect);
  return Step::Again;
}

Step park(Worker& w, Session& s, int32_t phase) {
  s.phase = static_cast<uint8_t>(phase);
  enter(w, s, SessionState::Parked);
  return Step::Again;
}

Step queue(Worker& w, Session& s, int32_t phase, int32_t) {
  enter_queue(w, s);
  return park(w, s, phase);
}

Step yield(Worker& w, Session& s, int32_t phase, int32_t) { return park(w, s, phase); }

// What the core does not explain is processed locally (manual: L).
void note_local(Session& s, int32_t phase) { note_cause(s, 'L', phase == PHASE_RESPONSE ? 'H' : 'R'); }

Step respond(Worker& w, Session& s, int32_t phase, int32_t arg) {
  note_local(s, phase);
  if (arg < 0 || arg >= static_cast<int32_t>(w.conf.responses.size())) return refuse(w, s, 500, 'I', 'R');
  return answer_canned(w, s, static_cast<size_t>(arg));
}

Step send_reply(Worker& w, Session& s, int32_t phase, int32_t) {
  note_local(s, phase);
  return answer_staged(w, s);
}

Step error(Worker& w, Session& s, int32_t phase, int32_t arg) {
  // No server is to be had: the choice may be part of the decision about the request.
  if (phase == PHASE_SERVER || arg == 503) return refuse(w, s, arg, 'S', 'C');
  return refuse(w, s, arg, 'P', phase == PHASE_RESPONSE ? 'H' : 'R');
}

// Connections and sessions that a rule refuses before there is a request.
void count_denied(Worker& w, Session& s, int32_t phase) {
  uint64_t* row = w.frontend_row(s);
  if (phase == PHASE_CONNECTION) count(&row[CF_CONN_DENIED]);
  if (phase == PHASE_SESSION) count(&row[CF_SESS_DENIED]);
  if (phase == PHASE_CONTENT) count(&row[CF_REQ_DENIED]);
}

Step close(Worker& w, Session& s, int32_t phase, int32_t) {
  count_denied(w, s, phase);
  bool response = phase == PHASE_RESPONSE || phase == PHASE_TCP_RESPONSE;
  if (response) s.status = 0;   // none reaches the client
  else if (s.has(SF_HTTP)) s.request_ms = -1;   // as logs have it
  note_cause(s, 'P', response ? 'D' : 'R');
  end_session(w, s);
  return Step::Wait;
}

Step reset(Worker& w, Session& s, int32_t phase, int32_t arg) {
  s.client->flags |= CO_NOLINGER;
  return close(w, s, phase, arg);
}

// The argument is the inspect delay in ms, counted from the first question; without one nothing is waited for.
Step more(Worker& w, Session& s, int32_t phase, int32_t arg) {
  bool body = phase == PHASE_REQUEST || phase == PHASE_RESPONSE;
  if (body && arg != VERDICT_ARG_NONE) return await_body(w, s, phase, arg);
  if ((!body && phase != PHASE_CONTENT && phase != PHASE_TCP_RESPONSE) || s.has(SF_INSPECTED)) return go_on(w, s, phase, 0);
  if (arg == VERDICT_ARG_NONE) {
    s.flags |= SF_INSPECTED;
    return ask_and_act(w, s, phase, true);
  }
  if (phase == PHASE_TCP_RESPONSE && s.inspect_ms == 0) s.server_first_ms = w.loop.now_ms();
  s.inspect_ms = arg;
  if (phase == PHASE_TCP_RESPONSE) return Step::Wait;
  if (s.state != SessionState::Inspect) enter(w, s, SessionState::Inspect);
  return Step::Wait;
}

Step pause(Worker& w, Session& s, int32_t phase, int32_t arg) {
  if (phase != PHASE_REQUEST && phase != PHASE_RESPONSE) return go_on(w, s, phase, 0);
  s.flags = (s.flags | SF_PAUSED) & ~SF_INSPECTED;
  s.inspect_ms = std::max(arg, 1);
  return park(w, s, phase);
}

Step drop(Worker& w, Session& s, int32_t phase, int32_t arg) {
  vanish(*s.client, arg == VERDICT_ARG_NONE ? 0 : arg);
  return close(w, s, phase, arg);
}

using Act = Step (*)(Worker&, Session&, int32_t phase, int32_t arg);
// In the order of the VERDICT_ numbers.
constexpr Act ACTS[] = {go_on, use_backend, use_server, queue, respond, send_reply, error, close, reset, yield, more, pause, drop};
static_assert(VERDICT_DROP == sizeof ACTS / sizeof ACTS[0] - 1);

}  // namespace

bool asks(const Worker& w, const Session& s, int32_t phase) {
  return ((w.frontend(s).phases | w.backend(s).phases) & phase_bit(phase)) != 0;
}

const Address& destination_of(Worker& w, Session& s) {
  if (s.has(SF_DESTINATION) || s.client == nullptr) return s.destination;
  s.flags |= SF_DESTINATION;
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (sys::local_address(s.client->fd, &address, &length) >= 0) s.destination = address_of(address);
  return s.destination;
}

int32_t ask(Worker& w, Session& s, int32_t phase, bool shown) {
  // What the last decision changed must be seen by this one.
  if (shown && w.loaded.edited && !apply_edits(w)) return VERDICT_ERROR | 500 << 8;
  int32_t* f = w.window.facts();
  put_session(w, s, phase, f);
  if (shown) put_message(w, f);
  else put_no_message(w, f);
  if (shown && s.has(SF_HTTP) && !s.has(SF_WRITTEN) && (phase == PHASE_REQUEST || phase == PHASE_CONTENT)) put_body(w, s, phase, f);
  if (phase == PHASE_RESPONSE) put_body(w, s, phase, f);
  put_progress(w, s, phase, f);
  if (phase == PHASE_END) {
    put_fault(w, s, f);
    put_request_line(w, s, f);
  }
  f[FACT_TAKE] = 0;
  w.window.edits()[0] = EDIT_END;
  w.deciding = s.handle;
  int32_t verdict = decide(w, phase, s.handle);
  w.deciding = NOBODY;
  if (!w.hints.empty()) send_hints(w, s);
  s.flags &= ~SF_AGAIN;
  if (shown) w.loaded.edited = w.window.edits()[0] != EDIT_END;
  if (f[FACT_TAKE] != 0 && !take_over(w, s, phase)) return VERDICT_CLOSE;
  return verdict;
}

void tell_slot(Worker& w, int32_t server) {
  int32_t* f = w.window.facts();
  f[FACT_SESSION] = 0;
  f[FACT_SERVER] = server;
  f[FACT_BACKEND] = server < 0 ? -1 : w.conf.servers[static_cast<size_t>(server)].proxy;
  f[FACT_FLAGS] = 0;
  put_no_message(w, f);
  decide(w, PHASE_SLOT, 0);
}

Step ask_and_act(Worker& w, Session& s, int32_t phase, bool shown) {
  int32_t verdict = ask(w, s, phase, shown);
  // The rules of the backend they chose have run too: from here on its timeouts, counters and error files hold.
  int32_t backend = w.window.facts()[FACT_BACKEND];
  bool chosen = s.backend < 0 && backend >= 0 && backend < static_cast<int32_t>(w.conf.proxies.size());
  if (chosen && (phase == PHASE_REQUEST || phase == PHASE_CONTENT)) enter_backend(w, s, backend);
  return act(w, s, phase, verdict);
}

Step act(Worker& w, Session& s, int32_t phase, int32_t verdict) {
  uint32_t kind = static_cast<uint32_t>(verdict) & 0xff;
  int32_t arg = static_cast<int32_t>(static_cast<uint32_t>(verdict) >> 8);
  if (kind >= sizeof ACTS / sizeof ACTS[0]) return refuse(w, s, 500, 'I', 'R');
  return ACTS[kind](w, s, phase, arg);
}

}  // namespace tsproxy
