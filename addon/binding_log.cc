#include "binding_log.h"

#include <algorithm>
#include <cstring>
#include <string>

namespace tsproxy {

namespace {

LogReceiver read_receiver(const Napi::Value& value) {
  LogReceiver to;
  Napi::Value fd = value.As<Napi::Object>().Get("fd"), address = value.As<Napi::Object>().Get("address");
  if (fd.IsNumber()) {
    to.fd = fd.As<Napi::Number>().Int32Value();
    if (to.fd >= 0) return to;
  }
  if (!address.IsTypedArray()) throw Napi::TypeError::New(value.Env(), "createLogOutput: a receiver has an address or a descriptor");
  auto bytes = address.As<Napi::Uint8Array>();
  if (bytes.ByteLength() < sizeof(sa_family_t) || bytes.ByteLength() > sizeof to.address.storage)
    throw Napi::TypeError::New(value.Env(), "createLogOutput: expected the bytes of a socket address");
  std::memcpy(&to.address.storage, bytes.Data(), bytes.ByteLength());
  to.address.length = static_cast<socklen_t>(bytes.ByteLength());
  return to;
}

}  // namespace

Napi::Function LogObject::define(Napi::Env env) {
  return DefineClass(env, "LogOutput", {InstanceMethod<&LogObject::send>("send")});
}

LogObject::LogObject(const Napi::CallbackInfo& info) : Napi::ObjectWrap<LogObject>(info) {
  if (!info[0].IsArray()) throw Napi::TypeError::New(info.Env(), "createLogOutput: expected an array of receivers");
  auto list = info[0].As<Napi::Array>();
  std::vector<LogReceiver> receivers;
  for (uint32_t i = 0; i < list.Length(); i++) {
    Napi::Value row = list.Get(i);
    if (!row.IsObject()) throw Napi::TypeError::New(info.Env(), "createLogOutput: a receiver is an object");
    receivers.push_back(read_receiver(row));
  }
  output_ = std::make_unique<LogOutput>(receivers);
}

Napi::Value LogObject::send(const Napi::CallbackInfo& info) {
  if (!info[0].IsTypedArray() || !info[1].IsNumber()) throw Napi::TypeError::New(info.Env(), "send: expected records and their length");
  auto bytes = info[0].As<Napi::Uint8Array>();
  size_t length = std::min<size_t>(info[1].As<Napi::Number>().Uint32Value(), bytes.ByteLength());
  LogOutput::Count count = output_->send(reinterpret_cast<const char*>(bytes.Data()), length);
  return Napi::Number::New(info.Env(), static_cast<double>(count.dropped));
}

}  // namespace tsproxy
