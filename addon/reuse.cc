#include "reuse.h"

#include <algorithm>
#include "engine_parts.h"

namespace tsproxy {

namespace {

constexpr uint32_t NEVER = ~0u;
constexpr int LOOKED_AT = 16;   // connections of a pool, for one request

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

}  // namespace

// An event of this pass has been noted before any session runs; only what the flags leave open is asked of the kernel.
bool alive(Connection& c) {
  if ((c.flags & (CO_RDHUP | CO_HUP | CO_FAILED | CO_READ_END | CO_WRITE_ERROR)) != 0) return false;
  if ((c.flags & CO_IN) == 0) return true;
  char byte;
  if (sys::peek(c.fd, &byte, 1) != -EAGAIN) return false;
  c.flags &= static_cast<uint16_t>(~CO_IN);
  return true;
}

namespace {

// http-reuse (manual): the first request of a client goes over a connection of its own unless the mode trusts more.
// Returns the number of streams that a connection must have carried.
uint32_t least_uses(const Worker& w, const Session& s) {
  int32_t options = w.backend(s).options;
  if ((options & PO_REUSE_NEVER) != 0) return NEVER;
  if (s.requests > 1 || (options & PO_REUSE_ALWAYS) != 0) return 1;
  return (options & PO_REUSE_AGGRESSIVE) != 0 ? 2 : NEVER;
}

void die(Worker& w, Connection* c) {
  unlink(w, *c);
  count(&w.row[CW_IDLE_DEAD]);
  close_connection(w, c);
}

}  // namespace

void begin_use(Worker& w, Connection& c) {
  c.uses++;
  c.flags &= static_cast<uint16_t>(~CO_SETTLED);
  if ((c.flags & CO_USED) != 0) return;
  c.flags |= CO_USED;
  IdleConnections& pool = pool_of(w, c);
  pool.peak = std::max(pool.peak, ++pool.used);
}

void end_use(Worker& w, Connection& c) {
  if ((c.flags & CO_USED) == 0) return;
  c.flags &= static_cast<uint16_t>(~CO_USED);
  pool_of(w, c).used--;
}

bool reusable(const Worker& w, const Session& s) {
  return s.has(SF_HTTP) && (w.backend(s).options & (PO_CLOSE | PO_SERVER_CLOSE)) == 0;
}

Connection* take_idle(Worker& w, const Session& s) {
  IdleConnections& pool = w.idle[static_cast<size_t>(s.server)];
  Connection* c = pool.newest;
  uint32_t least = least_uses(w, s);
  if (least == NEVER) return nullptr;
  for (int looked = 0; c != nullptr && looked < LOOKED_AT; looked++) {
    Connection* older = c->older;
    if (c->uses < least) {
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
  end_use(w, *c);
  const ServerConf& server = w.conf.servers[static_cast<size_t>(c->server)];
  const IdleConnections& pool = pool_of(w, *c);
  bool full = (server.pool_max >= 0 && pool.count >= server.pool_max) || pool.count + pool.used > pool.peak;
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
    IdleConnections& pool = w.idle[server];
    pool.peak = std::max(pool.used, (pool.peak * 3 + pool.used) / 4);
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
