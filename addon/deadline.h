// Deadlines: which timeout holds for a session now, and what its expiry means. One timer per session; activity only stores
// the time, and the timer looks at it when it comes up.
#pragma once
#include "session.h"

namespace tsproxy {

// Sets the session's timer to its next deadline.
void arm(Worker& w, Session& s);
// The timer came up: carries out what has expired, or sets it again.
void timer_due(Worker& w, Session& s);

}  // namespace tsproxy
