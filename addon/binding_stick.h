// Stick tables as an object of JavaScript: StickTables of src/core/addon.ts. One for each thread; keys are passed in a buffer that
// both sides see, numbers name tables and columns, so that a look-up makes no object.
#pragma once
#include <napi.h>
#include "binding_engine.h"
#include "stick_tables.h"

namespace tsproxy {

// Makes the tables and gives them to the pages: (pages id, specs, server names by address). Throws TypeError, RangeError.
void create_stick_tables(const Napi::CallbackInfo& info);

class StickObject : public Napi::ObjectWrap<StickObject> {
 public:
  static Napi::Function define(Napi::Env env);
  // (pages id, keys: Uint8Array, engine: Engine | null)
  explicit StickObject(const Napi::CallbackInfo& info);

 private:
  using Info = Napi::CallbackInfo;
  StickTable& table(const Info& info, size_t argument);      // throws RangeError
  std::string_view key(const Info& info, size_t argument) const;
  Engine* engine();                                          // nullptr once it is closed, or without one
  const Tracked* tracked(const Info& info);                  // by arguments 0 and 1
  Napi::Value used(const Info& info);
  Napi::Value read(const Info& info);
  Napi::Value increase(const Info& info);
  Napi::Value clear(const Info& info);
  Napi::Value write(const Info& info);
  Napi::Value touch(const Info& info);
  Napi::Value address(const Info& info);
  Napi::Value match(const Info& info);
  Napi::Value name(const Info& info);
  Napi::Value remove(const Info& info);
  Napi::Value key_at(const Info& info);
  Napi::Value page(const Info& info);
  Napi::Value track(const Info& info);
  Napi::Value tracked_table(const Info& info);
  Napi::Value tracked_key(const Info& info);
  Napi::Value read_tracked(const Info& info);
  Napi::Value increase_tracked(const Info& info);
  Napi::Value clear_tracked(const Info& info);
  Napi::Value write_tracked(const Info& info);
  void count(const Info& info);
  Napi::Value store_later(const Info& info);
  void store(const Info& info);

  std::shared_ptr<Pages> pages_;
  Napi::Reference<Napi::Uint8Array> keys_;
  char* bytes_ = nullptr;
  size_t room_ = 0;
  Napi::ObjectReference engine_;
};

}  // namespace tsproxy
