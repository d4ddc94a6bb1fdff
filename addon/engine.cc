#include "engine.h"

#include <sys/socket.h>
#include <algorithm>
#include "deadline.h"
#include "decision.h"
#include "ending.h"
#include "engine_parts.h"
#include "inspect.h"
#include "reply.h"

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
      resume_listeners(w);
      if (w.queued > 0 && w.freed_slots.empty()) w.freed_slots.push_back(-1);
      return;
    case PollKind::Connection: break;
  }
  auto* c = static_cast<Connection*>(p);
  if (c->fd < 0) return;   // closed earlier in this pass
  note_events(*c, event.events);
  if (c->session != nullptr) wake(w, *c->session);
  else if ((event.events & ~static_cast<uint32_t>(EPOLLOUT)) != 0) drop_idle(w, c);
}

void collect(Worker& w) {
  epoll_event events[MAX_EVENTS];
  int n = w.loop.collect(events, MAX_EVENTS);
  count(&w.row[CW_EVENTS], static_cast<uint64_t>(n));
  for (int i = 0; i < n; i++) take_event(w, events[i]);
  if (n == MAX_EVENTS) w.loop.post();
}

void run_all(Worker& w) {
  while (Session* s = w.run_first) {
    w.run_first = s->next_run;
    if (w.run_first == nullptr) w.run_last = nullptr;
    s->flags &= ~SF_RUN;
    if (s->state != SessionState::Done) run(w, *s);
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
    else timer_due(w, *static_cast<SessionTimer&>(timer).session);
  });
  sweep_idle(w);
}

// Slots that were given back go to those who wait, in this worker first.
void hand_on_slots(Worker& w) {
  for (int round = 0; round < SLOT_ROUNDS && !w.freed_slots.empty(); round++) {
    std::vector<int32_t> freed;
    freed.swap(w.freed_slots);
    bool given_back = false;   // -1 only asks: to wake the others for it would never end
    for (int32_t server : freed) {
      given_back |= server >= 0;
      tell_slot(w, server);
    }
    if (given_back) w.board->slot_freed(w.conf.worker);
    run_all(w);
  }
}

// on-marked-down shutdown-sessions: the sessions that use those servers end, and their idle connections.
void end_doomed(Worker& w) {
  std::vector<int32_t> doomed;
  doomed.swap(w.doomed);
  for (int32_t server : doomed) {
    drop_idle_of(w, server);
    w.sessions.each([&w, server](Session& s) {
      if (s.server != server || s.target == nullptr || s.state == SessionState::Done) return;
      refuse(w, s, 503, 'D', s.has(SF_RESPONDED) ? 'D' : 'H');
      if (s.state != SessionState::Done) wake(w, s);
    });
  }
}

void free_closed(Worker& w) {
  for (Connection* c : w.closed) w.connections.free(c);
  for (Session* s : w.done) w.sessions.free(s);
  w.closed.clear();
  w.done.clear();
}

void set_wake_up(Worker& w) {
  if (!w.again.empty() || !w.freed_slots.empty()) w.loop.post();
  w.loop.wake_at(std::min(w.wheel.next_tick(), w.idle_sweep_ms));
}

void read_wall_clock(Worker& w) {
  timespec now = sys::wall_clock();
  w.wall_offset_ns = static_cast<int64_t>(now.tv_sec) * 1'000'000'000 + now.tv_nsec - static_cast<int64_t>(w.loop.now_ns());
}

}  // namespace

Worker::Worker(EngineConf c, std::shared_ptr<Pages> p, Decider& d)
    : conf(std::move(c)), pages(std::move(p)), decider(d), row(pages->row(conf.worker)), wheel(loop.now_ms()),
      window(conf.max_headers, EDIT_PAGE, window_bytes(conf)), small(static_cast<uint32_t>(conf.bufsize), SMALL_KEPT),
      large(static_cast<uint32_t>(window_bytes(conf) + 65536), LARGE_KEPT),
      pipes(*pages, conf.worker, conf.splice ? conf.max_pipes : 0, conf.pipe_size), scratch(window_bytes(conf) + 65536),
      listeners(conf.listeners.size()), idle(conf.servers.size()), board(Board::of(pages)) {
  if (conf.splice) pipes.preallocate(std::min(PREALLOCATED_PIPES, conf.max_pipes / (4 * std::max(conf.workers, 1))));
  board->enter(conf.worker, loop);
  read_wall_clock(*this);
}

Worker::~Worker() {
  board->leave(conf.worker);
  stopping = closing = true;
  sessions.each([this](Session& s) { end_session(*this, s); });
  for (size_t server = 0; server < idle.size(); server++) drop_idle_of(*this, static_cast<int32_t>(server));
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
  if ((c->flags & CO_SERVER) != 0) w.pages->server(c->server, SS_USED_CONNS).fetch_sub(1, std::memory_order_relaxed);
  w.closed.push_back(c);
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
  end_doomed(w);
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
  close_listeners(w);
  for (size_t server = 0; server < w.idle.size(); server++) drop_idle_of(w, static_cast<int32_t>(server));
  w.sessions.each([&w](Session& s) {
    if (s.state == SessionState::Head) wake(w, s);
  });
  w.loop.post();
}

void Engine::pause_listening(bool paused) {
  parts_->paused = paused;
  if (paused) ignore_listeners(*parts_);
  else watch_listeners(*parts_);
}

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

bool Engine::interim(uint32_t session, std::string_view head) {
  Session* s = parts_->sessions.get(session);
  if (s == nullptr || !s->has(SF_HTTP) || s->has(SF_HTTP10 | SF_RESPONDED)) return false;
  while (head.ends_with("\r\n")) head.remove_suffix(2);
  char end[] = "\r\n\r\n";
  const iovec parts[] = {{const_cast<char*>(head.data()), head.size()}, {end, sizeof end - 1}};
  emit(*parts_, s->down, parts, 2);
  return true;
}

bool Engine::inspect(uint32_t session, int32_t what) {
  Session* s = parts_->sessions.get(session);
  return s != nullptr && tsproxy::inspect(*parts_, *s, what);
}

std::string_view Engine::tlvs(uint32_t session) {
  Session* s = parts_->sessions.get(session);
  return s != nullptr && s->connection != nullptr ? std::string_view(s->connection->tlvs) : std::string_view();
}

void Engine::shutdown_server(int32_t server) {
  Worker& w = *parts_;
  if (server < 0 || server >= static_cast<int32_t>(w.idle.size())) return;
  w.doomed.push_back(server);
  w.loop.post();
}

void Engine::post() { parts_->loop.post(); }
Window& Engine::window() { return parts_->window; }
Pages& Engine::pages() { return *parts_->pages; }

}  // namespace tsproxy
