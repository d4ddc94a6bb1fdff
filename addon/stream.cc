#include "stream.h"

#include <algorithm>
#include <cstring>
#include "decision.h"
#include "ending.h"
#include "engine_parts.h"
#include "forward.h"
#include "http1_write.h"
#include "log_line.h"
#include "reply.h"
#include "stick_track.h"
#include "retry.h"

namespace tsproxy {

namespace {

void prepare(Worker& w, Session* owner, Connection* from, size_t n) {
  w.loaded = {owner, from, w.window.bytes(), n, Http1Head(), false};
  w.loaded.head.fields = w.window.headers();
  w.loaded.head.capacity = w.window.max_headers();
}

Parse parse_loaded_request(Worker& w, const Session& s, size_t seen, Http1Error& error) {
  Http1Limits limits = limits_of(w, w.frontend(s).options & PO_UNSAFE_REQUEST);
  return parse_request(w.loaded.bytes, w.loaded.n, seen, limits, w.loaded.head, error);
}

Step bad_request(Worker& w, Session& s, int32_t status) {
  w.count_front(s, CF_REQ_ERRORS, CL_REQ_ERRORS);
  w.count_request(s);
  s.flags |= SF_STREAM;
  count_tracked(w, s, STICK_EVENT_REQUEST);
  count_tracked(w, s, STICK_EVENT_ERROR);
  return refuse(w, s, status > 0 ? status : 400, 'P', 'R');
}

// The client has gone, or has shut its side, before its head was complete.
Step head_ended(Worker& w, Session& s) {
  // A connection that goes on may end between two requests; one on which nothing ever came may be a probe.
  bool ignored = !s.has(SF_STARTED) && (s.requests > 0 || (w.frontend(s).options & PO_HTTP_IGNORE_PROBES) != 0);
  if (ignored) {
    end_session(w, s);
    return Step::Wait;
  }
  s.flags |= SF_STREAM;
  s.status = 400;
  count_tracked(w, s, STICK_EVENT_REQUEST);
  count_tracked(w, s, STICK_EVENT_ERROR);
  return refuse(w, s, 400, 'C', 'R');
}

void note_start(Worker& w, Session& s) {
  if (s.has(SF_STARTED)) return;
  s.flags |= SF_STARTED;
  uint64_t now = w.loop.now_ms();
  s.idle_ms = static_cast<int32_t>(now - s.state_ms);
  if (s.requests > 0) s.stream_ms = now;
}

bool keeps_alive(const Http1Head& head) {
  if ((head.flags & H1_CONNECTION_CLOSE) != 0) return false;
  return head.version > 0 || (head.flags & H1_CONNECTION_KEEP_ALIVE) != 0;
}

void begin_stream(Worker& w, Session& s) {
  const Http1Head& head = w.loaded.head;
  s.requests++;
  s.seen = 0;
  s.method = static_cast<uint8_t>(head.method);
  s.request_ms = static_cast<int32_t>(w.loop.now_ms() - s.stream_ms);
  s.flags |= SF_STREAM;
  if (keeps_alive(head) && (w.frontend(s).options & PO_CLOSE) == 0 && !w.stopping) s.flags |= SF_CLIENT_KEEP;
  if (head.version == 0) s.flags |= SF_HTTP10;
  if ((head.flags & H1_INSECURE) != 0) s.flags |= SF_INSECURE;
  if ((head.flags & H1_CONNECTION_UPGRADE) != 0) s.flags |= SF_UPGRADE;
  keep_request_line(w, s);
  s.up.body.begin(request_body_kind(head), head.content_length);
  count_tracked(w, s, STICK_EVENT_REQUEST);
  w.count_request(s);
}

// The method of the serialised head in the scratch.
int32_t method_of(Worker& w, size_t n) {
  Http1Head head;
  head.fields = w.window.headers();
  head.capacity = w.window.max_headers();
  Http1Error error;
  return parse_request(w.scratch.data(), n, 0, {true}, head, error) == Parse::Complete ? head.method : HM_OTHER;
}

ConnectionHeader request_connection(const Worker& w, const Session& s) {
  if (s.has(SF_UPGRADE)) return ConnectionHeader::Keep;
  if (s.has(SF_INSECURE) || !reusable(w, s)) return ConnectionHeader::Close;
  return s.has(SF_HTTP10) ? ConnectionHeader::KeepAlive : ConnectionHeader::None;
}

// http-send-name-header: the line that tells the server its name; empty if nobody asks for it.
std::string server_line(const Worker& w, const Session& s) {
  const std::string& name = w.backend(s).send_name;
  return name.empty() ? std::string() : name + ": " + w.conf.servers[static_cast<size_t>(s.server)].name + "\r\n";
}

}  // namespace

Http1Limits limits_of(const Worker& w, int32_t unsafe) {
  return {unsafe != 0, (w.conf.options & GO_KEEP_INSECURE) != 0, (w.conf.options & GO_ANY_PAYLOAD) != 0};
}

size_t head_limit(const Worker& w) { return static_cast<size_t>(std::max(w.conf.bufsize - w.conf.maxrewrite, 256)); }

size_t load(Worker& w, Session& s, Connection& c, size_t limit) {
  unload(w);   // what an earlier step of this run has left
  size_t n = c.ahead.length();
  if (n > 0) std::memcpy(w.window.bytes(), c.ahead.data(), n);
  c.ahead.release(w.small);
  prepare(w, &s, &c, n);
  if (n <= s.seen) load_more(w, limit);
  return w.loaded.n;
}

bool load_more(Worker& w, size_t limit) {
  Loaded& m = w.loaded;
  if (m.n >= limit || !m.from->readable()) return false;
  size_t n = receive(*m.from, m.bytes + m.n, limit - m.n);
  m.n += n;
  count(&w.row[CW_BYTES_IN], n);
  return n > 0;
}

bool unload(Worker& w) {
  Loaded& m = w.loaded;
  if (m.owner == nullptr) return true;
  bool done = (!m.edited || apply_edits(w)) && put_ahead(w, *m.from, m.bytes, m.n);
  m.owner = nullptr;
  return done;
}

bool apply_edits(Worker& w) {
  Loaded& m = w.loaded;
  m.edited = false;
  HeadChange change;
  change.edits = w.window.edits();
  change.edits_size = w.window.edit_size();
  const char* head = m.bytes + m.head.skipped;
  size_t length = write_head(head, m.head, change, w.scratch.data(), w.scratch.size());
  size_t used = m.head.skipped + m.head.length;
  size_t rest = m.n - used;
  if (length == 0 || length + rest > w.window.bytes_size()) return false;
  std::memmove(w.window.bytes() + length, m.bytes + used, rest);
  std::memcpy(w.window.bytes(), w.scratch.data(), length);
  bool response = m.head.status != 0;
  prepare(w, m.owner, m.from, length + rest);
  Http1Error error;
  Http1Limits limits{true};
  Parse parsed = response ? parse_response(m.bytes, m.n, 0, limits, m.head, error) : parse_request(m.bytes, m.n, 0, limits, m.head, error);
  return parsed == Parse::Complete;
}

void consume(Worker& w, Session& s, Channel& ch, const char* head, size_t head_length) {
  Loaded& m = w.loaded;
  size_t used = m.head.skipped + m.head.length;
  char* rest = m.bytes + used;
  size_t n = m.n - used;
  ch.received += used;
  ch.flags |= BF_READ;
  m.owner = nullptr;
  if (ch.has(BF_UNFRAME)) {
    iovec part{const_cast<char*>(head), head_length};
    emit(w, ch, &part, 1);
    if (n > 0) feed(w, ch, rest, n);
    return;
  }
  size_t body = ch.body.feed(rest, n);
  ch.received += body;
  const iovec parts[] = {{const_cast<char*>(head), head_length}, {rest, body}};
  emit(w, ch, parts, body > 0 && !ch.drop ? 2 : 1);
  if (body < n && !ch.body.bad() && !put_ahead(w, *m.from, rest + body, n - body)) ch.flags |= BF_NO_MEMORY;
}

bool begins_badly(const Loaded& m, BodyKind kind) {
  size_t used = std::min<size_t>(m.n, m.head.skipped + m.head.length);
  Http1Body body;
  body.begin(kind, m.head.content_length);
  body.feed(m.bytes + used, m.n - used);
  return body.bad();
}

Step step_head(Worker& w, Session& s) {
  if (s.target != nullptr && !alive(*s.target)) close_connection(w, s.target);   // kept for this client, and dead
  size_t limit = head_limit(w);
  size_t n = load(w, s, *s.client, limit);
  for (;;) {
    if (n > s.seen) {
      note_start(w, s);
      s.client_ms = w.loop.now_ms();
      Http1Error error;
      Parse parsed = parse_loaded_request(w, s, s.seen, error);
      if (parsed == Parse::Error) {
        s.fault = error.reason;
        capture(w, s, false, {w.loaded.bytes, n}, error.offset, error.reason);
        return bad_request(w, s, error.status);
      }
      if (parsed == Parse::Complete) {
        if ((w.loaded.head.flags & H1_CHUNKED) != 0 && begins_badly(w.loaded, BodyKind::Chunked)) return bad_request(w, s, 400);
        enter(w, s, SessionState::Request);
        return Step::Again;
      }
      s.seen = static_cast<uint32_t>(n);
      if (n >= limit) {
        s.fault = "head larger than tune.bufsize less tune.maxrewrite";
        capture(w, s, false, {w.loaded.bytes, n}, static_cast<uint32_t>(n), s.fault);
        return bad_request(w, s, 400);
      }
    }
    bool more = load_more(w, limit);
    n = w.loaded.n;
    if (more) continue;
    if (s.client->ended()) return head_ended(w, s);
    if (w.stopping && !s.has(SF_STARTED) && s.requests > 0) end_session(w, s);
    return Step::Wait;
  }
}

Step step_request(Worker& w, Session& s) {
  begin_stream(w, s);
  if ((w.frontend(s).phases & phase_bit(PHASE_CONTENT)) == 0) return request_rules(w, s);
  s.flags |= SF_INSPECTED;   // the head is there: nothing more is waited for
  return ask_and_act(w, s, PHASE_CONTENT, true);
}

Step request_rules(Worker& w, Session& s) {
  if (!asks(w, s, PHASE_REQUEST)) return act(w, s, PHASE_REQUEST, VERDICT_CONTINUE);
  return ask_and_act(w, s, PHASE_REQUEST, true);
}

bool load_request(Worker& w, Session& s) {
  if (w.loaded.owner == &s) return true;
  Buffer& source = s.has(SF_WRITTEN) ? s.up.buffer : s.client->ahead;
  size_t n = std::min<size_t>(source.length(), w.window.bytes_size());
  if (n == 0) return false;
  std::memcpy(w.window.bytes(), source.data(), n);
  prepare(w, s.has(SF_WRITTEN) ? nullptr : &s, s.client, n);
  if (!s.has(SF_WRITTEN)) source.release(w.small);
  Http1Error error;
  return parse_loaded_request(w, s, 0, error) == Parse::Complete;
}

bool write_request(Worker& w, Session& s) {
  if (!load_request(w, s)) return false;
  const Loaded& m = w.loaded;
  const char* head = m.bytes + m.head.skipped;
  char line[FORWARD_LINE_MAX];
  HeadChange change;
  change.edits = m.edited ? w.window.edits() : nullptr;
  change.edits_size = w.window.edit_size();
  change.connection = request_connection(w, s);
  change.drop_expect = s.has(SF_CONTINUED);
  change.extra_size = forward_line(w, s, head, m.head, line);
  change.extra = change.extra_size > 0 ? line : nullptr;
  const std::string named = server_line(w, s);
  change.without = w.backend(s).send_name;
  change.last = named;
  size_t n = write_head(head, m.head, change, w.scratch.data(), w.scratch.size());
  if (n == 0) {
    count(&w.frontend_row(s)[CF_REWRITE_FAILED]);
    return false;
  }
  s.sent_method = static_cast<uint8_t>(m.edited ? method_of(w, n) : m.head.method);
  s.flags |= SF_WRITTEN;
  s.up.flags |= splice_flags(w, s, PO_SPLICE_REQUEST);
  s.up.bulk = s.up.has(BF_SPLICE) ? BULK : 0;
  if ((w.backend(s).options & PO_CASE_SERVER) != 0) w.conf.header_cases.apply(w.scratch.data(), n);
  if (keeps_request(w, s)) s.up.flags |= BF_KEEP | BF_REPLAY;
  consume(w, s, s.up, w.scratch.data(), n);
  return true;
}

bool rename_server(Worker& w, Session& s) {
  const std::string line = server_line(w, s);
  if (line.empty()) return true;
  // Nothing of it was dropped yet, so that the head stands in front; the line stands last in it.
  const std::string all(s.up.buffer.data(), s.up.buffer.length());
  const size_t end = all.find("\r\n\r\n");
  if (end == std::string::npos || s.up.kept > 0) return false;
  const size_t start = all.rfind("\r\n", end - 1) + 2;
  uint16_t flags = s.up.flags;
  discard(w, s.up);
  s.up.flags = flags;
  keep(w, s.up, all.data(), start);
  keep(w, s.up, line.data(), line.size());
  keep(w, s.up, all.data() + end + 2, all.size() - end - 2);
  settle(s.up);
  return !s.up.has(BF_NO_MEMORY);
}

}  // namespace tsproxy
