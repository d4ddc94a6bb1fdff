// Request heads: see head_fuzz.h. The first two bytes choose limits, piece size and changes.
#include "head_fuzz.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) { return fuzz::run(tsproxy::parse_request, data, size); }
