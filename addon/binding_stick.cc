#include "binding_stick.h"

#include <algorithm>
#include <cstring>
#include "stick_entry.h"
#include "stick_track.h"
#include "sys.h"

namespace tsproxy {

namespace {

using Info = Napi::CallbackInfo;

uint32_t now_ms() { return static_cast<uint32_t>(sys::now_ns() / 1'000'000); }

int32_t integer(const Info& info, size_t argument) {
  int32_t value = 0;
  napi_get_value_int32(info.Env(), info[argument], &value);
  return value;
}
uint32_t natural(const Info& info, size_t argument) { return static_cast<uint32_t>(integer(info, argument)); }

double number(const Info& info, size_t argument) {
  double value = 0;
  napi_get_value_double(info.Env(), info[argument], &value);
  return value;
}

Napi::Value answer(const Info& info, double value) { return Napi::Number::New(info.Env(), value); }

// What a rule may count on its own: the counter before, or STICK_NOT_STORED.
double take(StickEntry& e, int32_t column, uint32_t index, uint32_t now) {
  const double before = e.get(column, index, now);
  if (before != STICK_NOT_STORED) e.set(column, index, 0, now);
  e.touch(now);
  return before;
}

double add(StickEntry& e, int32_t column, uint32_t index, uint32_t by, uint32_t now) {
  const double after = e.increase(column, index, by, now);
  e.touch(now);
  return after;
}

bool put(StickEntry& e, int32_t column, uint32_t index, double value, uint32_t now) {
  const bool stored = e.set(column, index, static_cast<uint64_t>(std::max(value, 0.0)), now);
  e.touch(now);
  return stored;
}

uint32_t field(const Napi::Object& object, const char* name, double least, double most) {
  const Napi::Value value = object.Get(name);
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : -1;
  if (!(number >= least && number <= most)) throw Napi::RangeError::New(object.Env(), std::string("StickSpec.") + name + " is out of range");
  return static_cast<uint32_t>(number);
}

StickSpec read_spec(const Napi::Object& from, int32_t number) {
  StickSpec spec;
  spec.number = number;
  spec.key_kind = static_cast<int32_t>(field(from, "keyKind", STICK_KEY_IP, STICK_KEY_BINARY));
  spec.key_size = field(from, "keySize", 1, MOST_KEY);
  spec.size = field(from, "size", 1, INT32_MAX);
  spec.expire_ms = field(from, "expireMs", 0, INT32_MAX);
  spec.bytes_factor = field(from, "bytesFactor", 1, 1024);
  spec.nopurge = from.Get("nopurge").ToBoolean();
  spec.server_by_address = from.Get("serverByAddress").ToBoolean();
  const auto columns = from.Get("columns").As<Napi::Array>();
  for (uint32_t i = 0; i < columns.Length(); i++) {
    const auto column = columns.Get(i).As<Napi::Object>();
    spec.columns.push_back({static_cast<int32_t>(field(column, "column", 0, STICK_COLUMNS - 1)), field(column, "count", 1, 100),
                            field(column, "period", 0, INT32_MAX)});
  }
  return spec;
}

// A column of every element, as page() shows entries.
Napi::Array values_of(Napi::Env env, const StickEntry& e, const StickSpec& spec, uint32_t now) {
  Napi::Array values = Napi::Array::New(env);
  uint32_t at = 0;
  for (const StickColumn& column : spec.columns)
    for (uint32_t i = 0; i < column.count; i++) values.Set(at++, e.get(column.column, i, now));
  return values;
}

}  // namespace

void create_stick_tables(const Napi::CallbackInfo& info) {
  std::shared_ptr<Pages> pages = find_pages(integer(info, 0));
  if (pages == nullptr) throw Napi::RangeError::New(info.Env(), "createStickTables: there are no such pages");
  if (!info[1].IsArray()) throw Napi::TypeError::New(info.Env(), "createStickTables: expected an array of StickSpec");
  const auto list = info[1].As<Napi::Array>();
  std::vector<StickSpec> specs;
  for (uint32_t i = 0; i < list.Length(); i++) specs.push_back(read_spec(list.Get(i).As<Napi::Object>(), static_cast<int32_t>(i)));
  try {
    pages->share(std::make_shared<StickTables>(specs));
  } catch (const std::bad_alloc&) {
    throw Napi::Error::New(info.Env(), "createStickTables: not enough memory for the tables");
  }
}

Napi::Function StickObject::define(Napi::Env env) {
  return DefineClass(env, "StickTables",
                     {
                         InstanceMethod<&StickObject::used>("used"),
                         InstanceMethod<&StickObject::read>("read"),
                         InstanceMethod<&StickObject::increase>("increase"),
                         InstanceMethod<&StickObject::clear>("clear"),
                         InstanceMethod<&StickObject::write>("write"),
                         InstanceMethod<&StickObject::touch>("touch"),
                         InstanceMethod<&StickObject::address>("address"),
                         InstanceMethod<&StickObject::match>("match"),
                         InstanceMethod<&StickObject::name>("name"),
                         InstanceMethod<&StickObject::remove>("remove"),
                         InstanceMethod<&StickObject::key_at>("keyAt"),
                         InstanceMethod<&StickObject::page>("page"),
                         InstanceMethod<&StickObject::track>("track"),
                         InstanceMethod<&StickObject::tracked_table>("trackedTable"),
                         InstanceMethod<&StickObject::tracked_key>("trackedKey"),
                         InstanceMethod<&StickObject::read_tracked>("readTracked"),
                         InstanceMethod<&StickObject::increase_tracked>("increaseTracked"),
                         InstanceMethod<&StickObject::clear_tracked>("clearTracked"),
                         InstanceMethod<&StickObject::write_tracked>("writeTracked"),
                         InstanceMethod<&StickObject::count>("count"),
                         InstanceMethod<&StickObject::store_later>("storeLater"),
                         InstanceMethod<&StickObject::store>("store"),
                     });
}

StickObject::StickObject(const Info& info) : Napi::ObjectWrap<StickObject>(info) {
  pages_ = find_pages(integer(info, 0));
  if (pages_ == nullptr || pages_->stick_tables() == nullptr) throw Napi::RangeError::New(info.Env(), "attachStickTables: these pages have no stick tables");
  if (!info[1].IsTypedArray()) throw Napi::TypeError::New(info.Env(), "attachStickTables: keys must be a Uint8Array");
  auto keys = info[1].As<Napi::Uint8Array>();
  bytes_ = reinterpret_cast<char*>(keys.Data());
  room_ = keys.ByteLength();
  keys_ = Napi::Reference<Napi::Uint8Array>::New(keys, 1);
  if (info[2].IsObject()) engine_ = Napi::Persistent(info[2].As<Napi::Object>());
}

StickTable& StickObject::table(const Info& info, size_t argument) {
  StickTable* found = pages_->stick_tables()->table(integer(info, argument));
  if (found == nullptr) throw Napi::RangeError::New(info.Env(), "there is no such stick table");
  return *found;
}

std::string_view StickObject::key(const Info& info, size_t argument) const { return {bytes_, std::min<size_t>(natural(info, argument), room_)}; }

Engine* StickObject::engine() { return engine_.IsEmpty() ? nullptr : EngineObject::Unwrap(engine_.Value())->open_engine(); }

const Tracked* StickObject::tracked(const Info& info) {
  Engine* open = engine();
  return open == nullptr ? nullptr : open->tracked(natural(info, 0), natural(info, 1));
}

Napi::Value StickObject::used(const Info& info) { return answer(info, table(info, 0).used(now_ms())); }

Napi::Value StickObject::read(const Info& info) {
  const uint32_t now = now_ms();
  StickEntry e = table(info, 0).find(key(info, 1), now);
  return answer(info, e ? e.get(integer(info, 2), natural(info, 3), now) : STICK_ABSENT);
}

Napi::Value StickObject::increase(const Info& info) {
  const uint32_t now = now_ms();
  StickEntry e = table(info, 0).make(key(info, 1), now);
  return answer(info, e ? add(e, integer(info, 2), natural(info, 3), natural(info, 4), now) : STICK_ABSENT);
}

Napi::Value StickObject::clear(const Info& info) {
  const uint32_t now = now_ms();
  StickEntry e = table(info, 0).make(key(info, 1), now);
  return answer(info, e ? take(e, integer(info, 2), natural(info, 3), now) : STICK_ABSENT);
}

Napi::Value StickObject::write(const Info& info) {
  const uint32_t now = now_ms();
  StickEntry e = table(info, 0).make(key(info, 1), now);
  return Napi::Boolean::New(info.Env(), e && put(e, integer(info, 2), natural(info, 3), number(info, 4), now));
}

Napi::Value StickObject::touch(const Info& info) {
  const uint32_t now = now_ms();
  StickEntry e = table(info, 0).make(key(info, 1), now);
  if (e) e.touch(now);
  return Napi::Boolean::New(info.Env(), static_cast<bool>(e));
}

Napi::Value StickObject::address(const Info& info) {
  StickEntry e = table(info, 0).find(key(info, 1), now_ms());
  return answer(info, e ? static_cast<double>(e.address()) : STICK_ABSENT);
}

Napi::Value StickObject::match(const Info& info) {
  const uint32_t now = now_ms();
  StickEntry e = table(info, 0).find(key(info, 1), now);
  if (!e) return answer(info, STICK_ABSENT);
  e.touch(now);
  return answer(info, e.get(STICK_SERVER_ID, 0, now));
}

Napi::Value StickObject::name(const Info& info) {
  const std::string_view name = pages_->stick_tables()->names().name(natural(info, 0));
  return Napi::String::New(info.Env(), name.data(), name.size());
}

Napi::Value StickObject::remove(const Info& info) {
  StickEntry e = table(info, 0).find(key(info, 1), now_ms());
  return answer(info, e ? (e.erase() ? 1 : 0) : STICK_ABSENT);
}

Napi::Value StickObject::key_at(const Info& info) {
  StickEntry e = table(info, 0).at_address(static_cast<uint64_t>(number(info, 1)), now_ms());
  if (!e) return answer(info, STICK_ABSENT);
  std::memcpy(bytes_, e.key().data(), std::min(e.key().size(), room_));
  return answer(info, static_cast<double>(e.key().size()));
}

Napi::Value StickObject::page(const Info& info) {
  Napi::Env env = info.Env();
  StickTable& from = table(info, 0);
  const uint32_t now = now_ms();
  Napi::Array entries = Napi::Array::New(env);
  uint32_t at = 0;
  const uint64_t next = from.page(static_cast<uint64_t>(number(info, 1)), natural(info, 2), now, [&](StickEntry& e) {
    Napi::Object entry = Napi::Object::New(env);
    entry.Set("key", Napi::Buffer<char>::Copy(env, e.key().data(), e.key().size()));
    entry.Set("address", static_cast<double>(e.address()));
    entry.Set("uses", e.get(STICK_TRACKERS, 0, now));
    entry.Set("expire", e.get(STICK_EXPIRE, 0, now));
    entry.Set("values", values_of(env, e, from.spec(), now));
    entries.Set(at++, entry);
  });
  Napi::Object made = Napi::Object::New(env);
  made.Set("next", static_cast<double>(next));
  made.Set("entries", entries);
  return made;
}

Napi::Value StickObject::track(const Info& info) {
  Engine* open = engine();
  const bool done = open != nullptr && open->track(natural(info, 0), integer(info, 1), natural(info, 2), integer(info, 3), key(info, 4));
  return Napi::Boolean::New(info.Env(), done);
}

Napi::Value StickObject::tracked_table(const Info& info) {
  const Tracked* t = tracked(info);
  return answer(info, t == nullptr ? STICK_ABSENT : t->table->spec().number);
}

Napi::Value StickObject::tracked_key(const Info& info) {
  const Tracked* t = tracked(info);
  if (t == nullptr) return answer(info, STICK_ABSENT);
  StickEntry e = t->table->at(t->entry);
  std::memcpy(bytes_, e.key().data(), std::min(e.key().size(), room_));
  return answer(info, static_cast<double>(e.key().size()));
}

Napi::Value StickObject::read_tracked(const Info& info) {
  const Tracked* t = tracked(info);
  return answer(info, t == nullptr ? STICK_ABSENT : t->table->at(t->entry).get(integer(info, 2), natural(info, 3), now_ms()));
}

Napi::Value StickObject::increase_tracked(const Info& info) {
  const Tracked* t = tracked(info);
  if (t == nullptr) return answer(info, STICK_ABSENT);
  StickEntry e = t->table->at(t->entry);
  return answer(info, add(e, integer(info, 2), natural(info, 3), natural(info, 4), now_ms()));
}

Napi::Value StickObject::clear_tracked(const Info& info) {
  const Tracked* t = tracked(info);
  if (t == nullptr) return answer(info, STICK_ABSENT);
  StickEntry e = t->table->at(t->entry);
  return answer(info, take(e, integer(info, 2), natural(info, 3), now_ms()));
}

Napi::Value StickObject::write_tracked(const Info& info) {
  const Tracked* t = tracked(info);
  if (t == nullptr) return Napi::Boolean::New(info.Env(), false);
  StickEntry e = t->table->at(t->entry);
  return Napi::Boolean::New(info.Env(), put(e, integer(info, 2), natural(info, 3), number(info, 4), now_ms()));
}

void StickObject::count(const Info& info) {
  Engine* open = engine();
  const int32_t event = integer(info, 1);
  if (open != nullptr && event >= 0 && event < STICK_EVENT_COUNT) open->count_tracked(natural(info, 0), event);
}

Napi::Value StickObject::store_later(const Info& info) {
  Engine* open = engine();
  return Napi::Boolean::New(info.Env(), open != nullptr && open->store_later(natural(info, 0), integer(info, 1), key(info, 2)));
}

void StickObject::store(const Info& info) {
  Engine* open = engine();
  if (open != nullptr) open->store_server(integer(info, 0), integer(info, 1), key(info, 2));
}

}  // namespace tsproxy
