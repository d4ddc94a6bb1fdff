#include "session_list.h"

#include "engine_parts.h"

namespace tsproxy {

namespace {

uint32_t waiting(const Channel& ch) { return ch.waiting() + (ch.pipe == nullptr ? 0 : static_cast<uint32_t>(ch.pipe->bytes)); }

SessionRow row_of(const Worker& w, const Session& s) {
  SessionRow row;
  const uint64_t now = w.loop.now_ms();
  row.handle = s.handle;
  row.state = s.state;
  row.flags = s.flags;
  row.frontend = s.frontend;
  row.backend = s.backend;
  row.server = s.server;
  row.listener = s.listener;
  row.requests = s.requests;
  row.accepted_ns = static_cast<int64_t>(s.accepted_ns) + w.wall_offset_ns;
  if (s.client != nullptr) {
    row.client_fd = s.client->fd;
    row.client_flags = s.client->flags;
    row.idle_client_ms = s.client_ms > 0 && s.client_ms <= now ? static_cast<int64_t>(now - s.client_ms) : 0;
  }
  if (s.target != nullptr) {
    row.server_fd = s.target->fd;
    row.server_flags = s.target->flags;
    row.idle_server_ms = s.server_ms > 0 && s.server_ms <= now ? static_cast<int64_t>(now - s.server_ms) : 0;
  }
  if (s.timer.expires != TIMER_NEVER) row.expires_ms = s.timer.expires > now ? static_cast<int64_t>(s.timer.expires - now) : 0;
  row.in = s.up.received;
  row.out = s.down.received;
  row.waiting_up = waiting(s.up);
  row.waiting_down = waiting(s.down);
  row.up_flags = s.up.flags;
  row.down_flags = s.down.flags;
  row.method = s.method;
  row.status = s.status;
  row.retries = s.retries;
  row.source = s.source;
  row.destination = s.destination;
  return row;
}

}  // namespace

std::vector<SessionRow> list_sessions(Worker& w) {
  std::vector<SessionRow> rows;
  w.sessions.each([&](Session& s) {
    if (s.state != SessionState::Done) rows.push_back(row_of(w, s));
  });
  return rows;
}

}  // namespace tsproxy
