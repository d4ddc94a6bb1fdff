#include "binding_check.h"

#include <cstring>
#include "binding_conf.h"

namespace tsproxy {

namespace {

constexpr int PAIRS = 256;            // events handed over at once
constexpr size_t BUFFER = 64 * 1024;  // bytes of one receive

sockaddr_storage address_in(const Napi::Value& value, const char* name, socklen_t& length) {
  std::string_view bytes = bytes_of(value, name);
  if (bytes.size() < sizeof(sa_family_t) || bytes.size() > sizeof(sockaddr_storage))
    throw Napi::TypeError::New(value.Env(), std::string(name) + ": expected the bytes of a socket address");
  sockaddr_storage address{};
  std::memcpy(&address, bytes.data(), bytes.size());
  length = static_cast<socklen_t>(bytes.size());
  return address;
}

}  // namespace

// What libuv and the environment hold: lives until libuv has let go of the handle.
struct CheckObject::Watch {
  Napi::FunctionReference ready;
  Napi::ObjectReference resource;
  Napi::Reference<Napi::ArrayBuffer> events_view, buffer_view;
  napi_env env;
  napi_async_context async = nullptr;
  napi_async_cleanup_hook_handle hook = nullptr;
  uv_poll_t poll{};
  std::unique_ptr<CheckSockets> sockets = std::make_unique<CheckSockets>();
  int32_t pairs[2 * PAIRS] = {};
  std::unique_ptr<char[]> buffer{new char[BUFFER]};
  CheckObject* owner = nullptr;
  bool finished = false;

  explicit Watch(napi_env e) : env(e) {}
  ~Watch() {
    if (async != nullptr) napi_async_destroy(env, async);
  }

  void begin() {
    Napi::Env environment(env);
    NAPI_THROW_IF_FAILED_VOID(env, napi_async_init(env, resource.Value(), Napi::String::New(environment, "tsproxy"), &async));
    uv_loop_t* loop = nullptr;
    NAPI_THROW_IF_FAILED_VOID(env, napi_get_uv_event_loop(env, &loop));
    int status = uv_poll_init(loop, &poll, sockets->fd());
    if (status < 0) throw Napi::Error::New(env, std::string("uv_poll_init: ") + uv_strerror(status));
    poll.data = this;
    uv_poll_start(&poll, UV_READABLE, [](uv_poll_t* handle, int, int) { static_cast<Watch*>(handle->data)->pass(); });
    uv_unref(reinterpret_cast<uv_handle_t*>(&poll));   // checks alone keep no process alive
    napi_add_async_cleanup_hook(env, [](napi_async_cleanup_hook_handle, void* self) { static_cast<Watch*>(self)->finish(true); }, this, &hook);
  }

  // One callback for all that is ready. A pass that fills the table is followed by another one: the epoll descriptor stays readable.
  void pass() {
    int count = sockets->collect(pairs, PAIRS);
    if (count == 0) return;
    Napi::HandleScope scope(env);
    napi_value argument, receiver, result, thrown;
    napi_create_int32(env, count, &argument);
    if (napi_get_reference_value(env, resource, &receiver) != napi_ok) return;
    if (napi_make_callback(env, async, receiver, ready.Value(), 1, &argument, &result) != napi_pending_exception) return;
    // An exception goes where those of all callbacks go: to the process.
    if (napi_get_and_clear_last_exception(env, &thrown) == napi_ok) napi_fatal_exception(env, thrown);
  }

  void finish(bool ending) {
    if (finished) return;
    finished = true;
    if (owner != nullptr) {
      owner->watch_ = nullptr;
      if (!ending) owner->Unref();
    }
    sockets.reset();
    uv_poll_stop(&poll);
    if (!ending) {
      Napi::HandleScope scope(env);
      napi_detach_arraybuffer(env, events_view.Value());   // views read nothing from now on, instead of freed memory
      napi_detach_arraybuffer(env, buffer_view.Value());
    }
    events_view.Reset();
    buffer_view.Reset();
    uv_close(reinterpret_cast<uv_handle_t*>(&poll), [](uv_handle_t* handle) {
      auto* self = static_cast<Watch*>(handle->data);
      napi_async_cleanup_hook_handle held = self->hook;
      delete self;
      napi_remove_async_cleanup_hook(held);
    });
  }
};

Napi::Function CheckObject::define(Napi::Env env) {
  return DefineClass(env, "CheckSockets",
                     {
                         InstanceMethod<&CheckObject::open>("open"),
                         InstanceMethod<&CheckObject::send>("send"),
                         InstanceMethod<&CheckObject::receive>("receive"),
                         InstanceMethod<&CheckObject::send_proxy>("sendProxy"),
                         InstanceMethod<&CheckObject::close_one>("close"),
                         InstanceMethod<&CheckObject::close_all>("closeAll"),
                     });
}

CheckObject::CheckObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<CheckObject>(info) {
  Napi::Env env = info.Env();
  if (!info[0].IsFunction()) throw Napi::TypeError::New(env, "createCheckSockets: ready must be a function");
  std::unique_ptr<Watch> watch;
  try {
    watch = std::make_unique<Watch>(env);
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, std::string("createCheckSockets: ") + error.what());
  }
  watch->ready = Napi::Persistent(info[0].As<Napi::Function>());
  watch->resource = Napi::Persistent(Napi::Object::New(env));
  watch->begin();
  watch->owner = this;
  watch_ = watch.release();
  Ref();   // open connections are in use even if nobody holds the object
  watch_->events_view = Napi::Persistent(Napi::ArrayBuffer::New(env, watch_->pairs, sizeof watch_->pairs));
  watch_->buffer_view = Napi::Persistent(Napi::ArrayBuffer::New(env, watch_->buffer.get(), BUFFER));
  Napi::Object self = info.This().As<Napi::Object>();
  self.Set("events", watch_->events_view.Value());
  self.Set("buffer", watch_->buffer_view.Value());
}

CheckSockets& CheckObject::sockets(const Napi::CallbackInfo& info) {
  if (watch_ == nullptr) throw Napi::Error::New(info.Env(), "the sockets are closed");
  return *watch_->sockets;
}

Napi::Value CheckObject::open(const Napi::CallbackInfo& info) {
  CheckSockets& all = sockets(info);
  socklen_t to_length = 0, from_length = 0;
  sockaddr_storage to = address_in(info[0], "open: address", to_length), from{};
  CheckSource source;
  if (!info[1].IsNull()) {
    from = address_in(info[1], "open: source", from_length);
    source.address = reinterpret_cast<sockaddr*>(&from);
    source.length = from_length;
  }
  std::string device;
  if (!info[2].IsNull()) {
    device = info[2].ToString().Utf8Value();
    source.device = device;
  }
  int64_t handle = all.open(reinterpret_cast<sockaddr*>(&to), to_length, source, info[3].ToNumber().Uint32Value());
  return Napi::Number::New(info.Env(), static_cast<double>(handle));
}

Napi::Value CheckObject::send(const Napi::CallbackInfo& info) {
  std::string_view bytes = bytes_of(info[1], "send: bytes");
  ssize_t sent = sockets(info).send(info[0].ToNumber().Uint32Value(), bytes.data(), bytes.size());
  return Napi::Number::New(info.Env(), static_cast<double>(sent));
}

Napi::Value CheckObject::receive(const Napi::CallbackInfo& info) {
  ssize_t got = sockets(info).receive(info[0].ToNumber().Uint32Value(), watch_->buffer.get(), BUFFER);
  return Napi::Number::New(info.Env(), static_cast<double>(got));
}

Napi::Value CheckObject::send_proxy(const Napi::CallbackInfo& info) {
  int failed = sockets(info).send_proxy(info[0].ToNumber().Uint32Value(), info[1].ToNumber().Int32Value());
  return Napi::Number::New(info.Env(), failed);
}

void CheckObject::close_one(const Napi::CallbackInfo& info) {
  sockets(info).close(info[0].ToNumber().Uint32Value(), info[1].ToBoolean());
}

void CheckObject::close_all(const Napi::CallbackInfo& info) {
  if (watch_ != nullptr) watch_->finish(false);
}

}  // namespace tsproxy
