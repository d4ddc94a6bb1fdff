#include "http1_scan.h"

namespace tsproxy {
namespace {

constexpr bool one_of(char c, const char* set) {
  for (; *set; set++) {
    if (*set == c) return true;
  }
  return false;
}

constexpr std::array<uint8_t, 256> make_classes() {
  std::array<uint8_t, 256> classes{};
  for (int i = 0; i < 256; i++) {
    const char c = static_cast<char>(i);
    const bool digit = i >= '0' && i <= '9';
    const bool alpha = (i >= 'a' && i <= 'z') || (i >= 'A' && i <= 'Z');
    const bool visible = i > 0x20 && i < 0x7f;
    uint8_t bits = 0;
    if (digit) bits |= BC_DIGIT;
    if (alpha) bits |= BC_ALPHA;
    if (digit || alpha || one_of(c, "!#$%&'*+-.^_`|~")) bits |= BC_TOKEN;
    if (i == '\t' || (i >= 0x20 && i != 0x7f)) bits |= BC_VALUE;
    if (visible && c != '#') bits |= BC_TARGET;
    if (digit || alpha || one_of(c, "-._~%!$&'()*+;=:[]")) bits |= BC_HOST;
    classes[static_cast<size_t>(i)] = bits;
  }
  return classes;
}

}  // namespace

constinit const std::array<uint8_t, 256> byte_classes = make_classes();

}  // namespace tsproxy
