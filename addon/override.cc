#include "override.h"

#include <algorithm>
#include <cstring>
#include <new>
#include "decision.h"
#include "ending.h"
#include "engine_parts.h"

namespace tsproxy {

namespace {

constexpr int32_t MOST_RETRIES = 32767;

Address address_from(const int32_t* family, const int32_t* port, const int32_t* bytes) {
  Address a;
  a.family = static_cast<uint8_t>(*family);
  a.port = static_cast<uint16_t>(*port);
  std::memcpy(a.bytes, bytes, sizeof a.bytes);
  return a;
}

void take_addresses(Session& s, const int32_t* f) {
  if ((f[FACT_TAKE] & TAKE_SOURCE) != 0) s.source = address_from(&f[FACT_SRC_FAMILY], &f[FACT_SRC_PORT], &f[FACT_SRC_ADDR]);
  if ((f[FACT_TAKE] & TAKE_DESTINATION) == 0) return;
  s.destination = address_from(&f[FACT_DST_FAMILY], &f[FACT_DST_PORT], &f[FACT_DST_ADDR]);
  s.flags |= SF_DESTINATION;
}

}  // namespace

Overrides* overrides_of(Session& s) {
  if (s.overrides != nullptr) return s.overrides;
  s.overrides = new (std::nothrow) Overrides;
  if (s.overrides != nullptr) std::fill_n(s.overrides->timeouts, TO_COUNT, Overrides::UNCHANGED);
  return s.overrides;
}

bool keep_endpoints(Worker& w, Session& s) {
  if (s.connection != nullptr) return true;
  const Address& destination = destination_of(w, s);
  s.connection = new (std::nothrow) Endpoints{s.source, destination, {}};
  return s.connection != nullptr;
}

bool take_over(Worker& w, Session& s, int32_t phase) {
  const int32_t* f = w.window.facts();
  const int32_t take = f[FACT_TAKE];
  const bool addresses = (take & (TAKE_SOURCE | TAKE_DESTINATION)) != 0;
  const bool lasting = phase == PHASE_CONNECTION || phase == PHASE_SESSION;
  if (addresses && phase != PHASE_CONNECTION && !keep_endpoints(w, s)) return false;
  if ((take & TAKE_NO_RETRY) != 0) s.flags |= SF_NO_RETRY;
  if ((take & TAKE_TERM) != 0) note_cause(s, static_cast<char>(f[FACT_TERM] & 0xff), static_cast<char>(f[FACT_TERM] >> 8 & 0xff));
  if ((addresses && !lasting) || (take & ~(TAKE_SOURCE | TAKE_DESTINATION | TAKE_NO_RETRY | TAKE_TERM)) != 0) {
    Overrides* own = overrides_of(s);
    if (own == nullptr) return false;
    if (addresses && !lasting && !own->addressed) {
      own->source = s.source;
      own->destination = s.destination;   // known: the facts were filled
      own->addressed = true;
    }
    if ((take & TAKE_RETRIES) != 0) own->retries = std::clamp(f[FACT_RETRIES], Overrides::UNCHANGED, MOST_RETRIES);
    for (int32_t i = 0; i < TO_COUNT; i++)
      if ((take & TAKE_TIMEOUT << i) != 0) own->timeouts[i] = f[FACT_TIMEOUTS + i];
  }
  if (addresses) take_addresses(s, f);
  if ((take & TAKE_RETRIES) != 0 && s.backend >= 0) s.retries = static_cast<int16_t>(retries_of(s, w.backend(s)));
  return true;
}

void drop_overrides(Session& s) {
  if (s.overrides == nullptr) return;
  if (s.overrides->addressed) {
    s.source = s.overrides->source;
    s.destination = s.overrides->destination;
  }
  delete s.overrides;
  s.overrides = nullptr;
}

}  // namespace tsproxy
