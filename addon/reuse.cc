#include "reuse.h"

#include <algorithm>
#include <utility>
#include "engine_parts.h"
#include "route.h"
#include "server_address.h"

namespace tsproxy {

namespace {

constexpr uint32_t NEVER = ~0u;
constexpr int LOOKED_AT = 16;   // connections of a stack, for one request

const ServerConf& conf_of(const Worker& w, int32_t server) { return w.conf.servers[static_cast<size_t>(server)]; }
IdleConnections& stack_of(IdlePool& pool, int32_t server) { return pool.servers[static_cast<size_t>(server)]; }
IdleConnections& stack_of(Worker& w, int32_t server) { return stack_of(*w.idle, server); }

// Of this worker's own pool.
class Hold {
 public:
  explicit Hold(Worker& w) : lock_(w.conf.share_idle ? &w.idle->lock : nullptr) {
    if (lock_ != nullptr) lock_->lock();
  }
  ~Hold() {
    if (lock_ != nullptr) lock_->unlock();
  }
  Hold(const Hold&) = delete;
  Hold& operator=(const Hold&) = delete;

 private:
  std::mutex* lock_;
};

void unlink(Worker& w, IdlePool& pool, Connection& c) {
  IdleConnections& stack = stack_of(pool, c.server);
  (c.newer != nullptr ? c.newer->older : stack.newest) = c.older;
  (c.older != nullptr ? c.older->newer : stack.oldest) = c.newer;
  c.newer = c.older = nullptr;
  stack.count--;
  w.pages->server(c.server, SS_IDLE).fetch_sub(1, std::memory_order_relaxed);
}

// False: there are pool-max-conn already, in all workers together.
bool push(Worker& w, Connection& c, int32_t pool_max) {
  IdleConnections& stack = stack_of(w, c.server);
  std::atomic<int32_t>& all = w.pages->server(c.server, SS_IDLE);
  if (all.fetch_add(1, std::memory_order_relaxed) >= pool_max && pool_max >= 0) {
    all.fetch_sub(1, std::memory_order_relaxed);
    return false;
  }
  c.older = stack.newest;
  c.newer = nullptr;
  (stack.newest != nullptr ? stack.newest->newer : stack.oldest) = &c;
  stack.newest = &c;
  stack.count++;
  return true;
}

void close_dead(Worker& w, Connection* c) {
  count(&w.row[CW_IDLE_DEAD]);
  close_connection(w, c);
}

// http-reuse (manual): the first request of a client goes over a connection of its own unless the mode trusts more.
// Returns the number of streams that a connection must have carried.
uint32_t least_uses(const Worker& w, const Session& s) {
  int32_t options = w.backend(s).options;
  if ((options & PO_REUSE_NEVER) != 0) return NEVER;
  if (s.requests > 1 || (options & PO_REUSE_ALWAYS) != 0) return 1;
  return (options & PO_REUSE_AGGRESSIVE) != 0 ? 2 : NEVER;
}

// What a request may take.
struct Wish {
  const Session& session;
  const Route* route;
  uint32_t least;      // streams that the connection must have carried
};

// The first of a pool that fits, taken out of its stack. Under the pool's lock.
Connection* take_from(Worker& w, const Wish& wish, IdlePool& pool) {
  int32_t server = wish.session.server;
  if (static_cast<size_t>(server) >= pool.servers.size()) return nullptr;
  Connection* c = stack_of(pool, server).newest;
  for (int looked = 0; c != nullptr && looked < LOOKED_AT; looked++, c = c->older) {
    if (c->uses < wish.least || !leads_there(w, wish.session, wish.route, *c)) continue;
    unlink(w, pool, *c);
    return c;
  }
  return nullptr;
}

Connection* take_own(Worker& w, const Wish& wish) {
  for (int tries = 0; tries < LOOKED_AT; tries++) {
    Connection* c;
    {
      Hold hold(w);
      c = take_from(w, wish, *w.idle);
    }
    if (c == nullptr || alive(*c)) return c;
    close_dead(w, c);
  }
  return nullptr;
}

// A connection of ours in place of another worker's, which is left without a descriptor. nullptr: no memory.
Connection* adopt(Worker& w, IdlePool& pool, Connection& theirs) {
  Connection* c = w.connections.make();
  pool.loop->remove(theirs);
  if (c == nullptr) {
    sys::close(theirs.fd);
    w.pages->server(theirs.server, SS_USED_CONNS).fetch_sub(1, std::memory_order_relaxed);
  } else {
    c->fd = theirs.fd;
    c->server = theirs.server;
    c->address_version = theirs.address_version;
    c->uses = theirs.uses;
    // What its owner has been told of, and what epoll will tell us anew, is asked of the kernel.
    c->flags = static_cast<uint16_t>(CO_IN | CO_OUT | CO_SERVER | (theirs.flags & (CO_NO_SPLICE | CO_NOLINGER | CO_SETTLED)));
    c->source_port = std::exchange(theirs.source_port, 0);
    c->route = std::move(theirs.route);
  }
  theirs.fd = -1;
  theirs.older = pool.taken.load(std::memory_order_relaxed);
  pool.taken.store(&theirs, std::memory_order_relaxed);
  return c;
}

Connection* take_over_from(Worker& w, const Wish& wish, IdlePool& pool) {
  std::unique_lock hold(pool.lock, std::try_to_lock);
  if (!hold.owns_lock() || pool.loop == nullptr) return nullptr;
  Connection* theirs = take_from(w, wish, pool);
  return theirs == nullptr ? nullptr : adopt(w, pool, *theirs);
}

// pool-low-conn: below so many idle connections each worker keeps what it has.
bool may_take_over(const Worker& w, int32_t server) {
  if (!w.conf.share_idle) return false;
  int32_t idle = w.pages->server(server, SS_IDLE).load(std::memory_order_relaxed);
  return idle > 0 && idle >= conf_of(w, server).pool_low;
}

Connection* take_over(Worker& w, const Wish& wish) {
  for (int32_t i = 1; i < w.conf.workers && may_take_over(w, wish.session.server); i++) {
    std::shared_ptr<IdlePool> pool = w.board->idle_of((w.conf.worker + i) % w.conf.workers);
    Connection* c = pool == nullptr ? nullptr : take_over_from(w, wish, *pool);
    if (c == nullptr) continue;
    if (w.loop.add_edge(*c) >= 0 && alive(*c)) {
      count(&w.row[CW_IDLE_TAKEN_OVER]);
      return c;
    }
    close_dead(w, c);
  }
  return nullptr;
}

bool is_worn(const ServerConf& server, uint32_t uses) { return server.max_reuse >= 0 && static_cast<int64_t>(uses) > server.max_reuse; }

// The oldest of a stack if it was not used since `limit`. `*room`: how many more may be closed, -1: half of them all. `*left`: how
// many there are.
Connection* take_unused(Worker& w, IdleConnections& stack, uint64_t limit, int32_t* room, int32_t* left) {
  Hold hold(w);
  *left = stack.count;
  if (*room < 0) *room = (stack.count + 1) / 2;
  Connection* c = stack.oldest;
  if (c == nullptr || *room == 0 || c->idle_since > limit) return nullptr;
  unlink(w, *w.idle, *c);
  --*room;
  return c;
}

void note_sweep(Worker& w, IdleConnections& stack, int32_t purge_ms) {
  if (stack.sweep_ms != TIMER_NEVER) return;
  stack.sweep_ms = w.loop.now_ms() + static_cast<uint64_t>(purge_ms);
  w.idle_sweep_ms = std::min(w.idle_sweep_ms, stack.sweep_ms);
}

void sweep(Worker& w, IdleConnections& stack, uint64_t now, uint64_t purge) {
  stack.peak = std::max(stack.used, (stack.peak * 3 + stack.used) / 4);
  int32_t room = -1, left = 0;
  while (Connection* c = take_unused(w, stack, now - purge, &room, &left)) close_connection(w, c);
  stack.sweep_ms = left > 0 ? now + purge : TIMER_NEVER;
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

bool leads_there(Worker& w, const Session& s, const Route* route, const Connection& c) {
  if (c.server != s.server || c.address_version != address_version(*w.pages, s.server)) return false;
  return route == nullptr ? c.route == nullptr : c.route != nullptr && *route == *c.route;
}

void begin_use(Worker& w, Connection& c) {
  c.uses++;
  c.flags &= static_cast<uint16_t>(~CO_SETTLED);
  if ((c.flags & CO_USED) != 0) return;
  c.flags |= CO_USED;
  IdleConnections& stack = stack_of(w, c.server);
  stack.peak = std::max(stack.peak, ++stack.used);
}

void end_use(Worker& w, Connection& c) {
  if ((c.flags & CO_USED) == 0) return;
  c.flags &= static_cast<uint16_t>(~CO_USED);
  stack_of(w, c.server).used--;
}

bool reusable(const Worker& w, const Session& s) {
  if (!s.has(SF_HTTP) || (w.backend(s).options & (PO_CLOSE | PO_SERVER_CLOSE)) != 0) return false;
  return s.server < 0 || !is_worn(conf_of(w, s.server), s.target != nullptr ? s.target->uses : 1);
}

namespace {

void set_aside(Worker& w, Session& s) {
  int32_t count = 0;
  for (Connection* c = s.aside; c != nullptr; c = c->older) count++;
  if (count >= w.frontend(s).private_most - 1 || !alive(*s.target)) return close_connection(w, s.target);
  s.target->older = s.aside;
  s.aside = s.target;
  s.target = nullptr;
}

// Takes those out of the session's list that `wanted` says; the first of them is returned, others are closed.
template <typename Wanted>
Connection* take_aside(Worker& w, Session& s, Wanted&& wanted) {
  Connection* found = nullptr;
  for (Connection** link = &s.aside; *link != nullptr;) {
    Connection* c = *link;
    if (!wanted(*c)) {
      link = &c->older;
      continue;
    }
    *link = c->older;
    c->older = nullptr;
    if (found == nullptr) found = c;
    else close_connection(w, c);
  }
  return found;
}

}  // namespace

Connection* take_private(Worker& w, Session& s, const Route* route) {
  if (s.target != nullptr && leads_there(w, s, route, *s.target)) {
    if (alive(*s.target)) return s.target;
    close_connection(w, s.target);
  }
  if (s.target != nullptr) set_aside(w, s);
  if (s.aside == nullptr) return nullptr;
  s.target = take_aside(w, s, [&](Connection& c) { return leads_there(w, s, route, c); });
  if (s.target != nullptr && !alive(*s.target)) close_connection(w, s.target);
  return s.target;
}

void drop_private(Worker& w, Session& s, int32_t server) {
  if (s.aside == nullptr) return;
  Connection* c = take_aside(w, s, [server](Connection& one) { return server < 0 || one.server == server; });
  close_connection(w, c);
}

Connection* take_idle(Worker& w, const Session& s, const Route* route) {
  Wish wish{s, route, least_uses(w, s)};
  if (wish.least == NEVER) return nullptr;
  Connection* c = take_own(w, wish);
  if (c == nullptr) c = take_over(w, wish);
  if (c != nullptr) count(&w.row[CW_CONNECTIONS_REUSED]);
  return c;
}

void give_idle(Worker& w, Session& s) {
  Connection* c = s.target;
  s.target = nullptr;
  c->session = nullptr;
  end_use(w, *c);
  const ServerConf& server = conf_of(w, c->server);
  bool keep = server.pool_purge_ms > 0 && !is_worn(server, c->uses) && c->address_version == address_version(*w.pages, c->server) &&
              !w.stopping && (c->flags & CO_PRIVATE) == 0 && c->ahead.empty() && alive(*c);
  if (keep) {
    c->idle_since = w.loop.now_ms();
    IdleConnections& stack = stack_of(w, c->server);
    Hold hold(w);
    keep = stack.count + stack.used < stack.peak && push(w, *c, server.pool_max);
    if (keep) note_sweep(w, stack, server.pool_purge_ms);
  }
  if (!keep) close_connection(w, c);
}

void idle_event(Worker& w, Connection* c, uint32_t events) {
  {
    Hold hold(w);
    if (c->fd < 0) return;   // closed earlier in this pass, or taken over
    note_events(*c, events);
    if ((events & ~static_cast<uint32_t>(EPOLLOUT)) == 0) return;
    unlink(w, *w.idle, *c);
  }
  close_dead(w, c);
}

void drop_idle_of(Worker& w, int32_t server) {
  for (;;) {
    Connection* c = nullptr;
    {
      Hold hold(w);
      c = stack_of(w, server).newest;
      if (c == nullptr) return;
      unlink(w, *w.idle, *c);
    }
    close_connection(w, c);
  }
}

void drop_all_idle(Worker& w) {
  for (size_t server = 0; server < w.idle->servers.size(); server++) drop_idle_of(w, static_cast<int32_t>(server));
}

// pool-purge-delay (manual): each such time half of the connections are closed, of those that were not used for so long.
void sweep_idle(Worker& w) {
  uint64_t now = w.loop.now_ms(), next = TIMER_NEVER;
  if (now < w.idle_sweep_ms) return;
  for (size_t server = 0; server < w.idle->servers.size(); server++) {
    IdleConnections& stack = w.idle->servers[server];
    if (stack.sweep_ms <= now) sweep(w, stack, now, static_cast<uint64_t>(w.conf.servers[server].pool_purge_ms));
    next = std::min(next, stack.sweep_ms);
  }
  w.idle_sweep_ms = next;
}

void free_taken(Worker& w) {
  if (!w.conf.share_idle) return;
  IdlePool& pool = *w.idle;
  if (pool.taken.load(std::memory_order_relaxed) == nullptr) return;
  Connection* taken;
  {
    Hold hold(w);
    taken = pool.taken.load(std::memory_order_relaxed);
    pool.taken.store(nullptr, std::memory_order_relaxed);
  }
  while (taken != nullptr) {
    Connection* next = taken->older;
    w.connections.free(taken);
    taken = next;
  }
}

void grow_idle(Worker& w, size_t servers) {
  Hold hold(w);
  if (servers > w.idle->servers.size()) w.idle->servers.resize(servers);
}

}  // namespace tsproxy
