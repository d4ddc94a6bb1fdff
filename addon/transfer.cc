// State Transfer: bytes move both ways, and what the ends of the channels mean for the session.
#include "dial.h"
#include "ending.h"
#include "engine_parts.h"
#include "reply.h"
#include "stream.h"
#include "stick_track.h"
#include "wait.h"

namespace tsproxy {

namespace {

bool broken(const Connection& c) { return (c.flags & (CO_READ_ERROR | CO_WRITE_ERROR)) != 0; }

// The end of a stream of bytes is passed on when all bytes before it have left. If the other way is over too, close() says it.
void pass_end(Channel& ch, const Channel& other) {
  if (!ch.has(BF_SHUTR) || !ch.has(BF_EMPTY) || ch.has(BF_SHUTW)) return;
  if (!other.has(BF_SHUTW) || !ch.consumer->ended()) shut_write(*ch.consumer);
  ch.flags |= BF_SHUTW;
}

Step finish(Worker& w, Session& s) {
  finish_stream(w, s);
  return next_stream(w, s);
}

// The client has gone: while it was sending, or receiving, or while it waited for the response.
Step client_left(Worker& w, Session& s) {
  note_cause(s, 'C', s.has(SF_RESPONDED) || !s.up.body.done() ? 'D' : 'H');
  end_session(w, s);
  return Step::Wait;
}

// option abortonclose: a client that has shut its side may have lost interest. Its server is told in the same way, and decides.
void pass_doubt(Worker& w, Session& s) {
  bool shut = (s.client->flags & (CO_RDHUP | CO_READ_END)) != 0 && !s.has(SF_RESPONDED);
  if (!shut || (w.backend(s).options & PO_ABORT_ON_CLOSE) == 0 || !s.up.has(BF_SHUTR) || !s.up.has(BF_EMPTY) || s.up.has(BF_SHUTW)) return;
  shut_write(*s.target);
  s.up.flags |= BF_SHUTW;
}

// Step::Again: the state has changed or the session is over.
Step settle_tunnel(Worker& w, Session& s) {
  pass_end(s.up, s.down);
  pass_end(s.down, s.up);
  if ((s.client->flags & CO_READ_ERROR) != 0) note_cause(s, 'C', 'D');
  if ((s.target->flags & CO_READ_ERROR) != 0) note_cause(s, 'S', 'D');
  // A broken client gets nothing more; what it sent before may still reach the server, and the other way round.
  bool client_over = s.down.has(BF_SHUTW) || broken(*s.client);
  bool target_over = s.up.has(BF_SHUTW) || broken(*s.target);
  bool up_over = target_over || (s.up.has(BF_SHUTR) && s.up.has(BF_EMPTY));
  bool down_over = client_over || (s.down.has(BF_SHUTR) && s.down.has(BF_EMPTY));
  if (broken(*s.client) && up_over) down_over = true;
  if (broken(*s.target) && down_over) up_over = true;
  if (!up_over || !down_over) return Step::Wait;
  if (s.cause != '-' && s.target != nullptr && broken(*s.target)) s.client->flags &= static_cast<uint16_t>(~CO_NOLINGER);
  end_session(w, s);
  return Step::Again;
}

// The response is complete and sent, the request is not: its rest is passed on as long as the server takes it.
Step settle_early(Worker& w, Session& s) {
  bool over = s.up.has(BF_SHUTW | BF_CUT) || s.target->ended() || (s.target->flags & CO_FAILED) != 0;
  if (!over) return Step::Wait;
  s.flags &= ~SF_CLIENT_KEEP;
  return finish(w, s);
}

Step settle_streams(Worker& w, Session& s) {
  if (broken(*s.client) || (s.client->flags & CO_FAILED) != 0) return client_left(w, s);
  if (s.up.has(BF_CUT) && s.client->ended()) return client_left(w, s);
  if (s.up.has(BF_CUT) && !s.has(SF_RESPONDED)) return refuse(w, s, 400, 'P', 'D');
  pass_doubt(w, s);
  if (!s.has(SF_RESPONDED) || !s.down.has(BF_SHUTR) || !s.down.has(BF_EMPTY)) return Step::Wait;
  if (s.down.has(BF_CUT)) {   // the client must notice that something is missing
    note_cause(s, s.target->ended() ? 'S' : 'P', 'D');
    return finish(w, s);
  }
  if (s.up.has(BF_SHUTR) && (s.up.has(BF_EMPTY) || s.up.has(BF_SHUTW))) return finish(w, s);
  return settle_early(w, s);
}

// option independent-streams: what an end takes says nothing about what it sends, but while bytes wait for it, it is what counts.
bool counts(const Channel& towards, const ProxyConf& side) {
  return (side.options & PO_INDEPENDENT_STREAMS) == 0 || (towards.has(BF_WRITTEN) && !towards.has(BF_EMPTY));
}

void note_activity(Worker& w, Session& s) {
  uint64_t now = w.loop.now_ms();
  // Bytes that left for one end have made room for the other: both are alive.
  if (((s.up.flags | s.down.flags) & BF_WRITTEN) != 0) {
    if (counts(s.down, w.frontend(s))) s.client_ms = now;
    if (counts(s.up, w.backend(s))) s.server_ms = now;
  }
  if (s.up.has(BF_READ)) s.client_ms = now;
  if (s.down.has(BF_READ)) s.server_ms = now;
}

// Behind the others of this pass, or in the next one if this has moved enough.
void run_again(Worker& w, Session& s) {
  if (w.pass_left > 0) wake(w, s);
  else w.again.push_back(s.handle);
}

}  // namespace

uint16_t splice_flags(const Worker& w, const Session& s, int32_t option) {
  if (!w.conf.splice) return 0;
  int32_t options = w.frontend(s).options | w.backend(s).options;
  if ((options & option) != 0) return BF_SPLICE;
  return (options & PO_SPLICE_AUTO) != 0 ? BF_AUTO : 0;
}

void begin_tunnel(Worker& w, Session& s) {
  s.flags = (s.flags | SF_TUNNEL | SF_RESPONDED) & ~(SF_CLIENT_KEEP | SF_SERVER_KEEP);
  drop_kept(w, s.up);
  s.client_ms = s.server_ms = w.loop.now_ms();   // from now on each may be waited for
  const int32_t options[] = {PO_SPLICE_REQUEST, PO_SPLICE_RESPONSE};
  Channel* channels[] = {&s.up, &s.down};
  for (int i = 0; i < 2; i++) {
    Channel& ch = *channels[i];
    ch.body.begin(BodyKind::Tunnel);
    ch.flags &= static_cast<uint16_t>(~(BF_SHUTR | BF_CUT));
    ch.flags |= splice_flags(w, s, options[i]);
    ch.bulk = 0;   // few bytes at a time are cheaper to copy: pipes come into play with the first read that is full
  }
}

void account(Worker& w, Session& s) {
  auto take = [](uint64_t total, uint32_t& counted) {
    uint32_t delta = static_cast<uint32_t>(total) - counted;
    counted = static_cast<uint32_t>(total);
    return delta;
  };
  uint32_t in = take(s.up.received, s.counted_in), up = take(s.up.sent, s.counted_up), out = take(s.down.sent, s.counted_out);
  if ((in | up | out) == 0) return;
  if (in > 0) count_tracked(w, s, STICK_EVENT_BYTES_IN, in);
  if (out > 0) count_tracked(w, s, STICK_EVENT_BYTES_OUT, out);
  uint64_t* f = w.frontend_row(s);
  count(&f[CF_BYTES_IN], in);
  count(&f[CF_BYTES_OUT], out);
  if (uint64_t* l = w.listener_row(s)) {
    count(&l[CL_BYTES_IN], in);
    count(&l[CL_BYTES_OUT], out);
  }
  if (s.backend >= 0) {
    uint64_t* b = w.backend_row(s);
    count(&b[CB_BYTES_IN], up);
    count(&b[CB_BYTES_OUT], out);
  }
  if (s.server >= 0) {
    uint64_t* v = w.server_row(s);
    count(&v[CS_BYTES_IN], up);
    count(&v[CS_BYTES_OUT], out);
  }
}

Step step_transfer(Worker& w, Session& s) {
  for (;;) {
    const bool client_had_all = s.down.has(BF_EMPTY), server_had_all = s.up.has(BF_EMPTY);
    bool moved = move(w, s.up);
    if (!s.has(SF_RESPONDED)) {
      flush(w, s.down);
      Step step = s.has(SF_HTTP) ? take_response(w, s) : inspect_response(w, s);
      if (step == Step::Again || s.state != SessionState::Transfer) return step;
    } else {
      moved |= move(w, s.down);
    }
    note_activity(w, s);
    // Bytes wait for an end from now on: its time to take them begins, whenever it was active last.
    if (client_had_all && !s.down.has(BF_EMPTY)) s.client_ms = w.loop.now_ms();
    if (server_had_all && !s.up.has(BF_EMPTY)) s.server_ms = w.loop.now_ms();
    if ((s.up.flags | s.down.flags) & BF_NO_MEMORY) {
      note_cause(s, 'R', 'D');
      end_session(w, s);
      return Step::Wait;
    }
    Step step = s.has(SF_TUNNEL) ? settle_tunnel(w, s) : settle_streams(w, s);
    if (step == Step::Again || s.state != SessionState::Transfer) return step;
    bool again = ((s.up.flags | s.down.flags) & BF_AGAIN) != 0;
    if (again) run_again(w, s);
    if (again || !moved) return Step::Wait;
  }
}

}  // namespace tsproxy
