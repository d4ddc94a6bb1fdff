// The PROXY protocol, versions 1 and 2 (proxy-protocol.txt of HAProxy). Whether a header is expected is decided by the
// configuration alone; where it is expected, anything but a valid one is refused.
#pragma once
#include <sys/socket.h>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include "http1_head.h"

namespace tsproxy {

// An address as the engine carries it: 20 bytes.
struct Address {
  uint8_t family = 0;        // 4, 6, 1 (unix), 0 (unknown)
  uint16_t port = 0;         // host order
  uint8_t bytes[16] = {};    // network order, IPv4 in the first 4
};

Address address_of(const sockaddr_storage& from);
bool parse_address(std::string_view text, Address& to);   // an IPv4 or IPv6 address, nothing else
size_t address_text(const Address& address, char* out);   // "192.0.2.1", "2001:db8::1", at most 46 bytes, no NUL

struct ProxyHeader {
  size_t length = 0;         // bytes of the header
  bool local = false;        // LOCAL / UNKNOWN: keep the connection's own addresses
  Address source, destination;
  const unsigned char* tlvs = nullptr;   // version 2, checked to stay inside the header
  size_t tlvs_size = 0;
};

Parse parse_proxy_header(const char* bytes, size_t n, ProxyHeader& header, const char** reason);
constexpr size_t PROXY_HEADER_MAX = 108;   // of the writers below
size_t write_proxy_v1(const Address& source, const Address& destination, char* out);   // UNKNOWN if the families differ or are not IP
size_t write_proxy_v2(const Address& source, const Address& destination, bool local, char* out);
// Adds to a header of version 2 that write_proxy_v2() has written. Both take the header's length so far and return the new one.
size_t add_proxy_tlv(char* header, size_t length, uint8_t type, std::string_view value);   // the caller has seen to the room
size_t add_proxy_checksum(char* header, size_t length);                                      // the last TLV: PP2_TYPE_CRC32C

}  // namespace tsproxy
