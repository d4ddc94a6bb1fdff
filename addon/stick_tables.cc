#include "stick_tables.h"

#include <mutex>

namespace tsproxy {

uint32_t StickNames::number(std::string_view name) {
  {
    std::shared_lock hold(lock_);
    auto found = numbers_.find(name);
    if (found != numbers_.end()) return found->second;
  }
  std::unique_lock hold(lock_);
  auto found = numbers_.find(name);
  if (found != numbers_.end()) return found->second;
  names_.emplace_back(name);
  auto number = static_cast<uint32_t>(names_.size());
  numbers_.emplace(names_.back(), number);
  return number;
}

std::string_view StickNames::name(uint32_t number) const {
  std::shared_lock hold(lock_);
  if (number == 0 || number > names_.size()) return {};
  return names_[number - 1];
}

StickTables::StickTables(const std::vector<StickSpec>& specs) {
  tables_.reserve(specs.size());
  for (const StickSpec& spec : specs) tables_.push_back(std::make_unique<StickTable>(spec));
}

StickTable* StickTables::table(int32_t number) {
  return number >= 0 && static_cast<size_t>(number) < tables_.size() ? tables_[static_cast<size_t>(number)].get() : nullptr;
}

}  // namespace tsproxy
