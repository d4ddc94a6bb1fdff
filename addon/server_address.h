// The address of a server as the main thread keeps it in the shared pages: names that are resolved anew, and administrators, change
// it while the workers run. One writer (src/backends/address.ts), any number of readers; SS_ADDR_SEQ is the lock: the writer makes
// it odd, writes, makes it even again. A reader that saw an odd number, or another one behind its reading, reads again.
#pragma once
#include <cstdint>
#include "conf.h"
#include "page.h"

namespace tsproxy {

enum class ServerAddress {
  None,         // the server has no address: it can't be connected to
  Configured,   // not an IP address: the one in ServerConf
  Inet,         // written to `to`
};

// Reads the address of a server; `to` is touched for Inet only, port 0 if the server has none of its own. `version` gets the
// number that a later address_version() is compared with: connections to another version lead to an address that is not the
// server's any more.
ServerAddress read_server_address(Pages& pages, int server, SocketAddress& to, int32_t& version);

// The version that stands now; odd while the writer is at work.
inline int32_t address_version(Pages& pages, int server) {
  return pages.server(server, SS_ADDR_SEQ).load(std::memory_order_acquire);
}

}  // namespace tsproxy
