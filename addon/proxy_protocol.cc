#include "proxy_protocol.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <array>
#include <cstring>

namespace tsproxy {
namespace {

constexpr char SIGNATURE[] = "\r\n\r\n\0\r\nQUIT\n";
constexpr size_t SIGNATURE_SIZE = 12;
constexpr size_t V2_FIXED = 16;           // signature, version and command, family, length
constexpr size_t V1_LINE_MAX = 107;       // with CRLF
constexpr uint8_t TLV_CRC32C = 0x03;

Parse refuse(const char** reason, const char* why) {
  *reason = why;
  return Parse::Error;
}

// --- version 1: a line of text --------------------------------------------------------------------------------

struct Text {
  const char* p;
  const char* end;
};

bool take(Text& text, const char* literal) {
  const size_t n = std::strlen(literal);
  if (static_cast<size_t>(text.end - text.p) < n || std::memcmp(text.p, literal, n) != 0) return false;
  text.p += n;
  return true;
}

// Up to the next blank or the end, which is left in place.
Text word(Text& text) {
  Text found{text.p, text.p};
  while (found.end < text.end && *found.end != ' ') found.end++;
  text.p = found.end;
  return found;
}

bool parse_ip(Text from, Address& address, int family) {
  char text[INET6_ADDRSTRLEN];
  const size_t n = static_cast<size_t>(from.end - from.p);
  if (n == 0 || n >= sizeof text) return false;
  std::memcpy(text, from.p, n);
  text[n] = '\0';
  address.family = family == AF_INET ? 4 : 6;
  return std::strlen(text) == n && inet_pton(family, text, address.bytes) == 1;
}

bool parse_port(Text from, uint16_t& port) {
  const size_t n = static_cast<size_t>(from.end - from.p);
  if (n == 0 || n > 5 || (n > 1 && *from.p == '0')) return false;
  uint32_t value = 0;
  for (; from.p < from.end; from.p++) {
    if (*from.p < '0' || *from.p > '9') return false;
    value = value * 10 + static_cast<uint32_t>(*from.p - '0');
  }
  port = static_cast<uint16_t>(value);
  return value <= 65535;
}

Parse parse_v1(const char* bytes, size_t n, ProxyHeader& header, const char** reason) {
  const size_t room = n < V1_LINE_MAX ? n : V1_LINE_MAX;
  const char* cr = static_cast<const char*>(std::memchr(bytes, '\r', room));
  const char* lf = static_cast<const char*>(std::memchr(bytes, '\n', room));
  if (lf && (!cr || lf < cr)) return refuse(reason, "LF without CR in the PROXY line");
  if (!cr || cr + 1 == bytes + room) return room < V1_LINE_MAX ? Parse::Incomplete : refuse(reason, "PROXY line too long");
  if (cr[1] != '\n') return refuse(reason, "CR without LF in the PROXY line");
  header.length = static_cast<size_t>(cr + 2 - bytes);
  Text text{bytes + 6, cr};
  if (take(text, "UNKNOWN")) {
    header.local = true;
    return text.p == text.end || *text.p == ' ' ? Parse::Complete : refuse(reason, "unknown protocol in the PROXY line");
  }
  int family;
  if (take(text, "TCP4 ")) family = AF_INET;
  else if (take(text, "TCP6 ")) family = AF_INET6;
  else return refuse(reason, "unknown protocol in the PROXY line");
  const bool addresses = parse_ip(word(text), header.source, family) && take(text, " ") && parse_ip(word(text), header.destination, family);
  if (!addresses) return refuse(reason, "malformed address in the PROXY line");
  const bool ports = take(text, " ") && parse_port(word(text), header.source.port) && take(text, " ") && parse_port(word(text), header.destination.port);
  if (!ports || text.p != text.end) return refuse(reason, "malformed port in the PROXY line");
  return Parse::Complete;
}

// --- version 2: binary ------------------------------------------------------------------------------------------

constexpr std::array<uint32_t, 256> make_crc_table() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; i++) {
    uint32_t crc = i;
    for (int bit = 0; bit < 8; bit++) crc = crc & 1 ? crc >> 1 ^ 0x82f63b78 : crc >> 1;   // Castagnoli, reflected
    table[i] = crc;
  }
  return table;
}
constexpr std::array<uint32_t, 256> crc_table = make_crc_table();

// CRC32c (RFC 4960, Appendix B) of the header, the 4 bytes at `hole` taken as zero.
uint32_t header_crc(const unsigned char* bytes, size_t n, size_t hole) {
  uint32_t crc = ~uint32_t{0};
  for (size_t i = 0; i < n; i++) {
    const unsigned char byte = i >= hole && i < hole + 4 ? 0 : bytes[i];
    crc = crc >> 8 ^ crc_table[(crc ^ byte) & 0xff];
  }
  return ~crc;
}

uint32_t read16(const unsigned char* p) { return static_cast<uint32_t>(p[0] << 8 | p[1]); }

// Each value must end inside the header, and the last one at its end.
const char* check_tlvs(const unsigned char* header, size_t first, size_t end) {
  for (size_t at = first; at < end;) {
    if (end - at < 3) return "PROXY header with a cut TLV";
    const size_t size = read16(header + at + 1);
    if (size > end - at - 3) return "PROXY header with a TLV beyond its end";
    if (header[at] == TLV_CRC32C) {
      const unsigned char* sum = header + at + 3;
      if (size != 4) return "PROXY header with a malformed checksum";
      if (header_crc(header, end, at + 3) != (read16(sum) << 16 | read16(sum + 2))) return "PROXY header with a wrong checksum";
    }
    at += 3 + size;
  }
  return nullptr;
}

struct Family {
  uint8_t code;         // family << 4 | transport
  uint8_t family;       // of Address
  uint8_t bytes;        // of one address
  uint8_t block;        // of all addresses
  bool known;           // addresses are used; else those of the connection stay
};
constexpr Family families[] = {
    {0x11, 4, 4, 12, true},   {0x21, 6, 16, 36, true},   {0x31, 1, 108, 216, true},
    {0x12, 4, 4, 12, false},  {0x22, 6, 16, 36, false},  {0x32, 1, 108, 216, false},
};

void read_addresses(const unsigned char* p, const Family& family, ProxyHeader& header) {
  header.source.family = header.destination.family = family.family;
  if (family.family == 1) return;
  std::memcpy(header.source.bytes, p, family.bytes);
  std::memcpy(header.destination.bytes, p + family.bytes, family.bytes);
  header.source.port = static_cast<uint16_t>(read16(p + 2 * family.bytes));
  header.destination.port = static_cast<uint16_t>(read16(p + 2 * family.bytes + 2));
}

Parse parse_v2(const char* text, size_t n, ProxyHeader& header, const char** reason) {
  const unsigned char* bytes = reinterpret_cast<const unsigned char*>(text);
  if (n > 12 && bytes[12] != 0x20 && bytes[12] != 0x21) return refuse(reason, "PROXY header of an unknown version or command");
  if (n > 13 && (bytes[13] > 0x3f || (bytes[13] & 0xf) > 2)) return refuse(reason, "PROXY header of an unknown address family or protocol");
  if (n < V2_FIXED) return Parse::Incomplete;
  const size_t length = V2_FIXED + read16(bytes + 14);
  const Family* family = nullptr;
  for (const Family& row : families) {
    if (row.code == bytes[13]) family = &row;
  }
  const bool local = bytes[12] == 0x20;
  if (!local && family && length < V2_FIXED + family->block) return refuse(reason, "PROXY header too short for its addresses");
  if (n < length) return Parse::Incomplete;
  header.length = length;
  header.local = local || !family || !family->known;
  if (local || !family) return Parse::Complete;   // what follows has no defined layout
  const size_t tlvs = V2_FIXED + family->block;
  const char* fault = check_tlvs(bytes, tlvs, length);
  if (fault) return refuse(reason, fault);
  if (family->known) read_addresses(bytes + V2_FIXED, *family, header);
  header.tlvs = bytes + tlvs;
  header.tlvs_size = length - tlvs;
  return Parse::Complete;
}

size_t put_text(char* out, const char* text, size_t n) {
  std::memcpy(out, text, n);
  return n;
}

size_t put_port(char* out, uint16_t port) {
  char digits[5];
  size_t n = 0;
  do {
    digits[n++] = static_cast<char>('0' + port % 10);
    port = static_cast<uint16_t>(port / 10);
  } while (port > 0);
  for (size_t i = 0; i < n; i++) out[i] = digits[n - 1 - i];
  return n;
}

bool same_ip_family(const Address& a, const Address& b) {
  return a.family == b.family && (a.family == 4 || a.family == 6);
}

}  // namespace

Address address_of(const sockaddr_storage& from) {
  Address address;
  if (from.ss_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &from, sizeof in);
    address.family = 4;
    address.port = ntohs(in.sin_port);
    std::memcpy(address.bytes, &in.sin_addr, 4);
  } else if (from.ss_family == AF_INET6) {
    sockaddr_in6 in6;
    std::memcpy(&in6, &from, sizeof in6);
    address.family = 6;
    address.port = ntohs(in6.sin6_port);
    std::memcpy(address.bytes, &in6.sin6_addr, 16);
  } else if (from.ss_family == AF_UNIX) {
    address.family = 1;
  }
  return address;
}

bool parse_address(std::string_view text, Address& to) {
  Text from{text.data(), text.data() + text.size()};
  return parse_ip(from, to, text.find(':') == std::string_view::npos ? AF_INET : AF_INET6);
}

size_t address_text(const Address& address, char* out) {
  char text[INET6_ADDRSTRLEN];
  const int family = address.family == 4 ? AF_INET : AF_INET6;
  if (address.family != 4 && address.family != 6) return 0;
  if (!inet_ntop(family, address.bytes, text, sizeof text)) return 0;
  return put_text(out, text, std::strlen(text));
}

Parse parse_proxy_header(const char* bytes, size_t n, ProxyHeader& header, const char** reason) {
  header = ProxyHeader{};
  const bool binary = n > 0 && bytes[0] == SIGNATURE[0];
  const char* expected = binary ? SIGNATURE : "PROXY ";
  const size_t size = binary ? SIGNATURE_SIZE : 6;
  if (std::memcmp(bytes, expected, n < size ? n : size) != 0) return refuse(reason, "no PROXY header");
  if (n < size) return Parse::Incomplete;
  return binary ? parse_v2(bytes, n, header, reason) : parse_v1(bytes, n, header, reason);
}

size_t write_proxy_v1(const Address& source, const Address& destination, char* out) {
  if (!same_ip_family(source, destination)) return put_text(out, "PROXY UNKNOWN\r\n", 15);
  size_t n = put_text(out, source.family == 4 ? "PROXY TCP4 " : "PROXY TCP6 ", 11);
  n += address_text(source, out + n);
  out[n++] = ' ';
  n += address_text(destination, out + n);
  out[n++] = ' ';
  n += put_port(out + n, source.port);
  out[n++] = ' ';
  n += put_port(out + n, destination.port);
  return n + put_text(out + n, "\r\n", 2);
}

size_t write_proxy_v2(const Address& source, const Address& destination, bool local, char* out) {
  const bool known = !local && same_ip_family(source, destination);
  const size_t bytes = !known ? 0 : source.family == 4 ? 4 : 16;
  const size_t block = known ? 2 * bytes + 4 : 0;
  std::memcpy(out, SIGNATURE, SIGNATURE_SIZE);
  out[12] = static_cast<char>(local ? 0x20 : 0x21);
  out[13] = static_cast<char>(!known ? 0x00 : source.family == 4 ? 0x11 : 0x21);
  out[14] = 0;
  out[15] = static_cast<char>(block);
  if (!known) return V2_FIXED;
  std::memcpy(out + 16, source.bytes, bytes);
  std::memcpy(out + 16 + bytes, destination.bytes, bytes);
  const uint16_t ports[2] = {htons(source.port), htons(destination.port)};
  std::memcpy(out + 16 + 2 * bytes, ports, sizeof ports);
  return V2_FIXED + block;
}

size_t add_proxy_tlv(char* header, size_t length, uint8_t type, std::string_view value) {
  char* to = header + length;
  to[0] = static_cast<char>(type);
  to[1] = static_cast<char>(value.size() >> 8);
  to[2] = static_cast<char>(value.size());
  put_text(to + 3, value.data(), value.size());
  length += 3 + value.size();
  header[14] = static_cast<char>((length - V2_FIXED) >> 8);
  header[15] = static_cast<char>(length - V2_FIXED);
  return length;
}

size_t add_proxy_checksum(char* header, size_t length) {
  const size_t hole = length + 3;
  length = add_proxy_tlv(header, length, TLV_CRC32C, std::string_view("\0\0\0\0", 4));
  const uint32_t sum = htonl(header_crc(reinterpret_cast<const unsigned char*>(header), length, hole));
  std::memcpy(header + hole, &sum, sizeof sum);
  return length;
}

}  // namespace tsproxy
