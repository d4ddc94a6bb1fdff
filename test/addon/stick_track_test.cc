// What the engine counts in the entries that sessions and streams track, and what it stores when a server connection stands.
#include "stick_track.h"

#include "rig.h"

using namespace rig;

namespace {

StickSpec everything(int32_t number) {
  StickSpec spec;
  spec.number = number;
  spec.key_kind = STICK_KEY_STRING;
  spec.key_size = 16;
  spec.size = 100;
  spec.bytes_factor = 10;
  for (int32_t column = 0; column < STICK_COLUMNS; column++) spec.columns.push_back({column, 1, 3'600'000});
  return spec;
}

std::string reply(int status) { return "HTTP/1.1 " + std::to_string(status) + " X\r\ncontent-length: 2\r\n\r\nok"; }
const std::string GET = "GET / HTTP/1.1\r\nhost: h\r\n\r\n";

// Tables 0 and 1, a server that answers with these statuses in turn.
struct Tables : Rig {
  std::vector<int> statuses;
  Origin origin;
  explicit Tables(std::vector<int> answers)
      : Rig({}, PO_HTTP), statuses(std::move(answers)), origin([this](Wire& wire) {
          for (size_t i = 0; !wire.until("\r\n\r\n").empty() && i < statuses.size(); i++) wire.send(reply(statuses[i]));
        }) {
    ServerConf server;
    server.address = address(origin.port());
    server.id = 7;
    server.name = "s";
    conf.servers.push_back(server);
    conf.proxies[0].phases = 1 << PHASE_CONNECTION | 1 << PHASE_REQUEST;
    for (int status = 400; status < 500; status++) conf.error_codes.set(static_cast<size_t>(status - 100));
    for (int status = 500; status < 600; status++) conf.fail_codes.set(static_cast<size_t>(status - 100));
    pages = std::make_shared<Pages>(1, 1, 1, 1);
    pages->share(std::make_shared<StickTables>(std::vector<StickSpec>{everything(0), everything(1)}));
    script = std::make_unique<Script>(*pages);
  }
  ~Tables() { finish(); }
  double read(int32_t table, std::string_view key, int32_t column) {
    auto now = static_cast<uint32_t>(sys::now_ns() / 1'000'000);
    StickEntry e = pages->stick_tables()->table(table)->find(key, now);
    return e ? e.get(column, 0, now) : STICK_ABSENT;
  }
};

}  // namespace

TEST(a_session_counts_all_its_requests_and_lets_go_at_its_end) {
  Tables rig({200, 404, 500});
  rig.script->hook = [&](int32_t phase, uint32_t session) {
    if (phase == PHASE_CONNECTION) CHECK(rig.engine->track(session, phase, 0, 0, "client"));
    // The slot is in use for as long as the session lives.
    if (phase == PHASE_REQUEST) CHECK(!rig.engine->track(session, phase, 0, 1, "other"));
    return -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  for (int status : rig.statuses) {
    client.send(GET);
    CHECK(client.message() == reply(status));
  }
  CHECK(rig.wait_for([&] { return rig.read(0, "client", STICK_BYTES_OUT_CNT) == static_cast<double>(3 * reply(200).size()); }));
  CHECK(rig.read(0, "client", STICK_CONN_CUR) == 1 && rig.read(0, "client", STICK_TRACKERS) == 1 && rig.read(0, "client", STICK_CONN_CNT) == 1);
  CHECK(rig.read(0, "client", STICK_SESS_CNT) == 1 && rig.read(0, "client", STICK_HTTP_REQ_CNT) == 3);
  CHECK(rig.read(0, "client", STICK_HTTP_ERR_CNT) == 1 && rig.read(0, "client", STICK_HTTP_FAIL_CNT) == 1);
  client.close();
  CHECK(rig.quiet());
  CHECK(rig.read(0, "client", STICK_CONN_CUR) == 0 && rig.read(0, "client", STICK_TRACKERS) == 0);
  CHECK(rig.read(0, "client", STICK_BYTES_IN_CNT) == static_cast<double>(3 * GET.size()));
  // Ten bytes a block: what does not fill one waits for the next bytes.
  CHECK(rig.read(0, "client", STICK_BYTES_IN_RATE) == static_cast<double>(3 * GET.size() / 10 * 10));
  CHECK(rig.read(1, "other", STICK_CONN_CNT) == STICK_ABSENT);
}

TEST(what_a_stream_tracks_ends_with_it) {
  Tables rig({200, 404});
  int requests = 0;
  rig.script->hook = [&](int32_t phase, uint32_t session) {
    if (phase != PHASE_REQUEST) return -1;
    requests++;
    CHECK(rig.engine->tracked(session, 2) == nullptr);
    CHECK(rig.engine->track(session, phase, 2, 1, requests == 1 ? "first" : "second"));
    CHECK(rig.engine->tracked(session, 2) != nullptr && rig.engine->tracked(session, 1) == nullptr);
    rig.engine->count_tracked(session, STICK_EVENT_GLITCH);
    return -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send(GET);
  client.message();
  CHECK(rig.wait_for([&] { return rig.read(1, "first", STICK_TRACKERS) == 0; }));
  client.send(GET);
  client.message();
  client.close();
  CHECK(rig.quiet());
  for (const char* key : {"first", "second"}) {
    CHECK(rig.read(1, key, STICK_CONN_CNT) == 1 && rig.read(1, key, STICK_CONN_CUR) == 0 && rig.read(1, key, STICK_HTTP_REQ_CNT) == 1);
    CHECK(rig.read(1, key, STICK_SESS_CNT) == 0 && rig.read(1, key, STICK_GLITCH_CNT) == 1);
  }
  CHECK(rig.read(1, "first", STICK_HTTP_ERR_CNT) == 0 && rig.read(1, "second", STICK_HTTP_ERR_CNT) == 1);
}

TEST(a_table_learns_the_server_when_its_connection_stands) {
  Tables rig({200, 200});
  rig.script->hook = [&](int32_t phase, uint32_t session) {
    if (phase == PHASE_REQUEST) {
      CHECK(rig.engine->store_later(session, 0, "user"));
      CHECK(rig.read(0, "user", STICK_SERVER_ID) == STICK_ABSENT || rig.fact(FACT_REQUESTS) > 1);
    }
    return -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send(GET);
  client.message();
  CHECK(rig.read(0, "user", STICK_SERVER_ID) == 7 && rig.pages->stick_tables()->names().name(static_cast<uint32_t>(rig.read(0, "user", STICK_SERVER_KEY))) == "s");
  client.close();
  CHECK(rig.quiet());
}

TEST(a_server_that_is_not_to_be_learned_is_not) {
  Tables rig({200});
  rig.conf.servers[0].options |= SO_NON_STICK;
  rig.script->hook = [&](int32_t phase, uint32_t session) {
    if (phase == PHASE_REQUEST)
      for (size_t i = 0; i <= MOST_STORES; i++) CHECK(rig.engine->store_later(session, 0, "user" + std::to_string(i)) == (i < MOST_STORES));
    return -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send(GET);
  client.message();
  client.close();
  CHECK(rig.quiet() && rig.read(0, "user0", STICK_SERVER_ID) == STICK_ABSENT);
}

TEST(what_is_no_request_is_an_error) {
  Tables rig({});
  rig.script->hook = [&](int32_t phase, uint32_t session) {
    if (phase == PHASE_CONNECTION) rig.engine->track(session, phase, 0, 0, "client");
    return -1;
  };
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("no request\r\n\r\n");
  client.all();
  client.close();
  CHECK(rig.quiet() && rig.read(0, "client", STICK_HTTP_REQ_CNT) == 1 && rig.read(0, "client", STICK_HTTP_ERR_CNT) == 1);
}

RUN_TESTS()
