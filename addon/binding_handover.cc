#include "binding_handover.h"

#include "handover.h"

namespace tsproxy {

namespace {

using Info = Napi::CallbackInfo;

int integer(const Info& info, size_t index, const char* what) {
  if (!info[index].IsNumber()) throw Napi::TypeError::New(info.Env(), std::string(what) + " must be a number");
  return info[index].As<Napi::Number>().Int32Value();
}

Napi::Value connect(const Info& info) {
  return Napi::Number::New(info.Env(), connect_unix(info[0].ToString().Utf8Value()));
}

Napi::Value send(const Info& info) {
  if (!info[1].IsTypedArray() || !info[2].IsArray()) throw Napi::TypeError::New(info.Env(), "sendDescriptors: expected bytes and descriptors");
  auto bytes = info[1].As<Napi::Uint8Array>();
  auto list = info[2].As<Napi::Array>();
  std::vector<int> fds(list.Length());
  for (uint32_t i = 0; i < fds.size(); i++) fds[i] = list.Get(i).ToNumber().Int32Value();
  std::string_view text{reinterpret_cast<const char*>(bytes.Data()), bytes.ByteLength()};
  return Napi::Number::New(info.Env(), send_descriptors(integer(info, 0, "socket"), text, fds, integer(info, 3, "timeout")));
}

Napi::Value receive(const Info& info) {
  std::string bytes;
  std::vector<int> fds;
  int got = receive_descriptors(integer(info, 0, "socket"), static_cast<size_t>(integer(info, 1, "most")), bytes, fds, integer(info, 2, "timeout"));
  if (got < 0) return Napi::Number::New(info.Env(), got);
  Napi::Array list = Napi::Array::New(info.Env(), fds.size());
  for (uint32_t i = 0; i < fds.size(); i++) list.Set(i, fds[i]);
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("bytes", Napi::Buffer<char>::Copy(info.Env(), bytes.data(), bytes.size()));
  result.Set("fds", list);
  return result;
}

Napi::Value address(const Info& info) {
  Bound bound;
  if (bound_address(integer(info, 0, "fd"), bound) < 0) return info.Env().Null();
  Napi::Object result = Napi::Object::New(info.Env());
  result.Set("address", Napi::Buffer<char>::Copy(info.Env(), reinterpret_cast<char*>(&bound.address), bound.length));
  result.Set("interface", bound.interface);
  result.Set("v6only", bound.v6only);
  return result;
}

}  // namespace

void define_handover(Napi::Object exports) {
  exports.Set("connectUnix", Napi::Function::New<connect>(exports.Env(), "connectUnix"));
  exports.Set("sendDescriptors", Napi::Function::New<send>(exports.Env(), "sendDescriptors"));
  exports.Set("receiveDescriptors", Napi::Function::New<receive>(exports.Env(), "receiveDescriptors"));
  exports.Set("boundAddress", Napi::Function::New<address>(exports.Env(), "boundAddress"));
}

}  // namespace tsproxy
