#include "server_address.h"

#include <netinet/in.h>
#include <cstring>

namespace tsproxy {

namespace {

struct Cells {
  int32_t family, port, address[4];
};

Cells read_cells(Pages& pages, int server) {
  auto cell = [&](int which) { return pages.server(server, which).load(std::memory_order_relaxed); };
  Cells cells{cell(SS_ADDR_FAMILY), cell(SS_ADDR_PORT), {}};
  for (int i = 0; i < 4; i++) cells.address[i] = cell(SS_ADDR + i);
  return cells;
}

// The writer needs a dozen stores: a reader that meets it spins for less than a microsecond.
Cells read_stable(Pages& pages, int server, int32_t& version) {
  for (;;) {
    version = address_version(pages, server);
    if ((version & 1) != 0) continue;
    Cells cells = read_cells(pages, server);
    std::atomic_thread_fence(std::memory_order_acquire);
    if (pages.server(server, SS_ADDR_SEQ).load(std::memory_order_relaxed) == version) return cells;
  }
}

void make_inet4(const Cells& cells, SocketAddress& to) {
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(static_cast<uint16_t>(cells.port));
  std::memcpy(&in.sin_addr, cells.address, sizeof in.sin_addr);
  std::memcpy(&to.storage, &in, sizeof in);
  to.length = sizeof in;
}

void make_inet6(const Cells& cells, SocketAddress& to) {
  sockaddr_in6 in{};
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(static_cast<uint16_t>(cells.port));
  std::memcpy(&in.sin6_addr, cells.address, sizeof in.sin6_addr);
  std::memcpy(&to.storage, &in, sizeof in);
  to.length = sizeof in;
}

}  // namespace

ServerAddress read_server_address(Pages& pages, int server, SocketAddress& to, int32_t& version) {
  Cells cells = read_stable(pages, server, version);
  switch (cells.family) {
    case 4: make_inet4(cells, to); return ServerAddress::Inet;
    case 6: make_inet6(cells, to); return ServerAddress::Inet;
    case 0: return ServerAddress::Configured;
    default: return ServerAddress::None;
  }
}

}  // namespace tsproxy
