// h1-case-adjust: how header names are written for peers that take upper and lower case for different.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

namespace tsproxy {

class HeaderCases {
 public:
  // `from` in lower case; `to` differs from it in case alone.
  void add(std::string from, std::string to);
  bool empty() const { return names_.empty(); }
  // Rewrites the names in the header lines of a serialised head of n bytes, in place: none changes its length.
  void apply(char* head, size_t n) const;

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::unordered_map<std::string, std::string, Hash, std::equal_to<>> names_;
};

}  // namespace tsproxy
