// The CheckSockets object of src/core/addon.ts: check_socket.h, driven by the libuv loop of the JavaScript thread that made it.
#pragma once
#include <napi.h>
#include <uv.h>
#include <memory>
#include "check_socket.h"

namespace tsproxy {

class CheckObject : public Napi::ObjectWrap<CheckObject> {
 public:
  static Napi::Function define(Napi::Env env);
  explicit CheckObject(const Napi::CallbackInfo& info);   // (ready: (count) => void)

 private:
  struct Watch;
  CheckSockets& sockets(const Napi::CallbackInfo& info);  // throws Error once it is closed
  Napi::Value open(const Napi::CallbackInfo& info);
  Napi::Value send(const Napi::CallbackInfo& info);
  Napi::Value receive(const Napi::CallbackInfo& info);
  Napi::Value send_proxy(const Napi::CallbackInfo& info);
  void close_one(const Napi::CallbackInfo& info);
  void close_all(const Napi::CallbackInfo& info);
  Watch* watch_ = nullptr;
};

}  // namespace tsproxy
