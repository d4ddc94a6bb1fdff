// The server end of a session: a slot, a connection (reused or new), and what happens if it can't be made.
#pragma once
#include "session.h"

namespace tsproxy {

void enter_backend(Worker& w, Session& s, int32_t backend);
// The core has taken a slot of this server for the session.
void take_server(Worker& w, Session& s, int32_t server);
Step step_connect(Worker& w, Session& s);
Step step_connecting(Worker& w, Session& s);
Step step_turnaround(Worker& w, Session& s);
enum class DialFailure : uint8_t { Refused, TimedOut, Resources };
// Another attempt, another server, or 503.
Step connect_failed(Worker& w, Session& s, DialFailure why);
// A request on a reused connection failed before any byte of the response: once more, on a new connection.
bool can_dial_again(const Worker& w, const Session& s);
Step dial_again(Worker& w, Session& s);
void detach_target(Session& s);

}  // namespace tsproxy
