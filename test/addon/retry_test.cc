// Requests that are sent again after a server has failed them, and what tells servers and clients who they are dealing with.
#include "rig.h"

using namespace rig;

namespace {

constexpr char OK[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr char GET[] = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
constexpr int32_t ALL = RE_CONN_FAILURE | RE_EMPTY_RESPONSE | RE_JUNK_RESPONSE | RE_RESPONSE_TIMEOUT | RE_500 | RE_502 | RE_503 | RE_504;

// A server that fails by `answer` for so many requests and does well from then on. nullptr: it closes.
struct Failing {
  Failing(const char* answer, int times) : answer(answer), left(times) {}
  void operator()(Wire& wire) {
    for (std::string request; !(request = wire.message()).empty();) {
      seen++;
      if (left.fetch_sub(1) > 0) {
        if (answer == nullptr) return;
        wire.send(answer);
        if (!std::string_view(answer).starts_with("HTTP")) return;
      } else {
        wire.send("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(request.size()) + "\r\n\r\n" + request);
      }
    }
  }
  const char* answer;
  std::atomic<int> left, seen{0};
};

std::string ask(Rig& rig, const std::string& request) {
  Wire client = Wire::to(rig.port);
  client.send(request);
  return client.message();
}

}  // namespace

TEST(each_condition_is_tried_again_where_it_is_asked_for) {
  struct { const char* answer; int32_t condition; const char* otherwise; } const rows[] = {
      {nullptr, RE_EMPTY_RESPONSE, "HTTP/1.1 502 "},
      {"SSH-2.0\r\n\r\n", RE_JUNK_RESPONSE, "HTTP/1.1 502 "},
      {"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok", RE_JUNK_RESPONSE, "HTTP/1.1 502 "},
      {"HTTP/1.1 404 No\r\nContent-Length: 1\r\n\r\nx", RE_404, "HTTP/1.1 404 "},
      {"HTTP/1.1 503 No\r\nContent-Length: 1\r\n\r\nx", RE_503, "HTTP/1.1 503 "},
  };
  for (const auto& row : rows) {
    for (int32_t retry_on : {row.condition, ALL & ~row.condition, RE_CONN_FAILURE}) {
      auto failing = std::make_shared<Failing>(row.answer, 2);
      Origin origin([failing](Wire& wire) { (*failing)(wire); });
      Rig rig({origin.port()}, PO_HTTP);
      rig.conf.proxies[0].retry_on = retry_on;
      rig.start();
      std::string got = ask(rig, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody");
      bool again = retry_on == row.condition;
      if (again) CHECK(got.starts_with("HTTP/1.1 200 ") && got.ends_with("body"));
      else CHECK(got.starts_with(row.otherwise));
      CHECK(failing->seen == (again ? 3 : 1));
      CHECK(rig.quiet());
      CHECK(rig.backend(CB_RETRIES) == (again ? 2u : 0u));
    }
  }
}

TEST(the_last_failure_reaches_the_client) {
  auto failing = std::make_shared<Failing>("HTTP/1.1 503 No\r\nContent-Length: 4\r\n\r\nlast", 100);
  Origin origin([failing](Wire& wire) { (*failing)(wire); });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].retry_on = ALL;
  rig.start();
  CHECK(ask(rig, GET).ends_with("last"));
  CHECK(failing->seen == 4);   // retries 3
  CHECK(rig.quiet());
}

TEST(a_silent_server_is_tried_again) {
  std::atomic<int> seen{0};
  Origin origin([&](Wire& wire) {
    wire.message();
    if (seen++ > 0) wire.send(OK);
    wire.all();
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].retry_on = RE_RESPONSE_TIMEOUT;
  rig.conf.proxies[0].timeouts[TO_SERVER] = 50;
  rig.start();
  CHECK(ask(rig, GET).ends_with("ok"));
  CHECK(rig.quiet());
}

TEST(rules_can_forbid_it) {
  auto failing = std::make_shared<Failing>(nullptr, 1);
  Origin origin([failing](Wire& wire) { (*failing)(wire); });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].retry_on = ALL;
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  rig.script->hook = [&](int32_t phase, uint32_t) {
    if (phase == PHASE_REQUEST) rig.engine->window().facts()[FACT_TAKE] = TAKE_NO_RETRY;
    return -1;
  };
  rig.start();
  CHECK(ask(rig, GET).starts_with("HTTP/1.1 502 "));
  CHECK(rig.quiet());
}

TEST(a_body_that_comes_late_is_sent_again_whole) {
  std::string body = noise(12000);
  auto failing = std::make_shared<Failing>("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", 1);
  Origin origin([failing](Wire& wire) { (*failing)(wire); });
  Rig rig({origin.port()}, PO_HTTP | PO_SPLICE_REQUEST);
  rig.conf.proxies[0].retry_on = ALL;
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12000\r\n\r\n");
  for (size_t at = 0; at < body.size(); at += 1000) {
    ::usleep(1000);
    client.send(body.substr(at, 1000));
  }
  CHECK(client.message().ends_with(body));
  CHECK(failing->seen == 2);
  client.close();
  CHECK(rig.quiet());
}

TEST(a_request_that_does_not_fit_a_buffer_is_not_sent_again) {
  std::string body = noise(100000);
  auto failing = std::make_shared<Failing>("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n", 1);
  Origin origin([failing](Wire& wire) { (*failing)(wire); });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].retry_on = ALL;
  rig.start();
  CHECK(ask(rig, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + body).starts_with("HTTP/1.1 500 "));
  CHECK(failing->seen == 1);
  CHECK(ask(rig, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + body).ends_with(body));
  CHECK(rig.quiet());
}

TEST(failures_go_to_another_server_with_redispatch) {
  auto failing = std::make_shared<Failing>("HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", 100), well = std::make_shared<Failing>(nullptr, 0);
  Origin bad([failing](Wire& wire) { (*failing)(wire); }), good([well](Wire& wire) { (*well)(wire); });
  Rig rig({bad.port(), good.port()}, PO_HTTP);
  rig.conf.proxies[0].retry_on = ALL;
  rig.conf.proxies[0].redispatch = -1;
  rig.conf.proxies[0].send_name = "X-Server";
  rig.conf.servers[0].name = "one";
  rig.conf.servers[1].name = "the-other";
  rig.script->hook = [&](int32_t phase, uint32_t) -> int32_t {
    if (phase != PHASE_SERVER) return -1;
    return rig.script->server((rig.fact(FACT_FLAGS) & FF_REDISPATCH) != 0 ? 1 : 0);
  };
  rig.start();
  std::string got = ask(rig, "POST / HTTP/1.1\r\nHost: a\r\nx-server: forged\r\nContent-Length: 4\r\n\r\nbody");
  CHECK(got.find("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nX-Server: the-other\r\n\r\nbody") != std::string::npos);
  CHECK(rig.quiet());
  CHECK(rig.backend(CB_REDISPATCHES) == 1);
}

TEST(a_refused_connection_is_final_without_conn_failure) {
  int gone = listen_socket(), port = port_of(gone);
  ::close(gone);
  Rig rig({port}, PO_HTTP);
  rig.conf.proxies[0].retry_on = 0;
  rig.start();
  CHECK(ask(rig, GET).starts_with("HTTP/1.1 503 "));
  CHECK(rig.backend(CB_RETRIES) == 0);
  CHECK(rig.quiet());
}

TEST(servers_are_told_their_name_over_kept_connections_too) {
  auto echo = std::make_shared<Failing>(nullptr, 0);
  Origin origin([echo](Wire& wire) { (*echo)(wire); });
  Rig rig({origin.port()}, PO_HTTP | PO_CASE_SERVER | PO_CASE_CLIENT);
  rig.conf.proxies[0].send_name = "X-Server";
  rig.conf.servers[0].name = "one";
  rig.conf.header_cases.add("host", "HOST");
  rig.conf.header_cases.add("content-length", "CONTENT-LENGTH");
  rig.start();
  Wire client = Wire::to(rig.port);
  for (int i = 0; i < 2; i++) {
    client.send(GET);
    std::string got = client.message();
    CHECK(got.find("\r\nCONTENT-LENGTH: ") != std::string::npos);
    CHECK(got.ends_with("GET /a HTTP/1.1\r\nHOST: a\r\nX-Server: one\r\n\r\n"));
  }
  CHECK(origin.connections() == 1);
  client.close();
  CHECK(rig.quiet());
}

namespace {

// The IP_TOS of every connection between these ports, as seen by the sockets of this process that are bound to `port`.
int tos_towards(int peer) {
  for (int fd = 3; fd < 1024; fd++) {
    sockaddr_in a{};
    socklen_t n = sizeof a;
    if (::getpeername(fd, reinterpret_cast<sockaddr*>(&a), &n) < 0 || a.sin_family != AF_INET || ntohs(a.sin_port) != peer) continue;
    int tos = 0;
    n = sizeof tos;
    if (::getsockopt(fd, IPPROTO_IP, IP_TOS, &tos, &n) == 0) return tos;
  }
  return -1;
}

}  // namespace

TEST(marks_are_for_one_connection) {
  auto echo = std::make_shared<Failing>(nullptr, 0);
  std::atomic<int> server_tos{-1};
  std::atomic<int> port{0};
  Origin origin([&, echo](Wire& wire) {
    for (std::string request; !(request = wire.message()).empty();) {
      server_tos = tos_towards(port);
      wire.send(OK);
    }
  });
  port = origin.port();
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  std::atomic<bool> marked{true};
  rig.script->hook = [&](int32_t phase, uint32_t session) {
    if (phase != PHASE_REQUEST || !marked) return -1;
    CHECK(rig.engine->mark(session, MARK_CLIENT_TOS, 0x20));
    CHECK(rig.engine->mark(session, MARK_SERVER_TOS, 0x28));
    CHECK(rig.engine->mark(session, MARK_SERVER, 7));   // needs a capability: done or not, nothing breaks
    CHECK(!rig.engine->mark(session, 99, 7));
    return -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send(GET);
  CHECK(client.message().ends_with("ok"));
  CHECK(server_tos == 0x28);
  sockaddr_in own{};
  socklen_t n = sizeof own;
  ::getsockname(client.fd(), reinterpret_cast<sockaddr*>(&own), &n);
  CHECK(tos_towards(ntohs(own.sin_port)) == 0x20);
  marked = false;
  client.send(GET);
  CHECK(client.message().ends_with("ok"));
  CHECK(server_tos == 0);
  CHECK(origin.connections() == 2);
  client.close();
  CHECK(rig.quiet());
}

TEST(errors_with_a_reply_of_their_own_ask_for_it) {
  Origin origin([](Wire& wire) {
    wire.message();
    wire.send("rubbish\r\n\r\n");
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.proxies[0].errors[502] = rig.conf.proxies[0].errors[400] = rig.conf.proxies[0].errors[503] = ProxyConf::ASK_CORE;
  int gone = listen_socket();
  rig.conf.servers.push_back(rig.conf.servers[0]);
  rig.conf.servers[1].address = address(port_of(gone));
  ::close(gone);
  rig.conf.proxies[0].retries = 0;
  rig.pages = std::make_shared<Pages>(1, 1, 2, 1);
  rig.script = std::make_unique<Script>(*rig.pages);
  std::atomic<int> server{0};
  rig.script->hook = [&](int32_t phase, uint32_t session) -> int32_t {
    if (phase == PHASE_SERVER) return rig.script->server(server);
    if (phase != PHASE_ERROR) return -1;
    // The request can be looked at as long as it has not been sent.
    std::string head(reinterpret_cast<const char*>(rig.engine->window().memory()) + rig.fact(FACT_HEAD_OFF), static_cast<size_t>(rig.fact(FACT_HEAD_LEN)));
    std::string text = std::to_string(rig.fact(FACT_STATUS)) + head.substr(0, head.find('\r'));
    rig.engine->reply(session, "HTTP/1.1 599 Own\r\ncontent-length: " + std::to_string(text.size()), text);
    return VERDICT_REPLY;
  };
  rig.start();
  CHECK(ask(rig, GET).ends_with("\r\n\r\n502"));
  CHECK(ask(rig, "GET bad\r\n\r\n").ends_with("\r\n\r\n400"));
  server = 1;
  CHECK(ask(rig, "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz").ends_with("\r\n\r\n503POST /b HTTP/1.1"));
  CHECK(rig.quiet());
}

RUN_TESTS()
