// The stick tables of a configuration, by number, and the names of servers that entries refer to.
#pragma once
#include <deque>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>
#include "stick_table.h"

namespace tsproxy {

// Names get numbers from 1 on and keep them: STICK_SERVER_KEY holds such a number. All threads.
class StickNames {
 public:
  uint32_t number(std::string_view name);
  std::string_view name(uint32_t number) const;   // empty if there is none; stays good

 private:
  mutable std::shared_mutex lock_;
  std::deque<std::string> names_;
  std::unordered_map<std::string_view, uint32_t> numbers_;
};

class StickTables {
 public:
  explicit StickTables(const std::vector<StickSpec>& specs);   // throws std::bad_alloc
  StickTable* table(int32_t number);                           // nullptr if there is none
  StickNames& names() { return names_; }

 private:
  std::vector<std::unique_ptr<StickTable>> tables_;
  StickNames names_;
};

}  // namespace tsproxy
