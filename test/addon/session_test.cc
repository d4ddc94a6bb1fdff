// mode tcp: relaying, half-close, ends, timeouts, retries, limits.
#include "rig.h"

using namespace rig;

namespace {

void echo(Wire& wire) {
  for (std::string bytes; !(bytes = wire.some()).empty();)
    if (!wire.send(bytes)) return;
}

// Answers when the client has shut its side.
void answer_at_end(Wire& wire) {
  std::string got = wire.all();
  wire.send("got " + std::to_string(got.size()));
}

}  // namespace

TEST(relays_both_ways) {
  Origin origin(echo);
  Rig rig({origin.port()});
  rig.start();
  {
    Wire client = Wire::to(rig.port);
    CHECK(client.send("hello"));
    CHECK(client.exactly(5) == "hello");
    client.shut();
    CHECK(client.all().empty());
  }
  CHECK(rig.quiet());
  CHECK(rig.frontend(CF_BYTES_IN) == 5);
  CHECK(rig.frontend(CF_BYTES_OUT) == 5);
  CHECK(rig.backend(CB_SESSIONS) == 1);
}

TEST(client_that_shuts_its_side_gets_its_answer) {
  Origin origin(answer_at_end);
  Rig rig({origin.port()});
  rig.start();
  for (int i = 0; i < 300; i++) {
    Wire client = Wire::to(rig.port);
    client.send("question");
    client.shut();
    CHECK(client.all() == "got 8");
  }
  CHECK(rig.quiet());
}

TEST(server_that_sends_and_closes_loses_nothing) {
  std::string tail = noise(1048576 + 777);
  Origin origin([&](Wire& wire) { wire.send(tail); });
  Rig rig({origin.port()});
  rig.start();
  for (int i = 0; i < 30; i++) {
    Wire client = Wire::to(rig.port, 8192);
    CHECK(client.all() == tail);
  }
  CHECK(rig.quiet());
}

TEST(proxy_header_and_bytes_in_one_segment) {
  Origin origin(echo);
  Rig rig({origin.port()});
  rig.conf.listeners[0].options = LO_ACCEPT_PROXY;
  rig.script->hook = [&](int32_t phase, uint32_t) {
    if (phase == PHASE_SERVER) {
      CHECK(rig.fact(FACT_SRC_PORT) == 4711);
      CHECK(rig.fact(FACT_DST_PORT) == 80);
    }
    return -1;
  };
  rig.start();
  for (bool split : {false, true}) {
    Wire client = Wire::to(rig.port);
    client.send("PROXY TCP4 192.0.2.1 192.0.2.2 4711 80\r\n");
    if (split) ::usleep(20000);
    client.send("hello");
    CHECK(client.exactly(5) == "hello");
  }
  CHECK(rig.quiet());
}

TEST(anything_but_a_proxy_header_is_refused) {
  Origin origin(echo);
  Rig rig({origin.port()});
  rig.conf.listeners[0].options = LO_ACCEPT_PROXY;
  rig.start();
  for (const char* bytes : {"GET / HTTP/1.1\r\n\r\n", "PROXY TCP4 1.2.3.4 5.6.7.8 1\r\n", "PROXY TCP4 1.2.3.4"}) {
    Wire client = Wire::to(rig.port);
    client.send(bytes);
    client.shut();
    CHECK(client.all().empty());
  }
  CHECK(rig.quiet());
  CHECK(origin.connections() == 0);
}

TEST(proxy_header_goes_out_first) {
  std::string got;
  auto origin = std::make_unique<Origin>([&](Wire& wire) { got = wire.all(); });
  Rig rig({origin->port()});
  rig.conf.servers[0].options = SO_SEND_PROXY;
  rig.start();
  {
    Wire client = Wire::to(rig.port);
    client.send("abc");
    client.shut();
    client.all();
  }
  CHECK(rig.quiet());
  origin.reset();   // its threads have ended
  CHECK(got.starts_with("PROXY TCP4 127.0.0.1 127.0.0.1 "));
  CHECK(got.ends_with(" " + std::to_string(rig.port) + "\r\nabc"));
}

TEST(refused_connects_are_retried_then_redispatched) {
  Origin origin(echo);
  int fd = listen_socket();
  int dead = port_of(fd);
  ::close(fd);
  Rig rig({dead, origin.port()});
  rig.conf.proxies[0].retries = 2;
  rig.conf.proxies[0].redispatch = 2;
  rig.conf.proxies[0].timeouts[TO_CONNECT] = 50;   // the pause before a retry is no longer
  int asked = 0;
  rig.script->hook = [&](int32_t phase, uint32_t) -> int32_t {
    if (phase != PHASE_SERVER) return -1;
    if (asked++ == 0) return -1;
    CHECK((rig.fact(FACT_FLAGS) & FF_REDISPATCH) != 0);
    CHECK(rig.fact(FACT_SERVER) == 0);
    CHECK(rig.fact(FACT_ATTEMPT) == 2);
    return rig.script->server(1);
  };
  rig.start();
  {
    Wire client = Wire::to(rig.port);
    client.send("hello");
    CHECK(client.exactly(5) == "hello");
  }
  CHECK(rig.quiet());
  CHECK(rig.pages->server(1, SS_SESSIONS) == 0);
  CHECK(asked == 2);
  CHECK(rig.backend(CB_RETRIES) == 2);
  CHECK(rig.backend(CB_REDISPATCHES) == 1);
}

TEST(idle_session_ends_at_its_timeout) {
  Origin origin(echo);
  for (int which : {TO_CLIENT, TO_SERVER, TO_TUNNEL}) {
    Rig rig({origin.port()});
    rig.conf.proxies[0].timeouts[which] = 60;
    rig.conf.proxies[0].phases = 1 << PHASE_END;
    int term = 0;
    rig.script->hook = [&](int32_t phase, uint32_t) {
      if (phase == PHASE_END) term = rig.fact(FACT_TERM);
      return -1;
    };
    rig.start();
    Wire client = Wire::to(rig.port);
    client.send("x");
    CHECK(client.all() == "x");
    CHECK(rig.quiet());
    CHECK((term & 0xff) == (which == TO_SERVER ? 's' : 'c'));
    CHECK(term >> 8 == 'D');
  }
}

TEST(listener_waits_at_the_limit) {
  Origin origin(echo);
  for (int which = 0; which < 3; which++) {
    Rig rig({origin.port()});
    if (which == 0) rig.conf.max_connections = 2;
    if (which == 1) rig.pages->proxy(0, PS_MAXCONN) = 2;
    if (which == 2) rig.pages->listener(0, LS_MAXCONN) = 2;
    rig.start();
    std::vector<Wire> clients;
    for (int i = 0; i < 6; i++) {
      clients.push_back(Wire::to(rig.port));
      clients.back().send("x");
    }
    for (int i = 0; i < 6; i++) {
      CHECK(clients[static_cast<size_t>(i)].exactly(1) == "x");
      CHECK(rig.pages->global(GS_CONNECTIONS) <= 2);
      clients[static_cast<size_t>(i)].close();
    }
    CHECK(rig.quiet());
    CHECK(rig.counter(CW_LISTENER_PAUSED) > 0);
    CHECK(rig.counter(CW_ACCEPTED) == 6);
  }
}

TEST(queued_sessions_are_resumed_or_time_out) {
  Origin origin(echo);
  Rig rig({origin.port()});
  rig.conf.proxies[0].timeouts[TO_QUEUE] = 100;
  std::vector<uint32_t> queue, ended;
  rig.script->hook = [&](int32_t phase, uint32_t session) -> int32_t {
    if (phase == PHASE_END) ended.push_back(session);
    if (phase == PHASE_SLOT && !queue.empty() && rig.pages->server(0, SS_SESSIONS) == 0) {
      uint32_t next = queue.front();
      queue.erase(queue.begin());
      rig.pages->server(0, SS_QUEUED).fetch_sub(1);
      rig.engine->resume(next, rig.script->server(0));
    }
    if (phase != PHASE_SERVER || rig.pages->server(0, SS_SESSIONS) == 0) return -1;
    queue.push_back(session);
    rig.pages->server(0, SS_QUEUED).fetch_add(1);
    return VERDICT_QUEUE | VERDICT_ARG_NONE << 8;
  };
  rig.start();
  Wire first = Wire::to(rig.port);
  first.send("1");
  CHECK(first.exactly(1) == "1");
  Wire second = Wire::to(rig.port);
  second.send("2");
  ::usleep(20000);
  first.close();
  CHECK(second.exactly(1) == "2");
  Wire third = Wire::to(rig.port);   // nobody goes: its time in the queue runs out
  CHECK(third.all().empty());
  second.close();
  third.close();
  CHECK(rig.quiet());
  CHECK(ended.size() == 1);          // the one that was never resumed
}

TEST(resume_of_a_session_that_is_gone_gives_the_slot_back) {
  Origin origin(echo);
  Rig rig({origin.port()});
  rig.start();
  rig.post([&] { rig.engine->resume(12345 << 8, rig.script->server(0)); });
  CHECK(rig.quiet());
}

TEST(yielded_session_goes_on_when_resumed) {
  Origin origin(echo);
  Rig rig({origin.port()});
  rig.conf.proxies[0].phases = 1 << PHASE_CONTENT;
  std::atomic<int64_t> parked{-1};
  rig.script->hook = [&](int32_t phase, uint32_t session) -> int32_t {
    if (phase != PHASE_CONTENT) return -1;
    if (rig.fact(FACT_BODY_LEN) < 4) return VERDICT_MORE | 5000 << 8;
    parked = session;
    return VERDICT_YIELD;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("ab");
  ::usleep(20000);
  client.send("cd");
  while (parked < 0) ::usleep(1000);
  rig.post([&] { rig.engine->resume(static_cast<uint32_t>(parked), VERDICT_CONTINUE); });
  CHECK(client.exactly(4) == "abcd");
  client.close();
  CHECK(rig.quiet());
}

TEST(rules_may_close_a_connection) {
  Origin origin(echo);
  for (int32_t phase : {PHASE_CONNECTION, PHASE_SESSION, PHASE_CONTENT}) {
    Rig rig({origin.port()});
    rig.conf.proxies[0].phases = 1 << phase;
    rig.script->hook = [&](int32_t asked, uint32_t) { return asked == phase ? VERDICT_CLOSE : -1; };
    rig.start();
    Wire client = Wire::to(rig.port);
    client.send("x");
    CHECK(client.all().empty());
    CHECK(rig.quiet());
    CHECK(rig.frontend(CF_CONN_DENIED) + rig.frontend(CF_SESS_DENIED) + rig.frontend(CF_REQ_DENIED) == 1);
  }
  CHECK(origin.connections() == 0);
}

TEST(soft_stop_lets_sessions_finish) {
  Origin origin(echo);
  Rig rig({origin.port()});
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("a");
  CHECK(client.exactly(1) == "a");
  rig.post([&] { rig.engine->stop_listening(); });
  CHECK(rig.wait_for([&] { return Wire::to(rig.port).fd() < 0; }));
  client.send("b");
  CHECK(client.exactly(1) == "b");
  client.close();
  CHECK(rig.quiet());
}

TEST(marked_down_server_ends_its_sessions) {
  Origin origin(echo);
  Rig rig({origin.port()});
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("a");
  CHECK(client.exactly(1) == "a");
  rig.post([&] { rig.engine->shutdown_sessions(OF_SERVER, 0, 'D'); });
  CHECK(client.all().empty());
  CHECK(rig.quiet());
}

TEST(engine_closes_with_sessions_alive) {
  int before = open_fds();
  {
    Origin origin(echo);
    Rig rig({origin.port()}, PO_SPLICE_RESPONSE | PO_SPLICE_REQUEST);
    rig.start();
    std::vector<Wire> clients;
    for (int i = 0; i < 50; i++) {
      clients.push_back(Wire::to(rig.port));
      clients.back().send("x");
    }
    CHECK(clients[0].exactly(1) == "x");
    rig.finish();
    CHECK(rig.pages->global(GS_CONNECTIONS) == 0);
    CHECK(rig.pages->server(0, SS_SESSIONS) == 0);
    CHECK(rig.pages->server(0, SS_USED_CONNS) == 0);
  }
  CHECK(open_fds() == before);
}

RUN_TESTS()
