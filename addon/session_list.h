// The sessions of a worker as the runtime API shows them (`show sess`).
#pragma once
#include <cstdint>
#include <vector>
#include "session.h"

namespace tsproxy {

struct SessionRow {
  uint32_t handle = 0;
  SessionState state = SessionState::Start;
  uint32_t flags = 0;                                   // SF_
  int32_t frontend = -1, backend = -1, server = -1, listener = -1;
  uint32_t requests = 0;                                // of this connection so far
  int64_t accepted_ns = 0;                              // since 1970
  int64_t idle_client_ms = -1, idle_server_ms = -1;     // since the last byte of either end, -1: no such end
  int64_t expires_ms = -1;                              // until the next deadline, -1: none
  uint64_t in = 0, out = 0;                             // bytes of the present stream from client and server
  uint32_t waiting_up = 0, waiting_down = 0;            // bytes that the peers have not taken yet
  uint16_t up_flags = 0, down_flags = 0;                // BF_
  int32_t client_fd = -1, server_fd = -1;
  uint16_t client_flags = 0, server_flags = 0;          // CO_
  int32_t method = 0, status = 0, retries = 0;
  Address source, destination;
};

// Throws std::bad_alloc.
std::vector<SessionRow> list_sessions(Worker& w);

}  // namespace tsproxy
