// Idle server connections of two workers over the same pages: taken over, kept, closed.
#include <atomic>
#include "rig.h"

using namespace rig;

namespace {

class First : public Decider {
 public:
  explicit First(Pages& pages) : pages_(pages) {}
  int32_t decide(int32_t phase, uint32_t) override {
    if (phase != PHASE_SERVER) return VERDICT_CONTINUE;
    pages_.server(0, SS_SESSIONS).fetch_add(1);
    return VERDICT_SERVER;
  }

 private:
  Pages& pages_;
};

struct WorkerThread {
  WorkerThread(EngineConf conf, std::shared_ptr<Pages> pages, int worker) : decider(*pages) {
    conf.worker = worker;
    conf.listeners[0].fd = listen_socket(SOCK_NONBLOCK);
    port = port_of(conf.listeners[0].fd);
    engine = std::make_unique<Engine>(conf, pages, decider);
    engine->start();
    thread = std::thread([this] {
      while (!stop) {
        pollfd p{engine->fd(), POLLIN, 0};
        ::poll(&p, 1, 1000);
        engine->pass();
      }
    });
  }
  ~WorkerThread() { finish(); }
  void finish() {
    if (!thread.joinable()) return;
    stop = true;
    engine->post();
    thread.join();
    engine.reset();
  }
  First decider;
  std::unique_ptr<Engine> engine;
  int port = 0;
  std::atomic<bool> stop{false};
  std::thread thread;
};

// Answers each request with the number of its connection.
struct Numbered {
  std::atomic<int> next{0};
  Origin origin{[this](Wire& wire) {
    std::string body = std::to_string(++next);
    std::string answer = "HTTP/1.1 200 OK\r\ncontent-length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    while (wire.message().find("\r\n\r\n") != std::string::npos) wire.send(answer);
  }};
};

struct Pair {
  explicit Pair(int origin, std::function<void(EngineConf&)> change = {}) {
    std::signal(SIGPIPE, SIG_IGN);
    conf.workers = 2;
    conf.share_idle = true;
    conf.max_pipes = 4;
    conf.proxies.resize(1);
    conf.proxies[0].options = PO_HTTP | PO_REUSE_ALWAYS;
    conf.proxies[0].default_backend = 0;
    conf.proxies[0].timeouts[TO_CLIENT] = conf.proxies[0].timeouts[TO_SERVER] = conf.proxies[0].timeouts[TO_CONNECT] = 20000;
    conf.servers.resize(1);
    conf.servers[0].address = address(origin);
    conf.listeners.resize(1);
    if (change) change(conf);
    for (int i = 0; i < 2; i++) workers[i] = std::make_unique<WorkerThread>(conf, pages, i);
  }
  // Which connection a request of a new client of that worker goes over; 0: no answer.
  int ask(int worker) {
    Wire client = Wire::to(workers[worker]->port);
    client.send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
    std::string answer = client.message();
    size_t at = answer.find("\r\n\r\n");
    return at == std::string::npos || answer.size() == at + 4 ? 0 : std::stoi(answer.substr(at + 4));
  }
  bool idle(int n) {
    for (int i = 0; i < 2000 && pages->server(0, SS_IDLE) != n; i++) ::usleep(1000);
    return pages->server(0, SS_IDLE) == n;
  }
  uint64_t count(int worker, int cell) { return __atomic_load_n(&pages->row(worker)[cell], __ATOMIC_RELAXED); }
  EngineConf conf;
  std::shared_ptr<Pages> pages = std::make_shared<Pages>(2, 1, 1, 1);
  std::unique_ptr<WorkerThread> workers[2];
};

}  // namespace

TEST(a_worker_takes_over_what_the_other_left_idle) {
  Numbered server;
  Pair pair(server.origin.port());
  for (int i = 0; i < 10; i++) {
    CHECK(pair.ask(i % 2) == 1);
    CHECK(pair.idle(1));
  }
  CHECK(pair.count(0, CW_IDLE_TAKEN_OVER) + pair.count(1, CW_IDLE_TAKEN_OVER) == 9);
  CHECK(pair.pages->server(0, SS_USED_CONNS) == 1);
}

TEST(its_own_connection_comes_first) {
  Numbered server;
  Pair pair(server.origin.port(), [](EngineConf& conf) { conf.proxies[0].options = PO_HTTP | PO_REUSE_AGGRESSIVE; });
  // Aggressive: a first request takes only what has carried two streams.
  CHECK(pair.ask(0) == 1 && pair.idle(1));
  CHECK(pair.ask(1) == 2 && pair.idle(2));
  CHECK(pair.count(0, CW_IDLE_TAKEN_OVER) + pair.count(1, CW_IDLE_TAKEN_OVER) == 0);
}

TEST(nothing_is_taken_over_below_pool_low_conn) {
  Numbered server;
  Pair pair(server.origin.port(), [](EngineConf& conf) { conf.servers[0].pool_low = 2; });
  CHECK(pair.ask(0) == 1 && pair.idle(1));
  CHECK(pair.ask(1) == 2 && pair.idle(2));
  CHECK(pair.ask(0) == 1 && pair.ask(1) == 2);
}

TEST(nothing_is_taken_over_without_sharing) {
  Numbered server;
  Pair pair(server.origin.port(), [](EngineConf& conf) { conf.share_idle = false; });
  CHECK(pair.ask(0) == 1 && pair.idle(1));
  CHECK(pair.ask(1) == 2 && pair.idle(2));
}

TEST(pool_max_conn_holds_for_all_workers_together) {
  Numbered server;
  Pair pair(server.origin.port(), [](EngineConf& conf) {
    conf.proxies[0].options = PO_HTTP;   // safe: each first request makes a connection
    conf.servers[0].pool_max = 1;
  });
  for (int i = 0; i < 6; i++) CHECK(pair.ask(i % 2) == i + 1);
  CHECK(pair.idle(1));
}

TEST(a_connection_that_the_server_closes_is_not_taken_over) {
  std::atomic<int> next{0};
  Origin origin([&](Wire& wire) {
    std::string body = std::to_string(++next);
    wire.message();
    wire.send("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n" + body);
  });   // and closes
  Pair pair(origin.port());
  for (int i = 0; i < 8; i++) CHECK(pair.ask(i % 2) == i + 1);
  CHECK(pair.idle(0));
}

TEST(a_worn_connection_is_closed) {
  Numbered server;
  Pair pair(server.origin.port(), [](EngineConf& conf) { conf.servers[0].max_reuse = 2; });
  std::vector<int> used;
  for (int i = 0; i < 6; i++) {
    used.push_back(pair.ask(i % 2));
    CHECK(pair.idle(i % 3 == 2 ? 0 : 1));
  }
  CHECK((used == std::vector<int>{1, 1, 1, 2, 2, 2}));
}

TEST(half_of_the_idle_connections_are_closed_each_purge_delay) {
  std::atomic<int> waiting{0};
  std::atomic<bool> answer{false};
  Origin origin([&](Wire& wire) {
    while (wire.message().find("\r\n\r\n") != std::string::npos) {
      waiting++;
      while (!answer) ::usleep(500);
      wire.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    }
  });
  Pair pair(origin.port(), [](EngineConf& conf) { conf.servers[0].pool_purge_ms = 100; });
  std::vector<Wire> clients;
  for (int i = 0; i < 8; i++) {
    clients.push_back(Wire::to(pair.workers[0]->port));
    clients.back().send("GET / HTTP/1.1\r\nhost: a\r\n\r\n");
  }
  for (int i = 0; i < 2000 && waiting < 8; i++) ::usleep(1000);
  answer = true;
  for (Wire& client : clients) client.message();
  CHECK(pair.idle(8));
  // 8, 4, 2, 1, 0 are four steps, one for each delay: a busy machine may sleep through some, but none comes early.
  uint64_t began = sys::now_ns();
  int last = 8;
  for (int i = 0; i < 20000 && last > 0; i++) {
    int now = pair.pages->server(0, SS_IDLE);
    CHECK(now <= last);
    last = now;
    ::usleep(500);
  }
  CHECK(last == 0);
  CHECK(sys::now_ns() - began > 200'000'000);
}

TEST(a_worker_that_ends_leaves_nothing_behind) {
  int before = open_fds();
  {
    Numbered server;
    Pair pair(server.origin.port());
    CHECK(pair.ask(0) == 1 && pair.idle(1));
    pair.workers[0]->finish();
    CHECK(pair.ask(1) == 2 && pair.idle(1));
  }
  CHECK(open_fds() == before);
}

TEST(both_workers_at_once) {
  int before = open_fds();
  {
    Numbered server;
    Pair pair(server.origin.port(), [](EngineConf& conf) { conf.servers[0].pool_purge_ms = 20; });
    std::atomic<int> bad{0};
    std::vector<std::thread> clients;
    for (int t = 0; t < 6; t++) {
      clients.emplace_back([&, t] {
        for (int i = 0; i < 150; i++) {
          if (pair.ask((t + i) % 2) == 0) bad++;
          if (i % 40 == 39) ::usleep(25000);   // a sweep comes between
        }
      });
    }
    for (std::thread& t : clients) t.join();
    CHECK(bad == 0);
    CHECK(server.origin.connections() < 900);
    CHECK(pair.idle(0));
    for (int i = 0; i < 2000 && pair.pages->server(0, SS_USED_CONNS) != 0; i++) ::usleep(1000);
    CHECK(pair.pages->server(0, SS_USED_CONNS) == 0 && pair.pages->server(0, SS_SESSIONS) == 0);
  }
  CHECK(open_fds() == before);
}

RUN_TESTS()
