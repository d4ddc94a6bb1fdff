// What a rule asks of a session's sockets beyond the facts (INSPECT_ of abi.def).
#pragma once
#include "session.h"

namespace tsproxy {

// Fills the cells from FACT_INSPECTED on. False: there is no such connection, or it is not TCP.
bool inspect(Worker& w, Session& s, int32_t what);

}  // namespace tsproxy
