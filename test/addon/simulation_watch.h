// What must hold between two passes, and at the end. The first thing that does not is said in words.
#pragma once
#include <string>
#include "engine.h"

namespace simulation {

// Sums that must agree with what the scripted kernel and the shared pages count; states that must not hold what their table forbids.
std::string broken_between_passes(tsproxy::Engine& engine, int listeners);
// No session is left: nothing is held any more but the pools.
std::string left_at_the_end(tsproxy::Engine& engine);
// Changes with everything that a pass can get done: two passes with the same number have done nothing.
uint64_t progress(tsproxy::Engine& engine);
std::string describe(tsproxy::Engine& engine);   // of each session, for traces

}  // namespace simulation
