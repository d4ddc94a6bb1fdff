#include "listener.h"

#include <netinet/in.h>
#include <cerrno>
#include "engine_parts.h"

namespace tsproxy {

namespace {

constexpr uint64_t SHORTAGE_MS = 100;   // pause after accept() found no descriptor or memory

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
  if (!take(global, w.conf.max_connections)) return false;
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
  if (l.fd < 0 || l.watched || w.paused || w.stopping) return;
  l.watched = w.loop.add_level_in(l, (l.options & LO_SHARED) != 0) == 0;
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

void accept_failed(Worker& w, Listener& l, int error) {
  if (error == -EAGAIN || error == -ECONNABORTED || error == -EINTR) return;
  count(&w.row[CW_ACCEPT_FAILED]);
  unwatch(w, l);
  w.wheel.set(w.accept_timer, w.loop.now_ms() + SHORTAGE_MS);
}

void count_accept(Worker& w, const Listener& l) {
  Pages& pages = *w.pages;
  count(&w.row[CW_ACCEPTED]);
  count(&w.row[pages.frontend_cell(l.frontend) + CF_CONNECTIONS]);
  count(&w.row[pages.listener_cell(l.index) + CL_CONNECTIONS]);
  raise_to(pages.global(GS_CONNECTIONS_MAX), pages.global(GS_CONNECTIONS).load(std::memory_order_relaxed));
  raise_to(pages.proxy(l.frontend, PS_SESSIONS_MAX), pages.proxy(l.frontend, PS_SESSIONS).load(std::memory_order_relaxed));
}

// Linux hands these on to the sockets that are accepted.
void set_accept_options(const Worker& w, const Listener& l) {
  bool keepalive = (w.conf.proxies[static_cast<size_t>(l.frontend)].options & PO_TCPKA_CLIENT) != 0;
  set_socket_options(l.fd, {(l.options & LO_UNIX) == 0, keepalive, false});
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
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (l.fd < 0 || sys::local_address(l.fd, &address, &length) < 0) continue;
    l.local = address_of(address);
    set_accept_options(w, l);
    l.specific = !any_address(l.local);
  }
}

void watch_listeners(Worker& w) {
  for (Listener& l : w.listeners) watch(w, l);
}

void ignore_listeners(Worker& w) {
  for (Listener& l : w.listeners) unwatch(w, l);
}

// A shared fd is the same number in every worker: the main thread closes it.
void close_listeners(Worker& w) {
  for (Listener& l : w.listeners) {
    unwatch(w, l);
    if (l.fd >= 0 && (l.options & LO_SHARED) == 0) sys::close(l.fd);
    l.fd = -1;
  }
}

void accept_some(Worker& w, Listener& l) {
  for (int i = 0; i < w.conf.max_accept && l.watched; i++) {
    if (!reserve(w, l) && !wait_for_place(w, l)) return;
    sockaddr_storage from{};
    socklen_t length = sizeof from;
    int fd = sys::accept(l.fd, &from, &length);
    if (fd < 0) {
      unreserve(w, l.index, l.frontend);
      return accept_failed(w, l, fd);
    }
    count_accept(w, l);
    if (begin_session(w, l, fd, address_of(from))) continue;
    unreserve(w, l.index, l.frontend);
    accept_failed(w, l, -ENOMEM);
  }
}

void resume_listeners(Worker& w) {
  if (w.full_listeners == 0) return;
  w.full_listeners = 0;
  w.board->wait_for_connection(w.conf.worker, false);
  for (Listener& l : w.listeners) {
    if (l.full) watch(w, l);
    l.full = false;
  }
}

void leave_listener(Worker& w, const Session& s) {
  unreserve(w, s.listener, s.frontend);
  w.board->connection_freed(w.conf.worker);
  resume_listeners(w);
}

}  // namespace tsproxy
