// observe layer4, layer7 (manual): what traffic meets at a server. The cells SS_ERRORS_* tell the main thread, whose health checks
// act on it; a server that is not observed costs a look at its options.
#pragma once
#include "engine_parts.h"

namespace tsproxy {

void note_outcome(Worker& w, int32_t server, int32_t hana);

// `hana`: a HANA_ code.
inline void observe(Worker& w, const Session& s, int32_t hana) {
  if (s.server < 0) return;
  const ServerConf& server = w.conf.servers[static_cast<size_t>(s.server)];
  const bool layer7 = hana > HANA_L4_ERROR;
  // A failed connect counts for both; one that succeeded says nothing yet about the answers.
  const int32_t wanted = layer7 ? SO_OBSERVE_L7 : hana == HANA_L4_ERROR ? SO_OBSERVE_L4 | SO_OBSERVE_L7 : SO_OBSERVE_L4;
  if ((server.options & wanted) != 0) note_outcome(w, s.server, hana);
}

// Of a response: 1xx to 4xx, 501 and 505 are good.
inline int32_t status_outcome(int32_t status) {
  return (status >= 100 && status < 500) || status == 501 || status == 505 ? HANA_HTTP_OK : HANA_HTTP_STATUS;
}

}  // namespace tsproxy
