#include "reuse.h"

#include <algorithm>
#include "engine_parts.h"

namespace tsproxy {

namespace {

IdleConnections& pool_of(Worker& w, const Connection& c) { return w.idle[static_cast<size_t>(c.server)]; }

void unlink(Worker& w, Connection& c) {
  IdleConnections& pool = pool_of(w, c);
  (c.newer != nullptr ? c.newer->older : pool.newest) = c.older;
  (c.older != nullptr ? c.older->newer : pool.oldest) = c.newer;
  c.newer = c.older = nullptr;
  pool.count--;
  w.pages->server(c.server, SS_IDLE).fetch_sub(1, std::memory_order_relaxed);
}

void push(Worker& w, Connection& c) {
  IdleConnections& pool = pool_of(w, c);
  c.older = pool.newest;
  c.newer = nullptr;
  (pool.newest != nullptr ? pool.newest->newer : pool.oldest) = &c;
  pool.newest = &c;
  pool.count++;
  w.pages->server(c.server, SS_IDLE).fetch_add(1, std::memory_order_relaxed);
}

// Nothing may have come since it became idle. An event of this pass has been noted before any session runs; only what
// the flags leave open is asked of the kernel.
bool alive(Connection& c) {
  if ((c.flags & (CO_RDHUP | CO_HUP | CO_FAILED | CO_READ_END | CO_WRITE_ERROR)) != 0) return false;
  if ((c.flags & CO_IN) == 0) return true;
  char byte;
  if (sys::peek(c.fd, &byte, 1) != -EAGAIN) return false;
  c.flags &= static_cast<uint16_t>(~CO_IN);
  return true;
}

// http-reuse (manual): the first request of a client goes over a connection of its own unless the mode trusts more.
bool may_take(const Worker& w, const Session& s, const Connection& c) {
  int32_t options = w.backend(s).options;
  if (s.requests > 1 || (options & PO_REUSE_ALWAYS) != 0) return true;
  return (options & PO_REUSE_AGGRESSIVE) != 0 && c.uses > 1;
}

void die(Worker& w, Connection* c) {
  unlink(w, *c);
  count(&w.row[CW_IDLE_DEAD]);
  close_connection(w, c);
}

}  // namespace

bool reusable(const Worker& w, const Session& s) {
  return s.has(SF_HTTP) && (w.backend(s).options & (PO_REUSE_NEVER | PO_CLOSE | PO_SERVER_CLOSE)) == 0;
}

Connection* take_idle(Worker& w, const Session& s) {
  IdleConnections& pool = w.idle[static_cast<size_t>(s.server)];
  Connection* c = pool.newest;
  while (c != nullptr) {
    Connection* older = c->older;
    if (!may_take(w, s, *c)) {
      c = older;
      continue;
    }
    if (alive(*c)) {
      unlink(w, *c);
      count(&w.row[CW_CONNECTIONS_REUSED]);
      return c;
    }
    die(w, c);
    c = older;
  }
  return nullptr;
}

void give_idle(Worker& w, Session& s) {
  Connection* c = s.target;
  s.target = nullptr;
  c->session = nullptr;
  const ServerConf& server = w.conf.servers[static_cast<size_t>(c->server)];
  bool full = server.pool_max >= 0 && pool_of(w, *c).count >= server.pool_max;
  bool worn = server.max_reuse >= 0 && static_cast<int64_t>(c->uses) > server.max_reuse;
  if (full || worn || w.stopping || (c->flags & CO_PRIVATE) != 0 || !c->ahead.empty() || !alive(*c)) {
    close_connection(w, c);
    return;
  }
  c->idle_since = w.loop.now_ms();
  push(w, *c);
  if (server.pool_purge_ms > 0) w.idle_sweep_ms = std::min(w.idle_sweep_ms, c->idle_since + static_cast<uint64_t>(server.pool_purge_ms));
}

void drop_idle(Worker& w, Connection* c) { die(w, c); }

void drop_idle_of(Worker& w, int32_t server) {
  IdleConnections& pool = w.idle[static_cast<size_t>(server)];
  while (pool.newest != nullptr) {
    Connection* c = pool.newest;
    unlink(w, *c);
    close_connection(w, c);
  }
}

void sweep_idle(Worker& w) {
  uint64_t now = w.loop.now_ms(), next = TIMER_NEVER;
  if (now < w.idle_sweep_ms) return;
  for (size_t server = 0; server < w.idle.size(); server++) {
    int32_t purge = w.conf.servers[server].pool_purge_ms;
    if (purge <= 0) continue;
    while (Connection* c = w.idle[server].oldest) {
      uint64_t until = c->idle_since + static_cast<uint64_t>(purge);
      if (until > now) {
        next = std::min(next, until);
        break;
      }
      unlink(w, *c);
      close_connection(w, c);
    }
  }
  w.idle_sweep_ms = next;
}

}  // namespace tsproxy
