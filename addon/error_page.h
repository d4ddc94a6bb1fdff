// The built-in error responses: what a client gets if neither frontend nor backend has an errorfile for the status.
#pragma once
#include <cstdint>
#include <string_view>

namespace tsproxy {

// Head and body as on the wire; an unknown status is answered as 500. Static memory.
std::string_view error_page(int32_t status);

}  // namespace tsproxy
