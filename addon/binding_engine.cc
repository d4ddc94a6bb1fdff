#include "binding_engine.h"

#include "binding_conf.h"
#include "binding_show.h"

namespace tsproxy {

namespace {

// What a decision that failed comes to: a 500 in mode http, the end of the session otherwise.
constexpr int32_t VERDICT_FAILED = VERDICT_ERROR | 500 << 8;

void clear_exception(napi_env env) {
  bool pending = false;
  napi_value thrown;
  if (napi_is_exception_pending(env, &pending) == napi_ok && pending) napi_get_and_clear_last_exception(env, &thrown);
}

// The stack of an error, or any other thrown value as a string; empty if it has none.
std::string text_of(napi_env env, napi_value thrown) {
  napi_valuetype type;
  napi_value text = thrown, stack;
  if (napi_typeof(env, thrown, &type) == napi_ok && type == napi_object &&
      napi_get_named_property(env, thrown, "stack", &stack) == napi_ok && napi_typeof(env, stack, &type) == napi_ok &&
      type == napi_string)
    text = stack;
  size_t length = 0;
  std::string made;
  if (napi_coerce_to_string(env, text, &text) == napi_ok && napi_get_value_string_utf8(env, text, nullptr, 0, &length) == napi_ok) {
    made.resize(length);
    napi_get_value_string_utf8(env, text, made.data(), length + 1, &length);
  }
  clear_exception(env);
  return made;
}

}  // namespace

Drive* Drive::start(Napi::Env env, EngineConf conf, std::shared_ptr<Pages> pages, Napi::Function decide) {
  auto* drive = new Drive(env, std::move(conf), std::move(pages), decide);
  try {
    drive->watch();
  } catch (...) {
    delete drive;
    throw;
  }
  return drive;
}

Drive::Drive(Napi::Env env, EngineConf conf, std::shared_ptr<Pages> pages, Napi::Function decide)
    : env_(env), engine_(std::make_unique<Engine>(std::move(conf), std::move(pages), *this)),
      decide_(Napi::Persistent(decide)), resource_(Napi::Persistent(Napi::Object::New(env))) {}

Drive::~Drive() {
  if (async_ != nullptr) napi_async_destroy(env_, async_);
}

void Drive::watch() {
  Napi::Env env(env_);
  NAPI_THROW_IF_FAILED_VOID(env_, napi_async_init(env_, resource_.Value(), Napi::String::New(env, "tsproxy"), &async_));
  uv_loop_t* loop = nullptr;
  NAPI_THROW_IF_FAILED_VOID(env_, napi_get_uv_event_loop(env_, &loop));
  int status = uv_poll_init(loop, &poll_, engine_->fd());
  if (status < 0) throw Napi::Error::New(env_, std::string("uv_poll_init: ") + uv_strerror(status));
  poll_.data = this;
  uv_poll_start(&poll_, UV_READABLE, ready);
  napi_add_async_cleanup_hook(env_, environment_ends, this, &hook_);
}

Napi::ArrayBuffer Drive::window(Napi::Env env) {
  if (window_.IsEmpty()) {
    Window& window = engine_->window();
    window_ = Napi::Persistent(Napi::ArrayBuffer::New(env, window.memory(), window.size()));
  }
  return window_.Value();
}

void Drive::ready(uv_poll_t* poll, int status, int events) { static_cast<Drive*>(poll->data)->pass(); }

void Drive::pass() {
  in_pass_ = true;
  try {
    engine_->pass();
  } catch (const std::exception& error) {   // outside of any session; an exception must not reach libuv
    memory_short(error.what());
    engine_->post();
  }
  in_pass_ = false;
  if (in_javascript_) {
    in_javascript_ = false;
    // Runs the microtasks and ticks that the decisions left behind; they may close the engine.
    napi_close_callback_scope(env_, callbacks_);
    napi_close_handle_scope(env_, handles_);
  }
  if (closing_) finish(false);
}

// Opens the scopes of this pass at its first decision: a pass without one costs nothing here.
bool Drive::enter_javascript() {
  if (napi_open_handle_scope(env_, &handles_) != napi_ok) return false;
  if (napi_open_callback_scope(env_, resource_.Value(), async_, &callbacks_) != napi_ok ||
      napi_get_undefined(env_, &receiver_) != napi_ok) {
    napi_close_handle_scope(env_, handles_);
    return false;
  }
  function_ = decide_.Value();
  in_javascript_ = true;
  return true;
}

int32_t Drive::decide(int32_t phase, uint32_t session) {
  if (finished_) return VERDICT_CLOSE;
  napi_value receiver, function;
  if (in_pass_) {
    if (!in_javascript_ && !enter_javascript()) return VERDICT_FAILED;
    receiver = receiver_;
    function = function_;
  } else {
    // JavaScript called the engine (resume, stopListening) and its scopes stand.
    napi_get_undefined(env_, &receiver);
    function = decide_.Value();
  }
  napi_value arguments[2], answer;
  napi_create_int32(env_, phase, &arguments[0]);
  napi_create_uint32(env_, session, &arguments[1]);
  napi_status status = napi_call_function(env_, receiver, function, 2, arguments, &answer);
  int32_t verdict;
  if (status == napi_ok) status = napi_get_value_int32(env_, answer, &verdict);
  return status == napi_ok ? verdict : failed();
}

// decide() threw, or answered something that is no number. The session ends and the process lives on.
int32_t Drive::failed() {
  napi_value thrown = nullptr;
  bool pending = false;
  napi_is_exception_pending(env_, &pending);
  if (pending) napi_get_and_clear_last_exception(env_, &thrown);
  failures_++;
  if ((failures_ & (failures_ - 1)) != 0) return VERDICT_FAILED;
  napi_handle_scope scope;
  if (napi_open_handle_scope(env_, &scope) != napi_ok) return VERDICT_FAILED;
  warn("a decision failed and its session was ended (" + std::to_string(failures_) + " so far): " +
       (thrown == nullptr ? "decide() returned no integer" : text_of(env_, thrown)));
  napi_close_handle_scope(env_, scope);
  return VERDICT_FAILED;
}

// Told as a warning at the first, second, fourth, … time, as failed decisions are: what happens always must not flood the log.
void Drive::memory_short(const char* what) {
  shortages_++;
  if ((shortages_ & (shortages_ - 1)) != 0) return;
  try {
    warn("memory is short and a session was ended (" + std::to_string(shortages_) + " so far): " + what);
  } catch (const std::bad_alloc&) {
  }
}

// Calls that fail are let be: in a worker that is being terminated every one does.
void Drive::warn(const std::string& text) {
  napi_handle_scope scope;
  if (napi_open_handle_scope(env_, &scope) != napi_ok) return;
  napi_value global, process, emit, arguments[2], ignored;
  if (napi_get_global(env_, &global) == napi_ok && napi_get_named_property(env_, global, "process", &process) == napi_ok &&
      napi_get_named_property(env_, process, "emitWarning", &emit) == napi_ok &&
      napi_create_string_utf8(env_, text.data(), text.size(), &arguments[0]) == napi_ok &&
      napi_create_string_utf8(env_, "DecisionWarning", NAPI_AUTO_LENGTH, &arguments[1]) == napi_ok) {
    napi_call_function(env_, process, emit, 2, arguments, &ignored);
  }
  clear_exception(env_);
  napi_close_handle_scope(env_, scope);
}

void Drive::close() {
  if (in_pass_) closing_ = true;
  else finish(false);
}

// ending: the environment goes away and no JavaScript may be touched any more.
void Drive::finish(bool ending) {
  if (finished_) return;
  finished_ = true;
  if (on_closed != nullptr) on_closed(owner, ending);
  if (!ending && !window_.IsEmpty()) {
    Napi::HandleScope scope(env_);
    napi_detach_arraybuffer(env_, window_.Value());   // views read nothing from now on, instead of freed memory
  }
  window_.Reset();
  uv_poll_stop(&poll_);
  engine_.reset();
  uv_close(reinterpret_cast<uv_handle_t*>(&poll_), [](uv_handle_t* handle) {
    auto* drive = static_cast<Drive*>(handle->data);
    napi_async_cleanup_hook_handle hook = drive->hook_;
    delete drive;
    napi_remove_async_cleanup_hook(hook);
  });
}

void Drive::environment_ends(napi_async_cleanup_hook_handle hook, void* drive) { static_cast<Drive*>(drive)->finish(true); }

Napi::Function EngineObject::define(Napi::Env env) {
  return DefineClass(env, "Engine",
                     {
                         InstanceMethod<&EngineObject::start>("start"),
                         InstanceMethod<&EngineObject::stop_listening>("stopListening"),
                         InstanceMethod<&EngineObject::pause_listening>("pauseListening"),
                         InstanceMethod<&EngineObject::sessions>("sessions"),
                         InstanceMethod<&EngineObject::resume>("resume"),
                         InstanceMethod<&EngineObject::reply>("reply"),
                         InstanceMethod<&EngineObject::hint>("hint"),
                         InstanceMethod<&EngineObject::mark>("mark"),
                         InstanceMethod<&EngineObject::saved_syn>("savedSyn"),
                         InstanceMethod<&EngineObject::list_sessions>("listSessions"),
                         InstanceMethod<&EngineObject::captures>("captures"),
                         InstanceMethod<&EngineObject::inspect>("inspect"),
                         InstanceMethod<&EngineObject::proxy_tlvs>("proxyTlvs"),
                         InstanceMethod<&EngineObject::listening>("listening"),
                         InstanceMethod<&EngineObject::shutdown_sessions>("shutdownSessions"),
                         InstanceMethod<&EngineObject::shutdown_server>("shutdownServer"),
                         InstanceMethod<&EngineObject::set_server>("setServer"),
                         InstanceMethod<&EngineObject::post>("post"),
                         InstanceMethod<&EngineObject::pass_slot_on>("passSlotOn"),
                         InstanceMethod<&EngineObject::close>("close"),
                     });
}

EngineObject::EngineObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<EngineObject>(info) {
  Napi::Env env = info.Env();
  if (!info[1].IsFunction()) throw Napi::TypeError::New(env, "createEngine: decide must be a function");
  EngineConf conf = read_engine_conf(info[0]);
  proxies_ = static_cast<int32_t>(conf.proxies.size());
  int32_t id = info[0].As<Napi::Object>().Get("pages").ToNumber().Int32Value();
  std::shared_ptr<Pages> pages = find_pages(id);
  if (pages == nullptr) throw Napi::RangeError::New(env, "EngineConf.pages: there are no pages with the id " + std::to_string(id));
  try {
    drive_ = Drive::start(env, std::move(conf), std::move(pages), info[1].As<Napi::Function>());
  } catch (const Napi::Error&) {
    throw;
  } catch (const std::exception& error) {
    throw Napi::Error::New(env, std::string("createEngine: ") + error.what());
  }
  drive_->owner = this;
  drive_->on_closed = [](void* self, bool ending) {
    auto* object = static_cast<EngineObject*>(self);
    object->drive_ = nullptr;
    if (!ending) object->Unref();
  };
  Ref();   // an open engine is in use even if nobody holds the object
  Window& window = drive_->engine().window();
  Napi::Object self = info.This().As<Napi::Object>();
  self.Set("window", drive_->window(env));
  self.Set("editOffset", static_cast<double>(window.edit_off()));
  self.Set("editSize", static_cast<double>(window.edit_size()));
  self.Set("bytesOffset", static_cast<double>(window.bytes_off()));
}

Engine& EngineObject::engine(const Napi::CallbackInfo& info) {
  if (drive_ == nullptr) throw Napi::Error::New(info.Env(), "the engine is closed");
  return drive_->engine();
}

void EngineObject::start(const Napi::CallbackInfo& info) { engine(info).start(); }

void EngineObject::stop_listening(const Napi::CallbackInfo& info) { engine(info).stop_listening(); }

void EngineObject::pause_listening(const Napi::CallbackInfo& info) { engine(info).pause_listening(info[0].ToBoolean()); }

Napi::Value EngineObject::sessions(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), engine(info).sessions());
}

void EngineObject::resume(const Napi::CallbackInfo& info) {
  engine(info).resume(info[0].ToNumber().Uint32Value(), info[1].ToNumber().Int32Value());
}

Napi::Value EngineObject::reply(const Napi::CallbackInfo& info) {
  std::string_view head = bytes_of(info[1], "reply: head"), body = bytes_of(info[2], "reply: body");
  return Napi::Boolean::New(info.Env(), engine(info).reply(info[0].ToNumber().Uint32Value(), head, body));
}

Napi::Value EngineObject::hint(const Napi::CallbackInfo& info) {
  std::string_view field = bytes_of(info[1], "hint: field");
  return Napi::Boolean::New(info.Env(), engine(info).hint(info[0].ToNumber().Uint32Value(), field));
}

Napi::Value EngineObject::mark(const Napi::CallbackInfo& info) {
  uint32_t session = info[0].ToNumber().Uint32Value(), value = info[2].ToNumber().Uint32Value();
  return Napi::Boolean::New(info.Env(), engine(info).mark(session, info[1].ToNumber().Int32Value(), value));
}

Napi::Value EngineObject::saved_syn(const Napi::CallbackInfo& info) {
  char packet[SAVED_SYN_MAX];
  size_t n = engine(info).saved_syn(info[0].ToNumber().Uint32Value(), packet, sizeof packet);
  return n == 0 ? info.Env().Null() : Napi::Buffer<char>::Copy(info.Env(), packet, n);
}

Napi::Value EngineObject::inspect(const Napi::CallbackInfo& info) {
  return Napi::Boolean::New(info.Env(), engine(info).inspect(info[0].ToNumber().Uint32Value(), info[1].ToNumber().Int32Value()));
}

Napi::Value EngineObject::proxy_tlvs(const Napi::CallbackInfo& info) {
  std::string_view tlvs = engine(info).tlvs(info[0].ToNumber().Uint32Value());
  if (tlvs.empty()) return info.Env().Null();
  return Napi::Buffer<char>::Copy(info.Env(), tlvs.data(), tlvs.size());
}

Napi::Value EngineObject::list_sessions(const Napi::CallbackInfo& info) { return session_rows(info.Env(), engine(info).list_sessions()); }
Napi::Value EngineObject::captures(const Napi::CallbackInfo& info) { return captured_messages(info.Env(), engine(info).captures()); }

Napi::Value EngineObject::listening(const Napi::CallbackInfo& info) {
  return Napi::Number::New(info.Env(), engine(info).listening());
}

// The first letter of the termination state.
char cause_of(const Napi::Value& value) {
  std::string text = value.IsString() ? value.As<Napi::String>().Utf8Value() : std::string();
  if (text != "K" && text != "D" && text != "U") throw Napi::TypeError::New(value.Env(), "shutdownSessions: the cause is 'K', 'D' or 'U'");
  return text[0];
}

void EngineObject::shutdown_sessions(const Napi::CallbackInfo& info) {
  Engine& to = engine(info);
  if (info[0].ToNumber().Int32Value() == OF_SESSION) {
    return to.shutdown_sessions(OF_SESSION, static_cast<int32_t>(info[1].ToNumber().Uint32Value()), cause_of(info[2]));
  }
  to.shutdown_sessions(info[0].ToNumber().Int32Value(), info[1].ToNumber().Int32Value(), cause_of(info[2]));
}

void EngineObject::shutdown_server(const Napi::CallbackInfo& info) {
  engine(info).shutdown_sessions(OF_SERVER, info[0].ToNumber().Int32Value(), info[1].IsUndefined() ? 'D' : cause_of(info[1]));
}

void EngineObject::set_server(const Napi::CallbackInfo& info) {
  engine(info).set_server(info[0].ToNumber().Int32Value(), read_server_conf(info[1], proxies_));
}

void EngineObject::post(const Napi::CallbackInfo& info) { engine(info).post(); }
void EngineObject::pass_slot_on(const Napi::CallbackInfo& info) { engine(info).pass_slot_on(); }

void EngineObject::close(const Napi::CallbackInfo& info) {
  if (drive_ != nullptr) drive_->close();
}

}  // namespace tsproxy
