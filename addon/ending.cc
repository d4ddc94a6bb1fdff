#include "ending.h"

#include <algorithm>
#include "decision.h"
#include "dial.h"
#include "engine_parts.h"
#include "log_line.h"
#include "override.h"
#include "stick_track.h"

namespace tsproxy {

namespace {

// The times of a stream, and the cells of a histogram that they belong to.
struct Times {
  int32_t ms[HT_TIMES];          // below 0: never came so far
  int32_t cell[HT_TIMES];        // below 0: not counted
};

int32_t bucket_of(const std::vector<int32_t>& bounds, int32_t ms) {
  return static_cast<int32_t>(std::lower_bound(bounds.begin(), bounds.end(), ms) - bounds.begin());
}

Times times_of(const Worker& w, const Session& s) {
  Times t = {{s.queue_ms, s.connect_ms, s.response_ms, static_cast<int32_t>(w.loop.now_ms() - s.stream_ms)}, {}};
  if (t.ms[HT_QUEUE] < 0 && s.has(SF_IN_BACKEND)) t.ms[HT_QUEUE] = 0;
  bool counted = !w.conf.latency_buckets.empty();
  for (int32_t i = 0; i < HT_TIMES; i++) t.cell[i] = counted && t.ms[i] >= 0 ? i * HT_BUCKETS + bucket_of(w.conf.latency_buckets, t.ms[i]) : -1;
  return t;
}

// The sums of the four times lie one behind the other in each kind of row.
void add_times(const Times& t, uint64_t* sums, uint64_t* histogram) {
  for (int32_t i = 0; i < HT_TIMES; i++) {
    if (t.ms[i] < 0) continue;
    auto ms = static_cast<uint64_t>(t.ms[i]);
    if (ms > 0) {
      count(&sums[i], ms);
      uint64_t* most = &histogram[HT_MAX + i];
      if (ms > __atomic_load_n(most, __ATOMIC_RELAXED)) __atomic_store_n(most, ms, __ATOMIC_RELAXED);
    }
    if (t.cell[i] >= 0) count(&histogram[t.cell[i]]);
  }
}

void count_times(Worker& w, Session& s) {
  Times t = times_of(w, s);
  uint64_t* f = w.frontend_row(s);
  add_times(t, &f[CF_QUEUE_MS], &f[CF_LATENCY]);
  if (!s.has(SF_IN_BACKEND)) return;
  uint64_t* b = w.backend_row(s);
  add_times(t, &b[CB_QUEUE_MS], &b[CB_LATENCY]);
  if (s.server < 0) return;
  uint64_t* v = w.server_row(s);
  add_times(t, &v[CS_QUEUE_MS], &v[CS_LATENCY]);
}

void count_cause(Worker& w, Session& s) {
  if (s.cause == '-') return;
  if (s.where == 'R') {
    if (s.cause == 'C' || s.cause == 'c') {
      w.count_front(s, CF_REQ_ERRORS, CL_REQ_ERRORS);
      if (s.has(SF_HTTP) && s.request_ms < 0) w.count_request(s);   // its head never came, or not all of it
    }
    return;
  }
  if (s.backend < 0) return;
  uint64_t* b = w.backend_row(s);
  uint64_t* v = s.server >= 0 ? w.server_row(s) : nullptr;
  auto both = [&](int32_t cb, int32_t cs) {
    count(&b[cb]);
    if (v != nullptr) count(&v[cs]);
  };
  if (s.cause == 'C' || s.cause == 'c') both(CB_CLIENT_ABORTS, CS_CLIENT_ABORTS);
  if ((s.cause == 'S' || s.cause == 's') && s.where == 'H') both(CB_RESP_ERRORS, CS_RESP_ERRORS);
  if ((s.cause == 'S' || s.cause == 's') && s.where == 'D') both(CB_SERVER_ABORTS, CS_SERVER_ABORTS);
}

void reset_channel(Worker& w, Channel& ch) {
  discard(w, ch);
  ch.body = Http1Body();
  ch.received = ch.sent = 0;
  ch.drop = false;
  ch.flags = BF_EMPTY;
}

// A connection may serve again only if both messages are complete and nothing is left of either.
void let_target_go(Worker& w, Session& s) {
  if (s.target == nullptr) return;
  bool clean = s.has(SF_SERVER_KEEP) && !s.has(SF_TUNNEL) && s.cause == '-' && s.up.has(BF_SHUTR) && s.up.has(BF_EMPTY) &&
               s.down.has(BF_SHUTR) && s.down.has(BF_EMPTY) && reusable(w, s) && marks_of(s) == nullptr;
  detach_target(s);
  if (!clean) return close_connection(w, s.target);
  // Bound to this client (http-reuse never, NTLM): it waits for the next request of the same session.
  if ((w.backend(s).options & PO_REUSE_NEVER) != 0) s.target->flags |= CO_PRIVATE;
  bool keep_private = (s.target->flags & CO_PRIVATE) != 0 && s.has(SF_CLIENT_KEEP) && s.target->ahead.empty();
  if (!keep_private) give_idle(w, s);
}

// option dontlognull: nothing came over the connection.
bool is_null(const Worker& w, const Session& s) {
  bool awaited = s.has(SF_HTTP) || s.client_error != 0;
  return awaited && !s.has(SF_STARTED) && (w.frontend(s).options & PO_DONT_LOG_NULL) != 0;
}

}  // namespace

void note_cause(Session& s, char cause, char where) {
  if (s.cause != '-') return;
  s.cause = cause;
  s.where = where;
}

void return_slot(Worker& w, int32_t server) {
  w.pages->server(server, SS_SESSIONS).fetch_sub(1);
  if ((w.conf.proxies[static_cast<size_t>(w.conf.servers[static_cast<size_t>(server)].proxy)].options & PO_NOTE_RELEASES) != 0)
    w.pages->note_release(server);
  // After the decrement: who queues notes itself first and looks for a slot afterwards.
  int32_t proxy = w.conf.servers[static_cast<size_t>(server)].proxy;
  if (w.pages->server(server, SS_QUEUED).load() == 0 && w.pages->proxy(proxy, PS_QUEUED).load() == 0) return;
  if (std::find(w.freed_slots.begin(), w.freed_slots.end(), server) == w.freed_slots.end()) w.freed_slots.push_back(server);
}

void release_slot(Worker& w, Session& s) {
  if (!s.has(SF_SLOT)) return;
  s.flags &= ~SF_SLOT;
  return_slot(w, s.server);
}

void release_server(Worker& w, Session& s) {
  release_slot(w, s);
  detach_target(s);
  close_connection(w, s.target);
}

void leave_backend(Worker& w, Session& s) {
  if (!s.has(SF_IN_BACKEND)) return;
  s.flags &= ~SF_IN_BACKEND;
  w.pages->proxy(s.backend, PS_BACKEND_SESSIONS).fetch_sub(1, std::memory_order_relaxed);
}

void enter_queue(Worker& w, Session& s) {
  s.flags |= SF_QUEUED | SF_WAS_QUEUED;
  if (w.queued++ > 0) return;
  // A slot that was given back before the board knew of us: ask once more.
  w.board->wait_for_slot(w.conf.worker, true);
  w.freed_slots.push_back(-1);
}

void leave_queue(Worker& w, Session& s) {
  if (!s.has(SF_QUEUED)) return;
  s.flags &= ~SF_QUEUED;
  s.queue_ms = std::max(s.queue_ms, 0) + static_cast<int32_t>(w.loop.now_ms() - s.state_ms);
  if (--w.queued == 0) w.board->wait_for_slot(w.conf.worker, false);
}

void end_embryo(Worker& w, Session& s) {
  if (!w.closing && asks(w, s, PHASE_END) && !is_null(w, s)) ask(w, s, PHASE_END, false);
  end_session(w, s);
}

void finish_stream(Worker& w, Session& s) {
  if (!s.has(SF_STREAM)) return;
  account(w, s);
  s.flags &= ~SF_STREAM;
  bool queued = s.has(SF_QUEUED);
  leave_queue(w, s);
  count_cause(w, s);
  count_times(w, s);
  // A log line does not count its own stream among those of its server and backend.
  release_slot(w, s);
  leave_backend(w, s);
  if (!w.closing && (queued || (asks(w, s, PHASE_END) && !is_null(w, s)))) ask(w, s, PHASE_END, false);
  untrack_stream(w, s);
  let_target_go(w, s);
  drop_overrides(s);
  forget_request_line(s);
  delete s.reply;
  s.reply = nullptr;
}

Step next_stream(Worker& w, Session& s) {
  // Unread bytes of the client: more of this request, or another one.
  bool sending = !s.up.has(BF_SHUTR) || (s.client->flags & CO_IN) != 0;
  bool complete = s.cause == '-' || s.has(SF_LOCAL);   // what rules have answered is no failure of the connection
  bool go_on = s.has(SF_CLIENT_KEEP) && complete && !s.has(SF_TUNNEL) && !w.stopping;
  reset_channel(w, s.up);
  reset_channel(w, s.down);
  s.counted_in = s.counted_up = s.counted_out = 0;
  if (!go_on) return close_gently(w, s, sending);
  constexpr uint32_t KEPT = SF_HTTP | SF_RUN | SF_DESTINATION;
  s.flags &= KEPT;
  s.backend = s.server = -1;
  s.fault = nullptr;
  s.cause = s.where = '-';
  s.status = s.method = s.attempts = s.interim = 0;
  s.seen = 0;
  s.request_ms = s.queue_ms = s.connect_ms = s.response_ms = -1;
  s.idle_ms = 0;
  s.up.producer = s.down.consumer = s.client;
  s.stream_ms = s.client_ms = w.loop.now_ms();
  enter(w, s, SessionState::Head);
  return Step::Again;
}

Step close_gently(Worker& w, Session& s, bool sending) {
  release_server(w, s);
  bool over = (s.client->flags & (CO_RDHUP | CO_READ_END | CO_FAILED | CO_WRITE_ERROR)) != 0;
  if (over || !sending) {
    end_session(w, s);
    return Step::Wait;
  }
  s.client->ahead.release(w.small);
  shut_write(*s.client);
  enter(w, s, SessionState::Drain);
  return Step::Again;
}

Step step_drain(Worker& w, Session& s) {
  Connection& c = *s.client;
  for (int i = 0; i < 16 && c.readable(); i++) count(&w.row[CW_BYTES_IN], receive(c, w.window.bytes(), w.window.bytes_size()));
  if (c.ended() || (c.flags & CO_FAILED) != 0) end_session(w, s);
  return Step::Wait;
}

void end_session(Worker& w, Session& s) {
  if (s.state == SessionState::Done) return;
  finish_stream(w, s);
  leave_queue(w, s);
  if (s.has(SF_ANSWERED) && (s.answer & 0xff) == VERDICT_SERVER) {   // resumed with a slot that it can't use any more
    s.server = static_cast<int32_t>(static_cast<uint32_t>(s.answer) >> 8);
    s.flags |= SF_SLOT;
  }
  release_server(w, s);
  drop_private(w, s);
  leave_backend(w, s);
  discard(w, s.up);
  discard(w, s.down);
  untrack_session(w, s);
  drop_overrides(s);
  free_request_line(s);
  delete s.connection;
  s.connection = nullptr;
  delete s.reply;
  s.reply = nullptr;
  if (w.loaded.owner == &s) w.loaded.owner = nullptr;
  if ((s.client->flags & CO_FAILED) != 0) count(&w.row[CW_ABORTS]);
  close_connection(w, s.client);
  leave_listener(w, s);
  w.wheel.remove(s.timer);
  s.state = SessionState::Done;
  w.sessions.retire(&s);
}

}  // namespace tsproxy
