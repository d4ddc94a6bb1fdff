// Idle connections to servers, one stack per server and worker: the one used last is used first, the oldest are closed
// when they have been idle for the server's pool_purge_ms. What a server sends or closes while idle makes the connection dead.
#pragma once
#include <cstdint>
#include "timer.h"

namespace tsproxy {

struct Worker;
struct Session;
struct Connection;

struct IdleConnections {
  Connection* newest = nullptr;
  Connection* oldest = nullptr;
  int32_t count = 0;
  int32_t used = 0;    // connections of this worker that carry a stream now
  int32_t peak = 0;    // the most that were used lately: more than that are never needed at once
};

// A stream begins or ends on a connection to a server.
void begin_use(Worker& w, Connection& c);
void end_use(Worker& w, Connection& c);
// The idle connection that this request may take (http-reuse), or nullptr.
Connection* take_idle(Worker& w, const Session& s);
// The session's server connection becomes idle, or is closed if it can't be used again.
void give_idle(Worker& w, Session& s);
// An event on an idle connection: it is dead.
void drop_idle(Worker& w, Connection* c);
void drop_idle_of(Worker& w, int32_t server);   // all of a server
void sweep_idle(Worker& w);                     // closes those past their time
// Nothing has come since the connection became idle.
bool alive(Connection& c);
// The connection mode of the backend lets server connections live longer than a stream.
bool reusable(const Worker& w, const Session& s);

}  // namespace tsproxy
