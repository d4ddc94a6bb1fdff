// The test frame of the C++ tests: TEST(name) { CHECK(a == b); } and RUN_TESTS().
#pragma once
#include <cstdio>
#include <vector>

namespace check {

struct Test {
  const char* name;
  void (*run)();
};
inline std::vector<Test>& tests() {
  static std::vector<Test> list;
  return list;
}
inline int failures = 0;
struct Register {
  Register(const char* name, void (*run)()) { tests().push_back({name, run}); }
};
inline int run_all() {
  int failed = 0;
  for (const Test& test : tests()) {
    int before = failures;
    test.run();
    if (failures != before) failed++;
    std::printf("%s %s\n", failures == before ? "ok" : "FAILED", test.name);
  }
  std::printf("%zu tests, %d failed\n", tests().size(), failed);
  return failed == 0 ? 0 : 1;
}

}  // namespace check

#define TEST(name)                                            \
  static void test_##name();                                  \
  static check::Register register_##name(#name, test_##name); \
  static void test_##name()
#define CHECK(condition)                                                                  \
  do {                                                                                    \
    if (!(condition)) {                                                                   \
      check::failures++;                                                                  \
      std::printf("%s:%d: CHECK(%s) failed\n", __FILE__, __LINE__, #condition);           \
    }                                                                                     \
  } while (0)
#define RUN_TESTS() \
  int main() { return check::run_all(); }
