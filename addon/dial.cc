#include "dial.h"

#include <algorithm>
#include <cerrno>
#include "decision.h"
#include "ending.h"
#include "engine_parts.h"
#include "override.h"
#include "reply.h"
#include "stream.h"

namespace tsproxy {

namespace {

void attach(Worker& w, Session& s, Connection* c) {
  c->session = &s;
  begin_use(w, *c);
  s.target = c;
  s.up.consumer = s.down.producer = c;
}

DialFailure kind_of(ssize_t error) {
  switch (error) {
    case -EMFILE: case -ENFILE: case -ENOMEM: case -ENOBUFS: case -EADDRNOTAVAIL: return DialFailure::Resources;
    default: return DialFailure::Refused;
  }
}

// A socket of the server's family, bound to its `source`, with the options of the backend. -errno on failure.
int make_socket(Worker& w, Session& s, const ServerConf& server) {
  int fd = sys::socket(server.address.storage.ss_family, SOCK_STREAM, 0);
  if (fd < 0) return fd;
  const ProxyConf& backend = w.backend(s);
  bool tcp = server.address.storage.ss_family != AF_UNIX;
  set_socket_options(fd, {tcp, (backend.options & PO_TCPKA_SERVER) != 0, (backend.options & PO_SMART_CONNECT) != 0});
  set_congestion(fd, server.congestion);
  if (server.source.length == 0) return fd;
  int on = 1;
  sys::set_option(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  int rc = sys::bind(fd, reinterpret_cast<const sockaddr*>(&server.source.storage), server.source.length);
  if (rc >= 0) return fd;
  sys::close(fd);
  return rc;
}

Connection* make_connection(Worker& w, Session& s, int fd) {
  Connection* c = w.connections.make();
  if (c == nullptr) return nullptr;
  c->fd = fd;
  c->server = s.server;
  c->flags = CO_SERVER;
  if ((w.backend(s).options & PO_NOLINGER_SERVER) != 0) c->flags |= CO_NOLINGER;
  return c;
}

// 0: connected or on the way. -errno otherwise, with nothing left open.
int dial(Worker& w, Session& s) {
  const ServerConf& server = w.conf.servers[static_cast<size_t>(s.server)];
  int fd = make_socket(w, s, server);
  if (fd < 0) return fd;
  Connection* c = make_connection(w, s, fd);
  if (c == nullptr) {
    sys::close(fd);
    return -ENOMEM;
  }
  w.pages->server(s.server, SS_USED_CONNS).fetch_add(1, std::memory_order_relaxed);
  int rc = sys::connect(fd, reinterpret_cast<const sockaddr*>(&server.address.storage), server.address.length);
  if (rc == 0) c->flags |= CO_OUT | CO_IN;
  if (rc == 0 || rc == -EINPROGRESS) rc = w.loop.add_edge(*c);
  if (rc < 0) {
    close_connection(w, c);
    return rc;
  }
  attach(w, s, c);
  count(&w.row[CW_CONNECTIONS_MADE]);
  count(&w.backend_row(s)[CB_CONNECTS]);
  count(&w.server_row(s)[CS_CONNECTS]);
  return 0;
}

// send-proxy: the very first bytes of the connection; an empty socket takes them whole.
bool send_proxy_header(Worker& w, Session& s) {
  int32_t options = w.conf.servers[static_cast<size_t>(s.server)].options;
  if ((options & (SO_SEND_PROXY | SO_SEND_PROXY_V2)) == 0) return true;
  char header[PROXY_HEADER_MAX];
  const Address& to = destination_of(w, s);
  size_t n = (options & SO_SEND_PROXY_V2) != 0 ? write_proxy_v2(s.source, to, false, header) : write_proxy_v1(s.source, to, header);
  s.target->flags |= CO_PRIVATE;
  iovec part{header, n};
  if (transmit(*s.target, &part, 1) != n) return false;
  count(&w.row[CW_BYTES_OUT], n);
  return true;
}

Step connected(Worker& w, Session& s) {
  uint64_t now = w.loop.now_ms();
  s.connect_ms = static_cast<int32_t>(now - s.state_ms);
  s.connected_ms = s.server_ms = now;
  if (!send_proxy_header(w, s)) return connect_failed(w, s, DialFailure::Refused);
  if (!s.has(SF_HTTP)) {
    if (!unload(w)) s.up.flags |= BF_NO_MEMORY;
    begin_tunnel(w, s);
    if (asks(w, s, PHASE_TCP_RESPONSE)) s.flags &= ~(SF_RESPONDED | SF_INSPECTED);
    s.inspect_ms = 0;
  }
  enter(w, s, SessionState::Transfer);
  return Step::Again;
}

// option redispatch: on every Nth retry, or on the Nth before the last one if negative.
bool redispatch_due(const Worker& w, const Session& s) {
  const ProxyConf& backend = w.backend(s);
  int32_t interval = backend.redispatch;
  if (interval == 0 && (backend.options & PO_REDISPATCH) != 0) interval = -1;
  if (interval == 0) return false;
  int32_t retry = retries_of(s, backend) - s.retries;   // this one's number, from 1
  if (interval > 0) return retry % interval == 0;
  return (s.retries + 1) % -interval == 0;
}

Step give_up(Worker& w, Session& s, DialFailure why) {
  count(&w.backend_row(s)[CB_CONN_ERRORS]);
  count(&w.server_row(s)[CS_CONN_ERRORS]);
  release_server(w, s);
  return refuse(w, s, 503, why == DialFailure::Resources ? 'R' : why == DialFailure::TimedOut ? 's' : 'S', 'C');
}

bool client_is_gone(const Worker& w, const Session& s) {
  if ((s.client->flags & CO_FAILED) != 0) return true;
  bool shut = (s.client->flags & (CO_RDHUP | CO_READ_END)) != 0;
  return shut && s.has(SF_HTTP) && (w.backend(s).options & PO_ABORT_ON_CLOSE) != 0;
}

Step client_left(Worker& w, Session& s) {
  note_cause(s, 'C', 'C');
  end_session(w, s);
  return Step::Wait;
}

}  // namespace

void detach_target(Session& s) { s.up.consumer = s.down.producer = nullptr; }

void enter_backend(Worker& w, Session& s, int32_t backend) {
  if (s.has(SF_IN_BACKEND) && s.backend == backend) return;
  leave_backend(w, s);
  s.backend = backend;
  s.flags |= SF_IN_BACKEND;
  s.retries = static_cast<int16_t>(retries_of(s, w.backend(s)));
  int32_t now = w.pages->proxy(backend, PS_BACKEND_SESSIONS).fetch_add(1, std::memory_order_relaxed) + 1;
  raise_to(w.pages->proxy(backend, PS_BACKEND_SESSIONS_MAX), now);
  count(&w.backend_row(s)[CB_SESSIONS]);
  if (s.has(SF_HTTP)) count(&w.backend_row(s)[CB_REQUESTS]);
}

void take_server(Worker& w, Session& s, int32_t server) {
  s.server = server;
  s.flags |= SF_SLOT;
  uint64_t* row = w.server_row(s);
  count(&row[CS_SESSIONS]);
  if (s.has(SF_HTTP)) count(&row[CS_REQUESTS]);
  int64_t wall = static_cast<int64_t>(w.loop.now_ns()) + w.wall_offset_ns;
  __atomic_store_n(&row[CS_LAST_SESSION], static_cast<uint64_t>(wall / 1'000'000'000), __ATOMIC_RELAXED);
}

Step step_connect(Worker& w, Session& s) {
  s.flags &= ~(SF_REDISPATCH | SF_REUSED);
  Connection* own = s.target;   // a private connection of the stream before this one
  if (own != nullptr && (own->server != s.server || s.has(SF_FRESH) || !alive(*own))) close_connection(w, s.target);
  own = s.target;
  if (own == nullptr && !s.has(SF_FRESH) && reusable(w, s)) own = take_idle(w, s);
  if (own != nullptr) {
    attach(w, s, own);
    s.flags |= SF_REUSED;
    s.up.flags |= BF_KEEP;
    s.connect_ms = 0;
    s.connected_ms = s.server_ms = w.loop.now_ms();
    count(&w.backend_row(s)[CB_REUSES]);
    count(&w.server_row(s)[CS_REUSES]);
  }
  if (s.has(SF_HTTP) && !s.has(SF_WRITTEN) && !write_request(w, s)) return refuse(w, s, 500, 'P', 'R');
  if (own != nullptr) {
    enter(w, s, SessionState::Transfer);
    return Step::Again;
  }
  enter(w, s, SessionState::Connecting);
  int rc = dial(w, s);
  return rc < 0 ? connect_failed(w, s, kind_of(rc)) : Step::Again;
}

Step step_connecting(Worker& w, Session& s) {
  if (client_is_gone(w, s)) return client_left(w, s);
  Connection& c = *s.target;
  if ((c.flags & (CO_FAILED | CO_HUP)) != 0) return connect_failed(w, s, DialFailure::Refused);
  return (c.flags & CO_OUT) != 0 ? connected(w, s) : Step::Wait;
}

Step step_turnaround(Worker& w, Session& s) { return client_is_gone(w, s) ? client_left(w, s) : Step::Wait; }

Step connect_failed(Worker& w, Session& s, DialFailure why) {
  close_connection(w, s.target);
  detach_target(s);
  if (s.attempts < 255) s.attempts++;
  s.flags |= SF_FRESH;
  if (s.retries <= 0) return give_up(w, s, why);
  s.retries--;
  count(&w.backend_row(s)[CB_RETRIES]);
  count(&w.server_row(s)[CS_RETRIES]);
  if (redispatch_due(w, s)) {
    count(&w.backend_row(s)[CB_REDISPATCHES]);
    count(&w.server_row(s)[CS_REDISPATCHES]);
    release_slot(w, s);
    s.flags |= SF_REDISPATCH;
    enter(w, s, SessionState::Choose);
    return Step::Again;
  }
  enter(w, s, why == DialFailure::TimedOut ? SessionState::Connect : SessionState::Turnaround);
  return Step::Again;
}

bool can_dial_again(const Worker& w, const Session& s) {
  constexpr uint32_t IDEMPOTENT = 1u << HM_GET | 1u << HM_HEAD | 1u << HM_PUT | 1u << HM_DELETE | 1u << HM_OPTIONS | 1u << HM_TRACE;
  return s.has(SF_REUSED) && !s.has(SF_DATA_FROM_SERVER) && s.up.has(BF_KEEP) && s.up.body.done() && (IDEMPOTENT >> s.method & 1) != 0;
}

Step dial_again(Worker& w, Session& s) {
  close_connection(w, s.target);
  detach_target(s);
  s.up.kept = 0;
  s.up.flags &= static_cast<uint16_t>(~(BF_KEEP | BF_SHUTW));
  settle(s.up);
  s.flags = (s.flags | SF_FRESH) & ~SF_REUSED;
  enter(w, s, SessionState::Connect);
  return Step::Again;
}

}  // namespace tsproxy
