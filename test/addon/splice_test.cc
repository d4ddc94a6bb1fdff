// Splicing over real sockets: the rows of cases.md that need no scripted kernel. What arrives is compared byte by byte.
#include <sys/resource.h>
#include "channel.h"
#include "rig.h"

using namespace rig;

namespace {

constexpr int32_t BOTH = PO_SPLICE_REQUEST | PO_SPLICE_RESPONSE;

std::string respond(const std::string& body) { return "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body; }

std::string ask(const std::string& path) { return "GET /" + path + " HTTP/1.1\r\nhost: a\r\n\r\n"; }

size_t number_in(const std::string& request) { return std::stoul(request.substr(request.find('/') + 1)); }

std::string chunked(const std::string& body, const std::vector<size_t>& sizes) {
  std::string out = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
  size_t at = 0, i = 0;
  char line[32];
  while (at < body.size()) {
    size_t n = std::min(sizes[i++ % sizes.size()], body.size() - at);
    std::snprintf(line, sizeof line, "%zx\r\n", n);
    out += line + body.substr(at, n) + "\r\n";
    at += n;
  }
  return out + "0\r\nx-sum: 1\r\n\r\n";
}

double cpu_seconds() {
  rusage use;
  getrusage(RUSAGE_SELF, &use);
  auto s = [](timeval t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return s(use.ru_utime) + s(use.ru_stime);
}

}  // namespace

TEST(tail_before_the_end_arrives) {   // 1, 6
  std::string bytes = noise(1048576 + 3333);
  Origin origin([&](Wire& wire) { wire.send(bytes); });
  Rig rig({origin.port()}, BOTH);
  rig.start();
  for (int i = 0; i < 60; i++) {
    Wire client = Wire::to(rig.port, 4096);
    std::string got = client.exactly(200000);
    if (i % 8 == 0) ::usleep(20000);   // stalls in the middle
    got += client.all();
    CHECK(got == bytes);
  }
  CHECK(rig.quiet());
  CHECK(rig.counter(CW_SPLICED_OUT) > bytes.size() * 30);
}

TEST(small_segments_fill_the_slots_of_a_pipe) {   // 2, 9
  std::string bytes = noise(300000);
  Origin origin([&](Wire& wire) {
    int on = 1;
    ::setsockopt(wire.fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (size_t at = 0; at < bytes.size(); at += 37) wire.send(std::string_view(bytes).substr(at, 37));
  });
  Rig rig({origin.port()}, BOTH);
  rig.conf.pipe_size = 65536;
  rig.start();
  Wire client = Wire::to(rig.port, 4096);
  ::usleep(100000);
  CHECK(client.all() == bytes);
  client.close();
  CHECK(rig.quiet());
}

TEST(stalled_reader_costs_no_time) {   // 3
  std::string bytes = noise(16 << 20);
  Origin origin([&](Wire& wire) { wire.send(bytes); });
  Rig rig({origin.port()}, BOTH);
  rig.start();
  Wire client = Wire::to(rig.port, 4096);
  ::usleep(300000);
  uint64_t passes = rig.counter(CW_PASSES);
  ::usleep(500000);
  CHECK(rig.counter(CW_PASSES) - passes < 20);
  CHECK(client.all() == bytes);
  client.close();
  CHECK(rig.quiet());
}

TEST(bodies_of_every_size_pipelined) {   // 4, 5, 9, 13, 14
  std::string bytes = noise(70 * 1024);
  Origin origin([&](Wire& wire) {
    for (std::string request; !(request = wire.message()).empty();)
      if (!wire.send(respond(bytes.substr(0, number_in(request))))) return;
  });
  Rig rig({origin.port()}, PO_HTTP | BOTH);
  rig.start();
  Wire client = Wire::to(rig.port);
  std::vector<size_t> sizes;
  for (size_t n = 0; n <= 70 * 1024; n += 1 + n / 97) sizes.push_back(n);
  for (size_t n : {16383u, 16384u, 16385u, 20480u, 12288u, 4095u, 4096u, 4097u}) sizes.push_back(n);
  std::string requests;
  for (size_t n : sizes) requests += ask(std::to_string(n));
  std::thread sender([&] { client.send(requests); });
  int wrong = 0;
  for (size_t n : sizes) {
    std::string got = client.message();
    size_t at = got.find("\r\n\r\n");
    if (at == std::string::npos || got.substr(at + 4) != bytes.substr(0, n)) wrong++;
  }
  sender.join();
  CHECK(wrong == 0);
  client.close();
  CHECK(rig.quiet());
  CHECK(rig.counter(CW_SPLICED_OUT) > 0);
}

TEST(chunks_keep_their_framing) {   // 11
  std::string body = noise(2 << 20);
  std::string wire_bytes = chunked(body, {1, 5, 1000, 65536, 300000, 16, 4096, 1048576, 7});
  Origin origin([&](Wire& wire) {
    for (std::string request; !(request = wire.message()).empty();)
      if (!wire.send(wire_bytes)) return;
  });
  Rig rig({origin.port()}, PO_HTTP | BOTH);
  rig.start();
  Wire client = Wire::to(rig.port);
  for (int i = 0; i < 5; i++) {
    client.send(ask("x"));
    std::string got = client.exactly(wire_bytes.size());
    CHECK(got == wire_bytes);
  }
  client.close();
  CHECK(rig.quiet());
  CHECK(rig.counter(CW_SPLICED_OUT) > body.size());
}

TEST(body_without_length_ends_with_the_stream) {   // 15
  for (size_t n : {16384u, 32768u, 100u, 3000000u}) {
    std::string body = noise(n);
    Origin origin([&](Wire& wire) {
      wire.message();
      wire.send("HTTP/1.0 200 OK\r\n\r\n" + body);
    });
    Rig rig({origin.port()}, PO_HTTP | BOTH);
    rig.start();
    Wire client = Wire::to(rig.port);
    client.send(ask("x"));
    std::string got = client.all();
    size_t at = got.find("\r\n\r\n");
    CHECK(at != std::string::npos && got.substr(at + 4) == body);
    CHECK(rig.quiet());
  }
}

TEST(request_bodies_are_spliced_too) {
  std::string body = noise(3 << 20);
  Origin origin([&](Wire& wire) {
    for (std::string request; !(request = wire.message()).empty();) {
      size_t at = request.find("\r\n\r\n") + 4;
      wire.send(respond(request.substr(at) == body ? "same" : "other"));
    }
  });
  Rig rig({origin.port()}, PO_HTTP | BOTH);
  rig.start();
  Wire client = Wire::to(rig.port);
  for (int i = 0; i < 3; i++) {
    client.send("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body);
    std::string got = client.message();
    CHECK(got.ends_with("same"));
  }
  client.close();
  CHECK(rig.quiet());
  CHECK(rig.counter(CW_SPLICED_IN) > body.size() * 2);
}

TEST(half_closed_client_is_served_on) {   // 7, 26
  std::string bytes = noise(4 << 20);
  Origin origin([&](Wire& wire) {
    wire.all();
    for (size_t at = 0; at < bytes.size(); at += 1 << 19) {
      wire.send(std::string_view(bytes).substr(at, 1 << 19));
      ::usleep(10000);
    }
  });
  Rig rig({origin.port()}, BOTH);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("x");
  client.shut();
  CHECK(client.all() == bytes);
  client.close();
  CHECK(rig.quiet());
}

TEST(dirty_pipes_are_closed) {   // 17, 18, 25
  std::string bytes = noise(8 << 20);
  Origin origin([&](Wire& wire) { wire.send(bytes); });
  Rig rig({origin.port()}, BOTH);
  rig.start();
  for (int i = 0; i < 40; i++) {
    Wire client = Wire::to(rig.port, 4096);
    client.exactly(100000);
    client.reset();
  }
  CHECK(rig.quiet());
  Wire client = Wire::to(rig.port);
  CHECK(client.all() == bytes);
  client.close();
  CHECK(rig.quiet());
  CHECK(rig.counter(CW_PIPE_DIRTY) > 0);
}

TEST(without_pipes_bytes_are_copied) {   // 20
  std::string bytes = noise(2 << 20);
  Origin origin([&](Wire& wire) { wire.send(bytes); });
  Rig rig({origin.port()}, BOTH);
  rig.conf.max_pipes = 0;
  rig.start();
  Wire client = Wire::to(rig.port);
  CHECK(client.all() == bytes);
  client.close();
  CHECK(rig.quiet());
  CHECK(rig.counter(CW_SPLICED_OUT) == 0);
  CHECK(rig.counter(CW_SPLICE_NO_PIPE) > 0);
  CHECK(rig.counter(CW_COPIED_OUT) == bytes.size());
}

TEST(unix_socket_server) {   // 22
  std::string bytes = noise(4 << 20);
  int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un at{};
  at.sun_family = AF_UNIX;
  std::snprintf(at.sun_path + 1, sizeof at.sun_path - 1, "tsproxy-test-%d", ::getpid());
  socklen_t length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + 1 + std::strlen(at.sun_path + 1));
  CHECK(::bind(fd, reinterpret_cast<sockaddr*>(&at), length) == 0);
  ::listen(fd, 16);
  std::thread server([&] {
    Wire wire(::accept(fd, nullptr, nullptr));
    wire.send(bytes);
  });
  Rig rig({1}, BOTH);
  std::memcpy(&rig.conf.servers[0].address.storage, &at, sizeof at);
  rig.conf.servers[0].address.length = length;
  rig.start();
  Wire client = Wire::to(rig.port);
  CHECK(client.all() == bytes);
  client.close();
  CHECK(rig.quiet());
  server.join();
  ::close(fd);
}

TEST(bytes_are_counted_when_sent) {   // 12
  std::string bytes = noise(8 << 20);
  Origin origin([&](Wire& wire) { wire.send(bytes); });
  Rig rig({origin.port()}, BOTH);
  rig.start();
  Wire client = Wire::to(rig.port, 4096);
  client.exactly(300000);
  ::usleep(50000);
  uint64_t out = rig.frontend(CF_BYTES_OUT);
  CHECK(out >= 300000 && out < bytes.size());
  CHECK(out == rig.counter(CW_SPLICED_OUT) + rig.counter(CW_COPIED_OUT));
  CHECK(client.all().size() == bytes.size() - 300000);
  client.close();
  CHECK(rig.quiet());
  CHECK(rig.frontend(CF_BYTES_OUT) == bytes.size());
}

TEST(head_answers_have_no_body) {   // 10
  for (const char* method : {"HEAD", "GET"}) {
    bool head = std::string(method) == "HEAD";
    Origin origin([&](Wire& wire) {
      for (std::string request; !(request = wire.message()).empty();)
        wire.send(std::string(head ? "HTTP/1.1 200 OK" : "HTTP/1.1 204 No Content") + "\r\nContent-Length: 8192\r\n\r\n" + noise(8192));
    });
    Rig rig({origin.port()}, PO_HTTP | BOTH);
    rig.start();
    Wire client = Wire::to(rig.port);
    for (int i = 0; i < 3; i++) {
      client.send(std::string(method) + " / HTTP/1.1\r\nhost: a\r\n\r\n");
      std::string got = client.until("\r\n\r\n");
      CHECK(got.starts_with("HTTP/1.1 20"));
    }
    client.shut();
    CHECK(client.all().empty());
    CHECK(rig.quiet());
  }
}

TEST(bulk_in_both_directions) {   // 8
  Origin origin([&](Wire& wire) {
    for (std::string bytes; !(bytes = wire.some()).empty();)
      if (!wire.send(bytes)) return;
  });
  Rig rig({origin.port()}, BOTH);
  rig.start();
  std::string bytes = noise(64 << 20);
  Wire client = Wire::to(rig.port);
  std::thread sender([&] {
    client.send(bytes);
    client.shut();
  });
  double before = cpu_seconds();
  CHECK(client.all() == bytes);
  sender.join();
  CHECK(cpu_seconds() - before < 60);
  CHECK(rig.quiet());
}

// One small turn among large ones keeps the pipe, a dialogue of small ones is copied again.
TEST(small_turns_end_splicing_when_there_is_nothing_else) {
  Origin origin([&](Wire& wire) {
    for (std::string bytes; !(bytes = wire.some()).empty();)
      if (!wire.send(bytes)) return;
  });
  Rig rig({origin.port()}, BOTH);
  rig.start();
  Wire client = Wire::to(rig.port);
  std::string large = noise(256 << 10), small = noise(100);
  auto echo = [&](const std::string& bytes) {
    std::thread sender([&] { client.send(bytes); });
    CHECK(client.exactly(bytes.size()) == bytes);
    sender.join();
  };
  for (int i = 0; i < 4; i++) echo(large);
  uint64_t spliced = rig.counter(CW_SPLICED_OUT);
  CHECK(spliced > 0);
  echo(small);
  CHECK(rig.counter(CW_SPLICED_OUT) == spliced + 2 * small.size());
  for (int i = 0; i < tsproxy::BULK; i++) echo(small);
  uint64_t copied = rig.counter(CW_COPIED_OUT);
  echo(small);
  CHECK(rig.counter(CW_COPIED_OUT) == copied + 2 * small.size());
  client.close();
  CHECK(rig.quiet());
}

RUN_TESTS()
