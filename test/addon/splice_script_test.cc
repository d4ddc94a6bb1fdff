// Splicing against a scripted kernel: what the real one does only now and then.
#include <cerrno>
#include "scripted.h"

using namespace scripted;

namespace {

constexpr int32_t BOTH = PO_SPLICE_REQUEST | PO_SPLICE_RESPONSE;

}  // namespace

TEST(shutdown_waits_for_the_bytes_in_the_pipe) {   // 1
  Bench b(BOTH);
  b.start();
  Peer& client = b.busy_client();
  Peer& server = b.server();
  std::string bytes = text(50000);
  client.room(10000);
  server.write(bytes);
  server.shut();
  b.run();
  CHECK(client.received().size() == 10000);
  CHECK(!client.finished());
  CHECK(script::piped() == 40000);
  client.room(39999);
  b.run();
  CHECK(!client.finished());
  client.drain();
  b.run();
  CHECK(client.received() == bytes);
  CHECK(client.finished());
  client.shut();
  b.quiet();
}

TEST(full_slots_are_not_an_empty_socket) {   // 2, 6
  Bench b(BOTH);
  script::slots(4);
  b.start();
  Peer& client = b.busy_client();
  Peer& server = b.server();
  std::string bytes = text(3000);
  client.stall();
  server.write(bytes, 1);   // one slot a byte
  server.shut();
  b.run();
  CHECK(!client.finished());
  client.drain();
  b.run();
  CHECK(client.received() == bytes);
  CHECK(client.finished());
  client.shut();
  b.quiet();
}

TEST(stalled_reader_makes_no_passes) {   // 3
  Bench b(BOTH);
  b.start();
  Peer& client = b.busy_client();
  client.stall();
  b.server().write(text(3000000), 1448);
  b.run();
  uint64_t passes = b.counter(CW_PASSES), calls = script::calls(Call::SpliceIn) + script::calls(Call::SpliceOut);
  script::run_for(*b.engine, 2000);
  CHECK(b.counter(CW_PASSES) - passes < 10);
  CHECK(script::calls(Call::SpliceIn) + script::calls(Call::SpliceOut) == calls);
  client.drain();
  b.run();
  CHECK(client.received().size() == 3000000);
  client.close();
  b.server().close();
  b.quiet();
}

TEST(old_kernels_segments_are_collected) {   // 16 segments, then all leave at once
  Bench b(BOTH);
  script::one_segment(true);
  b.start();
  Peer& client = b.busy_client();
  std::string bytes = text(64 * 1448);
  b.server().write(bytes, 1448);
  b.run();
  CHECK(client.received() == bytes);
  CHECK(script::calls(Call::SpliceOut) <= 8);
  client.close();
  b.server().close();
  b.quiet();
}

TEST(splice_that_cannot_work_is_replaced_by_copying) {   // 21
  for (int error : {EINVAL, EBADF, ENOSYS}) {
    for (Call call : {Call::SpliceIn, Call::SpliceOut}) {
      Bench b(BOTH);
      b.start();
      Peer& client = b.busy_client();
      std::string bytes = text(200000);
      script::fail(call, error, 1);
      client.room(5000);
      b.server().write(bytes);
      b.run();
      client.drain();
      b.run();
      CHECK(client.received() == bytes);
      CHECK(b.counter(CW_SPLICE_UNSUPPORTED) == 1);
      client.close();
      b.server().close();
      b.quiet();
    }
  }
}

TEST(no_pipe_to_be_had) {   // 20
  Bench b(BOTH);
  b.start();
  Peer& client = b.busy_client();
  script::fail(Call::Pipe, EMFILE, 1000);
  std::string bytes = text(200000);
  for (int i = 0; i < 4; i++) {   // more than were made at the start
    b.server().write(bytes);
    b.run();
  }
  CHECK(client.received().size() == 4 * bytes.size());
  client.close();
  b.server().close();
  b.quiet();
}

TEST(reader_resets_during_splice_out) {   // 17, 18, 25
  for (int error : {ECONNRESET, EPIPE}) {
    Bench b(BOTH);
    b.start();
    Peer& client = b.busy_client();
    client.room(1000);
    b.server().write(text(50000));
    b.run();
    script::fail(Call::SpliceOut, error, 1);
    client.reset();
    b.run();
    b.server().close();
    b.quiet();
    CHECK(b.counter(CW_PIPE_DIRTY) == 1);
  }
}

TEST(more_bytes_than_the_pipe_says) {   // 24
  Bench b(BOTH);
  script::slots(64);
  b.conf.pipe_size = 16384;
  b.start();
  Peer& client = b.busy_client();
  client.stall();
  std::string bytes = text(64 * 60000);
  b.server().write(bytes, 60000);
  b.run();
  client.drain();
  b.run();
  CHECK(client.received() == bytes);
  client.close();
  b.server().close();
  b.quiet();
}

TEST(no_more_hint_is_left_behind) {   // 23
  Bench b(BOTH);
  b.start();
  Peer& client = b.client();
  for (int i = 0; i < 5; i++) {
    b.server().write(text(100));
    b.run();
    CHECK(client.take().size() == 100);
    CHECK(!client.more());
  }
  client.close();
  b.server().close();
  b.quiet();
}

TEST(half_closed_with_all_events_at_once) {   // 7
  Bench b(BOTH);
  b.start();
  Peer& client = b.client();
  Peer& server = b.server();
  client.write("question");
  client.shut();
  server.write("answer");
  server.wake();
  client.wake();
  b.run();
  CHECK(server.received() == "question");
  CHECK(server.finished());
  CHECK(client.received() == "answer");
  CHECK(!client.finished());
  CHECK(!client.was_reset());
  for (int i = 0; i < 10; i++) {
    script::run_for(*b.engine, 1000);
    server.write("more");
    b.run();
  }
  server.shut();
  b.run();
  CHECK(client.received().size() == 6 + 40);
  CHECK(client.finished());
  b.quiet();
}

TEST(fin_before_the_server_is_connected) {   // 26
  for (bool splice : {false, true}) {
    Bench b(splice ? BOTH : 0);
    script::on_connect("10.0.0.1:80", script::Connecting::Hang);
    b.start();
    Peer& client = b.client();
    client.write("question");
    client.shut();
    b.run();
    b.server().establish();
    b.run();
    CHECK(b.server().received() == "question");
    b.server().write("answer");
    b.server().shut();
    b.run();
    CHECK(client.received() == "answer");
    CHECK(client.finished());
    b.quiet();
  }
}

TEST(a_message_is_never_overrun) {   // 4, 5, 13, 14
  for (size_t n : {size_t{0}, size_t{1}, size_t{4095}, size_t{4096}, size_t{4097}, size_t{16384}, size_t{70000}, size_t{200000}}) {
    Bench b(PO_HTTP | BOTH);
    b.start();
    Peer& client = b.client();
    std::string body = text(n);
    std::string head = "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(n) + "\r\n\r\n";
    std::string get = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
    client.write(get + get + get);
    b.run();
    for (int i = 0; i < 3; i++) {
      CHECK(b.server().take().ends_with("\r\n\r\n"));
      client.room(n / 2 + 10);
      b.server().write(head + body.substr(0, n / 3));
      b.run();
      b.server().write(body.substr(n / 3), 1448);
      b.run();
      client.drain();
      b.run();
      CHECK(client.take() == head + body);
    }
    client.close();
    b.quiet();
  }
}

TEST(every_order_of_events) {   // the same conversation, events shuffled, splices cut short
  for (uint32_t seed = 1; seed <= 300; seed++) {
    Bench b(BOTH | (seed % 2 != 0 ? PO_SPLICE_AUTO : 0));
    script::shuffle(seed);
    script::slots(1 + seed % 16);
    b.start();
    Peer& client = b.client();
    Peer& server = b.server();
    std::string question = text(20000 + seed * 13), answer = text(60000 + seed * 7, 'A');
    script::shorten(Call::SpliceIn, 1 + seed * 5, static_cast<int>(seed % 20));
    script::shorten(Call::SpliceOut, 1 + seed * 3, static_cast<int>(seed % 30));
    client.room(seed * 50);
    server.room(seed * 90);
    client.write(question, 100 + seed);
    server.write(answer, 1 + seed * 11);
    if (seed % 3 == 0) client.shut();
    if (seed % 5 == 0) server.shut();
    for (int i = 0; i < 400 && (client.received().size() < answer.size() || server.received().size() < question.size()); i++) {
      b.run();
      client.room(1000 + seed);
      server.room(1000 + seed);
    }
    CHECK(client.received() == answer);
    CHECK(server.received() == question);
    client.drain();
    server.drain();
    if (seed % 3 != 0) client.shut();
    if (seed % 5 != 0) server.shut();
    b.run();
    CHECK(client.finished() && server.finished());
    b.quiet();
  }
}

RUN_TESTS()
