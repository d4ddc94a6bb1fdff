// What PHASE_END shows of the request, for frontends that log.
#include "rig.h"

using namespace rig;

namespace {

void serve(Wire& wire) {
  while (!wire.message().empty())
    if (!wire.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")) return;
}

// The request lines that the ends of streams have shown, "-" where there was none.
struct Ends {
  std::vector<std::string> lines;

  void watch(Rig& rig) {
    rig.conf.proxies[0].phases |= 1 << PHASE_END;
    rig.script->hook = [this, &rig](int32_t phase, uint32_t) {
      if (phase != PHASE_END) return -1;
      lines.push_back(shown(rig));
      return static_cast<int32_t>(VERDICT_CONTINUE);
    };
  }
  static std::string shown(Rig& rig) {
    if (rig.fact(FACT_HEAD_LEN) == 0) return "-";
    const char* head = static_cast<const char*>(rig.engine->window().memory()) + rig.fact(FACT_HEAD_OFF);
    std::string method(head + rig.fact(FACT_METHOD_OFF), static_cast<size_t>(rig.fact(FACT_METHOD_LEN)));
    std::string target(head + rig.fact(FACT_URI_OFF), static_cast<size_t>(rig.fact(FACT_URI_LEN)));
    return method + " " + target + " " + std::to_string(rig.fact(FACT_VERSION));
  }
};

}  // namespace

TEST(each_request_of_a_connection_has_its_own_line) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP | PO_LOG);
  Ends ends;
  ends.watch(rig);
  rig.start();
  {
    Wire client = Wire::to(rig.port);
    std::string longest(3000, 'x');
    for (std::string target : {std::string("/a?b=c"), "/" + longest, std::string("/")}) {
      client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
      client.message();
    }
    client.send("PURGE /old HTTP/1.0\r\n\r\n");
    client.all();
    CHECK(rig.quiet());
    CHECK(ends.lines == (std::vector<std::string>{"GET /a?b=c 1", "GET /" + longest + " 1", "GET / 1", "PURGE /old 0"}));
  }
}

TEST(a_request_that_can_not_be_read_has_none_after_one_that_could) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP | PO_LOG);
  Ends ends;
  ends.watch(rig);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET /good HTTP/1.1\r\nHost: a\r\n\r\n");
  client.message();
  client.send("nonsense\r\n\r\n");
  client.all();
  CHECK(rig.quiet());
  CHECK(ends.lines == (std::vector<std::string>{"GET /good 1", "-"}));
}

TEST(without_a_log_nothing_is_kept) {
  Origin origin(serve);
  Rig rig({origin.port()}, PO_HTTP);
  Ends ends;
  ends.watch(rig);
  rig.start();
  Wire client = Wire::to(rig.port);
  client.send("GET / HTTP/1.0\r\n\r\n");
  client.all();
  CHECK(rig.quiet());
  CHECK(ends.lines == (std::vector<std::string>{"-"}));
}

RUN_TESTS()
