// Where connections to servers go to and come from: servers without fixed address or port, source ports, what is said first.
#include "proxy_protocol.h"
#include "rig.h"
#include "source_ports.h"

using namespace rig;

namespace {

// Tells who asks: local address and port of the connection as the server sees its peer, and the port it was asked on.
Origin teller(const char* name) {
  return Origin([name](Wire& wire) {
    sockaddr_in peer{};
    socklen_t n = sizeof peer;
    ::getpeername(wire.fd(), reinterpret_cast<sockaddr*>(&peer), &n);
    char text[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &peer.sin_addr, text, sizeof text);
    std::string body = std::string(name) + " " + text + " " + std::to_string(ntohs(peer.sin_port));
    while (wire.message().find("\r\n\r\n") != std::string::npos)
      wire.send("HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
  });
}

std::string body_of(const std::string& answer) {
  size_t at = answer.find("\r\n\r\n");
  return at == std::string::npos ? answer : answer.substr(at + 4);
}

std::string ask(Wire& client, const std::string& headers = "") {
  client.send("GET / HTTP/1.1\r\nhost: a\r\n" + headers + "\r\n");
  return body_of(client.message());
}

// A decision of each request that sets the destination, as `http-request set-dst` and set-dst-port do.
void lead_to(Rig& rig, const std::function<int()>& port) {
  rig.conf.proxies[0].phases = 1 << PHASE_REQUEST;
  rig.script->hook = [&rig, port](int32_t phase, uint32_t) {
    if (phase != PHASE_REQUEST) return -1;
    int32_t* f = rig.engine->window().facts();
    in_addr to{htonl(INADDR_LOOPBACK)};
    f[FACT_DST_FAMILY] = 4;
    f[FACT_DST_PORT] = port();
    std::memcpy(&f[FACT_DST_ADDR], &to, sizeof to);
    f[FACT_TAKE] = TAKE_DESTINATION;
    return VERDICT_CONTINUE;
  };
}

SocketAddress any_address() {
  SocketAddress any = address(0);
  reinterpret_cast<sockaddr_in*>(&any.storage)->sin_addr.s_addr = 0;
  return any;
}

bool is_root() { return ::geteuid() == 0; }

}  // namespace

TEST(a_server_without_address_leads_where_the_client_wanted) {
  Origin one = teller("one"), two = teller("two");
  Rig rig({1}, PO_HTTP | PO_REUSE_ALWAYS);
  rig.conf.servers[0].address = any_address();
  rig.conf.servers[0].options = SO_TRANSPARENT | SO_MAP_PORT;
  std::atomic<int> to{0};
  lead_to(rig, [&] { return to.load(); });
  rig.start();
  for (int round = 0; round < 3; round++) {
    for (Origin* origin : {&one, &two}) {
      to = origin->port();
      Wire client = Wire::to(rig.port);
      CHECK(ask(client).starts_with(origin == &one ? "one" : "two"));
      CHECK(ask(client).starts_with(origin == &one ? "one" : "two"));
    }
  }
  CHECK(rig.quiet());
}

TEST(connections_to_other_destinations_are_kept_for_their_client) {
  Origin one = teller("one"), two = teller("two");
  Rig rig({1}, PO_HTTP | PO_REUSE_NEVER);
  rig.conf.servers[0].address = any_address();
  rig.conf.servers[0].options = SO_TRANSPARENT | SO_MAP_PORT;
  std::atomic<int> to{0};
  lead_to(rig, [&] { return to.load(); });
  rig.start();
  {
    Wire client = Wire::to(rig.port);
    for (int i = 0; i < 6; i++) {
      to = (i % 2 == 0 ? one : two).port();
      CHECK(ask(client).starts_with(i % 2 == 0 ? "one" : "two"));
    }
  }
  CHECK(one.connections() == 1 && two.connections() == 1);
  CHECK(rig.quiet());
  CHECK(rig.wait_for([&] { return rig.pages->server(0, SS_USED_CONNS) == 0; }));
}

TEST(a_client_keeps_no_more_than_max_session_srv_conns) {
  Origin one = teller("one"), two = teller("two");
  Rig rig({1}, PO_HTTP | PO_REUSE_NEVER);
  rig.conf.servers[0].address = any_address();
  rig.conf.servers[0].options = SO_TRANSPARENT | SO_MAP_PORT;
  rig.conf.proxies[0].private_most = 1;
  std::atomic<int> to{0};
  lead_to(rig, [&] { return to.load(); });
  rig.start();
  {
    Wire client = Wire::to(rig.port);
    for (int i = 0; i < 4; i++) {
      to = (i % 2 == 0 ? one : two).port();
      CHECK(ask(client).starts_with(i % 2 == 0 ? "one" : "two"));
    }
  }
  CHECK(one.connections() == 2 && two.connections() == 2);
  CHECK(rig.quiet());
}

TEST(a_port_offset_is_added_to_the_clients) {
  Origin origin = teller("it");
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.servers[0].options = SO_MAP_PORT;
  rig.conf.servers[0].port_offset = 100;
  lead_to(rig, [&] { return origin.port() - 100; });
  rig.start();
  Wire client = Wire::to(rig.port);
  CHECK(ask(client).starts_with("it"));
}

TEST(an_address_without_port_keeps_the_servers_port) {
  Origin origin = teller("it");
  Rig rig({1}, PO_HTTP);
  rig.conf.servers[0].address = any_address();
  rig.conf.servers[0].options = SO_TRANSPARENT;
  rig.conf.servers[0].port_offset = origin.port();
  rig.start();   // the client connects to 127.0.0.1
  Wire client = Wire::to(rig.port);
  CHECK(ask(client).starts_with("it"));
}

TEST(source_ports_are_used_in_turn_and_given_back) {
  SourcePorts ports(1000, 1002);
  CHECK(ports.take() == 1000 && ports.take() == 1001 && ports.take() == 1002 && ports.take() == 0);
  ports.give_back(1001);
  ports.give_back(1000);
  CHECK(ports.take() == 1001 && ports.take() == 1000 && ports.take() == 0);
}

TEST(connections_come_from_the_range_of_source_ports) {
  Origin origin = teller("it");
  // Ports that nobody has now: reserved and let go again.
  int fd = listen_socket();
  int low = port_of(fd);
  ::close(fd);
  Rig rig({origin.port()}, PO_HTTP | PO_CLOSE);
  SourceConf& source = rig.conf.servers[0].source;
  source.address = address(0);
  source.port = static_cast<uint16_t>(low);
  source.port_high = static_cast<uint16_t>(low + 3);
  rig.start();
  for (int i = 0; i < 6; i++) {
    Wire client = Wire::to(rig.port);
    int port = std::stoi(ask(client).substr(std::string("it 127.0.0.1 ").size()));
    CHECK(port >= low && port <= low + 3);
  }
  CHECK(rig.quiet());
}

TEST(the_address_in_a_header_is_presented) {
  if (!is_root()) return;   // IP_TRANSPARENT
  Origin origin = teller("it");
  Rig rig({origin.port()}, PO_HTTP | PO_REUSE_ALWAYS);
  SourceConf& source = rig.conf.servers[0].source;
  source.from = SourceFrom::Header;
  source.header = "x-forwarded-for";
  rig.start();
  auto seen = [&](const std::string& headers) {
    Wire client = Wire::to(rig.port);
    std::string body = ask(client, headers);
    return body.substr(0, body.rfind(' '));
  };
  CHECK(seen("X-Forwarded-For: 127.0.0.9, 127.0.0.7\r\n") == "it 127.0.0.7");
  CHECK(seen("X-Forwarded-For: 127.0.0.8\r\n") == "it 127.0.0.8");
  CHECK(seen("X-Forwarded-For: 127.0.0.7\r\n") == "it 127.0.0.7");
  CHECK(seen("") == "it 127.0.0.1");
  CHECK(seen("X-Forwarded-For: unknown\r\n") == "it 127.0.0.1");
  CHECK(origin.connections() == 4);   // one of each address, however often
}

TEST(the_clients_address_is_presented) {
  if (!is_root()) return;
  Origin origin = teller("it");
  Rig rig({origin.port()}, PO_HTTP);
  rig.conf.listeners[0].options = LO_ACCEPT_PROXY;
  rig.conf.servers[0].source.from = SourceFrom::Client;
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("PROXY TCP4 127.0.0.77 127.0.0.1 34567 80\r\n");
  CHECK(ask(client) == "it 127.0.0.77 34567");
}

TEST(a_socks4_proxy_is_asked_first) {
  std::string request;
  auto proxy = std::make_unique<Origin>([&](Wire& wire) {
    request = wire.exactly(16);
    std::string granted("\0\x5a\0\0\0\0\0\0", 8);
    wire.send(granted.substr(0, 3));
    ::usleep(5000);
    wire.send(granted.substr(3) + "server first");
    wire.send(wire.some());
  });
  Rig rig({4711});
  rig.conf.servers[0].socks4 = address(proxy->port());
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("hello");
  CHECK(client.exactly(17) == "server firsthello");
  client.close();
  proxy.reset();   // its threads have ended
  CHECK(request == std::string("\4\1\x12\x67\x7f\0\0\1HAProxy\0", 16));
}

TEST(a_socks4_proxy_that_refuses_is_a_failed_connect) {
  for (const std::string& answer : {std::string("\0\x5b\0\0\0\0\0\0", 8), std::string("\0\x5a", 2), std::string()}) {
    Origin proxy([&](Wire& wire) {
      wire.exactly(16);
      wire.send(answer);
    });
    Rig rig({4711}, PO_HTTP);
    rig.conf.servers[0].socks4 = address(proxy.port());
    rig.conf.proxies[0].retries = 0;
    rig.start();
    Wire client = Wire::to(rig.port);
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    CHECK(client.message().starts_with("HTTP/1.1 503"));
    CHECK(rig.backend(CB_CONN_ERRORS) == 1);
  }
}

TEST(a_proxy_header_carries_the_tlvs_of_the_core_and_a_checksum) {
  std::string header;
  auto origin = std::make_unique<Origin>([&](Wire& wire) {
    header = wire.exactly(16);
    header += wire.exactly(static_cast<size_t>(static_cast<unsigned char>(header[14]) << 8 | static_cast<unsigned char>(header[15])));
    wire.send(wire.some());
  });
  Rig rig({origin->port()});
  rig.conf.servers[0].options = SO_SEND_PROXY_V2 | SO_TLVS | SO_CRC32C;
  rig.script->hook = [&](int32_t phase, uint32_t) {
    if (phase != PHASE_PROXY_TLVS) return -1;
    unsigned char* edits = rig.engine->window().edits();
    const unsigned char record[] = {EDIT_TLV, 0, 5, 0, 3, 0, 0, 0, 'a', 'b', 'c', 0, EDIT_END};
    std::memcpy(edits, record, sizeof record);
    return VERDICT_CONTINUE;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("hello");
  CHECK(client.exactly(5) == "hello");
  client.close();
  origin.reset();   // its threads have ended
  ProxyHeader parsed;
  const char* reason = "";
  CHECK(parse_proxy_header(header.data(), header.size(), parsed, &reason) == Parse::Complete);   // checks the sum
  CHECK(std::string(reinterpret_cast<const char*>(parsed.tlvs), parsed.tlvs_size).starts_with(std::string("\5\0\3abc\3\0\4", 9)));
}

TEST(bytes_that_wait_leave_with_tcp_fast_open) {
  Origin origin([](Wire& wire) { wire.send(wire.some()); });
  Rig rig({origin.port()}, 0);
  rig.conf.servers[0].options = SO_FAST_OPEN;
  rig.start();
  for (int i = 0; i < 3; i++) {
    Wire client = Wire::to(rig.port);
    client.send("hello");
    CHECK(client.exactly(5) == "hello");
  }
  // A server that speaks first must be connected to without a word of the client.
  Origin greeter([](Wire& wire) { wire.send("welcome"); });
  Rig other({greeter.port()}, 0);
  other.conf.servers[0].options = SO_FAST_OPEN;
  other.start();
  CHECK(Wire::to(other.port).exactly(7) == "welcome");
}

RUN_TESTS()
