// The vector scans against a byte-by-byte reading of the same classes, at every alignment, length and stop position.
#include "http1_scan.h"

#include <cstring>
#include <memory>
#include "check.h"

using namespace tsproxy;

namespace {

bool token_reference(unsigned char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c != 0 && std::strchr("!#$%&'*+-.^_`|~", c));
}
bool value_reference(unsigned char c) { return c == '\t' || (c >= 0x20 && c != 0x7f); }
bool target_reference(unsigned char c) { return c > 0x20 && c < 0x7f && c != '#'; }

// Every byte value as the one that may stop the scan, at every position of runs of up to 70 bytes of filler. The run lies in
// a heap block of exactly its size, so that a read behind its end is seen by AddressSanitizer.
void compare(const char* (*scan)(const char*, const char*), bool (*in_class)(unsigned char), char filler) {
  for (size_t n = 0; n <= 70; n++) {
    std::unique_ptr<char[]> run(new char[n]);
    std::memset(run.get(), filler, n);
    CHECK(scan(run.get(), run.get() + n) == run.get() + n);
    for (size_t at = 0; at < n; at += n > 40 ? 7 : 1) {
      for (int c = 0; c < 256; c++) {
        run[at] = static_cast<char>(c);
        const char* expected = run.get() + (in_class(static_cast<unsigned char>(c)) ? n : at);
        CHECK(scan(run.get(), run.get() + n) == expected);
      }
      run[at] = filler;
    }
  }
}

}  // namespace

TEST(tokens_end_where_the_class_ends) {
  compare(scan_token, token_reference, 'x');
  compare(scan_token, token_reference, '!');
}
TEST(values_end_at_control_characters) { compare(scan_value, value_reference, 'v'); }
TEST(targets_end_at_blanks_fragments_and_high_bytes) { compare(scan_target, target_reference, '/'); }

TEST(the_first_of_several_stops_counts) {
  const char text[] = "abcdefghijklmnopqrstuvwxyz0123456789\r\n\r\n";
  CHECK(scan_value(text, text + sizeof text - 1) == text + 36);
  CHECK(scan_token(text, text + sizeof text - 1) == text + 36);
}

TEST(hexadecimal_digits) {
  for (int c = 0; c < 256; c++) {
    const char* found = c ? std::strchr("0123456789abcdef", std::strchr("ABCDEF", c) ? c + 32 : c) : nullptr;
    const char* digits = "0123456789abcdef";
    const int expected = found ? static_cast<int>(std::strchr(digits, *found) - digits) : -1;
    CHECK(hex_digit(static_cast<char>(c)) == expected);
  }
}

RUN_TESTS()
