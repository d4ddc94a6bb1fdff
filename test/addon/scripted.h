// An engine over the scripted kernel: one proxy, one listener, one server at 10.0.0.1:80.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include "check.h"
#include "engine.h"
#include "sys_script.h"

namespace scripted {

using namespace tsproxy;
using script::Call;
using script::Peer;

class FirstServer : public Decider {
 public:
  explicit FirstServer(Pages& pages) : pages_(pages) {}
  int32_t decide(int32_t phase, uint32_t) override {
    if (phase == PHASE_END && engine != nullptr) term = engine->window().facts()[FACT_TERM];
    if (phase != PHASE_SERVER) return VERDICT_CONTINUE;
    pages_.server(0, SS_SESSIONS).fetch_add(1);
    return VERDICT_SERVER;
  }
  Engine* engine = nullptr;
  int32_t term = 0;

 private:
  Pages& pages_;
};

struct Bench {
  EngineConf conf;
  std::shared_ptr<Pages> pages = std::make_shared<Pages>(1, 1, 1, 1);
  FirstServer decider{*pages};
  std::unique_ptr<Engine> engine;
  int listener;

  explicit Bench(int32_t options) {
    script::reset();
    listener = script::listener();
    script::on_connect("10.0.0.1:80", script::Connecting::Later);
    conf.proxies.resize(1);
    conf.proxies[0].options = options;
    conf.proxies[0].default_backend = 0;
    conf.proxies[0].phases = 1 << PHASE_END;
    conf.proxies[0].timeouts[TO_CLIENT] = conf.proxies[0].timeouts[TO_SERVER] = 30000;
    conf.proxies[0].timeouts[TO_CONNECT] = 5000;
    conf.servers.resize(1);
    conf.servers[0].address = script::address("10.0.0.1:80");
    conf.listeners.resize(1);
    conf.listeners[0].fd = listener;
    conf.listeners[0].options = LO_SHARED;   // the listening descriptor stays the test's
    conf.max_pipes = 8;
  }
  void start() {
    engine = std::make_unique<Engine>(conf, pages, decider);
    decider.engine = engine.get();
    engine->start();
  }
  Peer& client() {
    Peer& peer = script::connect_to(listener);
    run();
    return peer;
  }
  // A client whose channel towards it has had a full read: from now on its bytes go through pipes.
  Peer& busy_client() {
    Peer& peer = client();
    server().write(std::string(32768, 'w'));
    run();
    peer.take();
    return peer;
  }
  Peer& server() { return script::connected(script::connections() - 1); }
  void run() { CHECK(script::run(*engine) < 1000); }
  uint64_t counter(int cell) { return pages->row(0)[cell]; }
  // Nothing is held any more but the pools.
  void quiet() {
    run();
    CHECK(engine->sessions() == 0);
    CHECK(pages->global(GS_PIPES_USED) == 0);
    CHECK(pages->global(GS_CONNECTIONS) == 0);
    CHECK(pages->server(0, SS_SESSIONS) == 0);
    CHECK(script::piped() == 0);
    CHECK(script::misuse() == "");
    if (!script::misuse().empty()) std::printf("%s\n", script::misuse().c_str());
  }
};

inline std::string text(size_t n, char from = 'a') {
  std::string out(n, '\0');
  for (size_t i = 0; i < n; i++) out[i] = static_cast<char>(from + static_cast<char>(i * 7 % 23));
  return out;
}

}  // namespace scripted
