// Sessions that an administrator or a server's state ends.
#include "rig.h"

using namespace rig;

namespace {

// Answers "GET /half" with a part of its response, others not at all.
void stall(Wire& wire) {
  std::string head = wire.message();
  if (head.find("/half") != std::string::npos) wire.send("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nabc");
  wire.all();
}

struct Ended {
  explicit Ended(Rig& rig) {
    rig.conf.proxies[0].phases |= 1 << PHASE_END;
    rig.script->hook = [this, &rig](int32_t phase, uint32_t) {
      if (phase == PHASE_END) {
        int32_t term = rig.fact(FACT_TERM);
        letters = {static_cast<char>(term), static_cast<char>(term >> 8)};
      }
      return -1;
    };
  }
  std::string letters;
};

bool sessions(Rig& rig, uint32_t n, int32_t at_server) {
  return rig.wait_for([&] { return rig.engine->sessions() == n && rig.pages->server(0, SS_SESSIONS) == at_server; });
}

}  // namespace

TEST(a_request_that_waits_for_its_response_gets_502) {
  for (int32_t of : {OF_SERVER, OF_BACKEND, OF_FRONTEND, OF_LISTENER, OF_ALL}) {
    Origin origin(stall);
    Rig rig({origin.port()}, PO_HTTP);
    Ended ended(rig);
    rig.start();
    Wire client = Wire::to(rig.port);
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    CHECK(sessions(rig, 1, 1));
    rig.post([&] { rig.engine->shutdown_sessions(of, 0, 'K'); });
    CHECK(client.message().starts_with("HTTP/1.1 502"));
    CHECK(client.all().empty());
    CHECK(rig.quiet());
    CHECK(ended.letters == "KH");
  }
}

TEST(a_response_that_has_begun_is_cut) {
  Origin origin(stall);
  Rig rig({origin.port()}, PO_HTTP);
  Ended ended(rig);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET /half HTTP/1.1\r\nhost: a\r\n\r\n");
  CHECK(client.until("abc").ends_with("abc"));
  rig.post([&] { rig.engine->shutdown_sessions(OF_SERVER, 0, 'D'); });
  CHECK(client.all().empty());
  CHECK(rig.quiet());
  CHECK(ended.letters == "DD");
}

TEST(a_tcp_session_is_closed_on_both_sides) {
  std::atomic<bool> gone{false};
  Origin origin([&](Wire& wire) {
    wire.all();
    gone = true;
  });
  Rig rig({origin.port()});
  Ended ended(rig);
  rig.start();
  Wire client = Wire::to(rig.port);
  CHECK(sessions(rig, 1, 1));
  rig.post([&] { rig.engine->shutdown_sessions(OF_BACKEND, 0, 'U'); });
  CHECK(client.all().empty());
  CHECK(rig.quiet());
  CHECK(ended.letters == "UD");
  for (int i = 0; i < 2000 && !gone; i++) ::usleep(1000);
  CHECK(gone);
}

TEST(one_session_by_its_handle) {
  Origin origin(stall);
  Rig rig({origin.port()}, PO_HTTP);
  std::vector<uint32_t> handles;
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  rig.script->hook = [&](int32_t phase, uint32_t session) {
    if (phase == PHASE_REQUEST) handles.push_back(session);
    return -1;
  };
  rig.start();
  std::vector<Wire> clients;
  for (int i = 0; i < 3; i++) {
    clients.push_back(Wire::to(rig.port));
    clients.back().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    CHECK(sessions(rig, static_cast<uint32_t>(i + 1), i + 1));
  }
  rig.post([&] { rig.engine->shutdown_sessions(OF_SESSION, static_cast<int32_t>(handles[1]), 'K'); });
  CHECK(clients[1].message().starts_with("HTTP/1.1 502"));
  CHECK(sessions(rig, 2, 2));
  // A handle that is gone names nobody.
  rig.post([&] { rig.engine->shutdown_sessions(OF_SESSION, static_cast<int32_t>(handles[1]), 'K'); });
  CHECK(sessions(rig, 2, 2));
}

TEST(idle_clients_and_connections_of_a_server) {
  Origin origin([](Wire& wire) {
    while (wire.message().find("\r\n\r\n") != std::string::npos) wire.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  CHECK(client.message().starts_with("HTTP/1.1 200"));
  CHECK(rig.wait_for([&] { return rig.pages->server(0, SS_IDLE) == 1; }));
  rig.post([&] { rig.engine->shutdown_sessions(OF_SERVER, 0, 'D'); });
  CHECK(rig.wait_for([&] { return rig.pages->server(0, SS_IDLE) == 0; }));
  // The client has no request there: it stays.
  client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  CHECK(client.message().starts_with("HTTP/1.1 200"));
  rig.post([&] { rig.engine->shutdown_sessions(OF_FRONTEND, 0, 'K'); });
  CHECK(client.all().empty());
  CHECK(rig.quiet());
}

TEST(whoever_waits_in_a_queue_gets_503) {
  Origin origin(stall);
  Rig rig({origin.port()}, PO_HTTP);
  Ended ended(rig);
  auto end = rig.script->hook;
  rig.script->hook = [&](int32_t phase, uint32_t session) { return phase == PHASE_SERVER ? VERDICT_QUEUE | VERDICT_ARG_NONE << 8 : end(phase, session); };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  CHECK(sessions(rig, 1, 0));
  rig.post([&] { rig.engine->shutdown_sessions(OF_BACKEND, 0, 'K'); });
  CHECK(client.message().starts_with("HTTP/1.1 503"));
  CHECK(rig.quiet());
  CHECK(ended.letters == "KQ");
}

TEST(what_traffic_meets_at_an_observed_server_is_counted) {
  std::atomic<int> status{200};
  Origin origin([&](Wire& wire) {
    while (wire.message().find("\r\n\r\n") != std::string::npos) {
      if (status == 0) return;
      wire.send("HTTP/1.1 " + std::to_string(status) + " X\r\ncontent-length: 0\r\n\r\n");
    }
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.servers[0].options = SO_OBSERVE_L7;
  rig.conf.servers[0].error_limit = 3;
  rig.start();
  auto ask = [&](int answer) {
    status = answer;
    Wire client = Wire::to(rig.port);
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    client.message();
  };
  auto run = [&](int32_t n) { return rig.wait_for([&] { return rig.pages->server(0, SS_ERRORS_RUN) == n; }); };
  ask(200);
  CHECK(run(0));
  ask(500);
  ask(503);
  CHECK(run(2) && rig.pages->server(0, SS_ERRORS_LAST) == HANA_HTTP_STATUS);
  ask(501);   // the server says that it can't do it, which is no fault
  CHECK(run(0));
  ask(0);
  CHECK(run(1) && rig.pages->server(0, SS_ERRORS_LAST) == HANA_HTTP_BROKEN_PIPE);
  ask(500);
  ask(500);
  CHECK(run(0) && rig.pages->server(0, SS_ERRORS_TRIPS) == 1);
}

RUN_TESTS()
