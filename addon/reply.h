// Answers that the proxy gives itself: error responses, canned responses, replies staged by the core.
#pragma once
#include "session.h"

namespace tsproxy {

// The stream can't go on. http: the proxy's error response for `status`, then the connection is closed; tcp, or a response under way:
// it is closed at once. `cause` and `where` are the termination state.
Step refuse(Worker& w, Session& s, int32_t status, char cause, char where);
Step answer_canned(Worker& w, Session& s, size_t response);
Step answer_staged(Worker& w, Session& s);
Step step_reply(Worker& w, Session& s);

}  // namespace tsproxy
