// Idle connections to servers. Each worker keeps its own, one stack per server: the one used last is used first. Where its own
// stack has none, a worker takes one over from another worker (tune.idle-pool.shared): no server sees a connection more than needed.
//   * A worker's stacks, and the connections in them, are under its IdlePool's lock; a connection that carries a stream is its
//     worker's alone. With one worker, or without sharing, no lock is taken.
//   * A connection that is taken over leaves its worker's epoll set under that lock, its descriptor moves into a Connection of the
//     taker, and what is left of the old one (fd -1) is freed by its owner behind the pass: events of it that were collected
//     before find nothing to do.
// What a server sends or closes while idle makes the connection dead.
#pragma once
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>
#include "timer.h"

namespace tsproxy {

struct Worker;
struct Session;
struct Connection;
struct Route;
class Loop;

struct IdleConnections {
  Connection* newest = nullptr;
  Connection* oldest = nullptr;
  int32_t count = 0;
  int32_t used = 0;    // connections of this worker that carry a stream now
  int32_t peak = 0;    // the most that were used lately: more than that are never needed at once
  uint64_t sweep_ms = TIMER_NEVER;   // when half of those that are not needed are closed
};

// The idle connections of one worker.
struct IdlePool {
  std::mutex lock;
  std::vector<IdleConnections> servers;   // grows under the lock; `used`, `peak` and `sweep_ms` are the owner's alone
  Loop* loop = nullptr;                   // nullptr: the worker is gone
  std::atomic<Connection*> taken{nullptr};   // what is left of connections that others took over: the owner frees them
};

// A stream begins or ends on a connection to a server.
void begin_use(Worker& w, Connection& c);
void end_use(Worker& w, Connection& c);
// The idle connection that this request may take (http-reuse), or nullptr. `route`: the session's, nullptr if its server has but one.
Connection* take_idle(Worker& w, const Session& s, const Route* route);
// Connections that serve one client alone (http-reuse never, NTLM) stay with their session between requests: the last one as its
// `target`, those to other servers set aside, as many as max-session-srv-conns says. take_private() makes the one that leads there the
// target; nullptr: there is none, and the target is free.
Connection* take_private(Worker& w, Session& s, const Route* route);
void drop_private(Worker& w, Session& s, int32_t server = -1);   // those set aside, of one server or all
// The session's server connection becomes idle, or is closed if it can't be used again.
void give_idle(Worker& w, Session& s);
// An event on a connection without a session: if it is still ours it is dead, unless there is only room to write.
void idle_event(Worker& w, Connection* c, uint32_t events);
void drop_idle_of(Worker& w, int32_t server);   // all of a server
void drop_all_idle(Worker& w);
void sweep_idle(Worker& w);                     // closes half of those that were idle for a whole pool-purge-delay
void free_taken(Worker& w);                     // behind a pass
void grow_idle(Worker& w, size_t servers);      // throws std::bad_alloc
// Nothing has come since the connection became idle.
bool alive(Connection& c);
// The session's stream may leave its server connection open: connection mode, max-reuse.
bool reusable(const Worker& w, const Session& s);
// The connection leads to where a new one of this session would lead to: same address of the server, same route.
bool leads_there(Worker& w, const Session& s, const Route* route, const Connection& c);

}  // namespace tsproxy
