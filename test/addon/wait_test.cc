// Waits that rules ask for, and what they change for a stream: addresses, timeouts, retries.
#include "rig.h"

using namespace rig;

namespace {

constexpr char OK[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

// Answers each request with its body.
void echo_bodies(Wire& wire) {
  for (std::string request; !(request = wire.message()).empty();) {
    std::string body = request.substr(request.find("\r\n\r\n") + 4);
    wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  }
}

void answer(Wire& wire) {
  while (!wire.message().empty()) wire.send(OK);
}

int32_t more(int32_t ms) { return VERDICT_MORE | ms << 8; }
int32_t pause(int32_t ms) { return VERDICT_PAUSE | ms << 8; }
bool flag(Rig& rig, int32_t bit) { return (rig.fact(FACT_FLAGS) & bit) != 0; }

}  // namespace

TEST(a_request_is_held_back_until_its_body_is_here) {
  Origin origin(echo_bodies);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  std::atomic<int> asked{0}, last_length{-1};
  rig.script->hook = [&](int32_t phase, uint32_t) {
    if (phase != PHASE_REQUEST) return -1;
    CHECK(flag(rig, FF_AGAIN) == (asked++ > 0));
    last_length = rig.fact(FACT_BODY_LEN);
    return flag(rig, FF_BODY_COMPLETE) ? -1 : more(10000);
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n");
  CHECK(rig.wait_for([&] { return asked == 1; }));
  client.send("01234");
  CHECK(rig.wait_for([&] { return asked == 2; }));
  CHECK(last_length == 5);
  CHECK(origin.connections() == 0);
  client.send("56789");
  CHECK(client.message().ends_with("\r\n\r\n0123456789"));
  CHECK(asked == 3);
  client.close();
  CHECK(rig.quiet());
}

TEST(chunks_are_complete_with_the_last_one) {
  Origin origin([](Wire& wire) {
    CHECK(wire.until("0\r\n\r\n").ends_with("3\r\nabc\r\n0\r\n\r\n"));
    wire.send(OK);
    wire.all();
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  std::atomic<int> asked{0};
  rig.script->hook = [&](int32_t phase, uint32_t) {
    if (phase != PHASE_REQUEST) return -1;
    asked++;
    return flag(rig, FF_BODY_COMPLETE) ? -1 : more(10000);
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
  CHECK(rig.wait_for([&] { return asked >= 1; }));
  client.send("0\r\n\r\n");
  CHECK(client.message().ends_with("ok"));
  client.close();
  CHECK(rig.quiet());
}

TEST(who_waits_for_a_100_is_asked_to_send_and_the_server_is_not) {
  Origin origin([](Wire& wire) {
    CHECK(wire.message().find("xpect") == std::string::npos);
    wire.send(OK);
    wire.all();
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  rig.script->hook = [&](int32_t phase, uint32_t) {
    return phase == PHASE_REQUEST && !flag(rig, FF_BODY_COMPLETE) ? more(10000) : -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.until("\r\n\r\n") == "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("hi");
  CHECK(client.message().ends_with("ok"));
  client.close();
  CHECK(rig.quiet());
}

TEST(a_body_that_does_not_come_in_time_is_asked_about_once_more) {
  Origin origin(answer);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  rig.script->hook = [&](int32_t phase, uint32_t) {
    if (phase != PHASE_REQUEST) return -1;
    return flag(rig, FF_TIMEOUT) ? VERDICT_ERROR | 408 << 8 : more(30);
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
  CHECK(client.message().starts_with("HTTP/1.1 408"));
  client.close();
  CHECK(rig.quiet());
}

TEST(a_request_that_fills_the_buffer_waits_no_longer) {
  Origin origin(echo_bodies);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  rig.script->hook = [&](int32_t phase, uint32_t) {
    return phase == PHASE_REQUEST && !flag(rig, FF_BODY_COMPLETE | FF_TRUNCATED) ? more(10000) : -1;
  };
  rig.start();
  std::string body = noise(100000);
  Wire client = Wire::to(rig.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + body);
  CHECK(client.message().ends_with(body));
  client.close();
  CHECK(rig.quiet());
}

TEST(pauses_of_a_request_and_its_response) {
  Origin origin(echo_bodies);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST | 1 << PHASE_RESPONSE;
  std::atomic<int> first{0}, again{0};
  rig.script->hook = [&](int32_t phase, uint32_t) {
    if (phase != PHASE_REQUEST && phase != PHASE_RESPONSE) return -1;
    (flag(rig, FF_AGAIN) ? again : first)++;
    if (flag(rig, FF_AGAIN)) CHECK(flag(rig, FF_TIMEOUT) || phase == PHASE_RESPONSE);
    return flag(rig, FF_AGAIN) ? -1 : pause(20);
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  for (int i = 0; i < 2; i++) {
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
    CHECK(client.message().ends_with("abc"));
  }
  CHECK(first == 4);
  CHECK(again == 4);
  client.close();
  CHECK(rig.quiet());
}

TEST(clients_that_leave_during_a_wait_free_everything) {
  Origin origin(answer);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  std::atomic<int> asked{0};
  rig.script->hook = [&](int32_t phase, uint32_t) {
    if (phase != PHASE_REQUEST) return -1;
    return asked++ % 2 == 0 ? more(100000) : pause(100000);
  };
  rig.start();
  for (int i = 0; i < 2; i++) {
    Wire client = Wire::to(rig.port);
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n");
    CHECK(rig.wait_for([&] { return asked == i + 1; }));
    client.reset();
  }
  CHECK(rig.quiet());
}

TEST(the_core_resumes_a_request_with_another_question) {
  Origin origin(answer);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  std::atomic<int64_t> parked{-1};
  rig.script->hook = [&](int32_t phase, uint32_t session) {
    if (phase != PHASE_REQUEST || flag(rig, FF_AGAIN)) return -1;
    parked = session;
    return static_cast<int32_t>(VERDICT_YIELD);
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(rig.wait_for([&] { return parked >= 0; }));
  rig.post([&] { rig.engine->resume(static_cast<uint32_t>(parked.load()), VERDICT_MORE); });
  CHECK(client.message().ends_with("ok"));
  client.close();
  CHECK(rig.quiet());
}

TEST(addresses_that_a_rule_sets_hold_for_one_request_only) {
  Origin origin(answer);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST | 1 << PHASE_RESPONSE;
  std::vector<int> ports;
  rig.script->hook = [&](int32_t phase, uint32_t session) {
    int32_t* f = rig.engine->window().facts();
    if (phase == PHASE_RESPONSE) {
      ports.push_back(f[FACT_SRC_PORT]);
      CHECK(rig.engine->inspect(session, INSPECT_CLIENT_ADDRESSES));
      CHECK(f[FACT_INSPECTED + 1] != 4711);
    }
    if (phase != PHASE_REQUEST || !ports.empty()) return -1;
    f[FACT_SRC_PORT] = 4711;
    f[FACT_TAKE] = TAKE_SOURCE;
    return -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  for (int i = 0; i < 2; i++) {
    client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
    CHECK(client.message().ends_with("ok"));
  }
  client.close();
  CHECK(rig.quiet());
  CHECK(ports.size() == 2 && ports[0] == 4711 && ports[1] != 4711);
}

TEST(a_timeout_that_a_rule_sets_ends_this_stream) {
  Origin origin([](Wire& wire) { wire.all(); });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  rig.script->hook = [&](int32_t phase, uint32_t) {
    if (phase != PHASE_REQUEST) return -1;
    int32_t* f = rig.engine->window().facts();
    f[FACT_TIMEOUTS + TO_SERVER] = 50;
    f[FACT_TAKE] = TAKE_TIMEOUT << TO_SERVER;
    return -1;
  };
  rig.conf.proxies[0].timeouts[TO_SERVER] = 100000;
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.message().starts_with("HTTP/1.1 504"));
  client.close();
  CHECK(rig.quiet());
}

TEST(early_hints_are_not_for_http_1_0) {
  Origin origin(answer);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  rig.script->hook = [&](int32_t phase, uint32_t session) {
    if (phase == PHASE_REQUEST) CHECK(!rig.engine->hint(session, "link: </a>"));
    return -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.0\r\n\r\n");
  CHECK(client.all().starts_with("HTTP/1.1 200"));
  CHECK(rig.quiet());
}

TEST(early_hints_of_one_decision_are_one_response) {
  Origin origin(answer);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  std::atomic<bool> paused{false};
  rig.script->hook = [&](int32_t phase, uint32_t session) {
    if (phase != PHASE_REQUEST) return -1;
    CHECK(rig.engine->hint(session, "link: </a>"));
    CHECK(rig.engine->hint(session, "link: </b>\r\nx: y"));
    if (paused.exchange(true)) return -1;
    return pause(10);
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  for (int i = 0; i < 2; i++) CHECK(client.until("\r\n\r\n") == "HTTP/1.1 103 Early Hints\r\nlink: </a>\r\nlink: </b>  x: y\r\n\r\n");
  CHECK(client.message().ends_with("ok"));
  client.close();
  CHECK(rig.quiet());
}

TEST(a_client_that_is_dropped_sees_no_end_or_a_reset) {
  Origin origin(answer);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  rig.script->hook = [&](int32_t phase, uint32_t) {
    return phase == PHASE_REQUEST ? VERDICT_DROP | 1 << 8 : -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(client.all().empty());
  CHECK(client.error() == ECONNRESET);
  CHECK(rig.quiet());
}

TEST(the_first_bytes_of_a_server_are_inspected) {
  Origin origin([](Wire& wire) {
    wire.send("one ");
    ::usleep(20000);
    wire.send("two");
    wire.all();
  });
  Rig rig({origin.port()});
  rig.conf.proxies[0].phases = 1 << PHASE_TCP_RESPONSE;
  std::atomic<int> asked{0};
  rig.script->hook = [&](int32_t phase, uint32_t) {
    if (phase != PHASE_TCP_RESPONSE) return -1;
    asked++;
    return rig.fact(FACT_BODY_LEN) < 7 ? more(10000) : -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  CHECK(client.exactly(7) == "one two");
  client.close();
  CHECK(rig.quiet());
  CHECK(asked >= 1);
}

TEST(a_server_whose_first_bytes_are_refused_is_closed) {
  Origin origin([](Wire& wire) {
    wire.send("bad");
    wire.all();
  });
  Rig rig({origin.port()});
  rig.conf.proxies[0].phases = 1 << PHASE_TCP_RESPONSE;
  rig.script->hook = [&](int32_t phase, uint32_t) { return phase == PHASE_TCP_RESPONSE ? static_cast<int32_t>(VERDICT_CLOSE) : -1; };
  rig.start();
  Wire client = Wire::to(rig.port);
  CHECK(client.all().empty());
  CHECK(rig.quiet());
}

TEST(what_answers_a_request_that_can_not_be_read_meets_no_rules) {
  Origin origin(answer);
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_AFTER;
  std::atomic<int> asked{0};
  rig.script->hook = [&](int32_t phase, uint32_t) {
    asked += phase == PHASE_AFTER;
    return -1;
  };
  rig.start();
  Wire good = Wire::to(rig.port), bad = Wire::to(rig.port);
  bad.send("\x01\x02\r\n\r\n");
  CHECK(bad.message().starts_with("HTTP/1.1 400"));
  CHECK(asked == 0);
  good.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  CHECK(good.message().ends_with("ok"));
  CHECK(asked == 1);
  good.close();
  bad.close();
  CHECK(rig.quiet());
}

TEST(independent_streams_count_what_an_end_sends_alone) {
  // The server talks all the time, the client says nothing after its first word.
  for (int32_t option : {0, static_cast<int32_t>(PO_INDEPENDENT_STREAMS)}) {
    std::atomic<bool> over{false};
    Origin origin([&](Wire& wire) {
      wire.until("hello");
      for (int i = 0; i < 40 && !over && wire.send("."); i++) ::usleep(10000);
      over = true;
      wire.shut();
      wire.all();
    });
    Rig rig({origin.port()}, 0, 2);
    rig.conf.proxies[0].options = option;
    rig.conf.proxies[0].timeouts[TO_CLIENT] = 150;
    rig.start();
    Wire client = Wire::to(rig.port);
    client.send("hello");
    size_t got = client.all().size();
    CHECK((got == 40) == (option == 0));
    over = true;
    client.close();
    CHECK(rig.quiet());
  }
}

RUN_TESTS()
