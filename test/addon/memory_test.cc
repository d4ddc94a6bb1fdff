// Memory that is short within a pass ends the session at hand, never the process, and nothing stays behind.
#include <cstdlib>
#include <new>
#include "rig.h"

namespace {

// Of this thread: how many allocations go well before one fails; below 0: all do.
thread_local long left = -1;
std::atomic<long> refused{0};

bool refuses() {
  if (left < 0 || left-- > 0) return false;
  refused++;
  return true;
}

}  // namespace

void* operator new(size_t n) {
  void* memory = refuses() ? nullptr : std::malloc(n);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}
void* operator new[](size_t n) { return operator new(n); }
void* operator new(size_t n, const std::nothrow_t&) noexcept { return refuses() ? nullptr : std::malloc(n); }
void* operator new[](size_t n, const std::nothrow_t& tag) noexcept { return operator new(n, tag); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

using namespace rig;

namespace {

// The engine's next allocations fail, after `n` that go well; then all go well again.
void starve(Rig& rig, long n, const std::function<void()>& traffic) {
  rig.post([n] { left = n; });
  traffic();
  rig.post([] { left = -1; });
}

}  // namespace

TEST(sessions_end_and_the_engine_goes_on) {
  std::string body = noise(300000);
  Origin origin([&](Wire& wire) {
    while (wire.message().find("\r\n\r\n") != std::string::npos)
      if (!wire.send("HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body)) return;
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST | 1 << PHASE_RESPONSE | 1 << PHASE_END;
  // The core takes memory, too, and changes addresses, which the engine has to keep then.
  rig.script->hook = [&](int32_t phase, uint32_t session) {
    if (phase == PHASE_REQUEST) {
      rig.engine->window().facts()[FACT_TAKE] = TAKE_SOURCE | TAKE_TIMEOUT << TO_SERVER;
      rig.engine->reply(session, "HTTP/1.1 204 X", std::string(1000, 'x'));
    }
    return -1;
  };
  rig.start();
  for (long n = 0; n < 40; n++) {
    starve(rig, n, [&] {
      Wire client = Wire::to(rig.port, 4096);   // slow: what it does not take needs buffers
      client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n");
      ::usleep(500);
      client.send(std::string(100, 'y'));
      client.some(1000);
    });
    CHECK(rig.quiet());
  }
  CHECK(refused > 0);
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  CHECK(client.message().size() > body.size());
}

TEST(a_step_that_throws_ends_its_session) {
  Origin origin([](Wire& wire) { wire.all(); });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST | 1 << PHASE_END;
  int ends = 0;
  rig.script->hook = [&](int32_t phase, uint32_t) -> int32_t {
    if (phase == PHASE_REQUEST) throw std::bad_alloc();
    if (phase == PHASE_END && ends++ == 0) throw std::bad_alloc();   // even the end of a session may fail
    return -1;
  };
  rig.start();
  for (int i = 0; i < 2; i++) {
    Wire client = Wire::to(rig.port);
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    CHECK(client.all().empty());
    CHECK(rig.quiet());
  }
  CHECK(rig.counter(CW_NO_MEMORY) >= 2);
}

RUN_TESTS()
