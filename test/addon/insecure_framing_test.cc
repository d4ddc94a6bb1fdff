// Messages whose framing another agent may have read in another way: they pass in one reading, and nothing follows them.
#include "rig.h"

using namespace rig;

namespace {

constexpr char OK[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
constexpr char GET[] = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

bool has(const std::string& text, std::string_view part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(what_follows_such_a_request_is_dropped) {
  struct { std::string request, smuggled; } const rows[] = {
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 31\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "GET /smuggled HTTP/1.1\r\n\r\n"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n0\r\n\r\n", GET},
  };
  for (const auto& row : rows) {
    std::atomic<int> requests{0};
    Origin origin([&](Wire& wire) {
      for (std::string request; !(request = wire.until("\r\n\r\n")).empty(); requests++) {
        CHECK(!has(request, "ength"));
        CHECK(has(request, "ransfer-Encoding: chunked\r\n"));
        CHECK(has(request, "connection: close\r\n"));
        CHECK(wire.until("\r\n\r\n") == "0\r\n\r\n");
        wire.send(OK);
      }
    });
    Rig rig({origin.port()}, PO_HTTP);
    rig.start();
    Wire client = Wire::to(rig.port);
    client.send(row.request + row.smuggled);
    std::string got = client.all();
    CHECK(has(got, "connection: close\r\n") && got.ends_with("\r\n\r\nok"));
    CHECK(rig.quiet());
    CHECK(requests == 1);
    CHECK(rig.pages->server(0, SS_IDLE) == 0);
  }
}

TEST(neither_connection_is_kept_behind_such_a_response) {
  for (const char* head : {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 30\r\n\r\n",
                           "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: keep-alive\r\n\r\n"}) {
    Origin origin([&](Wire& wire) {
      wire.message();
      wire.send(std::string(head) + "0\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nsplit");
      wire.all();
    });
    // With rules: the head is parsed again after they have changed it, and the reason to close is not in it any more.
    for (int32_t phases : {0, 1 << PHASE_RESPONSE}) {
      Rig rig({origin.port()}, PO_HTTP);
      rig.conf.proxies[0].phases = phases;
      rig.start();
      Wire client = Wire::to(rig.port);
      client.send(std::string(GET) + GET);
      std::string got = client.all();
      CHECK(has(got, "connection: close\r\n") && has(got, "Transfer-Encoding: chunked\r\n") && got.ends_with("\r\n\r\n0\r\n\r\n"));
      CHECK(!has(got, "ength"));
      CHECK(rig.quiet());
      CHECK(rig.pages->server(0, SS_IDLE) == 0);
    }
  }
}

TEST(connections_can_be_kept_and_bodies_allowed_by_configuration) {
  std::atomic<int> requests{0};
  Origin origin([&](Wire& wire) {
    while (!wire.until("0\r\n\r\n").empty()) {
      requests++;
      wire.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 30\r\n\r\n0\r\n\r\n");
    }
  });
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.options = GO_KEEP_INSECURE | GO_ANY_PAYLOAD;
  rig.start();
  Wire client = Wire::to(rig.port);
  const std::string post = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 31\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  client.send(post + post);
  for (int i = 0; i < 2; i++) CHECK(client.until("\r\n\r\n0\r\n\r\n").find("connection: close") == std::string::npos);
  CHECK(requests == 2 && origin.connections() == 1);
  Wire old = Wire::to(rig.port);
  old.send("GET / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
  CHECK(old.all().find(" 200 ") != std::string::npos);
  client.close();
  old.close();
  CHECK(rig.quiet());
}

RUN_TESTS()
