// Ends: of a stream (one request and its answer, or a whole tcp session) and of a session. What was taken is given back here.
#pragma once
#include "session.h"

namespace tsproxy {

// The first cause stays. Characters as in the manual, "Session state at disconnection".
void note_cause(Session& s, char cause, char where);
void return_slot(Worker& w, int32_t server);
void release_slot(Worker& w, Session& s);    // the slot alone
void release_server(Worker& w, Session& s);  // the slot, and the connection is closed
void leave_backend(Worker& w, Session& s);
void enter_queue(Worker& w, Session& s);
void leave_queue(Worker& w, Session& s);
// Tells and counts the end of the stream. The server connection goes to the pool if it may, else it is closed.
void finish_stream(Worker& w, Session& s);
// After finish_stream: the next request, or the end of the connection.
Step next_stream(Worker& w, Session& s);
void end_session(Worker& w, Session& s);
// The connection of a session that has not begun (client_error says why): told, ended.
void end_embryo(Worker& w, Session& s);
// Our last word is sent. If the client is still sending, its bytes are read and dropped for a while: closing
// at once would make the kernel reset the connection and take our last word with it.
Step close_gently(Worker& w, Session& s, bool sending);
Step step_drain(Worker& w, Session& s);

}  // namespace tsproxy
