// What a rule asks of a session's sockets beyond the facts (INSPECT_ of abi.def).
#pragma once
#include "session.h"

namespace tsproxy {

// Fills the cells from FACT_INSPECTED on. False: there is no such connection, or it is not TCP.
bool inspect(Worker& w, Session& s, int32_t what);
// The client's SYN packet, IP header first, where the listener kept it (tcp-ss). Bytes; 0: none, it was read before, or it does not fit.
size_t saved_syn(const Session& s, void* to, size_t room);

}  // namespace tsproxy
