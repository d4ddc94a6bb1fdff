#include "server_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <cstring>
#include <thread>
#include "check.h"

using namespace tsproxy;

namespace {

// As src/backends/address.ts writes: odd, cells, even.
void write_address(Pages& pages, int server, int family, int port, const char* text) {
  uint8_t bytes[16] = {};
  if (text != nullptr) inet_pton(family == 4 ? AF_INET : AF_INET6, text, bytes);
  pages.server(server, SS_ADDR_SEQ).fetch_add(1);
  pages.server(server, SS_ADDR_FAMILY).store(family);
  pages.server(server, SS_ADDR_PORT).store(port);
  for (int i = 0; i < 4; i++) {
    int32_t cell;
    std::memcpy(&cell, bytes + i * 4, 4);
    pages.server(server, SS_ADDR + i).store(cell);
  }
  pages.server(server, SS_ADDR_SEQ).fetch_add(1);
}

}  // namespace

TEST(an_untouched_server_has_its_configured_address) {
  Pages pages(1, 1, 1, 0);
  SocketAddress to;
  int32_t version = -1;
  CHECK(read_server_address(pages, 0, to, version) == ServerAddress::Configured);
  CHECK(to.length == 0 && version == 0);
}

TEST(addresses_of_both_families) {
  Pages pages(1, 1, 2, 0);
  SocketAddress to;
  int32_t version = 0;
  write_address(pages, 1, 4, 8080, "192.0.2.7");
  CHECK(read_server_address(pages, 1, to, version) == ServerAddress::Inet);
  sockaddr_in in;
  std::memcpy(&in, &to.storage, sizeof in);
  CHECK(in.sin_family == AF_INET && ntohs(in.sin_port) == 8080 && ntohl(in.sin_addr.s_addr) == 0xc0000207u);
  CHECK(to.length == sizeof in);
  CHECK(version == address_version(pages, 1));

  write_address(pages, 1, 6, 443, "2001:db8::1");
  CHECK(version != address_version(pages, 1));
  CHECK(read_server_address(pages, 1, to, version) == ServerAddress::Inet);
  sockaddr_in6 in6;
  std::memcpy(&in6, &to.storage, sizeof in6);
  CHECK(in6.sin6_family == AF_INET6 && ntohs(in6.sin6_port) == 443 && in6.sin6_addr.s6_addr[15] == 1);
  CHECK(to.length == sizeof in6);
  CHECK(read_server_address(pages, 0, to, version) == ServerAddress::Configured);
}

TEST(a_server_without_address) {
  Pages pages(1, 1, 1, 0);
  SocketAddress to;
  int32_t version = 0;
  write_address(pages, 0, 1, 80, nullptr);
  CHECK(read_server_address(pages, 0, to, version) == ServerAddress::None);
}

TEST(a_reader_never_sees_half_an_address) {
  Pages pages(1, 1, 1, 0);
  write_address(pages, 0, 4, 1, "1.1.1.1");
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; i < 20000; i++) {
      if (i % 2 == 0) write_address(pages, 0, 6, 2, "202:202:202:202:202:202:202:202");
      else write_address(pages, 0, 4, 1, "1.1.1.1");
    }
    done = true;
  });
  bool whole = true;
  while (!done) {
    SocketAddress to;
    int32_t version = 0;
    read_server_address(pages, 0, to, version);
    sockaddr_in in;
    sockaddr_in6 in6;
    std::memcpy(&in, &to.storage, sizeof in);
    std::memcpy(&in6, &to.storage, sizeof in6);
    bool four = in.sin_family == AF_INET && ntohs(in.sin_port) == 1 && in.sin_addr.s_addr == 0x01010101u;
    bool six = in6.sin6_family == AF_INET6 && ntohs(in6.sin6_port) == 2 && in6.sin6_addr.s6_addr32[3] == 0x02020202u;
    whole = whole && (four || six);
  }
  writer.join();
  CHECK(whole);
}

RUN_TESTS()
