// Answers that the proxy gives itself: error responses, canned responses, replies staged by the core.
#pragma once
#include <string_view>
#include "session.h"

namespace tsproxy {

// The stream can't go on. http: the proxy's error response for `status`, then the connection is closed; tcp, or a response under way:
// it is closed at once. `cause` and `where` are the termination state.
Step refuse(Worker& w, Session& s, int32_t status, char cause, char where);
Step answer_canned(Worker& w, Session& s, size_t response);
Step answer_staged(Worker& w, Session& s);
Step step_reply(Worker& w, Session& s);
// Early hints: a field line without CRLF, during a decision about `s`; and the response that they make, after it. False: HTTP/1.0, too late.
bool add_hint(Worker& w, Session& s, std::string_view field);
void send_hints(Worker& w, Session& s);

}  // namespace tsproxy
