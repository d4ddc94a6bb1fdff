// What a session and its streams have to do with stick tables: the entries that they track (manual: track-sc0), whose counters
// follow what happens, and the keys that wait for a server to be stored (manual: stick store-request).
// A session that no rule tracks has no Tracking: each function then costs one test.
#pragma once
#include <string>
#include <vector>
#include "conf.h"
#include "session.h"
#include "stick_tables.h"

namespace tsproxy {

struct Tracked {
  StickTable* table = nullptr;
  StickHandle entry;
  uint8_t slot = 0;               // N of track-scN
  bool of_stream = false;         // until the end of the stream; else of the session
  uint32_t odd_in = 0, odd_out = 0;   // bytes that no block has counted yet (brates-factor)
};

struct Tracking {
  std::vector<Tracked> tracked;   // few, in the order in which they came
  struct Key {
    StickTable* table;
    std::string bytes;
  };
  std::vector<Key> waiting;       // for stick_connected()
  bool judged = false;            // the response of this stream was counted
};

constexpr size_t MOST_STORES = 8;   // keys that one request stores (manual: stick store-request)

// Tracks a key in a slot that is free. False: the slot is in use, the table is full or memory is short.
bool track(Worker& w, Session& s, int32_t phase, uint32_t slot, StickTable& table, std::string_view key);
// nullptr: nothing is tracked there. Streams come before sessions.
const Tracked* find_tracked(const Session& s, uint32_t slot);
// False if there are too many, or memory is short.
bool store_later(Session& s, StickTable& table, std::string_view key);
// The session has its server: keys that wait are stored. A server with SO_NON_STICK is not learned.
void store_waiting(Worker& w, Session& s);
void store_server(Worker& w, StickTable& table, std::string_view key, int32_t server);

// STICK_EVENT_ERROR, STICK_EVENT_FAIL, or -1 for a status that is neither.
int32_t status_event(const EngineConf& conf, int32_t status);
void count_event(Worker& w, Session& s, int32_t event, uint64_t n);
void count_status_event(Worker& w, Session& s, int32_t status);
void untrack(Worker& w, Session& s, bool stream_only);

// Counts an event (STICK_EVENT_) in all that is tracked.
inline void count_tracked(Worker& w, Session& s, int32_t event, uint64_t n = 1) {
  if (s.tracking != nullptr) count_event(w, s, event, n);
}
// The status of a response of a server: an error, a failure or neither (http-err-codes, http-fail-codes); once for each stream.
inline void track_status(Worker& w, Session& s, int32_t status) {
  if (s.tracking != nullptr) count_status_event(w, s, status);
}
inline void stick_connected(Worker& w, Session& s) {
  if (s.tracking != nullptr && !s.tracking->waiting.empty()) store_waiting(w, s);
}
inline void untrack_stream(Worker& w, Session& s) {
  if (s.tracking != nullptr) untrack(w, s, true);
}
inline void untrack_session(Worker& w, Session& s) {
  if (s.tracking != nullptr) untrack(w, s, false);
}

}  // namespace tsproxy
