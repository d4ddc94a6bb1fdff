// Reads the EngineConf object of src/core/addon.ts into conf.h's tables.
#pragma once
#include <napi.h>
#include "conf.h"

namespace tsproxy {

// Throws Napi::TypeError that names the field: "EngineConf.proxies[2].retries: expected an integer from 0 to 2147483647".
EngineConf read_engine_conf(const Napi::Value& conf);
// One server row, likewise.
ServerConf read_server_conf(const Napi::Value& conf, int32_t proxies);

// The bytes of a Uint8Array, valid while the array is. Throws Napi::TypeError for anything else.
std::string_view bytes_of(const Napi::Value& value, const char* name);

}  // namespace tsproxy
