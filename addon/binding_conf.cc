#include "binding_conf.h"

#include <cmath>
#include <climits>
#include <cstring>
#include <string>

namespace tsproxy {

namespace {

// A value and where it stands. The path is put together only for an error: a large configuration has many fields.
class Field {
 public:
  Field(Napi::Value value, const char* name) : value_(value), name_(name) {}

  Field at(const char* name) const {
    if (!value_.IsObject()) fail("an object");
    return Field(value_.As<Napi::Object>().Get(name), this, name, -1);
  }
  Field at(uint32_t index) const { return Field(value_.As<Napi::Array>().Get(index), this, nullptr, static_cast<int64_t>(index)); }

  uint32_t length() const {
    if (!value_.IsArray()) fail("an array");
    return value_.As<Napi::Array>().Length();
  }
  Napi::Env env() const { return value_.Env(); }
  bool is_null() const { return value_.IsNull(); }

  int32_t integer(int32_t least = INT_MIN, int32_t most = INT_MAX) const {
    double number = value_.IsNumber() ? value_.As<Napi::Number>().DoubleValue() : NAN;
    if (!(number >= least && number <= most) || number != std::floor(number))
      fail("an integer from " + std::to_string(least) + " to " + std::to_string(most));
    return static_cast<int32_t>(number);
  }
  bool boolean() const {
    if (!value_.IsBoolean()) fail("a boolean");
    return value_.As<Napi::Boolean>().Value();
  }
  std::string text() const {
    if (!value_.IsString()) fail("a string");
    return value_.As<Napi::String>().Utf8Value();
  }
  std::string_view bytes() const {
    if (!value_.IsTypedArray() || value_.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) fail("a Uint8Array");
    auto array = value_.As<Napi::Uint8Array>();
    return {reinterpret_cast<const char*>(array.Data()), array.ByteLength()};
  }
  SocketAddress address() const {
    std::string_view raw = bytes();
    SocketAddress made;
    if (raw.size() < sizeof(sa_family_t) || raw.size() > sizeof made.storage) fail("the bytes of a socket address");
    std::memcpy(&made.storage, raw.data(), raw.size());
    made.length = static_cast<socklen_t>(raw.size());
    return made;
  }

  [[noreturn]] void fail(const std::string& expected) const {
    throw Napi::TypeError::New(value_.Env(), path() + ": expected " + expected);
  }

 private:
  Field(Napi::Value value, const Field* parent, const char* name, int64_t index)
      : value_(value), parent_(parent), name_(name), index_(index) {}
  std::string path() const {
    if (parent_ == nullptr) return name_;
    std::string path = parent_->path();
    if (name_ != nullptr) return path.append(".").append(name_);
    return path.append("[").append(std::to_string(index_)).append("]");
  }
  Napi::Value value_;
  const Field* parent_ = nullptr;
  const char* name_;
  int64_t index_ = -1;
};

template <typename Row, typename Read>
std::vector<Row> rows(const Field& list, Read&& read) {
  uint32_t n = list.length();
  std::vector<Row> made;
  made.reserve(n);
  for (uint32_t i = 0; i < n; i++) {
    Napi::HandleScope scope(list.env());
    made.push_back(read(list.at(i)));
  }
  return made;
}

void read_forward_for(const Field& field, ForwardFor& to) {
  if (field.is_null()) return;
  to.on = true;
  to.name = field.at("header").text();
  to.if_none = field.at("ifNone").boolean();
  int32_t family = field.at("exceptFamily").integer(0, 6);
  if (family == 0) return;
  size_t length = family == 4 ? 4 : 16;
  if (family != 4 && family != 6) field.at("exceptFamily").fail("0, 4 or 6");
  std::string_view address = field.at("exceptAddress").bytes();
  if (address.size() < length) field.at("exceptAddress").fail(std::to_string(length) + " bytes");
  std::memcpy(to.except_address, address.data(), length);
  to.except_family = static_cast<uint8_t>(family);
  to.except_prefix = static_cast<uint8_t>(field.at("exceptPrefix").integer(0, static_cast<int32_t>(length) * 8));
}

KeepAlive read_keepalive(const Field& field) {
  return {field.at("count").integer(0), field.at("idle").integer(0), field.at("interval").integer(0)};
}

ProxyConf read_proxy(const Field& field, int32_t proxies, int32_t responses) {
  ProxyConf to;
  to.options = field.at("options").integer();
  Field timeouts = field.at("timeouts");
  if (timeouts.length() != TO_COUNT) timeouts.fail(std::to_string(TO_COUNT) + " integers");
  for (uint32_t i = 0; i < TO_COUNT; i++) to.timeouts[i] = timeouts.at(i).integer(0);
  to.phases = field.at("phases").integer(0);
  to.default_backend = field.at("defaultBackend").integer(-1, proxies - 1);
  to.retries = field.at("retries").integer(0);
  to.redispatch = field.at("redispatch").integer();
  to.client_keepalive = read_keepalive(field.at("keepAlive").at("client"));
  to.server_keepalive = read_keepalive(field.at("keepAlive").at("server"));
  to.private_most = field.at("privateConnections").integer(0);
  to.retry_on = field.at("retryOn").integer(0);
  to.send_name = field.at("sendNameHeader").text();
  Field errors = field.at("errors");
  for (uint32_t i = 0, n = errors.length(); i < n; i++) {
    Field pair = errors.at(i);
    if (pair.length() != 2) pair.fail("[status, response]");
    // -2: an empty errorfile, nothing is sent; -3: the core makes the reply.
    to.errors[pair.at(0u).integer(100, 599)] = pair.at(1u).integer(-3, responses - 1) + 1;
  }
  read_forward_for(field.at("forwardFor"), to.forward_for);
  return to;
}

SourceConf read_source(const Field& field) {
  SourceConf to;
  if (field.is_null()) return to;
  Field address = field.at("address"), other = field.at("transparent"), header = field.at("header"), interface = field.at("interface");
  if (!address.is_null()) to.address = address.address();
  to.port = static_cast<uint16_t>(field.at("port").integer(0, 65535));
  to.port_high = static_cast<uint16_t>(field.at("portHigh").integer(0, 65535));
  to.from = static_cast<SourceFrom>(field.at("from").integer(SRC_CONFIGURED, SRC_HEADER));
  if (!other.is_null()) to.transparent = other.address();
  to.transparent_port = field.at("transparentPort").boolean();
  if (!header.is_null()) to.header = header.text();
  to.occurrence = field.at("occurrence").integer();
  if (!interface.is_null()) to.interface = interface.text();
  return to;
}

ServerConf read_server(const Field& field, int32_t proxies) {
  ServerConf to;
  to.proxy = field.at("proxy").integer(0, proxies - 1);
  to.id = field.at("id").integer(0);
  to.name = field.at("name").text();
  to.options = field.at("options").integer();
  to.address = field.at("address").address();
  to.port_offset = field.at("portOffset").integer(-65535, 65535);
  to.source = read_source(field.at("source"));
  Field congestion = field.at("congestion"), socks4 = field.at("socks4");
  if (!congestion.is_null()) to.congestion = congestion.text();
  if (!socks4.is_null()) to.socks4 = socks4.address();
  to.user_timeout_ms = field.at("userTimeoutMs").integer(0);
  to.pool_max = field.at("poolMax").integer(-1);
  to.pool_low = field.at("poolLow").integer(0);
  to.max_reuse = field.at("maxReuse").integer(-1);
  to.pool_purge_ms = field.at("poolPurgeMs").integer(0);
  to.error_limit = field.at("errorLimit").integer(1);
  return to;
}

ListenerConf read_listener(const Field& field, int32_t proxies) {
  ListenerConf to;
  to.fd = field.at("fd").integer(-1);
  to.frontend = field.at("frontend").integer(0, proxies - 1);
  to.options = field.at("options").integer();
  to.backlog = field.at("backlog").integer(0);
  return to;
}

}  // namespace

EngineConf read_engine_conf(const Napi::Value& conf) {
  Field field(conf, "EngineConf");
  EngineConf to;
  to.workers = field.at("workers").integer(1, 4096);
  to.worker = field.at("worker").integer(0, to.workers - 1);
  to.bufsize = field.at("bufsize").integer(1024, 1 << 28);
  to.maxrewrite = field.at("maxrewrite").integer(0, to.bufsize);
  to.max_headers = field.at("maxHeaders").integer(1, 32767);
  to.max_accept = field.at("maxAccept").integer(-1);
  to.pipe_size = field.at("pipeSize").integer(0);
  to.max_pipes = field.at("maxPipes").integer(0);
  to.max_connections = field.at("maxConnections").integer(0);
  to.splice = field.at("splice").boolean();
  to.share_idle = field.at("shareIdle").boolean() && to.workers > 1;
  to.options = field.at("options").integer(0);
  Field errors = field.at("errorCodes"), failures = field.at("failCodes");
  for (uint32_t i = 0, n = errors.length(); i < n; i++) to.error_codes.set(static_cast<size_t>(errors.at(i).integer(100, 599) - 100));
  for (uint32_t i = 0, n = failures.length(); i < n; i++) to.fail_codes.set(static_cast<size_t>(failures.at(i).integer(100, 599) - 100));
  Field buckets = field.at("latencyBuckets");
  for (uint32_t i = 0, n = std::min<uint32_t>(buckets.length(), HT_BUCKETS - 1); i < n; i++) to.latency_buckets.push_back(buckets.at(i).integer(0));
  Field cases = field.at("headerCases");
  for (uint32_t i = 0, n = cases.length(); i < n; i++) to.header_cases.add(cases.at(i).at(0u).text(), cases.at(i).at(1u).text());
  to.responses = rows<std::string>(field.at("responses"), [](const Field& f) { return std::string(f.bytes()); });
  Field proxies = field.at("proxies");
  auto count = static_cast<int32_t>(proxies.length()), responses = static_cast<int32_t>(to.responses.size());
  to.proxies = rows<ProxyConf>(proxies, [&](const Field& f) { return read_proxy(f, count, responses); });
  to.servers = rows<ServerConf>(field.at("servers"), [&](const Field& f) { return read_server(f, count); });
  to.listeners = rows<ListenerConf>(field.at("listeners"), [&](const Field& f) { return read_listener(f, count); });
  return to;
}

ServerConf read_server_conf(const Napi::Value& conf, int32_t proxies) { return read_server(Field(conf, "EngineServer"), proxies); }

std::string_view bytes_of(const Napi::Value& value, const char* name) { return Field(value, name).bytes(); }

}  // namespace tsproxy
