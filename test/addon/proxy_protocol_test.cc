// PROXY headers of both versions (proxy-protocol.txt): what is accepted, what is refused, and that a written header reads back.
#include "proxy_protocol.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include "check.h"

using namespace tsproxy;
using std::string;
using std::string_view;
using namespace std::string_view_literals;

namespace {

Parse parse(string_view text, ProxyHeader& header, string& why) {
  std::unique_ptr<char[]> copy(new char[text.size()]);
  text.copy(copy.get(), text.size());
  const char* reason = "";
  const Parse parsed = parse_proxy_header(copy.get(), text.size(), header, &reason);
  why = reason;
  return parsed;
}

// Complete at its own length, incomplete before.
void expect_complete(string_view text, size_t length, ProxyHeader& header) {
  string why;
  for (size_t n = 0; n < length; n++) CHECK(parse(text.substr(0, n), header, why) == Parse::Incomplete);
  const Parse parsed = parse(text, header, why);
  if (parsed != Parse::Complete) std::printf("%s: %s\n", string(text).c_str(), why.c_str());
  CHECK(parsed == Parse::Complete && header.length == length);
}

void expect_refused(string_view text, string_view reason) {
  ProxyHeader header;
  string why;
  const Parse parsed = parse(text, header, why);
  if (parsed != Parse::Error || why != reason) std::printf("%s: %d %s\n", string(text).c_str(), static_cast<int>(parsed), why.c_str());
  CHECK(parsed == Parse::Error && why == reason);
}

string text_of(const Address& address) {
  char out[46];
  return string(out, address_text(address, out)) + "|" + std::to_string(address.port);
}

Address ip(const char* text, uint16_t port) {
  Address address;
  address.family = std::strchr(text, ':') ? 6 : 4;
  address.port = port;
  inet_pton(address.family == 6 ? AF_INET6 : AF_INET, text, address.bytes);
  return address;
}

constexpr string_view SIGNATURE = "\r\n\r\n\0\r\nQUIT\n"sv;

string v2(unsigned char command, unsigned char family, size_t length, string_view rest) {
  string header(SIGNATURE);
  header += static_cast<char>(command);
  header += static_cast<char>(family);
  header += static_cast<char>(length >> 8);
  header += static_cast<char>(length & 0xff);
  return header.append(rest);
}
string v2(unsigned char command, unsigned char family, const string& rest) { return v2(command, family, rest.size(), rest); }

const string IPV4("\x7f\0\0\1\x7f\0\0\2\0\x2a\5\x39", 12);

}  // namespace

TEST(lines_of_version_1) {
  ProxyHeader header;
  expect_complete("PROXY TCP4 192.0.2.1 192.0.2.11 56324 443\r\nGET / HTTP/1.1\r\n", 43, header);
  CHECK(!header.local && text_of(header.source) == "192.0.2.1|56324" && text_of(header.destination) == "192.0.2.11|443");
  expect_complete("PROXY TCP6 2001:db8::1 ::ffff:192.0.2.1 0 65535\r\n", 49, header);
  CHECK(text_of(header.source) == "2001:db8::1|0" && text_of(header.destination) == "::ffff:192.0.2.1|65535");
  expect_complete("PROXY UNKNOWN\r\n", 15, header);
  CHECK(header.local);
  expect_complete("PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n", 107, header);
  CHECK(header.local);
}

TEST(malformed_lines_of_version_1) {
  struct { string_view text, reason; } const rows[] = {
      {"GET / HTTP/1.1\r\n", "no PROXY header"},
      {"proxy TCP4", "no PROXY header"},
      {"PROXYTCP4", "no PROXY header"},
      {"PROXY TCP5 1.2.3.4 1.2.3.4 1 2\r\n", "unknown protocol in the PROXY line"},
      {"PROXY  TCP4 1.2.3.4 1.2.3.4 1 2\r\n", "unknown protocol in the PROXY line"},
      {"PROXY UNKNOWNX\r\n", "unknown protocol in the PROXY line"},
      {"PROXY TCP4 1.2.3 1.2.3.4 1 2\r\n", "malformed address in the PROXY line"},
      {"PROXY TCP4 1.2.3.4  1.2.3.4 1 2\r\n", "malformed address in the PROXY line"},
      {"PROXY TCP4 01.2.3.4 1.2.3.4 1 2\r\n", "malformed address in the PROXY line"},
      {"PROXY TCP4 1.2.3.256 1.2.3.4 1 2\r\n", "malformed address in the PROXY line"},
      {"PROXY TCP4 ::1 ::1 1 2\r\n", "malformed address in the PROXY line"},
      {"PROXY TCP6 1.2.3.4 1.2.3.4 1 2\r\n", "malformed address in the PROXY line"},
      {"PROXY TCP4 1.2.3.4\0 1.2.3.4 1 2\r\n"sv, "malformed address in the PROXY line"},
      {"PROXY TCP4\r\n", "unknown protocol in the PROXY line"},
      {"PROXY TCP4 1.2.3.4 1.2.3.4\r\n", "malformed port in the PROXY line"},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n", "malformed port in the PROXY line"},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 1 2 3\r\n", "malformed port in the PROXY line"},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 1 2 \r\n", "malformed port in the PROXY line"},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 01 2\r\n", "malformed port in the PROXY line"},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 65536 2\r\n", "malformed port in the PROXY line"},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 -1 2\r\n", "malformed port in the PROXY line"},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\n", "LF without CR in the PROXY line"},
      {"PROXY TCP4 1.2.3.4 1.2.3.4 1 2\rX", "CR without LF in the PROXY line"},
  };
  for (const auto& row : rows) expect_refused(row.text, row.reason);
  expect_refused("PROXY UNKNOWN " + string(92, 'x') + "\r\n", "PROXY line too long");
  expect_refused("PROXY UNKNOWN " + string(93, 'x'), "PROXY line too long");
}

TEST(headers_of_version_2) {
  ProxyHeader header;
  expect_complete(v2(0x21, 0x11, IPV4) + "GET", 28, header);
  CHECK(!header.local && text_of(header.source) == "127.0.0.1|42" && text_of(header.destination) == "127.0.0.2|1337" && header.tlvs_size == 0);
  const string six = string("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1", 16) + string(15, '\0') + "\1" + string("\0\1\0\2", 4);
  expect_complete(v2(0x21, 0x21, six), 52, header);
  CHECK(text_of(header.source) == "2001:db8::1|1" && text_of(header.destination) == "::1|2");
  expect_complete(v2(0x21, 0x31, string(216, 'p')), 232, header);
  CHECK(!header.local && header.source.family == 1 && header.destination.family == 1);
}

TEST(addresses_that_are_not_used_in_version_2) {
  ProxyHeader header;
  for (const string& text : {v2(0x20, 0x00, ""), v2(0x20, 0x11, IPV4), v2(0x20, 0x11, "abc"), v2(0x21, 0x00, ""), v2(0x21, 0x00, "whatever"), v2(0x21, 0x12, IPV4), v2(0x21, 0x01, ""), v2(0x21, 0x10, "")}) {
    expect_complete(text, text.size(), header);
    CHECK(header.local && header.source.family == 0);
  }
}

TEST(malformed_headers_of_version_2) {
  expect_refused(string(SIGNATURE.substr(0, 11)) + "\r", "no PROXY header");
  expect_refused("\r\n\r\nGET", "no PROXY header");
  for (unsigned char command : {0x11, 0x22, 0x2f, 0x31, 0x00}) expect_refused(v2(command, 0x11, IPV4), "PROXY header of an unknown version or command");
  for (unsigned char family : {0x13, 0x41, 0xff, 0x1f}) expect_refused(v2(0x21, family, IPV4), "PROXY header of an unknown address family or protocol");
  expect_refused(v2(0x21, 0x11, IPV4.substr(0, 11)), "PROXY header too short for its addresses");
  expect_refused(v2(0x21, 0x21, IPV4), "PROXY header too short for its addresses");
  expect_refused(v2(0x21, 0x31, string(215, 'p')), "PROXY header too short for its addresses");
}

TEST(values_of_version_2_stay_inside_the_header) {
  ProxyHeader header;
  const string tlv("\2\0\5" "12345", 8);
  const string text = v2(0x21, 0x11, IPV4 + tlv);
  const char* reason = "";
  CHECK(parse_proxy_header(text.data(), text.size(), header, &reason) == Parse::Complete);
  CHECK(header.tlvs == reinterpret_cast<const unsigned char*>(text.data()) + 28 && header.tlvs_size == 8 && header.length == 36);
  // What comes behind the header is not looked at.
  const string longer = text + string("\2\0\5" "54321", 8);
  CHECK(parse_proxy_header(longer.data(), longer.size(), header, &reason) == Parse::Complete && header.length == 36 && header.tlvs_size == 8);
  expect_refused(v2(0x21, 0x11, 20, IPV4 + string("\2\0\x0a" "1234512345", 13)), "PROXY header with a TLV beyond its end");
  expect_refused(v2(0x21, 0x11, 20, IPV4 + string("\2\0\4" "12345", 8)), "PROXY header with a cut TLV");
  expect_refused(v2(0x21, 0x11, IPV4 + "\4"), "PROXY header with a cut TLV");
  expect_refused(v2(0x21, 0x11, IPV4 + string("\4\xff\xff", 3)), "PROXY header with a TLV beyond its end");
  const string empty = v2(0x21, 0x11, IPV4 + string("\4\0\0\4\0\0", 6));
  expect_complete(empty, empty.size(), header);
}

TEST(checksums_of_version_2_are_verified) {
  ProxyHeader header;
  // CRC32c of the header below, computed apart from this program.
  const string sum("\x80\x37\x21\x6b", 4);
  const string good = v2(0x21, 0x11, IPV4 + string("\3\0\4", 3) + sum);
  expect_complete(good, good.size(), header);
  for (size_t at = 16; at < good.size(); at++) {
    string broken = good;
    broken[at] = static_cast<char>(broken[at] ^ 1);
    string why;
    if (at < 28 || at >= 31) CHECK(parse(broken, header, why) == Parse::Error && why == "PROXY header with a wrong checksum");
  }
  expect_refused(v2(0x21, 0x11, IPV4 + string("\3\0\3abc", 6)), "PROXY header with a malformed checksum");
}

TEST(written_headers_read_back) {
  struct { Address source, destination; } const rows[] = {
      {ip("192.0.2.1", 1), ip("255.255.255.255", 65535)},
      {ip("2001:db8::1", 0), ip("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 443)},
  };
  for (const auto& row : rows) {
    char out[PROXY_HEADER_MAX];
    ProxyHeader header;
    for (int version : {1, 2}) {
      const size_t n = version == 1 ? write_proxy_v1(row.source, row.destination, out) : write_proxy_v2(row.source, row.destination, false, out);
      CHECK(n <= PROXY_HEADER_MAX);
      expect_complete({out, n}, n, header);
      CHECK(!header.local && text_of(header.source) == text_of(row.source) && text_of(header.destination) == text_of(row.destination));
    }
  }
}

TEST(the_wire_format_of_written_headers) {
  char out[PROXY_HEADER_MAX];
  const Address four = ip("127.0.0.1", 42), other = ip("127.0.0.2", 1337), six = ip("::1", 1);
  CHECK(string_view(out, write_proxy_v1(four, other, out)) == "PROXY TCP4 127.0.0.1 127.0.0.2 42 1337\r\n");
  CHECK(string_view(out, write_proxy_v1(four, six, out)) == "PROXY UNKNOWN\r\n");
  CHECK(string_view(out, write_proxy_v1(Address{}, Address{}, out)) == "PROXY UNKNOWN\r\n");
  CHECK(string_view(out, write_proxy_v2(four, other, false, out)) == v2(0x21, 0x11, IPV4));
  CHECK(string_view(out, write_proxy_v2(four, other, true, out)) == v2(0x20, 0x00, ""));
  CHECK(string_view(out, write_proxy_v2(four, six, false, out)) == v2(0x21, 0x00, ""));
}

TEST(addresses_of_sockets) {
  sockaddr_storage storage{};
  sockaddr_in in{};
  in.sin_family = AF_INET;
  in.sin_port = htons(8080);
  inet_pton(AF_INET, "192.0.2.7", &in.sin_addr);
  std::memcpy(&storage, &in, sizeof in);
  CHECK(text_of(address_of(storage)) == "192.0.2.7|8080");
  sockaddr_in6 in6{};
  in6.sin6_family = AF_INET6;
  in6.sin6_port = htons(443);
  inet_pton(AF_INET6, "2001:db8::7", &in6.sin6_addr);
  std::memcpy(&storage, &in6, sizeof in6);
  CHECK(text_of(address_of(storage)) == "2001:db8::7|443");
  storage = {};
  storage.ss_family = AF_UNIX;
  CHECK(address_of(storage).family == 1);
  storage.ss_family = AF_UNSPEC;
  CHECK(address_of(storage).family == 0 && text_of(address_of(storage)) == "|0");
}

RUN_TESTS()
