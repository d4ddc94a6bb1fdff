// The Engine object of src/core/addon.ts: an engine.h Engine, driven by the libuv loop of the JavaScript thread that made it.
#pragma once
#include <napi.h>
#include <uv.h>
#include <memory>
#include "engine.h"

namespace tsproxy {

// An engine whose epoll descriptor the thread's libuv loop watches; each wake-up is one pass. Lives until libuv has let go of
// the handle: after close(), or after the environment (a worker that ends) has asked for it.
class Drive final : public Decider {
 public:
  // Throws std::exception or Napi::Error; `decide` is (phase, session) => verdict.
  static Drive* start(Napi::Env env, EngineConf conf, std::shared_ptr<Pages> pages, Napi::Function decide);
  Engine& engine() { return *engine_; }
  Napi::ArrayBuffer window(Napi::Env env);
  // Closes at once, or at the end of the pass if decide() is what called.
  void close();
  // Says that the engine is gone; ending: with the environment, so that no JavaScript value may be touched.
  void (*on_closed)(void* owner, bool ending) = nullptr;
  void* owner = nullptr;
  int32_t decide(int32_t phase, uint32_t session) override;
  void memory_short(const char* what) override;

 private:
  Drive(Napi::Env env, EngineConf conf, std::shared_ptr<Pages> pages, Napi::Function decide);
  ~Drive() override;
  void watch();
  void pass();
  bool enter_javascript();
  int32_t failed();
  void warn(const std::string& text);
  void finish(bool ending);
  static void ready(uv_poll_t* poll, int status, int events);
  static void environment_ends(napi_async_cleanup_hook_handle hook, void* drive);

  napi_env env_;
  std::unique_ptr<Engine> engine_;
  Napi::FunctionReference decide_;
  Napi::ObjectReference resource_;
  Napi::Reference<Napi::ArrayBuffer> window_;
  napi_async_context async_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  uv_poll_t poll_{};
  bool in_pass_ = false, in_javascript_ = false, closing_ = false, finished_ = false;
  uint64_t failures_ = 0, shortages_ = 0;
  // Valid while in_javascript_: the scopes of this pass and the values that each call needs.
  napi_handle_scope handles_ = nullptr;
  napi_callback_scope callbacks_ = nullptr;
  napi_value receiver_ = nullptr, function_ = nullptr;
};

class EngineObject : public Napi::ObjectWrap<EngineObject> {
 public:
  static Napi::Function define(Napi::Env env);
  Engine* open_engine() { return drive_ == nullptr ? nullptr : &drive_->engine(); }
  explicit EngineObject(const Napi::CallbackInfo& info);   // (conf: EngineConf, decide)

 private:
  Engine& engine(const Napi::CallbackInfo& info);          // throws Error once it is closed
  void start(const Napi::CallbackInfo& info);
  void stop_listening(const Napi::CallbackInfo& info);
  void pause_listening(const Napi::CallbackInfo& info);
  Napi::Value sessions(const Napi::CallbackInfo& info);
  void resume(const Napi::CallbackInfo& info);
  Napi::Value reply(const Napi::CallbackInfo& info);
  Napi::Value hint(const Napi::CallbackInfo& info);
  Napi::Value mark(const Napi::CallbackInfo& info);
  Napi::Value saved_syn(const Napi::CallbackInfo& info);
  Napi::Value inspect(const Napi::CallbackInfo& info);
  Napi::Value proxy_tlvs(const Napi::CallbackInfo& info);
  Napi::Value list_sessions(const Napi::CallbackInfo& info);
  Napi::Value captures(const Napi::CallbackInfo& info);
  Napi::Value listening(const Napi::CallbackInfo& info);
  void shutdown_sessions(const Napi::CallbackInfo& info);
  void shutdown_server(const Napi::CallbackInfo& info);
  void set_server(const Napi::CallbackInfo& info);
  void post(const Napi::CallbackInfo& info);
  void pass_slot_on(const Napi::CallbackInfo& info);
  void close(const Napi::CallbackInfo& info);
  Drive* drive_ = nullptr;
  int32_t proxies_ = 0;
};

}  // namespace tsproxy
