// The constants of abi.def for C++: PHASE_REQUEST, VERDICT_SERVER, FACT_SESSION, …
// Semantics stand beside each row of abi.def; TypeScript has the same names in src/core/abi.ts.
#pragma once
#include <cstdint>

namespace tsproxy {

#define ABI(group, name, value, doc) constexpr int32_t group##_##name = value;
#include "abi.def"
#undef ABI

struct AbiRow {
  const char* name;
  int32_t value;
};

// All rows in the order of abi.def, for the loader's comparison.
constexpr AbiRow abi_rows[] = {
#define ABI(group, name, value, doc) {#group "_" #name, value},
#include "abi.def"
#undef ABI
};

}  // namespace tsproxy
