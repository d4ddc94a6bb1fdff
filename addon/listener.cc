#include "listener.h"

#include <netinet/in.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include "engine_parts.h"
#include "rate.h"

namespace tsproxy {

namespace {

constexpr uint64_t SHORTAGE_MS = 100;   // pause after accept() found no descriptor or memory
constexpr int LAST_ACCEPTS = 65536;     // of one listener that is to be closed: as many as a backlog can hold

bool any_address(const Address& a) {
  if (a.family != 4 && a.family != 6) return true;
  for (uint8_t byte : a.bytes)
    if (byte != 0) return false;
  return true;
}

// Takes a place in the process, the frontend and the listener; all or nothing.
bool reserve(Worker& w, const Listener& l) {
  Pages& pages = *w.pages;
  std::atomic<int32_t>& global = pages.global(GS_CONNECTIONS);
  std::atomic<int32_t>& frontend = pages.proxy(l.frontend, PS_SESSIONS);
  int32_t most = pages.global(GS_MAXCONN).load(std::memory_order_relaxed);
  if (!take(global, most > 0 ? most : w.conf.max_connections)) return false;
  if (!take(frontend, pages.proxy(l.frontend, PS_MAXCONN).load(std::memory_order_relaxed))) {
    global.fetch_sub(1);
    return false;
  }
  if (take(pages.listener(l.index, LS_CONNECTIONS), pages.listener(l.index, LS_MAXCONN).load(std::memory_order_relaxed)))
    return true;
  frontend.fetch_sub(1);
  global.fetch_sub(1);
  return false;
}

void unreserve(Worker& w, int32_t listener, int32_t frontend) {
  w.pages->listener(listener, LS_CONNECTIONS).fetch_sub(1);
  w.pages->proxy(frontend, PS_SESSIONS).fetch_sub(1);
  w.pages->global(GS_CONNECTIONS).fetch_sub(1);
}

void unwatch(Worker& w, Listener& l) {
  if (l.watched) w.loop.remove(l);
  l.watched = false;
}

void watch(Worker& w, Listener& l) {
  if (!l.accepts() || l.watched || l.full) return;
  l.watched = w.loop.add_level_in(l, (l.options & LO_SHARED) != 0) == 0;
}

void try_again_at(Worker& w, uint64_t ms) {
  w.accept_at_ms = std::min(w.accept_at_ms, ms);
  w.wheel.set(w.accept_timer, w.accept_at_ms);
}

// A shared fd is the same number in every worker: the main thread closes it.
void close_socket(Listener& l) {
  if ((l.options & LO_SHARED) == 0) sys::close(l.fd);
  l.fd = -1;
  l.state = ListenerState::Closed;
}

// What waited in the backlog is accepted.
void leave(Worker& w, Listener& l) {
  unwatch(w, l);
  w.pages->listener(l.index, LS_LISTENING).fetch_sub(1);
  if (l.state == ListenerState::Closing) return close_socket(l);
  l.state = ListenerState::Paused;
  if ((l.options & LO_SHARED) == 0) sys::shutdown_read(l.fd);
}

void start_leaving(Worker& w, Listener& l, ListenerState state) {
  l.state = state;
  if (!l.full) accept_some(w, l);
}

// At a limit: the listener leaves the epoll set until somebody gives a place back. The board is told first and the limits
// are tried once more, so that a place given back in between is not missed.
bool wait_for_place(Worker& w, Listener& l) {
  count(&w.row[CW_LISTENER_PAUSED]);
  l.full = true;
  w.full_listeners++;
  w.board->wait_for_connection(w.conf.worker, true);
  if (!reserve(w, l)) {
    unwatch(w, l);
    return false;
  }
  l.full = false;
  w.full_listeners--;
  return true;
}

// No accept() gives more for now. False: it may be tried again at once.
bool accept_failed(Worker& w, Listener& l, int error) {
  if (error == -ECONNABORTED || error == -EINTR) return false;
  if (error == -EAGAIN) {
    if (l.leaving()) leave(w, l);
    return true;
  }
  count(&w.row[CW_ACCEPT_FAILED]);
  unwatch(w, l);
  try_again_at(w, w.loop.now_ms() + SHORTAGE_MS);
  return true;
}

struct RateLimit {
  int32_t limit;
  std::atomic<int32_t>* cells;
};

// maxconnrate, maxsessrate, rate-limit sessions.
template <typename Visit>
void each_rate(Worker& w, const Listener& l, Visit&& visit) {
  Pages& pages = *w.pages;
  const RateLimit limits[] = {
      {pages.global(GS_CONN_RATE_LIMIT).load(std::memory_order_relaxed), &pages.global(GS_CONN_RATE)},
      {pages.global(GS_SESS_RATE_LIMIT).load(std::memory_order_relaxed), &pages.global(GS_SESS_RATE)},
      {pages.proxy(l.frontend, PS_RATE_LIMIT).load(std::memory_order_relaxed), &pages.proxy(l.frontend, PS_RATE)},
  };
  for (const RateLimit& r : limits)
    if (r.limit > 0) visit(r);
}

// True: a rate is reached, and the listener waits.
bool wait_for_rate(Worker& w, Listener& l) {
  uint64_t wait = 0, now = w.loop.now_ms();
  each_rate(w, l, [&](const RateLimit& r) { wait = std::max(wait, rate::wait_ms(r.cells, r.limit, now)); });
  if (wait == 0 || l.leaving()) return false;
  count(&w.row[CW_RATE_PAUSED]);
  unwatch(w, l);
  try_again_at(w, now + wait);
  return true;
}

void count_accept(Worker& w, const Listener& l) {
  Pages& pages = *w.pages;
  count(&w.row[CW_ACCEPTED]);
  each_rate(w, l, [&w](const RateLimit& r) { rate::count(r.cells, w.loop.now_ms()); });
  count(&w.row[pages.frontend_cell(l.frontend) + CF_CONNECTIONS]);
  count(&w.row[pages.listener_cell(l.index) + CL_CONNECTIONS]);
  if ((l.options & LO_STATS) != 0)
    raise_to(pages.listener(l.index, LS_CONNECTIONS_MAX), pages.listener(l.index, LS_CONNECTIONS).load(std::memory_order_relaxed));
  raise_to(pages.global(GS_CONNECTIONS_MAX), pages.global(GS_CONNECTIONS).load(std::memory_order_relaxed));
  raise_to(pages.proxy(l.frontend, PS_SESSIONS_MAX), pages.proxy(l.frontend, PS_SESSIONS).load(std::memory_order_relaxed));
}

// Linux hands these on to the sockets that are accepted.
void set_accept_options(const Worker& w, const Listener& l) {
  const ProxyConf& frontend = w.conf.proxies[static_cast<size_t>(l.frontend)];
  bool tcp = (l.options & LO_UNIX) == 0, keepalive = (frontend.options & PO_TCPKA_CLIENT) != 0;
  set_socket_options(l.fd, {tcp, keepalive, false});
  if (tcp && keepalive) set_keepalive(l.fd, frontend.client_keepalive);
}

}  // namespace

void open_listeners(Worker& w) {
  for (size_t i = 0; i < w.listeners.size(); i++) {
    Listener& l = w.listeners[i];
    const ListenerConf& conf = w.conf.listeners[i];
    l.fd = conf.fd;
    l.index = static_cast<int32_t>(i);
    l.frontend = conf.frontend;
    l.options = conf.options;
    l.backlog = conf.backlog;
    if (l.fd < 0) continue;
    l.state = ListenerState::Open;
    w.pages->listener(l.index, LS_LISTENING).fetch_add(1);
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (sys::local_address(l.fd, &address, &length) < 0) continue;
    l.local = address_of(address);
    set_accept_options(w, l);
    l.specific = !any_address(l.local);
  }
}

void watch_listeners(Worker& w) {
  w.accept_at_ms = TIMER_NEVER;
  for (Listener& l : w.listeners) {
    watch(w, l);
    if (l.leaving()) accept_some(w, l);   // nothing need be in the backlog
  }
}

void pause_listener(Worker& w, Listener& l) {
  if (l.state == ListenerState::Open) start_leaving(w, l, ListenerState::Pausing);
}

void reopen_listener(Worker& w, Listener& l) {
  if (l.state == ListenerState::Paused) {
    if ((l.options & LO_SHARED) == 0 && sys::listen(l.fd, l.backlog) < 0) {
      count(&w.row[CW_ACCEPT_FAILED]);
      return;
    }
    w.pages->listener(l.index, LS_LISTENING).fetch_add(1);
  } else if (l.state != ListenerState::Pausing) {
    return;
  }
  l.state = ListenerState::Open;
  watch(w, l);
}

void close_listener(Worker& w, Listener& l) {
  if (l.accepts()) start_leaving(w, l, ListenerState::Closing);
  else if (l.state == ListenerState::Paused) close_socket(l);
}

void close_listeners(Worker& w) {
  for (Listener& l : w.listeners) {
    if (l.accepts()) {
      l.state = ListenerState::Closing;
      leave(w, l);
    } else if (l.state == ListenerState::Paused) {
      close_socket(l);
    }
  }
}

void follow_listeners(Worker& w) {
  int32_t epoch = w.pages->global(GS_LISTENERS_EPOCH).load();
  if (epoch == w.listeners_epoch) return;
  w.listeners_epoch = epoch;
  for (Listener& l : w.listeners) {
    int32_t wanted = w.pages->proxy(l.frontend, PS_LISTENERS).load();
    if (wanted == LISTEN_CLOSED) close_listener(w, l);
    else if (wanted == LISTEN_PAUSED) pause_listener(w, l);
    else if (!w.paused) reopen_listener(w, l);
  }
}

void accept_some(Worker& w, Listener& l) {
  watch(w, l);
  // One that is leaving takes all that there is, within reason: others may keep connecting.
  const int most = l.leaving() ? LAST_ACCEPTS : w.conf.max_accept > 0 ? w.conf.max_accept : INT_MAX;
  for (int i = 0; i < most && l.watched; i++) {
    if (wait_for_rate(w, l)) return;
    if (!reserve(w, l) && !wait_for_place(w, l)) return;
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    int fd = sys::accept(l.fd, &from, &length);
    if (fd >= 0) {
      count_accept(w, l);
      if (begin_session(w, l, fd, address_of(from))) continue;
      fd = -ENOMEM;
    }
    unreserve(w, l.index, l.frontend);
    if (accept_failed(w, l, fd)) return;
  }
  if (l.leaving()) leave(w, l);
}

void resume_listeners(Worker& w) {
  if (w.full_listeners == 0) return;
  w.full_listeners = 0;
  w.board->wait_for_connection(w.conf.worker, false);
  for (Listener& l : w.listeners) {
    if (!l.full) continue;
    l.full = false;
    if (l.leaving()) accept_some(w, l);
    else watch(w, l);
  }
}

int32_t open_listeners_left(const Worker& w) {
  return static_cast<int32_t>(std::count_if(w.listeners.begin(), w.listeners.end(), [](const Listener& l) { return l.state != ListenerState::Closed; }));
}

void leave_listener(Worker& w, const Session& s) {
  unreserve(w, s.listener, s.frontend);
  w.board->connection_freed(w.conf.worker);
  resume_listeners(w);
}

}  // namespace tsproxy
