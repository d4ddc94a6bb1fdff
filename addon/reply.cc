#include "reply.h"

#include <algorithm>
#include <cstdio>
#include <cstring>
#include "decision.h"
#include "ending.h"
#include "engine_parts.h"
#include "error_page.h"
#include "http1_write.h"
#include "stream.h"

namespace tsproxy {

namespace {

// What is left of the request that this answers: its body if all of that is here, else the connection closes afterwards.
void finish_request(Worker& w, Session& s) {
  Loaded& m = w.loaded;
  if (m.owner == &s && m.from == s.client && m.head.length > 0) {
    s.up.consumer = nullptr;
    consume(w, s, s.up, nullptr, 0);
    discard(w, s.up);
  }
  if (m.owner == &s) m.owner = nullptr;
  discard(w, s.up);
  if (s.up.body.done()) s.up.flags |= BF_SHUTR;
  else s.flags &= ~SF_CLIENT_KEEP;
}

Http1Head empty_head(Worker& w) {
  Http1Head head;
  head.fields = w.window.headers();
  head.capacity = w.window.max_headers();
  return head;
}

ConnectionHeader connection_of(const Session& s) {
  if (!s.has(SF_CLIENT_KEEP)) return ConnectionHeader::Close;
  return s.has(SF_HTTP10) ? ConnectionHeader::KeepAlive : ConnectionHeader::None;
}

void add_length(HeadChange& change, const Http1Head& head, size_t body, char (&line)[48]) {
  bool framed = (head.flags & (H1_CONTENT_LENGTH | H1_TRANSFER_ENCODING)) != 0 || head.status == 204 || head.status == 304 || head.status < 200;
  if (framed) return;
  change.extra_size = static_cast<size_t>(std::snprintf(line, sizeof line, "content-length: %zu\r\n", body));
  change.extra = line;
}

// Sends what the client takes at once; the rest of the body is sent from where it lies.
void send_parts(Worker& w, Session& s, const char* head, size_t n, std::string_view body) {
  size_t gone = 0;
  if (flush(w, s.down) && s.client->writable()) {
    const iovec parts[] = {{const_cast<char*>(head), n}, {const_cast<char*>(body.data()), body.size()}};
    gone = transmit(*s.client, parts, body.empty() ? 1 : 2);
    count_copied(w, s.down, gone);
  }
  if (gone < n) keep(w, s.down, head + gone, n - gone);
  size_t skip = gone > n ? gone - n : 0;
  s.rest = body.data() + skip;
  s.rest_length = body.size() - skip;
  settle(s.down);
}

// `raw`: a head with its empty line, and perhaps the body behind it.
Step answer(Worker& w, Session& s, std::string_view raw, std::string_view body) {
  finish_request(w, s);
  s.flags |= SF_LOCAL;
  release_server(w, s);
  if (w.stopping) s.flags &= ~SF_CLIENT_KEEP;
  size_t n = std::min(raw.size(), w.window.bytes_size());
  std::memcpy(w.window.bytes(), raw.data(), n);   // where decisions look
  w.loaded = {&s, s.client, w.window.bytes(), n, empty_head(w), false};
  Loaded& m = w.loaded;
  Http1Error error;
  if (parse_response(m.bytes, m.n, 0, {true}, m.head, error) != Parse::Complete) {
    m.owner = nullptr;   // an errorfile that is no HTTP: as it is
    s.flags &= ~SF_CLIENT_KEEP;
    send_parts(w, s, raw.data(), raw.size(), body);
    enter(w, s, SessionState::Reply);
    return Step::Again;
  }
  s.status = m.head.status;
  if (body.empty()) body = raw.substr(m.head.length);
  // What answers a request that could not be read meets no rules (HAProxy: it has no stream).
  if (s.request_ms >= 0 && asks(w, s, PHASE_AFTER)) ask(w, s, PHASE_AFTER, true);
  char line[48];
  HeadChange change;
  change.edits = m.edited ? w.window.edits() : nullptr;
  change.edits_size = w.window.edit_size();
  change.connection = connection_of(s);
  add_length(change, m.head, body.size(), line);
  size_t length = write_head(m.bytes, m.head, change, w.scratch.data(), w.scratch.size());
  adjust_case_for_client(w, s, w.scratch.data(), length);
  m.owner = nullptr;
  count_status(w, s, s.status);
  s.client_ms = w.loop.now_ms();
  if (s.method == HM_HEAD) body = {};
  send_parts(w, s, w.scratch.data(), length, body);
  enter(w, s, SessionState::Reply);
  return Step::Again;
}

// What the backend, or else the frontend, has for a status: ProxyConf::errors.
int32_t error_of(const Worker& w, const Session& s, int32_t status) {
  if (status <= 0 || status >= 600) return 0;
  int32_t own = w.backend(s).errors[status];
  return own != 0 ? own : w.frontend(s).errors[status];
}

std::string_view error_response(const Worker& w, int32_t error, int32_t status) {
  bool known = error > 0 && error <= static_cast<int32_t>(w.conf.responses.size());
  return known ? std::string_view(w.conf.responses[static_cast<size_t>(error - 1)]) : error_page(status);
}

// The request in the window, for samples of a reply: as long as it has not left for a server. False: there is none.
bool show_request(Worker& w, Session& s) {
  bool here = w.loaded.owner == &s && w.loaded.from == s.client && w.loaded.head.length > 0;
  if (s.request_ms >= 0 && here) return true;
  if (w.loaded.owner == &s) w.loaded.owner = nullptr;   // what could not be read, or the server's
  bool left = s.has(SF_WRITTEN) && s.up.sent > 0 && !s.up.has(BF_KEEP);
  return s.request_ms >= 0 && !left && load_request(w, s);
}

// The reply that http-error describes by samples.
Step answer_by_rules(Worker& w, Session& s, int32_t status) {
  bool shown = show_request(w, s);
  s.status = status;
  int32_t verdict = ask(w, s, PHASE_ERROR, shown);
  auto response = static_cast<size_t>(static_cast<uint32_t>(verdict) >> 8);
  switch (verdict & 0xff) {
    case VERDICT_REPLY:
      if (s.reply != nullptr) return answer(w, s, s.reply->head, s.reply->body);
      break;
    case VERDICT_RESPOND:
      if (response < w.conf.responses.size()) return answer(w, s, w.conf.responses[response], {});
      break;
    default: break;
  }
  return answer(w, s, error_page(status), {});
}

}  // namespace

Step refuse(Worker& w, Session& s, int32_t status, char cause, char where) {
  note_cause(s, cause, where);
  bool silent = !s.has(SF_HTTP) || s.has(SF_RESPONDED) || s.state == SessionState::Reply || status <= 0;
  if (silent || (s.client->flags & (CO_WRITE_ERROR | CO_READ_ERROR | CO_FAILED)) != 0) {
    end_session(w, s);
    return Step::Wait;
  }
  s.flags = (s.flags | SF_STREAM) & ~SF_CLIENT_KEEP;
  leave_queue(w, s);
  int32_t error = error_of(w, s, status);
  if (error == ProxyConf::ASK_CORE && !w.closing) return answer_by_rules(w, s, status);
  if (error != ProxyConf::NO_ANSWER) return answer(w, s, error_response(w, error, status), {});
  end_session(w, s);
  return Step::Wait;
}

Step answer_canned(Worker& w, Session& s, size_t response) {
  if (!s.has(SF_HTTP)) return refuse(w, s, 0, 'L', 'R');
  return answer(w, s, w.conf.responses[response], {});
}

Step answer_staged(Worker& w, Session& s) {
  if (s.reply == nullptr || !s.has(SF_HTTP)) return refuse(w, s, 500, 'I', 'R');
  return answer(w, s, s.reply->head, s.reply->body);
}

bool add_hint(Worker& w, Session& s, std::string_view field) {
  if (w.deciding != s.handle || !s.has(SF_HTTP) || s.has(SF_HTTP10 | SF_RESPONDED)) return false;
  if (w.hints.empty()) w.hints = "HTTP/1.1 103 Early Hints\r\n";
  size_t from = w.hints.size();
  w.hints += field;
  // Text of a rule: what would end the line turns into a blank.
  std::replace_if(w.hints.begin() + static_cast<ptrdiff_t>(from), w.hints.end(), [](char c) { return c == '\r' || c == '\n' || c == '\0'; }, ' ');
  w.hints += "\r\n";
  return true;
}

void send_hints(Worker& w, Session& s) {
  w.hints += "\r\n";
  adjust_case_for_client(w, s, w.hints.data(), w.hints.size());
  iovec part{w.hints.data(), w.hints.size()};
  emit(w, s.down, &part, 1);
  w.hints.clear();
}

Step step_reply(Worker& w, Session& s) {
  if (s.down.has(BF_NO_MEMORY)) {   // a part of the head was lost
    note_cause(s, 'R', 'D');
    end_session(w, s);
    return Step::Wait;
  }
  bool gone = (s.client->flags & (CO_WRITE_ERROR | CO_FAILED)) != 0;
  while (!gone && flush(w, s.down) && s.rest_length > 0 && s.client->writable()) {
    iovec part{const_cast<char*>(s.rest), s.rest_length};
    size_t n = transmit(*s.client, &part, 1);
    count_copied(w, s.down, n);
    s.rest += n;
    s.rest_length -= n;
  }
  if (gone || (s.client->flags & CO_WRITE_ERROR) != 0) {
    note_cause(s, 'C', 'D');
    end_session(w, s);
    return Step::Wait;
  }
  if (!s.down.has(BF_EMPTY) || s.rest_length > 0) return Step::Wait;
  finish_stream(w, s);
  return next_stream(w, s);
}

}  // namespace tsproxy
