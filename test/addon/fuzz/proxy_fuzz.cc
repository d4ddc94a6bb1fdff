// PROXY headers: every prefix of an accepted one is incomplete, values stay inside, and a TCP header that was read can be
// written and read again with the same addresses.
#include "fuzz.h"
#include "proxy_protocol.h"

using namespace tsproxy;

namespace {

bool equal(const Address& a, const Address& b) {
  return a.family == b.family && a.port == b.port && std::memcmp(a.bytes, b.bytes, sizeof a.bytes) == 0;
}

void check_written(const ProxyHeader& header) {
  char out[PROXY_HEADER_MAX];
  for (int version : {1, 2}) {
    const size_t n = version == 1 ? write_proxy_v1(header.source, header.destination, out) : write_proxy_v2(header.source, header.destination, false, out);
    ProxyHeader again;
    const char* reason = "";
    HOLDS(parse_proxy_header(out, n, again, &reason) == Parse::Complete && again.length == n && !again.local);
    HOLDS(equal(again.source, header.source) && equal(again.destination, header.destination));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const Exact input(data, size);
  ProxyHeader header;
  const char* reason = "";
  const Parse parsed = parse_proxy_header(input.bytes.get(), size, header, &reason);
  if (parsed == Parse::Error) HOLDS(*reason != '\0');
  if (parsed != Parse::Complete) return 0;
  HOLDS(header.length <= size);
  const unsigned char* first = reinterpret_cast<const unsigned char*>(input.bytes.get());
  if (header.tlvs) HOLDS(header.tlvs >= first && header.tlvs + header.tlvs_size == first + header.length);
  for (size_t n = 0; n < header.length; n++) {
    const Exact part(data, n);
    ProxyHeader ignored;
    HOLDS(parse_proxy_header(part.bytes.get(), n, ignored, &reason) == Parse::Incomplete);
  }
  if (!header.local && header.source.family != 1) check_written(header);
  return 0;
}
