// What the runtime API asks of a worker's engine, as JavaScript objects.
#pragma once
#include <napi.h>
#include "engine.h"

namespace tsproxy {

Napi::Value session_rows(Napi::Env env, const std::vector<SessionRow>& rows);
Napi::Value captured_messages(Napi::Env env, const Captures& captures);

}  // namespace tsproxy
