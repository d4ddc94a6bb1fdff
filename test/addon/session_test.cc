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

RUN_TESTS()
