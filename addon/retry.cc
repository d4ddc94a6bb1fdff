#include "retry.h"

#include "dial.h"
#include "ending.h"
#include "engine_parts.h"

namespace tsproxy {

bool retries_on(const Worker& w, const Session& s, int32_t conditions) { return s.retries > 0 && (w.backend(s).retry_on & conditions) != 0; }

int32_t retry_bit(int32_t status) {
  switch (status) {
    case 401: return RE_401;
    case 403: return RE_403;
    case 404: return RE_404;
    case 408: return RE_408;
    case 421: return RE_421;
    case 425: return RE_425;
    case 429: return RE_429;
    case 500: return RE_500;
    case 501: return RE_501;
    case 502: return RE_502;
    case 503: return RE_503;
    case 504: return RE_504;
    default: return 0;
  }
}

bool keeps_request(const Worker& w, const Session& s) {
  return !s.has(SF_NO_RETRY | SF_UPGRADE) && s.method != HM_CONNECT && retries_on(w, s, ~RE_CONN_FAILURE);
}

bool may_send_again(const Worker& w, const Session& s, int32_t conditions) {
  bool whole = s.up.has(BF_REPLAY) && s.up.has(BF_KEEP) && s.up.body.done() && s.up.buffer.length() <= w.small.block_size();
  return whole && !s.has(SF_RESPONDED) && retries_on(w, s, conditions);
}

Step send_again(Worker& w, Session& s) {
  if (w.loaded.owner == &s) w.loaded.owner = nullptr;   // what the server said
  close_connection(w, s.target);
  detach_target(s);
  s.up.kept = 0;
  s.up.flags &= static_cast<uint16_t>(~BF_SHUTW);
  settle(s.up);
  s.flags = (s.flags | SF_FRESH) & ~(SF_REUSED | SF_DATA_FROM_SERVER | SF_SERVER_KEEP | SF_DECIDED);
  s.seen = 0;
  s.fault = nullptr;
  s.status = 0;
  s.response_ms = -1;
  count_retry(w, s);
  if (w.backend(s).redispatch != 0) return redispatch(w, s);
  enter(w, s, SessionState::Connect);
  return Step::Again;
}

void count_retry(Worker& w, Session& s) {
  s.retries--;
  count(&w.backend_row(s)[CB_RETRIES]);
  count(&w.server_row(s)[CS_RETRIES]);
}

Step redispatch(Worker& w, Session& s) {
  count(&w.backend_row(s)[CB_REDISPATCHES]);
  count(&w.server_row(s)[CS_REDISPATCHES]);
  release_slot(w, s);
  s.flags |= SF_REDISPATCH;
  enter(w, s, SessionState::Choose);
  return Step::Again;
}

}  // namespace tsproxy
