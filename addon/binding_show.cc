#include "binding_show.h"

namespace tsproxy {

namespace {

Napi::Value address(Napi::Env env, const Address& a) {
  if (a.family != 4 && a.family != 6) return env.Null();
  Napi::Object made = Napi::Object::New(env);
  made["family"] = Napi::Number::New(env, a.family);
  made["port"] = Napi::Number::New(env, a.port);
  made["bytes"] = Napi::Buffer<uint8_t>::Copy(env, a.bytes, a.family == 4 ? 4 : 16);
  return made;
}

void put(Napi::Object& to, const char* name, double value) { to[name] = Napi::Number::New(to.Env(), value); }

Napi::Value message(Napi::Env env, const Captured& c, bool response) {
  Napi::Object made = Napi::Object::New(env);
  made["response"] = Napi::Boolean::New(env, response);
  put(made, "time", static_cast<double>(c.wall_ns) / 1e6);
  put(made, "number", static_cast<double>(c.number));
  put(made, "frontend", c.frontend);
  put(made, "backend", c.backend);
  put(made, "server", c.server);
  put(made, "position", c.position);
  made["source"] = address(env, c.source);
  made["reason"] = Napi::String::New(env, c.reason);
  made["bytes"] = Napi::Buffer<char>::Copy(env, c.bytes.data(), c.bytes.size());
  return made;
}

}  // namespace

Napi::Value session_rows(Napi::Env env, const std::vector<SessionRow>& rows) {
  Napi::Array all = Napi::Array::New(env, rows.size());
  for (uint32_t i = 0; i < rows.size(); i++) {
    const SessionRow& row = rows[i];
    Napi::Object made = Napi::Object::New(env);
    const std::pair<const char*, double> numbers[] = {
        {"handle", row.handle}, {"state", static_cast<int>(row.state)}, {"flags", row.flags},
        {"frontend", row.frontend}, {"backend", row.backend}, {"server", row.server}, {"listener", row.listener},
        {"requests", row.requests}, {"accepted", static_cast<double>(row.accepted_ns) / 1e6},
        {"clientIdle", static_cast<double>(row.idle_client_ms)}, {"serverIdle", static_cast<double>(row.idle_server_ms)},
        {"expires", static_cast<double>(row.expires_ms)}, {"bytesIn", static_cast<double>(row.in)}, {"bytesOut", static_cast<double>(row.out)},
        {"waitingUp", row.waiting_up}, {"waitingDown", row.waiting_down}, {"upFlags", row.up_flags}, {"downFlags", row.down_flags},
        {"clientFd", row.client_fd}, {"serverFd", row.server_fd}, {"clientFlags", row.client_flags}, {"serverFlags", row.server_flags},
        {"status", row.status}, {"retries", row.retries},
    };
    for (const auto& [name, value] : numbers) put(made, name, value);
    made["source"] = address(env, row.source);
    made["destination"] = address(env, row.destination);
    all[i] = made;
  }
  return all;
}

Napi::Value captured_messages(Napi::Env env, const Captures& captures) {
  Napi::Array messages = Napi::Array::New(env);
  uint32_t n = 0;
  for (const Captured& c : captures.requests)
    if (c.number > 0) messages[n++] = message(env, c, false);
  for (const Captured& c : captures.responses)
    if (c.number > 0) messages[n++] = message(env, c, true);
  Napi::Object made = Napi::Object::New(env);
  put(made, "total", static_cast<double>(captures.total));
  made["messages"] = messages;
  return made;
}

}  // namespace tsproxy
