#include "header_case.h"

#include <cstring>
#include "http1_head.h"
#include "http1_scan.h"

namespace tsproxy {

void HeaderCases::add(std::string from, std::string to) { names_.insert_or_assign(std::move(from), std::move(to)); }

void HeaderCases::apply(char* head, size_t n) const {
  char name[HEADER_NAME_MAX];
  char* end = head + n;
  // The start line is skipped: names begin behind line ends.
  for (char* p = head; (p = static_cast<char*>(std::memchr(p, '\n', static_cast<size_t>(end - p)))) != nullptr && ++p < end;) {
    char* colon = p;
    size_t length = 0;
    for (; colon < end && length < sizeof name && *colon != ':' && *colon != '\r'; colon++) name[length++] = lower(*colon);
    if (colon == end || *colon != ':') continue;
    auto found = names_.find(std::string_view(name, length));
    if (found != names_.end()) std::memcpy(p, found->second.data(), length);
  }
}

}  // namespace tsproxy
