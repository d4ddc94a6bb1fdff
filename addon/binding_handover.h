// The functions of handover.h as JavaScript sees them: connectUnix, sendDescriptors, receiveDescriptors, boundAddress.
#pragma once
#include <napi.h>

namespace tsproxy {

void define_handover(Napi::Object exports);

}  // namespace tsproxy
