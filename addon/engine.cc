#include "engine.h"

#include <sys/socket.h>
#include <algorithm>
#include "deadline.h"
#include "decision.h"
#include "ending.h"
#include "engine_parts.h"
#include "inspect.h"
#include "mark.h"
#include "reply.h"
#include "stick_track.h"

namespace tsproxy {

namespace {

constexpr size_t EDIT_PAGE = 16384;        // bytes of head edits that a decision may write
constexpr size_t WINDOW_BYTES = 131072;    // most that one read takes, unless bufsize asks for more
constexpr int MAX_EVENTS = 512;            // of one pass; the rest comes with the next
constexpr uint32_t SMALL_KEPT = 256, LARGE_KEPT = 64;   // freed blocks kept for reuse
constexpr int PREALLOCATED_PIPES = 16;
constexpr size_t PASS_BUDGET = 16u << 20;   // bytes of one pass: accepts and timers have their turn in time
constexpr int SLOT_ROUNDS = 8;             // of one pass, in which sessions that got a slot may give it back at once

size_t window_bytes(const EngineConf& conf) {
  return std::max(WINDOW_BYTES, static_cast<size_t>(conf.bufsize) * 4);
}

void take_event(Worker& w, const epoll_event& event) {
  auto* p = static_cast<Pollable*>(event.data.ptr);
  switch (p->kind) {
    case PollKind::Timer: return w.loop.timer_fired();
    case PollKind::Listener: return accept_some(w, *static_cast<Listener*>(p));
    case PollKind::Mail:
      w.loop.mail_taken();
      follow_listeners(w);
      resume_listeners(w);
      if (w.queued > 0 && w.freed_slots.empty()) w.freed_slots.push_back(-1);
      return;
    case PollKind::Connection: break;
  }
  auto* c = static_cast<Connection*>(p);
  if (c->session == nullptr) return idle_event(w, c, event.events);   // or closed earlier in this pass
  note_events(*c, event.events);
  wake(w, *c->session);
}

void collect(Worker& w) {
  epoll_event events[MAX_EVENTS];
  int n = w.loop.collect(events, MAX_EVENTS);
  count(&w.row[CW_EVENTS], static_cast<uint64_t>(n));
  for (int i = 0; i < n; i++) take_event(w, events[i]);
  if (n == MAX_EVENTS) w.loop.post();
}

// Memory was short within a step: nobody knows how far it came, so the session ends. Ending it asks for none that was not set aside,
// but the core may be asked on the way: what fails there is left out by a second try.
void end_lost(Worker& w, Session& s, const char* what) {
  count(&w.row[CW_NO_MEMORY]);
  note_cause(s, 'R', s.has(SF_RESPONDED) ? 'D' : 'R');
  for (int tries = 0; tries < 2 && s.state != SessionState::Done; tries++) {
    try {
      end_session(w, s);
    } catch (const std::bad_alloc&) {
    }
  }
  w.decider.memory_short(what);
}

template <typename Act>
void guarded(Worker& w, Session& s, Act&& act) {
  try {
    act();
  } catch (const std::bad_alloc& error) {
    w.deciding = NOBODY;
    end_lost(w, s, error.what());
  }
}

// A step that belongs to no session; what it did not do is done when its cause comes up again.
template <typename Act>
void guarded(Worker& w, Act&& act) {
  try {
    act();
  } catch (const std::bad_alloc& error) {
    count(&w.row[CW_NO_MEMORY]);
    w.deciding = NOBODY;
    w.decider.memory_short(error.what());
    w.loop.post();
  }
}

void run_all(Worker& w) {
  while (Session* s = w.run_first) {
    w.run_first = s->next_run;
    if (w.run_first == nullptr) w.run_last = nullptr;
    s->flags &= ~SF_RUN;
    if (s->state != SessionState::Done) guarded(w, *s, [&] { run(w, *s); });
  }
}

// Those that used up their budget in the pass before.
void wake_again(Worker& w) {
  std::vector<uint32_t> again;
  again.swap(w.again);
  for (uint32_t handle : again)
    if (Session* s = w.sessions.get(handle)) wake(w, *s);
}

void expire(Worker& w) {
  w.wheel.advance(w.loop.now_ms(), [&w](Timer& timer) {
    if (&timer == &w.accept_timer) watch_listeners(w);
    else {
      Session& s = *static_cast<SessionTimer&>(timer).session;
      guarded(w, s, [&] { timer_due(w, s); });
    }
  });
  sweep_idle(w);
}

// Slots that were given back go to those who wait, in this worker first.
void hand_on_slots(Worker& w) {
  for (int round = 0; round < SLOT_ROUNDS && !w.freed_slots.empty(); round++) {
    // Each may free others: those come in the next round.
    size_t count = w.freed_slots.size();
    bool given_back = false;   // -1 only asks: to wake the others for it would never end
    for (size_t i = 0; i < count; i++) {
      int32_t server = w.freed_slots[i];
      given_back |= server >= 0;
      guarded(w, [&] { tell_slot(w, server); });
    }
    w.freed_slots.erase(w.freed_slots.begin(), w.freed_slots.begin() + static_cast<ptrdiff_t>(count));
    if (given_back) w.board->slot_freed(w.conf.worker);
    run_all(w);
  }
}

void free_closed(Worker& w) {
  w.connections.sweep();
  free_taken(w);
  w.sessions.sweep();
}

void set_wake_up(Worker& w) {
  if (!w.again.empty() || !w.freed_slots.empty()) w.loop.post();
  w.loop.wake_at(std::min(w.wheel.next_tick(), w.idle_sweep_ms));
}

void read_wall_clock(Worker& w) {
  timespec now = sys::wall_clock();
  w.wall_offset_ns = static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec - static_cast<int64_t>(w.loop.now_ns());
}

// Slots are given back where memory may be short: the list of them never grows then.
void make_room_for_servers(Worker& w, size_t servers) {
  w.freed_slots.reserve(2 * (servers + 1));
  grow_idle(w, servers);
}

}  // namespace

Worker::Worker(EngineConf c, std::shared_ptr<Pages> p, Decider& d)
    : conf(std::move(c)), pages(std::move(p)), decider(d), row(pages->row(conf.worker)), wheel(loop.now_ms()),
      window(conf.max_headers, EDIT_PAGE, window_bytes(conf)), small(static_cast<uint32_t>(conf.bufsize), SMALL_KEPT),
      large(static_cast<uint32_t>(window_bytes(conf) + 65536), LARGE_KEPT),
      pipes(*pages, conf.worker, conf.splice ? conf.max_pipes : 0, conf.pipe_size), scratch(window_bytes(conf) + 65536),
      listeners(conf.listeners.size()), idle(std::make_shared<IdlePool>()), board(Board::of(pages)) {
  if (conf.splice) pipes.preallocate(std::min(PREALLOCATED_PIPES, conf.max_pipes / (4 * std::max(conf.workers, 1))));
  make_room_for_servers(*this, conf.servers.size());
  idle->loop = &loop;
  board->enter(conf.worker, loop, idle);
  read_wall_clock(*this);
}

Worker::~Worker() {
  board->leave(conf.worker);
  stopping = closing = true;
  sessions.each([this](Session& s) { end_session(*this, s); });
  drop_all_idle(*this);
  {
    std::lock_guard hold(idle->lock);
    idle->loop = nullptr;
  }
  board->slot_freed(conf.worker);
  free_closed(*this);
  wheel.remove(accept_timer);
  close_listeners(*this);
}

void close_connection(Worker& w, Connection*& connection) {
  Connection* c = connection;
  if (c == nullptr) return;
  connection = nullptr;
  // A connection that we end before the server does would leave its port in TIME_WAIT.
  bool first_to_end = (c->flags & CO_SETTLED) != 0 && (c->flags & (CO_RDHUP | CO_READ_END | CO_WRITE_SHUT)) == 0;
  if ((c->flags & CO_NOLINGER) != 0 || first_to_end) {
    linger at_once{1, 0};
    sys::set_option(c->fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  c->ahead.release(w.small);
  sys::close(c->fd);
  c->fd = -1;
  c->session = nullptr;
  end_use(w, *c);
  if ((c->flags & CO_SERVER) != 0) {
    w.pages->server(c->server, SS_USED_CONNS).fetch_sub(1, std::memory_order_relaxed);
    if (c->source_port != 0) return_port(w, c->server, c->source_port);
  }
  w.connections.retire(c);
}

Engine::Engine(EngineConf conf, std::shared_ptr<Pages> pages, Decider& decider)
    : parts_(std::make_unique<Parts>(std::move(conf), std::move(pages), decider)) {
  open_listeners(*parts_);
}
Engine::~Engine() = default;

int Engine::fd() const { return parts_->loop.fd(); }

void Engine::start() { watch_listeners(*parts_); }

void Engine::pass() {
  Worker& w = *parts_;
  w.loop.update_clock();
  uint64_t began = w.loop.now_ns();
  count(&w.row[CW_PASSES]);
  w.pass_left = PASS_BUDGET;
  if (w.row[CW_PASSES] % 1024 == 0) read_wall_clock(w);
  wake_again(w);
  collect(w);
  guarded(w, [&w] { shut_down(w); });
  run_all(w);
  expire(w);
  run_all(w);
  hand_on_slots(w);
  free_closed(w);
  set_wake_up(w);
  count(&w.row[CW_BUSY_NS], sys::now_ns() - began);
}

void Engine::stop_listening() {
  Worker& w = *parts_;
  w.stopping = true;
  for (Listener& l : w.listeners) close_listener(w, l);
  drop_all_idle(w);
  w.sessions.each([&w](Session& s) {
    if (s.state == SessionState::Head) wake(w, s);
  });
  w.loop.post();
}

void Engine::pause_listening(bool paused) {
  Worker& w = *parts_;
  w.paused = paused;
  for (Listener& l : w.listeners) {
    if (paused) pause_listener(w, l);
    else if (w.pages->proxy(l.frontend, PS_LISTENERS).load() == LISTEN_OPEN) reopen_listener(w, l);
  }
}

int32_t Engine::listening() const { return open_listeners_left(*parts_); }

uint32_t Engine::sessions() const { return parts_->sessions.live(); }

void Engine::resume(uint32_t session, int32_t verdict) {
  Worker& w = *parts_;
  Session* s = w.sessions.get(session);
  bool waits = s != nullptr && !s->has(SF_ANSWERED) && (s->state == SessionState::Parked || w.deciding == session);
  if (!waits) {   // gone, or past its deadline
    if ((verdict & 0xff) == VERDICT_SERVER) return_slot(w, static_cast<int32_t>(static_cast<uint32_t>(verdict) >> 8));
    return;
  }
  s->answer = verdict;
  s->flags |= SF_ANSWERED;
  wake(w, *s);
  w.loop.post();
}

bool Engine::reply(uint32_t session, std::string_view head, std::string_view body) {
  Session* s = parts_->sessions.get(session);
  if (s == nullptr) return false;
  while (head.ends_with("\r\n")) head.remove_suffix(2);
  try {
    if (s->reply == nullptr) s->reply = new Reply;
    s->reply->head.assign(head).append("\r\n\r\n");
    s->reply->body.assign(body);
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

bool Engine::hint(uint32_t session, std::string_view field) {
  Session* s = parts_->sessions.get(session);
  return s != nullptr && add_hint(*parts_, *s, field);
}

bool Engine::mark(uint32_t session, int32_t what, uint32_t value) {
  Session* s = parts_->sessions.get(session);
  return s != nullptr && set_mark(*s, what, value);
}

size_t Engine::saved_syn(uint32_t session, void* to, size_t room) {
  Session* s = parts_->sessions.get(session);
  return s == nullptr ? 0 : tsproxy::saved_syn(*s, to, room);
}

std::vector<SessionRow> Engine::list_sessions() { return tsproxy::list_sessions(*parts_); }
const Captures& Engine::captures() const { return parts_->captures; }

bool Engine::track(uint32_t session, int32_t phase, uint32_t slot, int32_t table, std::string_view key) {
  Session* s = parts_->sessions.get(session);
  StickTable* t = parts_->pages->stick_tables()->table(table);
  return s != nullptr && t != nullptr && tsproxy::track(*parts_, *s, phase, slot, *t, key);
}

const Tracked* Engine::tracked(uint32_t session, uint32_t slot) const {
  const Session* s = parts_->sessions.get(session);
  return s == nullptr ? nullptr : find_tracked(*s, slot);
}

void Engine::count_tracked(uint32_t session, int32_t event) {
  Session* s = parts_->sessions.get(session);
  if (s != nullptr) tsproxy::count_tracked(*parts_, *s, event);
}

bool Engine::store_later(uint32_t session, int32_t table, std::string_view key) {
  Session* s = parts_->sessions.get(session);
  StickTable* t = parts_->pages->stick_tables()->table(table);
  return s != nullptr && t != nullptr && tsproxy::store_later(*s, *t, key);
}

void Engine::store_server(int32_t server, int32_t table, std::string_view key) {
  StickTable* t = parts_->pages->stick_tables()->table(table);
  bool known = server >= 0 && static_cast<size_t>(server) < parts_->conf.servers.size();
  if (t != nullptr && known) tsproxy::store_server(*parts_, *t, key, server);
}

bool Engine::inspect(uint32_t session, int32_t what) {
  Session* s = parts_->sessions.get(session);
  return s != nullptr && tsproxy::inspect(*parts_, *s, what);
}

std::string_view Engine::tlvs(uint32_t session) {
  Session* s = parts_->sessions.get(session);
  return s != nullptr && s->connection != nullptr ? std::string_view(s->connection->tlvs) : std::string_view();
}

void Engine::shutdown_sessions(int32_t of, int32_t index, char cause) {
  Worker& w = *parts_;
  if (of == OF_SERVER && (index < 0 || index >= static_cast<int32_t>(w.conf.servers.size()))) return;
  w.shutdowns.push_back({of, index, cause});
  w.loop.post();
}

void Engine::set_server(int32_t index, ServerConf server) {
  Worker& w = *parts_;
  size_t at = static_cast<size_t>(index);
  if (at > w.conf.servers.size()) return;
  make_room_for_servers(w, std::max(w.conf.servers.size(), at + 1));
  if (at == w.conf.servers.size()) {
    w.conf.servers.push_back(std::move(server));
    return;
  }
  drop_idle_of(w, index);
  w.conf.servers[at] = std::move(server);
}

void Engine::post() { parts_->loop.post(); }
void Engine::pass_slot_on() { parts_->board->slot_freed(parts_->conf.worker); }
Window& Engine::window() { return parts_->window; }
Pages& Engine::pages() { return *parts_->pages; }

}  // namespace tsproxy
