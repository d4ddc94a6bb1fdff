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

RUN_TESTS()
