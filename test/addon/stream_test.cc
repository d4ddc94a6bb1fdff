// mode http: streams over kept connections, framing, errors.
#include "rig.h"

using namespace rig;

namespace {

std::string response(const std::string& body, const std::string& headers = "") {
  return "HTTP/1.1 200 OK\r\n" + headers + "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

// Serves requests on one connection until it is closed; the answer tells what was asked.
void serve(Wire& wire) {
  for (std::string request; !(request = wire.message()).empty();) {
    if (!wire.send(response(request))) return;
  }
}

}  // namespace

TEST(keeps_connections_on_both_sides) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  {
    Wire client = Wire::to(rig.port);
    for (int i = 0; i < 50; i++) {
      CHECK(client.send("GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n"));
      std::string got = client.message();
      CHECK(got.find("GET /" + std::to_string(i) + " HTTP/1.1") != std::string::npos);
    }
  }
  CHECK(rig.quiet());
  CHECK(origin.connections() == 1);
  CHECK(rig.frontend(CF_REQUESTS) == 50);
  CHECK(rig.counter(CW_CONNECTIONS_REUSED) == 49);
  CHECK(rig.backend(CB_RESP_2XX) == 50);
}

TEST(pipelined_requests_are_answered_in_order) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  Wire client = Wire::to(rig.port);
  std::string all;
  for (int i = 0; i < 20; i++)
    all += "POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc";
  client.send(all);
  for (int i = 0; i < 20; i++) CHECK(client.message().find("POST /" + std::to_string(i) + " ") != std::string::npos);
}

TEST(bad_request_gets_400_and_a_close) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost : a\r\n\r\n");
  std::string got = client.all();
  CHECK(got.starts_with("HTTP/1.1 400 "));
  CHECK(got.find("connection: close") != std::string::npos);
  CHECK(rig.quiet());
  CHECK(origin.connections() == 0);
}

TEST(unreachable_server_gives_503) {
  int fd = listen_socket();
  int port = port_of(fd);
  ::close(fd);
  Rig rig({port}, PO_HTTP);
  rig.conf.proxies[0].retries = 2;
  rig.conf.proxies[0].timeouts[TO_CONNECT] = 50;
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.all().starts_with("HTTP/1.1 503 "));
  CHECK(rig.quiet());
  CHECK(rig.backend(CB_RETRIES) == 2);
  CHECK(rig.backend(CB_CONN_ERRORS) == 1);
}

TEST(silent_server_gives_504) {
  Origin origin([](Wire& wire) { wire.all(); });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].timeouts[TO_SERVER] = 50;
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.all().starts_with("HTTP/1.1 504 "));
  CHECK(rig.quiet());
}

TEST(http_request_timeout_gives_408) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].timeouts[TO_HTTP_REQUEST] = 80;
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HT");
  ::usleep(40000);
  client.send("TP/1.1\r\n");   // the timeout covers the whole head
  CHECK(client.all().starts_with("HTTP/1.1 408 "));
  CHECK(rig.quiet());
}

TEST(idle_kept_connection_closes_silently) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].timeouts[TO_HTTP_KEEP_ALIVE] = 60;
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(!client.message().empty());
  CHECK(client.all().empty());
  CHECK(rig.quiet());
}

TEST(expect_and_interim_responses_pass) {
  Origin origin([](Wire& wire) {
    std::string head = wire.until("\r\n\r\n");
    wire.send("HTTP/1.1 100 Continue\r\n\r\n");
    std::string body = wire.exactly(5);
    wire.send("HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + response(body));
    wire.all();
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
  CHECK(client.until("\r\n\r\n").starts_with("HTTP/1.1 100 "));
  client.send("hello");
  CHECK(client.until("\r\n\r\n").starts_with("HTTP/1.1 103 "));
  CHECK(client.message().ends_with("hello"));
  client.close();
  CHECK(rig.quiet());
}

TEST(flood_of_interim_responses_is_502) {
  Origin origin([](Wire& wire) {
    wire.message();
    for (int i = 0; i < 10000 && wire.send("HTTP/1.1 102 Processing\r\n\r\n"); i++) {}
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.all().find("HTTP/1.1 502 ") != std::string::npos);
  CHECK(rig.quiet());
}

TEST(upgrade_becomes_a_tunnel) {
  Origin origin([](Wire& wire) {
    std::string head = wire.message();
    if (head.find("Upgrade: echo") == std::string::npos) return;
    wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nfirst");
    for (std::string bytes; !(bytes = wire.some()).empty();) wire.send(bytes);
    wire.send("last");
  });
  Rig rig({origin.port()}, PO_HTTP | PO_SPLICE_RESPONSE | PO_SPLICE_REQUEST);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nhi");
  std::string head = client.until("\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 101 "));
  CHECK(head.find("pgrade: echo") != std::string::npos);
  CHECK(client.exactly(7) == "firsthi");
  std::string bytes = noise(200000);
  std::thread sender([&] { client.send(bytes); });
  CHECK(client.exactly(bytes.size()) == bytes);
  sender.join();
  client.shut();
  CHECK(client.all() == "last");
  client.close();
  CHECK(rig.quiet());
}

TEST(upgrade_that_nobody_asked_for_is_502) {
  Origin origin([](Wire& wire) {
    wire.message();
    wire.send("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
    wire.all();
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.all().starts_with("HTTP/1.1 502 "));
  CHECK(rig.quiet());
}

TEST(connect_becomes_a_tunnel) {
  Origin origin([](Wire& wire) {
    wire.message();
    wire.send("HTTP/1.1 200 OK\r\n\r\n");
    for (std::string bytes; !(bytes = wire.some()).empty();) wire.send(bytes);
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n");
  CHECK(client.until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
  client.send("ping");
  CHECK(client.exactly(4) == "ping");
  client.close();
  CHECK(rig.quiet());
}

TEST(early_answer_does_not_cut_the_upload) {
  std::string body = noise(3 << 20);
  Origin origin([&](Wire& wire) {
    std::string head = wire.until("\r\n\r\n");
    wire.send(response("early"));
    CHECK(wire.exactly(body.size()) == body);
    wire.all();
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n");
  CHECK(client.message().ends_with("early"));
  CHECK(client.send(body));
  client.close();
  CHECK(rig.quiet());
}

TEST(early_refusal_reaches_the_client) {
  Origin origin([](Wire& wire) {
    wire.until("\r\n\r\n");
    wire.send("HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno");
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  for (int i = 0; i < 20; i++) {
    Wire client = Wire::to(rig.port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50000000\r\n\r\n" + noise(100000));
    CHECK(client.message().starts_with("HTTP/1.1 413 "));
  }
  CHECK(rig.quiet());
}

TEST(http10_client_gets_no_chunks) {
  Origin origin([](Wire& wire) {
    while (!wire.message().empty())
      wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nt: u\r\n\r\n");
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  std::string got = client.all();
  CHECK(got.find("ransfer-") == std::string::npos);
  CHECK(got.find("connection: close") != std::string::npos);
  CHECK(got.ends_with("\r\n\r\nabcdefg"));
  CHECK(rig.quiet());
}

TEST(reused_connection_that_dies_is_replaced) {
  Origin origin([&](Wire& wire) {
    std::string request = wire.message();
    wire.send(response("one"));
    if (wire.some(1).empty()) return;   // closes under the second request, without a byte
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  Wire client = Wire::to(rig.port);
  for (int i = 0; i < 10; i++) {
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.message().ends_with("one"));
  }
  client.close();
  CHECK(rig.quiet());
  CHECK(origin.connections() == 10);
}

TEST(post_on_a_connection_that_dies_is_not_repeated) {
  std::atomic<int> posts{0};
  Origin origin([&](Wire& wire) {
    if (wire.message().starts_with("POST")) posts++;
    wire.send(response("one"));
    if (wire.message().starts_with("POST")) posts++;
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.message().ends_with("one"));
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxx");
  CHECK(client.all().empty());   // closed, so that the client decides
  CHECK(rig.quiet());
  CHECK(posts == 1);
}

TEST(reuse_modes) {
  struct Case { int32_t option; int connections; };
  // Three clients, one after the other, two requests each.
  for (Case c : {Case{0, 3}, Case{PO_REUSE_NEVER, 3}, Case{PO_REUSE_ALWAYS, 1}, Case{PO_REUSE_AGGRESSIVE, 1}, Case{PO_SERVER_CLOSE, 6}}) {
    Origin origin(serve);
    Rig rig({origin.port()}, PO_HTTP | c.option);
    rig.start();
    for (int i = 0; i < 3; i++) {
      Wire client = Wire::to(rig.port);
      for (int j = 0; j < 2; j++) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        CHECK(!client.message().empty());
      }
      client.close();
      CHECK(rig.quiet());
    }
    CHECK(origin.connections() == c.connections);
  }
}

TEST(truncated_response_is_noticed) {
  Origin origin([](Wire& wire) {
    wire.message();
    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_END;
  int term = 0;
  rig.script->hook = [&](int32_t phase, uint32_t) {
    if (phase == PHASE_END) term = rig.fact(FACT_TERM);
    return -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.all().ends_with("\r\n\r\nabc"));
  CHECK(rig.quiet());
  CHECK(term == ('S' | 'D' << 8));
  CHECK(rig.backend(CB_SERVER_ABORTS) == 1);
}

TEST(rubbish_from_the_server_is_502) {
  for (const char* rubbish : {"SSH-2.0-x\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", "HTTP/1.1 2"}) {
    Origin origin([&](Wire& wire) {
      wire.message();
      wire.send(rubbish);
    });
    Rig rig({origin.port()}, PO_HTTP);
    rig.start();
    Wire client = Wire::to(rig.port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.all().starts_with("HTTP/1.1 502 "));
    CHECK(rig.quiet());
    CHECK(rig.backend(CB_RESP_ERRORS) == 1);
  }
}

TEST(verdicts_answer_and_keep_the_connection) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.responses = {"HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\ncanned"};
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  int n = 0;
  std::string big = noise(1 << 20);
  rig.script->hook = [&](int32_t phase, uint32_t session) -> int32_t {
    if (phase != PHASE_REQUEST) return -1;
    switch (n++) {
      case 0: return VERDICT_RESPOND;
      case 1:
        rig.engine->reply(session, "HTTP/1.1 201 Made\r\nx: y\r\n", big);
        return VERDICT_REPLY;
      case 2: return VERDICT_CONTINUE;
      default: return VERDICT_ERROR | 403 << 8;
    }
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  std::string get = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz" + get + get + get);
  CHECK(client.message().ends_with("canned"));
  std::string made = client.message();
  CHECK(made.starts_with("HTTP/1.1 201 Made\r\nx: y\r\n"));
  CHECK(made.ends_with(big));
  CHECK(client.message().starts_with("HTTP/1.1 200 "));
  CHECK(client.all().starts_with("HTTP/1.1 403 "));
  CHECK(rig.quiet());
}

TEST(edits_reach_server_and_client) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST | 1 << PHASE_RESPONSE | 1 << PHASE_AFTER;
  rig.script->hook = [&](int32_t phase, uint32_t) -> int32_t {
    auto append = [&](std::string line) {
      unsigned char* e = rig.engine->window().edits();
      uint32_t length = static_cast<uint32_t>(line.size());
      e[0] = EDIT_APPEND;
      e[1] = e[2] = e[3] = 0;
      std::memcpy(e + 4, &length, 4);
      std::memcpy(e + 8, line.data(), line.size());
      e[8 + (line.size() + 3) / 4 * 4] = EDIT_END;
    };
    if (phase == PHASE_REQUEST) append("x-request: 1");
    if (phase == PHASE_SERVER) CHECK(rig.fact(FACT_HEADER_COUNT) == 2);   // the edited head is seen
    if (phase == PHASE_RESPONSE) append("x-response: 2");
    if (phase == PHASE_AFTER) append("x-after: 3");
    return -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  for (int i = 0; i < 2; i++) {
    client.send("POST / HTTP/1.1\r\nHost: a\r\n\r\n");
    std::string got = client.message();
    CHECK(got.find("x-request: 1\r\n") != std::string::npos);
    CHECK(got.find("\r\nx-response: 2\r\n") != std::string::npos);
    CHECK(got.find("\r\nx-after: 3\r\n") != std::string::npos);
  }
  client.close();
  CHECK(rig.quiet());
}

TEST(yield_in_every_phase) {
  Origin origin(serve);
  for (int32_t phase : {PHASE_REQUEST, PHASE_SERVER, PHASE_RESPONSE}) {
    Rig rig({origin.port()}, PO_HTTP);
    rig.conf.proxies[0].phases = 1 << PHASE_REQUEST | 1 << PHASE_RESPONSE;
    rig.script->hook = [&](int32_t asked, uint32_t session) -> int32_t {
      if (asked != phase) return -1;
      std::thread([&rig, session, asked] {
        rig.post([&rig, session, asked] {
          rig.engine->resume(session, asked == PHASE_SERVER ? rig.script->server(0) : VERDICT_CONTINUE);
        });
      }).detach();
      return VERDICT_YIELD;
    };
    rig.start();
    Wire client = Wire::to(rig.port);
    for (int i = 0; i < 3; i++) {
      client.send("POST /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
      CHECK(client.message().find("POST /" + std::to_string(i)) != std::string::npos);
    }
    client.close();
    CHECK(rig.quiet());
  }
}

TEST(forwarded_for_is_added) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].forward_for.on = true;
  rig.conf.proxies[0].forward_for.name = "x-forwarded-for";
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.message().find("x-forwarded-for: 127.0.0.1\r\n") != std::string::npos);
}

// One side that adds the header to all requests is enough, whatever the other one says of those that have it.
TEST(forwarded_for_if_none_holds_when_nobody_asks_without) {
  for (bool frontend_if_none : {false, true}) {
    Origin origin(serve);
    Rig rig({origin.port()}, PO_HTTP, 2);
    for (size_t i = 0; i < 2; i++) {
      rig.conf.proxies[i].forward_for.on = true;
      rig.conf.proxies[i].forward_for.name = "x-forwarded-for";
      rig.conf.proxies[i].forward_for.if_none = i == 1 || frontend_if_none;
    }
    rig.start();
    Wire client = Wire::to(rig.port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n");
    CHECK((client.message().find("x-forwarded-for: 127.0.0.1\r\n") != std::string::npos) == !frontend_if_none);
  }
}

TEST(client_that_leaves_frees_everything) {
  std::atomic<bool> go{false};
  Origin origin([&](Wire& wire) {
    wire.message();
    while (!go) ::usleep(1000);
    wire.send(response(noise(1 << 20)));
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  for (int i = 0; i < 20; i++) {
    Wire client = Wire::to(rig.port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    ::usleep(2000);
    client.reset();
  }
  CHECK(rig.quiet());
  go = true;
  CHECK(rig.backend(CB_CLIENT_ABORTS) == 20);
}

TEST(half_closed_client_gets_its_response) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  for (int i = 0; i < 100; i++) {
    Wire client = Wire::to(rig.port);
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    client.shut();
    CHECK(client.all().starts_with("HTTP/1.1 200 "));
  }
  CHECK(rig.quiet());
}

TEST(head_that_is_too_large_is_400) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\nx: " + std::string(20000, 'a') + "\r\n\r\n");
  CHECK(client.all().starts_with("HTTP/1.1 400 "));
  CHECK(rig.quiet());
}

TEST(a_method_that_rules_changed_frames_the_response) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP | PO_SPLICE_RESPONSE);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  rig.script->hook = [&](int32_t phase, uint32_t) -> int32_t {
    if (phase != PHASE_REQUEST) return -1;
    std::string line = "GET /x HTTP/1.1";
    unsigned char* e = rig.engine->window().edits();
    uint32_t length = static_cast<uint32_t>(line.size());
    e[0] = EDIT_START_LINE;
    std::memcpy(e + 4, &length, 4);
    std::memcpy(e + 8, line.data(), line.size());
    e[8 + (line.size() + 3) / 4 * 4] = EDIT_END;
    return VERDICT_CONTINUE;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  for (int i = 0; i < 3; i++) {
    client.send("HEAD /x HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.until("\r\n\r\n").starts_with("HTTP/1.1 200 "));
  }
  client.shut();
  CHECK(client.all().empty());
  CHECK(rig.quiet());
  CHECK(origin.connections() == 1);
}

RUN_TESTS()
