// Waits that rules ask for: for more of a body, or for a time (VERDICT_MORE, VERDICT_PAUSE). Afterwards the same phase is
// asked again, with FF_AGAIN.
#pragma once
#include "session.h"

namespace tsproxy {

// PHASE_REQUEST or PHASE_RESPONSE wants to see more of the body, at most `ms` after its first question.
Step await_body(Worker& w, Session& s, int32_t phase, int32_t ms);
Step step_body(Worker& w, Session& s);
// mode tcp: the rules look at the first bytes of the server (PHASE_TCP_RESPONSE).
Step inspect_response(Worker& w, Session& s);
// The phase that the session waits in is asked again.
Step ask_again(Worker& w, Session& s);

}  // namespace tsproxy
