// LogOutput as an object of JavaScript: `send(records, length)` takes records out of a Uint8Array and returns how many messages were
// dropped. One for each thread that logs.
#pragma once
#include <napi.h>
#include <memory>
#include "log_output.h"

namespace tsproxy {

class LogObject : public Napi::ObjectWrap<LogObject> {
 public:
  static Napi::Function define(Napi::Env env);
  // [0]: the receivers, each { address: Uint8Array } or { fd: number }. Throws TypeError for anything else.
  explicit LogObject(const Napi::CallbackInfo& info);

 private:
  Napi::Value send(const Napi::CallbackInfo& info);
  std::unique_ptr<LogOutput> output_;
};

}  // namespace tsproxy
