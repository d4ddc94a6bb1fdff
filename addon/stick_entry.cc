#include "stick_entry.h"

#include <algorithm>
#include <cstring>

namespace tsproxy {

namespace {

struct Alias {
  int32_t column, array;
  uint32_t index;
};

// The first elements of arrays under the names that they have without arrays.
constexpr Alias ALIASES[] = {
    {STICK_GPT0, STICK_GPT, 0},           {STICK_GPC0, STICK_GPC, 0},           {STICK_GPC1, STICK_GPC, 1},
    {STICK_GPC0_RATE, STICK_GPC_RATE, 0}, {STICK_GPC1_RATE, STICK_GPC_RATE, 1},
};

struct Pair {
  int32_t count, rate;
};

// In the order of STICK_EVENT_.
constexpr Pair EVENTS[] = {
    {STICK_SESS_CNT, STICK_SESS_RATE},           {STICK_HTTP_REQ_CNT, STICK_HTTP_REQ_RATE},   {STICK_HTTP_ERR_CNT, STICK_HTTP_ERR_RATE},
    {STICK_HTTP_FAIL_CNT, STICK_HTTP_FAIL_RATE}, {STICK_BYTES_IN_CNT, STICK_BYTES_IN_RATE},   {STICK_BYTES_OUT_CNT, STICK_BYTES_OUT_RATE},
    {STICK_GLITCH_CNT, STICK_GLITCH_RATE},
};
static_assert(sizeof EVENTS / sizeof EVENTS[0] == STICK_EVENT_COUNT);

int32_t rate_of(int32_t counter) {
  switch (counter) {
    case STICK_GPC: return STICK_GPC_RATE;
    case STICK_GPC0: return STICK_GPC0_RATE;
    case STICK_GPC1: return STICK_GPC1_RATE;
    default: return -1;
  }
}

template <typename T>
T load(const char* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T>
void store(char* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

}  // namespace

bool is_wide(int32_t column) { return column == STICK_BYTES_IN_CNT || column == STICK_BYTES_OUT_CNT; }

bool is_rate(int32_t column) {
  constexpr uint32_t RATES = 1u << STICK_GPC0_RATE | 1u << STICK_CONN_RATE | 1u << STICK_SESS_RATE | 1u << STICK_HTTP_REQ_RATE |
                             1u << STICK_HTTP_ERR_RATE | 1u << STICK_BYTES_IN_RATE | 1u << STICK_BYTES_OUT_RATE | 1u << STICK_GPC1_RATE |
                             1u << STICK_HTTP_FAIL_RATE | 1u << STICK_GPC_RATE | 1u << STICK_GLITCH_RATE;
  return (RATES >> column & 1) != 0;
}

uint32_t element_bytes(int32_t column) { return is_wide(column) ? 8 : is_rate(column) ? sizeof(StickRate) : 4; }

uint32_t StickRate::read(uint32_t now, uint32_t period) const {
  uint64_t ms = elapsed(now, begin), in = current, before = previous;
  if (ms >= 2ull * period) return 0;
  if (ms >= period) {
    before = in;
    in = 0;
    ms -= period;
  }
  // A single event counts for two whole periods: half an event is none, and a low rate would seem to come and go.
  if (in == 0 && before <= 1) return static_cast<uint32_t>(before);
  return static_cast<uint32_t>(std::min<uint64_t>(in + before * (period - ms) / period, UINT32_MAX));
}

void StickRate::add(uint64_t n, uint32_t now, uint32_t period) {
  uint64_t ms = elapsed(now, begin);
  if (ms >= period) {
    bool adjacent = ms < 2ull * period;
    previous = adjacent ? current : 0;
    begin = adjacent ? begin + period : now;
    current = 0;
  }
  current = static_cast<uint32_t>(std::min<uint64_t>(current + n, UINT32_MAX));
}

void StickRate::assign(uint32_t value, uint32_t now) {
  begin = now;
  current = value;
  previous = 0;
}

StickEntry::StickEntry(StickTable& table, Stripe& stripe, uint32_t index, std::unique_lock<std::mutex> lock)
    : table_(&table), stripe_(&stripe), entry_(table.entry(stripe, index)), index_(index), lock_(std::move(lock)) {}

std::string_view StickEntry::key() const { return {entry_->key(), table_->spec_.key_size}; }

bool StickEntry::find(int32_t column, uint32_t index, Place& place) const {
  if (column < 0 || column >= STICK_COLUMNS) return false;
  if (table_->offset_[column] == 0) {
    const Alias* alias = std::find_if(std::begin(ALIASES), std::end(ALIASES), [&](const Alias& a) { return a.column == column; });
    if (alias == std::end(ALIASES)) return false;
    column = alias->array;
    index = alias->index;
  }
  if (table_->offset_[column] == 0 || index >= table_->elements_[column]) return false;
  place = {reinterpret_cast<char*>(entry_) + table_->offset_[column] + index * element_bytes(column), column, table_->period_[column]};
  return true;
}

double StickEntry::get(int32_t column, uint32_t index, uint32_t now) const {
  const uint32_t expire = table_->spec_.expire_ms, age = entry_->uses > 0 ? 0 : elapsed(now, entry_->last);
  if (column == STICK_EXPIRE) return expire == 0 ? 0 : expire - std::min(expire, age);
  if (column == STICK_IDLE) return age;
  if (column == STICK_TRACKERS) return entry_->uses;
  Place place;
  if (!find(column, index, place)) return STICK_NOT_STORED;
  if (is_wide(place.column)) return static_cast<double>(load<uint64_t>(place.at));
  if (!is_rate(place.column)) return load<uint32_t>(place.at);
  double rate = load<StickRate>(place.at).read(now, place.period);
  bool blocks = place.column == STICK_BYTES_IN_RATE || place.column == STICK_BYTES_OUT_RATE;
  return blocks ? rate * table_->spec_.bytes_factor : rate;
}

bool StickEntry::set(int32_t column, uint32_t index, uint64_t value, uint32_t now) {
  Place place;
  if (!find(column, index, place)) return false;
  if (is_wide(place.column)) store(place.at, value);
  else if (!is_rate(place.column)) store(place.at, static_cast<uint32_t>(value));
  else {
    StickRate rate = load<StickRate>(place.at);
    rate.assign(static_cast<uint32_t>(value), now);
    store(place.at, rate);
  }
  return true;
}

bool StickTable::counts(int32_t event) const { return stores(EVENTS[event].count) || stores(EVENTS[event].rate); }

double StickEntry::increase(int32_t column, uint32_t index, uint32_t by, uint32_t now) {
  double value = STICK_NOT_STORED;
  Place place;
  if (find(rate_of(column), index, place)) {
    StickRate rate = load<StickRate>(place.at);
    rate.add(by, now, place.period);
    store(place.at, rate);
    value = rate.current;
  }
  if (find(column, index, place)) {
    uint32_t sum = load<uint32_t>(place.at) + by;
    store(place.at, sum);
    value = sum;
  }
  return value;
}

void StickEntry::count(int32_t event, uint64_t n, uint64_t blocks, uint32_t now) {
  Place place;
  if (find(EVENTS[event].count, 0, place)) {
    if (is_wide(place.column)) store(place.at, load<uint64_t>(place.at) + n);
    else store(place.at, load<uint32_t>(place.at) + static_cast<uint32_t>(n));
  }
  if (find(EVENTS[event].rate, 0, place)) {
    StickRate rate = load<StickRate>(place.at);
    rate.add(blocks, now, place.period);
    store(place.at, rate);
  }
}

void StickEntry::count_connection(uint32_t now) {
  Place place;
  for (int32_t column : {STICK_CONN_CNT, STICK_CONN_CUR})
    if (find(column, 0, place)) store(place.at, load<uint32_t>(place.at) + 1);
  if (!find(STICK_CONN_RATE, 0, place)) return;
  StickRate rate = load<StickRate>(place.at);
  rate.add(1, now, place.period);
  store(place.at, rate);
}

void StickEntry::end_connection() {
  Place place;
  if (!find(STICK_CONN_CUR, 0, place)) return;
  // The console may have set it to less.
  uint32_t before = load<uint32_t>(place.at);
  if (before > 0) store(place.at, before - 1);
}

void StickEntry::touch(uint32_t now) {
  entry_->last = now;
  if (elapsed(now, entry_->queued) < table_->move_after_ms_ || stripe_->newest == index_) return;
  table_->unlink(*stripe_, index_);
  table_->link_newest(*stripe_, index_, now);
}

StickHandle StickEntry::hold() {
  entry_->uses++;
  return {static_cast<uint32_t>(stripe_ - table_->stripes_.get()), index_};
}

void StickEntry::drop(uint32_t now) {
  entry_->uses--;
  touch(now);
}

bool StickEntry::erase() {
  if (entry_->uses > 0) return false;
  table_->remove(*stripe_, index_);
  entry_ = nullptr;
  lock_.unlock();
  return true;
}

}  // namespace tsproxy
