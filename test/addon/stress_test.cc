// Thousands of sessions that end in every way they can: afterwards nothing is held.
#include <random>
#include "rig.h"

using namespace rig;

namespace {

// The thread sanitizer makes each byte of the storm some fifty times dearer: a shorter one meets the same states.
#if defined(__SANITIZE_THREAD__)
constexpr int SESSIONS_EACH = 40;
#else
constexpr int SESSIONS_EACH = 200;
#endif

// What a peer does next, drawn from a seed.
void misbehave(Wire& wire, std::mt19937& random, const std::string& bytes) {
  for (int i = 0; i < 6; i++) {
    switch (random() % 9) {
      case 0: return wire.reset();
      case 1: return wire.close();
      case 2: wire.shut(); break;
      case 3: ::usleep(random() % 500); break;
      case 4: wire.send(std::string_view(bytes).substr(0, random() % bytes.size())); break;
      default:
        wire.send(std::string_view(bytes).substr(0, random() % 2000 + 1));
        if (random() % 2 != 0) wire.some(random() % 60000 + 1);
    }
  }
}

void serve_badly(Wire& wire, std::mt19937& random, const std::string& bytes) {
  while (wire.message().find("\r\n\r\n") != std::string::npos) {
    size_t n = random() % 3 == 0 ? random() % bytes.size() : random() % 3000;
    std::string body = bytes.substr(0, n);
    std::string head = "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(n) + "\r\n\r\n";
    switch (random() % 8) {
      case 0: return wire.reset();
      case 1: return;
      case 2: wire.send(head + body.substr(0, n / 2)); return;
      case 3: wire.send("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"); break;
      case 4: wire.send("rubbish\r\n\r\n"); return;
      default: wire.send(head + body);
    }
  }
}

void ask_badly(Wire& wire, std::mt19937& random, const std::string& bytes) {
  for (int i = 0; i < 4; i++) {
    std::string post = "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 3000\r\n\r\n" + bytes.substr(0, 3000);
    switch (random() % 9) {
      case 0: return wire.reset();
      case 1: wire.send("GET / HT"); return;
      case 2: wire.send("bad\r\n\r\n"); break;
      case 3: wire.send(std::string_view(post).substr(0, random() % post.size())); return;
      case 4: wire.send(post); return wire.reset();
      case 5: wire.send(post + post); wire.some(100); break;
      case 6: wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n"); wire.shut(); break;
      default: wire.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n"); wire.message();
    }
  }
}

void storm(int32_t options) {
  int before = open_fds();
  {
    std::string bytes = noise(300000);
    std::atomic<uint32_t> seeds{1};
    bool http = (options & PO_HTTP) != 0;
    auto origin = std::make_unique<Origin>([&](Wire& wire) {
      std::mt19937 random(seeds++);
      if (http) serve_badly(wire, random, bytes);
      else misbehave(wire, random, bytes);
    });
    Rig rig({origin->port()}, options);
    rig.conf.proxies[0].timeouts[TO_CLIENT] = rig.conf.proxies[0].timeouts[TO_SERVER] = 2000;
    rig.conf.proxies[0].timeouts[TO_CONNECT] = 100;
    rig.conf.proxies[0].phases = 1 << PHASE_END;
    rig.conf.max_pipes = 6;
    rig.start();
    std::vector<std::thread> clients;
    for (uint32_t t = 0; t < 4; t++) {
      clients.emplace_back([&, t] {
        std::mt19937 random(1000 + t);
        for (int i = 0; i < SESSIONS_EACH; i++) {
          Wire wire = Wire::to(rig.port, random() % 4 == 0 ? 4096 : 0);
          if (http) ask_badly(wire, random, bytes);
          else misbehave(wire, random, bytes);
        }
      });
    }
    for (std::thread& t : clients) t.join();
    CHECK(rig.quiet());
    CHECK(rig.frontend(CF_SESSIONS) == rig.counter(CW_ACCEPTED));
    rig.post([&] { rig.engine->stop_listening(); });   // idle server connections close
    CHECK(rig.wait_for([&] { return rig.pages->server(0, SS_USED_CONNS) == 0 && rig.pages->server(0, SS_IDLE) == 0; }));
    rig.finish();
    CHECK(rig.pages->global(GS_PIPES_USED) == 0 && rig.pages->global(GS_PIPES_FREE) == 0);
  }
  CHECK(open_fds() == before);
}

}  // namespace

TEST(tcp_by_copying) { storm(0); }
TEST(tcp_through_pipes) { storm(PO_SPLICE_REQUEST | PO_SPLICE_RESPONSE); }
TEST(http_by_copying) { storm(PO_HTTP); }
TEST(http_through_pipes) { storm(PO_HTTP | PO_SPLICE_REQUEST | PO_SPLICE_RESPONSE | PO_REUSE_ALWAYS); }

RUN_TESTS()
