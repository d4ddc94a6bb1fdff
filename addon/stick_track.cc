#include "stick_track.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <algorithm>
#include <cstdio>
#include <new>
#include "engine_parts.h"
#include "server_address.h"

namespace tsproxy {

namespace {

uint32_t clock_ms(const Worker& w) { return static_cast<uint32_t>(w.loop.now_ms()); }

// Zeroed by the first call; nullptr: no memory.
Tracking* tracking_of(Session& s) {
  if (s.tracking == nullptr) s.tracking = new (std::nothrow) Tracking;
  return s.tracking;
}

// What a rate counts: whole blocks; the rest waits for the next bytes.
uint64_t blocks_of(Tracked& t, int32_t event, uint64_t n) {
  const uint32_t factor = t.table->spec().bytes_factor;
  if (factor <= 1 || (event != STICK_EVENT_BYTES_IN && event != STICK_EVENT_BYTES_OUT)) return n;
  uint32_t& odd = event == STICK_EVENT_BYTES_IN ? t.odd_in : t.odd_out;
  const uint64_t sum = n + odd;
  odd = static_cast<uint32_t>(sum % factor);
  return sum / factor;
}

// Events that are over by the time a rule tracks, and count all the same (manual: track-sc0).
void count_past(Worker& w, Session& s, int32_t phase, StickEntry& e) {
  const uint32_t now = clock_ms(w);
  const bool request = s.has(SF_HTTP) && s.has(SF_STREAM);
  if (request) e.count(STICK_EVENT_REQUEST, 1, 1, now);
  if (!request || phase != PHASE_RESPONSE) return;
  const int32_t kind = status_event(w.conf, s.status);
  if (kind >= 0) e.count(kind, 1, 1, now);
}

// As HAProxy writes it: address:port, for a unix socket its name.
std::string server_address_text(Worker& w, int32_t server) {
  SocketAddress address = w.conf.servers[static_cast<size_t>(server)].address;
  int32_t version;
  if (read_server_address(*w.pages, server, address, version) == ServerAddress::None) return {};
  char text[INET6_ADDRSTRLEN] = "";
  if (address.storage.ss_family == AF_INET) {
    const auto& in = reinterpret_cast<const sockaddr_in&>(address.storage);
    ::inet_ntop(AF_INET, &in.sin_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(in.sin_port));
  }
  if (address.storage.ss_family == AF_INET6) {
    const auto& in = reinterpret_cast<const sockaddr_in6&>(address.storage);
    ::inet_ntop(AF_INET6, &in.sin6_addr, text, sizeof text);
    return std::string(text) + ":" + std::to_string(ntohs(in.sin6_port));
  }
  return w.conf.servers[static_cast<size_t>(server)].name;
}

void learn(Worker& w, StickTable& table, std::string_view key, int32_t server) {
  const ServerConf& conf = w.conf.servers[static_cast<size_t>(server)];
  uint32_t name = 0;
  // Before the entry is locked: numbering a name may take memory.
  if (table.stores(STICK_SERVER_KEY)) {
    const std::string text = table.spec().server_by_address ? server_address_text(w, server) : conf.name;
    if (!text.empty()) name = w.pages->stick_tables()->names().number(text);
  }
  const uint32_t now = clock_ms(w);
  StickEntry e = table.make(key, now);
  if (!e) return;
  e.set(STICK_SERVER_ID, 0, static_cast<uint64_t>(conf.id), now);
  e.set(STICK_SERVER_KEY, 0, name, now);
  e.touch(now);
}

}  // namespace

int32_t status_event(const EngineConf& conf, int32_t status) {
  if (status < 100 || status > 599) return -1;
  const auto bit = static_cast<size_t>(status - 100);
  return conf.error_codes[bit] ? STICK_EVENT_ERROR : conf.fail_codes[bit] ? STICK_EVENT_FAIL : -1;
}

bool track(Worker& w, Session& s, int32_t phase, uint32_t slot, StickTable& table, std::string_view key) {
  if (find_tracked(s, slot) != nullptr || tracking_of(s) == nullptr) return false;
  Tracked t;
  t.table = &table;
  t.slot = static_cast<uint8_t>(slot);
  t.of_stream = phase != PHASE_CONNECTION && phase != PHASE_SESSION;
  try {
    s.tracking->tracked.push_back(t);
  } catch (const std::bad_alloc&) {
    return false;
  }
  StickEntry e = table.make(key, clock_ms(w));
  if (!e) {
    s.tracking->tracked.pop_back();
    return false;
  }
  s.tracking->tracked.back().entry = e.hold();
  e.touch(clock_ms(w));
  e.count_connection(clock_ms(w));
  count_past(w, s, phase, e);
  return true;
}

const Tracked* find_tracked(const Session& s, uint32_t slot) {
  if (s.tracking == nullptr) return nullptr;
  for (const Tracked& t : s.tracking->tracked) {
    if (t.slot == slot) return &t;
  }
  return nullptr;
}

bool store_later(Session& s, StickTable& table, std::string_view key) {
  if (tracking_of(s) == nullptr || s.tracking->waiting.size() >= MOST_STORES) return false;
  try {
    s.tracking->waiting.push_back({&table, std::string(key)});
  } catch (const std::bad_alloc&) {
    return false;
  }
  return true;
}

void store_server(Worker& w, StickTable& table, std::string_view key, int32_t server) {
  if (server < 0 || (w.conf.servers[static_cast<size_t>(server)].options & SO_NON_STICK) != 0) return;
  try {
    learn(w, table, key, server);
  } catch (const std::bad_alloc&) {
    w.decider.memory_short("a stick table");
  }
}

void store_waiting(Worker& w, Session& s) {
  for (const Tracking::Key& key : s.tracking->waiting) store_server(w, *key.table, key.bytes, s.server);
}

void count_event(Worker& w, Session& s, int32_t event, uint64_t n) {
  const uint32_t now = clock_ms(w);
  for (Tracked& t : s.tracking->tracked) {
    const uint64_t blocks = blocks_of(t, event, n);
    if (!t.table->counts(event)) continue;
    StickEntry e = t.table->at(t.entry);
    e.count(event, n, blocks, now);
    e.touch(now);
  }
}

void count_status_event(Worker& w, Session& s, int32_t status) {
  if (s.tracking->judged) return;
  s.tracking->judged = true;
  const int32_t event = status_event(w.conf, status);
  if (event >= 0) count_event(w, s, event, 1);
}

void untrack(Worker& w, Session& s, bool stream_only) {
  const uint32_t now = clock_ms(w);
  auto& all = s.tracking->tracked;
  std::erase_if(all, [&](const Tracked& t) {
    if (stream_only && !t.of_stream) return false;
    StickEntry e = t.table->at(t.entry);
    e.end_connection();
    e.drop(now);
    return true;
  });
  s.tracking->waiting.clear();
  s.tracking->judged = false;
  if (!all.empty()) return;
  delete s.tracking;
  s.tracking = nullptr;
}

}  // namespace tsproxy
