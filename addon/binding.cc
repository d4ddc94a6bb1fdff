// What src/core/addon.ts declares, function by function. binding.cc, binding_conf.cc and binding_engine.cc are the only files
// that know Node-API; nothing here is global but the registry of pages, so that every thread can load the addon.
#include <napi.h>

#include <arpa/inet.h>
#include <grp.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstring>

#include "abi.h"
#include "binding_check.h"
#include "binding_conf.h"
#include "binding_engine.h"
#include "binding_handover.h"
#include "binding_log.h"
#include "binding_stick.h"
#include "connection.h"
#include "page.h"
#include "sys.h"

namespace tsproxy {

namespace {

using Info = Napi::CallbackInfo;

int32_t integer(const Info& info, size_t index, const char* what, int32_t least) {
  double number = info[index].IsNumber() ? info[index].As<Napi::Number>().DoubleValue() : least - 1.0;
  if (!(number >= least && number <= INT32_MAX)) {
    std::string text = std::string(what) + " must be an integer from " + std::to_string(least) + " up";
    throw Napi::RangeError::New(info.Env(), text);
  }
  return static_cast<int32_t>(number);
}

Napi::Value number(const Info& info, double value) { return Napi::Number::New(info.Env(), value); }

int or_errno(int returned) { return returned < 0 ? -errno : returned; }

Napi::Object abi(Napi::Env env) {
  Napi::Object rows = Napi::Object::New(env);
  for (const AbiRow& row : abi_rows) rows.Set(row.name, row.value);
  return rows;
}

// --- pages ---

// Each buffer holds the pages: they live as long as any thread can reach their memory.
Napi::ArrayBuffer external(Napi::Env env, void* memory, size_t bytes, const std::shared_ptr<Pages>& pages) {
  auto* held = new std::shared_ptr<Pages>(pages);
  return Napi::ArrayBuffer::New(env, memory, bytes, [](Napi::Env, void*, std::shared_ptr<Pages>* holder) { delete holder; }, held);
}

Napi::Object pages_handle(Napi::Env env, int32_t id, const std::shared_ptr<Pages>& pages) {
  Napi::Object handle = Napi::Object::New(env);
  handle.Set("id", id);
  handle.Set("state", external(env, pages->state_memory(), pages->state_bytes(), pages));
  handle.Set("counters", external(env, pages->counter_memory(), pages->counter_bytes(), pages));
  handle.Set("rowCells", static_cast<double>(pages->row_cells()));
  return handle;
}

Napi::Value create_pages(const Info& info) {
  auto pages = std::make_shared<Pages>(integer(info, 0, "workers", 1), integer(info, 1, "proxies", 0), integer(info, 2, "servers", 0),
                                       integer(info, 3, "listeners", 0));
  return pages_handle(info.Env(), register_pages(pages), pages);
}

Napi::Value attach_pages(const Info& info) {
  int32_t id = integer(info, 0, "id", 0);
  std::shared_ptr<Pages> pages = find_pages(id);
  if (pages == nullptr) throw Napi::RangeError::New(info.Env(), "there are no pages with the id " + std::to_string(id));
  return pages_handle(info.Env(), id, pages);
}

void release_pages(const Info& info) { forget_pages(integer(info, 0, "id", 0)); }

// --- listening sockets ---

struct ListenerSpec {
  std::string_view address;
  int v6only = -1;               // 1, 0, -1 = the system's
  bool reuse_port = false, tfo = false, defer_accept = false, transparent = false;
  int save_syn = 0;                   // TCP_SAVE_SYN
  int user_timeout_ms = 0, mss = 0;   // 0 = the system's
  std::string interface, congestion;
};

ListenerSpec read_listener_spec(const Napi::Value& value) {
  if (!value.IsObject()) throw Napi::TypeError::New(value.Env(), "bindListener: expected a ListenerSpec");
  auto object = value.As<Napi::Object>();
  ListenerSpec spec;
  spec.address = bytes_of(object.Get("address"), "ListenerSpec.address");
  if (spec.address.size() < sizeof(sa_family_t) || spec.address.size() > sizeof(sockaddr_storage))
    throw Napi::TypeError::New(value.Env(), "ListenerSpec.address: expected the bytes of a socket address");
  if (object.Get("v6only").IsBoolean()) spec.v6only = object.Get("v6only").ToBoolean() ? 1 : 0;
  spec.reuse_port = object.Get("reusePort").ToBoolean();
  spec.tfo = object.Get("tfo").ToBoolean();
  spec.defer_accept = object.Get("deferAccept").ToBoolean();
  spec.transparent = object.Get("transparent").ToBoolean();
  spec.save_syn = object.Get("saveSyn").ToNumber().Int32Value();
  spec.user_timeout_ms = object.Get("userTimeout").ToNumber().Int32Value();
  spec.mss = object.Get("mss").ToNumber().Int32Value();
  if (object.Get("interface").IsString()) spec.interface = object.Get("interface").ToString().Utf8Value();
  if (object.Get("congestion").IsString()) spec.congestion = object.Get("congestion").ToString().Utf8Value();
  return spec;
}

constexpr int TFO_QUEUE = 1024;      // connections that may wait with data in their SYN
constexpr int DEFER_SECONDS = 1;     // up to the first retransmit

// The options of a TCP listener, set before bind: 0 or -errno.
int set_listener_options(int fd, int family, const ListenerSpec& spec) {
  struct Option {
    bool wanted;
    int level, name, value;
  };
  bool ipv6 = family == AF_INET6;
  const Option options[] = {
      {true, SOL_SOCKET, SO_REUSEADDR, 1},
      {spec.reuse_port, SOL_SOCKET, SO_REUSEPORT, 1},
      {ipv6 && spec.v6only >= 0, IPPROTO_IPV6, IPV6_V6ONLY, spec.v6only},
      {spec.transparent && !ipv6, IPPROTO_IP, IP_TRANSPARENT, 1},
      {spec.transparent && ipv6, IPPROTO_IPV6, IPV6_TRANSPARENT, 1},
      {spec.tfo, IPPROTO_TCP, TCP_FASTOPEN, TFO_QUEUE},
      {spec.defer_accept, IPPROTO_TCP, TCP_DEFER_ACCEPT, DEFER_SECONDS},
      {spec.save_syn > 0, IPPROTO_TCP, TCP_SAVE_SYN, spec.save_syn},
      {spec.user_timeout_ms > 0, IPPROTO_TCP, TCP_USER_TIMEOUT, spec.user_timeout_ms},
      {spec.mss > 0, IPPROTO_TCP, TCP_MAXSEG, spec.mss},
  };
  for (const Option& option : options) {
    int failed = option.wanted ? sys::set_option(fd, option.level, option.name, &option.value, sizeof option.value) : 0;
    if (failed < 0) return failed;
  }
  set_congestion(fd, spec.congestion);
  if (spec.interface.empty()) return 0;
  return sys::set_option(fd, SOL_SOCKET, SO_BINDTODEVICE, spec.interface.c_str(), static_cast<socklen_t>(spec.interface.size() + 1));
}

Napi::Value bind_listener(const Info& info) {
  ListenerSpec spec = read_listener_spec(info[0]);
  sockaddr_storage address{};
  std::memcpy(&address, spec.address.data(), spec.address.size());
  int fd = sys::socket(address.ss_family, SOCK_STREAM, 0);
  if (fd < 0) return number(info, fd);
  int failed = address.ss_family == AF_UNIX ? 0 : set_listener_options(fd, address.ss_family, spec);
  if (failed == 0) failed = sys::bind(fd, reinterpret_cast<sockaddr*>(&address), static_cast<socklen_t>(spec.address.size()));
  if (failed == 0) return number(info, fd);
  sys::close(fd);
  return number(info, failed);
}

// Inherited descriptors may block: an accept that another worker was faster at would stop this one.
Napi::Value listen(const Info& info) {
  int fd = integer(info, 0, "fd", 0), failed = sys::set_nonblocking(fd);
  return number(info, failed < 0 ? failed : sys::listen(fd, integer(info, 1, "backlog", 0)));
}

// An inherited listening socket gets what its bind line asks for now; a bound one keeps its family's choices and its port.
Napi::Value adopt_listener(const Info& info) {
  ListenerSpec spec = read_listener_spec(info[1]);
  sa_family_t family;
  std::memcpy(&family, spec.address.data(), sizeof family);
  spec.v6only = -1;
  spec.reuse_port = false;
  spec.interface.clear();
  return number(info, family == AF_UNIX ? 0 : set_listener_options(integer(info, 0, "fd", 0), family, spec));
}

Napi::Value pause_fd(const Info& info) { return number(info, sys::shutdown_read(integer(info, 0, "fd", 0))); }

void close_fd(const Info& info) { sys::close(integer(info, 0, "fd", 0)); }

Napi::Value is_listening(const Info& info) {
  int fd = integer(info, 0, "fd", 0), type = 0, accepts = 0;
  socklen_t length = sizeof type;
  bool stream = sys::get_option(fd, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
  length = sizeof accepts;
  sys::get_option(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &length);
  sockaddr_storage peer;
  length = sizeof peer;
  bool connected = sys::peer_address(fd, &peer, &length) == 0;
  return Napi::Boolean::New(info.Env(), stream && (accepts == 1 || !connected));
}

// --- the process ---

Napi::Value change_root(const Info& info) {
  std::string path = info[0].ToString().Utf8Value();
  int failed = or_errno(::chroot(path.c_str()));
  return number(info, failed < 0 ? failed : or_errno(::chdir("/")));
}

double limit_number(rlim_t limit) { return limit == RLIM_INFINITY ? -1 : static_cast<double>(limit); }

rlim_t limit_of(const Napi::Value& value) {
  double wanted = value.ToNumber().DoubleValue();
  return wanted < 0 ? RLIM_INFINITY : static_cast<rlim_t>(wanted);
}

Napi::Value fd_limit(const Info& info) {
  rlimit limit{};
  ::getrlimit(RLIMIT_NOFILE, &limit);
  Napi::Array pair = Napi::Array::New(info.Env(), 2);
  pair.Set(0u, limit_number(limit.rlim_cur));
  pair.Set(1u, limit_number(limit.rlim_max));
  return pair;
}

Napi::Value set_fd_limit(const Info& info) {
  rlimit limit{limit_of(info[0]), limit_of(info[1])};
  return number(info, or_errno(::setrlimit(RLIMIT_NOFILE, &limit)));
}

// libc's wrappers change every thread of the process; the groups go first, while that is still allowed.
Napi::Value set_ids(const Info& info) {
  int failed = 0;
  bool root = ::geteuid() == 0;
  if (info[1].IsNumber()) {
    if (root) failed = or_errno(::setgroups(0, nullptr));
    if (failed == 0) failed = or_errno(::setgid(info[1].As<Napi::Number>().Uint32Value()));
  }
  if (failed == 0 && info[0].IsNumber()) failed = or_errno(::setuid(info[0].As<Napi::Number>().Uint32Value()));
  return number(info, failed);
}

Napi::Value errno_name(const Info& info) {
  int32_t error = info[0].ToNumber().Int32Value();
  char name[80];
  return Napi::String::New(info.Env(), uv_err_name_r(error > 0 ? -error : error, name, sizeof name));
}

// --- the engine ---

// What one environment keeps: the classes of its objects.
struct Instance {
  Napi::FunctionReference engine, checks, logs, sticks;
};

Napi::Value create_engine(const Info& info) {
  return info.Env().GetInstanceData<Instance>()->engine.New({info[0], info[1]});
}

Napi::Value create_log_output(const Info& info) { return info.Env().GetInstanceData<Instance>()->logs.New({info[0]}); }

Napi::Value create_check_sockets(const Info& info) { return info.Env().GetInstanceData<Instance>()->checks.New({info[0]}); }

Napi::Value attach_stick_tables(const Info& info) {
  return info.Env().GetInstanceData<Instance>()->sticks.New({info[0], info[1], info[2]});
}

template <Napi::Value (*FUNCTION)(const Info&)>
void define(Napi::Object exports, const char* name) {
  exports.Set(name, Napi::Function::New<FUNCTION>(exports.Env(), name));
}
template <void (*FUNCTION)(const Info&)>
void define(Napi::Object exports, const char* name) {
  exports.Set(name, Napi::Function::New<FUNCTION>(exports.Env(), name));
}

// splice(2) into a socket that was reset raises SIGPIPE, which no flag suppresses. A handler of somebody else's stays.
void ignore_sigpipe() {
  struct sigaction now;
  if (::sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL) ::signal(SIGPIPE, SIG_IGN);
}

Napi::Object init(Napi::Env env, Napi::Object exports) {
  ignore_sigpipe();
  sys::pipe_limits();   // read before a chroot hides /proc
  auto* instance = new Instance;
  instance->engine = Napi::Persistent(EngineObject::define(env));
  instance->checks = Napi::Persistent(CheckObject::define(env));
  instance->logs = Napi::Persistent(LogObject::define(env));
  instance->sticks = Napi::Persistent(StickObject::define(env));
  env.SetInstanceData(instance);
  exports.Set("abi", abi(env));
  define<create_pages>(exports, "createPages");
  define<attach_pages>(exports, "attachPages");
  define<release_pages>(exports, "releasePages");
  define<bind_listener>(exports, "bindListener");
  define<listen>(exports, "listen");
  define<adopt_listener>(exports, "adoptListener");
  define_handover(exports);
  define<close_fd>(exports, "closeFd");
  define<pause_fd>(exports, "pauseFd");
  define<is_listening>(exports, "isListening");
  define<change_root>(exports, "chroot");
  define<fd_limit>(exports, "fdLimit");
  define<set_fd_limit>(exports, "setFdLimit");
  define<set_ids>(exports, "setIds");
  define<errno_name>(exports, "errnoName");
  define<create_engine>(exports, "createEngine");
  define<create_stick_tables>(exports, "createStickTables");
  define<attach_stick_tables>(exports, "attachStickTables");
  define<create_check_sockets>(exports, "createCheckSockets");
  define<create_log_output>(exports, "createLogOutput");
  return exports;
}

}  // namespace

NODE_API_MODULE(tsproxy, init)

}  // namespace tsproxy
