// Scanning of HTTP/1 text, a vector register at a time (AVX2 or SSE2, whichever the compiler may use; byte by byte
// elsewhere). Each function returns the first byte in [p, end) that does not belong to its class, or end. No byte at or
// behind end is read.
#pragma once
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#if defined(__AVX2__)
#include <immintrin.h>
#elif defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tsproxy {

enum ByteClass : uint8_t {
  BC_TOKEN = 0x1,    // tchar of RFC 9110 section 5.6.2
  BC_VALUE = 0x2,    // field-content and blanks: no control character but HTAB
  BC_TARGET = 0x4,   // what a request target may hold: 0x21..0x7e but '#'
  BC_HOST = 0x8,     // reg-name, IP-literal and port of RFC 3986 section 3.2.2
  BC_DIGIT = 0x10,
  BC_ALPHA = 0x20,
};
extern const std::array<uint8_t, 256> byte_classes;

inline bool is_class(char c, uint8_t classes) { return byte_classes[static_cast<uint8_t>(c)] & classes; }
inline bool is_blank(char c) { return c == ' ' || c == '\t'; }
inline char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }
// 0..15, or -1.
inline int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  char l = static_cast<char>(c | 0x20);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

inline const char* scan_class(const char* p, const char* end, uint8_t classes) {
  while (p < end && is_class(*p, classes)) p++;
  return p;
}

#if defined(__AVX2__)
#define TSPROXY_VECTOR 1
// Bytes of a register compared all at once; mask() has one bit per byte.
struct Block {
  static constexpr int WIDTH = 32;
  static constexpr uint32_t ALL = 0xffffffff;
  __m256i v;
  static Block load(const char* p) { return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))}; }
  static Block all(int c) { return {_mm256_set1_epi8(static_cast<char>(c))}; }
  Block operator==(Block o) const { return {_mm256_cmpeq_epi8(v, o.v)}; }
  Block operator|(Block o) const { return {_mm256_or_si256(v, o.v)}; }
  Block operator-(Block o) const { return {_mm256_sub_epi8(v, o.v)}; }
  Block without(Block o) const { return {_mm256_andnot_si256(o.v, v)}; }
  Block at_most(int c) const { return {_mm256_cmpeq_epi8(_mm256_min_epu8(v, all(c).v), v)}; }
  Block at_least(int c) const { return {_mm256_cmpeq_epi8(_mm256_max_epu8(v, all(c).v), v)}; }
  uint32_t mask() const { return static_cast<uint32_t>(_mm256_movemask_epi8(v)); }
};
#elif defined(__SSE2__)
#define TSPROXY_VECTOR 1
struct Block {
  static constexpr int WIDTH = 16;
  static constexpr uint32_t ALL = 0xffff;
  __m128i v;
  static Block load(const char* p) { return {_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))}; }
  static Block all(int c) { return {_mm_set1_epi8(static_cast<char>(c))}; }
  Block operator==(Block o) const { return {_mm_cmpeq_epi8(v, o.v)}; }
  Block operator|(Block o) const { return {_mm_or_si128(v, o.v)}; }
  Block operator-(Block o) const { return {_mm_sub_epi8(v, o.v)}; }
  Block without(Block o) const { return {_mm_andnot_si128(o.v, v)}; }
  Block at_most(int c) const { return {_mm_cmpeq_epi8(_mm_min_epu8(v, all(c).v), v)}; }
  Block at_least(int c) const { return {_mm_cmpeq_epi8(_mm_max_epu8(v, all(c).v), v)}; }
  uint32_t mask() const { return static_cast<uint32_t>(_mm_movemask_epi8(v)); }
};
#endif

// The end of a token. Letters, digits, '-' and '_' go by vector, the rarer tchars by table.
inline const char* scan_token(const char* p, const char* end) {
#if TSPROXY_VECTOR
  while (end - p >= Block::WIDTH) {
    Block x = Block::load(p);
    Block letters = ((x | Block::all(0x20)) - Block::all('a')).at_most(25);
    Block digits = (x - Block::all('0')).at_most(9);
    Block common = letters | digits | (x == Block::all('-')) | (x == Block::all('_'));
    uint32_t other = ~common.mask() & Block::ALL;
    if (other == 0) {
      p += Block::WIDTH;
      continue;
    }
    p += std::countr_zero(other);
    if (!is_class(*p, BC_TOKEN)) return p;
    p++;
  }
#endif
  return scan_class(p, end, BC_TOKEN);
}

// The end of a field value or reason phrase: the first control character that is not HTAB.
inline const char* scan_value(const char* p, const char* end) {
#if TSPROXY_VECTOR
  while (end - p >= Block::WIDTH) {
    Block x = Block::load(p);
    uint32_t stop = (x.at_most(0x1f).without(x == Block::all('\t')) | (x == Block::all(0x7f))).mask();
    if (stop) return p + std::countr_zero(stop);
    p += Block::WIDTH;
  }
#endif
  return scan_class(p, end, BC_VALUE);
}

// The end of a request target.
inline const char* scan_target(const char* p, const char* end) {
#if TSPROXY_VECTOR
  while (end - p >= Block::WIDTH) {
    Block x = Block::load(p);
    uint32_t stop = (x.at_most(0x20) | x.at_least(0x7f) | (x == Block::all('#'))).mask();
    if (stop) return p + std::countr_zero(stop);
    p += Block::WIDTH;
  }
#endif
  return scan_class(p, end, BC_TARGET);
}

}  // namespace tsproxy
