// Decisions: the facts of a session go into the window, decide() is asked once, its verdict becomes the next state.
#pragma once
#include <cstdint>
#include "session.h"

namespace tsproxy {

inline constexpr int32_t phase_bit(int32_t phase) { return 1 << phase; }
// True if the plan has something to decide in that phase, for the frontend or for the backend.
bool asks(const Worker& w, const Session& s, int32_t phase);
// Fills the facts, forgets the edits of the last decision, and asks. `shown`: the bytes in the window belong to it.
int32_t ask(Worker& w, Session& s, int32_t phase, bool shown);
// A server slot is free (server -1: some may be) and sessions wait for it.
void tell_slot(Worker& w, int32_t server);
// Carries out a verdict.
Step act(Worker& w, Session& s, int32_t phase, int32_t verdict);
Step ask_and_act(Worker& w, Session& s, int32_t phase, bool shown);
// Where the client connected to; asked of the kernel when it is needed first.
const Address& destination_of(Worker& w, Session& s);

}  // namespace tsproxy
