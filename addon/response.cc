// The response side of a stream.
#include <algorithm>
#include <cstring>
#include "decision.h"
#include "dial.h"
#include "ending.h"
#include "engine_parts.h"
#include "observe.h"
#include "reply.h"
#include "stick_track.h"
#include "http1_write.h"
#include "retry.h"
#include "stream.h"

namespace tsproxy {

namespace {

constexpr int INTERIM_MOST = 64;   // 1xx responses to one request

// The server closed or failed before its head was complete.
Step no_response(Worker& w, Session& s) {
  if (can_dial_again(w, s)) return dial_again(w, s);
  // One that was used before may have been about to close when the request came: that is nobody's fault.
  bool fault = !s.has(SF_REUSED) || s.has(SF_DATA_FROM_SERVER);
  if (fault) observe(w, s, (s.target->flags & CO_READ_ERROR) != 0 ? HANA_HTTP_READ_ERROR : HANA_HTTP_BROKEN_PIPE);
  if (may_send_again(w, s, s.has(SF_DATA_FROM_SERVER) ? RE_JUNK_RESPONSE : RE_EMPTY_RESPONSE)) return send_again(w, s);
  // The server was told that the client may have gone, and gave up (option abortonclose).
  bool doubted = s.up.has(BF_SHUTW) && (s.client->flags & (CO_RDHUP | CO_READ_END)) != 0;
  if (doubted && (w.backend(s).options & PO_ABORT_ON_CLOSE) != 0) return refuse(w, s, 400, 'C', 'H');
  // As if the client's own keep-alive connection had closed: it sends the request again.
  if (s.has(SF_REUSED) && s.requests > 1 && !s.has(SF_DATA_FROM_SERVER)) return refuse(w, s, 0, 'S', 'H');
  count_tracked(w, s, STICK_EVENT_FAIL);
  return refuse(w, s, 502, 'S', 'H');
}

Step bad_response(Worker& w, Session& s) {
  observe(w, s, HANA_HTTP_HEADERS);
  if (may_send_again(w, s, RE_JUNK_RESPONSE)) return send_again(w, s);
  count_tracked(w, s, STICK_EVENT_FAIL);
  count(&w.backend_row(s)[CB_RESP_ERRORS]);
  count(&w.server_row(s)[CS_RESP_ERRORS]);
  return refuse(w, s, 502, 'P', 'H');
}

// A 1xx is passed on as it came; HTTP/1.0 knows none.
bool pass_interim(Worker& w, Session& s) {
  Loaded& m = w.loaded;
  if (++s.interim > INTERIM_MOST) return false;
  size_t n = m.head.skipped + m.head.length;
  iovec part{m.bytes, n};
  adjust_case_for_client(w, s, m.bytes, n);
  s.down.received += n;
  if (!s.has(SF_HTTP10)) emit(w, s.down, &part, 1);
  m.bytes += n;
  m.n -= n;
  s.seen = 0;
  return true;
}

bool is_tunnel(const Session& s, const Http1Head& head) {
  return head.status == 101 || (s.sent_method == HM_CONNECT && head.status >= 200 && head.status < 300);
}

// What the client is told about its connection, and whether it can be kept at all.
ConnectionHeader response_connection(Worker& w, Session& s, const Http1Head& head, BodyKind kind, bool tunnel) {
  if (tunnel) return ConnectionHeader::Keep;
  bool unframe = kind == BodyKind::Chunked && s.has(SF_HTTP10);
  if (unframe) s.down.flags |= BF_UNFRAME;
  bool last = unframe || kind == BodyKind::UntilClose || s.has(SF_INSECURE);
  if (last || w.stopping || (w.backend(s).options & PO_CLOSE) != 0) s.flags &= ~SF_CLIENT_KEEP;
  if (!s.has(SF_CLIENT_KEEP)) return ConnectionHeader::Close;
  if (s.has(SF_HTTP10)) return ConnectionHeader::KeepAlive;
  return (head.flags & H1_HAS_CONNECTION) != 0 ? ConnectionHeader::None : ConnectionHeader::Keep;
}

void note_server(Session& s, const Http1Head& head, BodyKind kind) {
  bool close = (head.flags & H1_CONNECTION_CLOSE) != 0;
  bool keep = kind != BodyKind::UntilClose && (head.version > 0 ? !close : (head.flags & H1_CONNECTION_KEEP_ALIVE) != 0);
  if (keep && !s.has(SF_INSECURE)) s.flags |= SF_SERVER_KEEP;
  if ((head.flags & H1_AUTHENTICATE_CONN) != 0) s.target->flags |= CO_PRIVATE;
}

// Of a status: its place behind *_RESP_OTHER, which stands before *_RESP_1XX.
int32_t status_class(int32_t status) { return status >= 100 && status < 600 ? status / 100 : 0; }

Step response_complete(Worker& w, Session& s) {
  s.status = w.loaded.head.status;
  if (!s.has(SF_DECIDED)) observe(w, s, status_outcome(s.status));
  if (may_send_again(w, s, retry_bit(s.status))) return send_again(w, s);
  track_status(w, s, s.status);
  // A server's responses count as they come, whatever rules make of them.
  if (!s.has(SF_DECIDED) && s.server >= 0) count(&w.server_row(s)[CS_RESP_OTHER + status_class(s.status)]);
  if ((w.loaded.head.flags & H1_INSECURE) != 0) s.flags |= SF_INSECURE;
  s.response_ms = static_cast<int32_t>(w.loop.now_ms() - s.connected_ms);
  if (s.has(SF_DECIDED) || !asks(w, s, PHASE_RESPONSE)) return send_response(w, s);
  return ask_and_act(w, s, PHASE_RESPONSE, true);
}

// A head that may have to wait for a decision must fit into a buffer together with what came behind it.
size_t response_read(const Worker& w, const Session& s) {
  return asks(w, s, PHASE_RESPONSE) ? static_cast<size_t>(w.conf.bufsize) : read_size(w, s.down);
}

}  // namespace

Step take_response(Worker& w, Session& s) {
  size_t limit = response_read(w, s);
  Http1Limits limits = limits_of(w, w.backend(s).options & PO_UNSAFE_RESPONSE);
  load(w, s, *s.target, limit);
  Loaded& m = w.loaded;
  for (;;) {
    while (m.n > s.seen) {
      if (!s.has(SF_DATA_FROM_SERVER)) {
        s.flags |= SF_DATA_FROM_SERVER;
        if (!s.up.has(BF_REPLAY)) drop_kept(w, s.up);
      }
      s.server_ms = w.loop.now_ms();
      Http1Error error;
      Parse parsed = parse_response(m.bytes, m.n, s.seen, limits, m.head, error);
      if (parsed == Parse::Error) {
        s.fault = error.reason;
        capture(w, s, true, {m.bytes, m.n}, error.offset, error.reason);
        return bad_response(w, s);
      }
      if (parsed == Parse::Incomplete) s.seen = static_cast<uint32_t>(m.n);
      else if (m.head.status >= 200 || m.head.status == 101) return response_complete(w, s);
      else if (!pass_interim(w, s)) return bad_response(w, s);
    }
    if (m.n >= head_limit(w)) return bad_response(w, s);
    if (m.bytes != w.window.bytes()) {
      std::memmove(w.window.bytes(), m.bytes, m.n);
      m.bytes = w.window.bytes();
    }
    if (load_more(w, limit)) continue;
    return s.target->ended() ? no_response(w, s) : Step::Wait;
  }
}

Step send_response(Worker& w, Session& s) {
  Loaded& m = w.loaded;
  bool tunnel = is_tunnel(s, m.head);
  if (m.head.status == 101 && !s.has(SF_UPGRADE)) return bad_response(w, s);
  if (asks(w, s, PHASE_AFTER) && ask(w, s, PHASE_AFTER, true) != VERDICT_CONTINUE) return refuse(w, s, 500, 'P', 'H');
  BodyKind kind = tunnel ? BodyKind::Tunnel : response_body_kind(m.head, s.sent_method);
  if (kind == BodyKind::Chunked && begins_badly(m, kind)) return bad_response(w, s);
  s.down.drop = s.method == HM_HEAD;
  HeadChange change;
  change.edits = m.edited ? w.window.edits() : nullptr;
  change.edits_size = w.window.edit_size();
  change.connection = response_connection(w, s, m.head, kind, tunnel);
  change.drop_transfer_encoding = s.down.has(BF_UNFRAME);
  note_server(s, m.head, kind);
  size_t n = write_head(m.bytes + m.head.skipped, m.head, change, w.scratch.data(), w.scratch.size());
  adjust_case_for_client(w, s, w.scratch.data(), n);
  if (n == 0) {
    count(&w.backend_row(s)[CB_REWRITE_FAILED]);
    return refuse(w, s, 500, 'P', 'H');
  }
  count_status(w, s, m.head.status);
  if (!tunnel && s.up.has(BF_SHUTR) && s.up.has(BF_EMPTY)) s.target->flags |= CO_SETTLED;
  s.flags |= SF_RESPONDED;
  drop_kept(w, s.up);
  if (tunnel) begin_tunnel(w, s);
  else s.down.body.begin(kind, m.head.content_length);
  s.down.flags |= splice_flags(w, s, PO_SPLICE_RESPONSE);
  s.down.bulk = s.down.has(BF_SPLICE) ? BULK : 0;
  consume(w, s, s.down, w.scratch.data(), n);
  if (s.state != SessionState::Transfer) enter(w, s, SessionState::Transfer);
  return Step::Again;
}

void adjust_case_for_client(Worker& w, const Session& s, char* head, size_t n) {
  if ((w.frontend(s).options & PO_CASE_CLIENT) != 0) w.conf.header_cases.apply(head, n);
}

void count_status(Worker& w, const Session& s, int32_t status) {
  int32_t hundreds = status_class(status);
  count(&w.frontend_row(s)[CF_RESP_OTHER + hundreds]);
  if (s.backend >= 0) count(&w.backend_row(s)[CB_RESP_OTHER + hundreds]);
}

}  // namespace tsproxy
