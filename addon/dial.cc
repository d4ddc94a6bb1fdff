#include "dial.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <algorithm>
#include <cerrno>
#include "decision.h"
#include "ending.h"
#include "engine_parts.h"
#include "greeting.h"
#include "observe.h"
#include "override.h"
#include "reply.h"
#include "stick_track.h"
#include "retry.h"
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

// TCP_FASTOPEN_CONNECT: connect() waits for the first send, whose bytes go out with the SYN. Without bytes it would wait for ever.
bool opens_fast(const Worker& w, const Session& s, const ServerConf& server) {
  if ((server.options & SO_FAST_OPEN) == 0) return false;
  bool read = s.client->ahead.length() > 0 || (w.loaded.owner == &s && w.loaded.n > 0);
  return read || !s.up.has(BF_EMPTY) || first_greeting(server) != Greeting::None;
}

void set_dial_options(Worker& w, Session& s, const ServerConf& server, int family, int fd) {
  const ProxyConf& backend = w.backend(s);
  bool tcp = family != AF_UNIX;
  set_socket_options(fd, {tcp, (backend.options & PO_TCPKA_SERVER) != 0, (backend.options & PO_SMART_CONNECT) != 0});
  if (const Marks* marks = marks_of(s)) apply_marks(fd, *marks);
  if (!tcp) return;
  if ((backend.options & PO_TCPKA_SERVER) != 0) set_keepalive(fd, backend.server_keepalive);
  int on = 1;
  if (opens_fast(w, s, server)) sys::set_option(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, &on, sizeof on);
  if (server.user_timeout_ms > 0) sys::set_option(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &server.user_timeout_ms, sizeof server.user_timeout_ms);
  set_congestion(fd, server.congestion);
}

struct Socket {
  int fd = -1;               // or -errno
  uint16_t source_port = 0;  // of a range
};

// A socket of that family, bound to the server's `source`.
Socket make_socket(Worker& w, Session& s, const ServerConf& server, const Route* route, int family) {
  Socket made;
  made.fd = sys::socket(family, SOCK_STREAM, 0);
  if (made.fd < 0) return made;
  set_dial_options(w, s, server, family, made.fd);
  int rc = bind_source(w, s.server, route, family, made.fd, made.source_port);
  if (rc >= 0) return made;
  sys::close(made.fd);
  return {rc, 0};
}

// Takes the socket over, whatever comes. nullptr: no memory.
Connection* make_connection(Worker& w, Session& s, const Socket& socket, const Route* route) {
  Connection* c = w.connections.make();
  bool whole = c != nullptr;
  if (whole && route != nullptr) {
    c->route.reset(new (std::nothrow) Route(*route));
    whole = c->route != nullptr;
  }
  if (!whole) {
    if (c != nullptr) w.connections.free(c);
    return_port(w, s.server, socket.source_port);
    sys::close(socket.fd);
    return nullptr;
  }
  c->fd = socket.fd;
  c->source_port = socket.source_port;
  c->server = s.server;
  c->flags = CO_SERVER;
  if ((w.backend(s).options & PO_NOLINGER_SERVER) != 0) c->flags |= CO_NOLINGER;
  return c;
}

// 0: connected or on the way. -errno otherwise, with nothing left open.
int dial(Worker& w, Session& s, const Route* route) {
  const ServerConf& server = w.conf.servers[static_cast<size_t>(s.server)];
  Target target;
  int rc = find_target(w, s.server, route, target);
  if (rc < 0) return rc;
  const SocketAddress& to = server.socks4.length > 0 ? server.socks4 : target.address;
  Socket socket = make_socket(w, s, server, route, to.storage.ss_family);
  if (socket.fd < 0) return socket.fd;
  Connection* c = make_connection(w, s, socket, route);
  if (c == nullptr) return -ENOMEM;
  c->address_version = target.version;
  c->greeting = first_greeting(server);
  w.pages->server(s.server, SS_USED_CONNS).fetch_add(1, std::memory_order_relaxed);
  rc = sys::connect(c->fd, reinterpret_cast<const sockaddr*>(&to.storage), to.length);
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

void tell_connected(Worker& w, Session& s) {
  if (asks(w, s, PHASE_CONNECTED)) ask(w, s, PHASE_CONNECTED, false);
}

Step connected(Worker& w, Session& s) {
  Greeted greeted = greet(w, s);
  if (greeted == Greeted::Failed) return connect_failed(w, s, DialFailure::Refused);
  if (greeted == Greeted::Wait) return Step::Wait;
  observe(w, s, HANA_L4_OK);
  uint64_t now = w.loop.now_ms();
  s.connect_ms = static_cast<int32_t>(now - s.state_ms);
  s.connected_ms = s.server_ms = now;
  stick_connected(w, s);
  if (!s.has(SF_HTTP)) {
    if (!unload(w)) s.up.flags |= BF_NO_MEMORY;
    begin_tunnel(w, s);
    if (asks(w, s, PHASE_TCP_RESPONSE)) s.flags &= ~(SF_RESPONDED | SF_INSPECTED);
    s.inspect_ms = 0;
  }
  tell_connected(w, s);
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

// One that was kept for this client, or one that is idle, or nullptr.
Connection* ready_connection(Worker& w, Session& s, const Route* route) {
  if (s.has(SF_FRESH)) {
    close_connection(w, s.target);
    return nullptr;
  }
  if (Connection* own = take_private(w, s, route)) return own;
  return reusable(w, s) ? take_idle(w, s, route) : nullptr;
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
  s.queue_ms = std::max(s.queue_ms, 0);   // it did not have to wait, if it has not
  uint64_t* row = w.server_row(s);
  count(&row[CS_SESSIONS]);
  if (s.has(SF_HTTP)) count(&row[CS_REQUESTS]);
  int64_t wall = static_cast<int64_t>(w.loop.now_ns()) + w.wall_offset_ns;
  __atomic_store_n(&row[CS_LAST_SESSION], static_cast<uint64_t>(wall / 1'000'000'000), __ATOMIC_RELAXED);
}

Step step_connect(Worker& w, Session& s) {
  s.flags &= ~(SF_REDISPATCH | SF_REUSED);
  if (marks_of(s) != nullptr) s.flags |= SF_FRESH;
  const Route* route = has_routes(w.conf.servers[static_cast<size_t>(s.server)]) ? &w.route : nullptr;
  bool way = route == nullptr || make_route(w, s, w.route);
  Connection* ready = way ? ready_connection(w, s, route) : nullptr;
  if (ready != nullptr) {
    attach(w, s, ready);
    s.flags |= SF_REUSED;
    s.up.flags |= BF_KEEP;
    s.connect_ms = 0;
    s.connected_ms = s.server_ms = w.loop.now_ms();
    count(&w.backend_row(s)[CB_REUSES]);
    count(&w.server_row(s)[CS_REUSES]);
  }
  bool written = !s.has(SF_HTTP) || (s.has(SF_WRITTEN) ? rename_server(w, s) : write_request(w, s));
  if (!written) return refuse(w, s, 500, 'P', 'R');
  if (ready != nullptr) {
    stick_connected(w, s);
    tell_connected(w, s);
    enter(w, s, SessionState::Transfer);
    return Step::Again;
  }
  enter(w, s, SessionState::Connecting);
  int rc = way ? dial(w, s, route) : -EDESTADDRREQ;
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
  observe(w, s, HANA_L4_ERROR);
  close_connection(w, s.target);
  detach_target(s);
  if (s.attempts < 255) s.attempts++;
  s.flags |= SF_FRESH;
  if (!retries_on(w, s, RE_CONN_FAILURE)) return give_up(w, s, why);
  count_retry(w, s);
  if (redispatch_due(w, s)) return redispatch(w, s);
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
  s.up.flags &= static_cast<uint16_t>(~(s.up.has(BF_REPLAY) ? BF_SHUTW : BF_KEEP | BF_SHUTW));
  settle(s.up);
  s.flags = (s.flags | SF_FRESH) & ~SF_REUSED;
  enter(w, s, SessionState::Connect);
  return Step::Again;
}

}  // namespace tsproxy
